"""The route `me`: a learner's own preferences."""

from typing import Any

from sandbox.wpms.accounts import account_of, change_profile, choose
from sandbox.wpms.answers import RefusedError, Reply, bad_fields, forbidden
from sandbox.wpms.call import Call, Route
from sandbox.wpms.checks import Preferences, checked
from sandbox.wpms.courses import course_at, open_offers
from sandbox.wpms.enrolments import rows_json
from sandbox.wpms.network import Network, NotAllowedError

SHOWN = ("blog_id", "choice", "choice_gmt", "state", "delivery", "cohort", "tags")


def get_me(network: Network, call: Call) -> Reply:
    """The learner's profile, and for each course what is chosen and what may be chosen today."""
    return Reply(200, preferences(network, _learner(call)))


def put_me(network: Network, call: Call) -> Reply:
    """Change what is sent; one thing refused, and nothing is changed."""
    user_id = _learner(call)
    wanted = checked(Preferences, call.body)
    profile = wanted.model_dump(include={"email_ok", "timezone"}, exclude_none=True)
    change_profile(network, user_id, **profile)
    for index, each in enumerate(wanted.choices):
        try:
            choose(network, each.blog_id, user_id, each.choice)
        except NotAllowedError as why:
            raise RefusedError(bad_fields({f"choices.{index}.choice": str(why)})) from None
    return Reply(200, preferences(network, user_id))


def preferences(network: Network, user_id: int) -> dict[str, Any]:
    """What a learner sees about themselves."""
    account = account_of(network, user_id)
    names = ("email", "first_name", "last_name", "country", "timezone")
    return {
        "user_id": user_id,
        **{name: account[name] for name in names},
        "email_ok": bool(account["email_ok"]),
        "courses": [
            _course(network, row) for row in rows_json(network, "user_id = ? AND enrolled", user_id)
        ],
    }


def _course(network: Network, row: dict[str, Any]) -> dict[str, Any]:
    course = course_at(network, row["blog_id"])
    offers = open_offers(network, course)
    return {**{name: row[name] for name in SHOWN}, "title": course["title"], "offers": offers}


def _learner(call: Call) -> int:
    if call.caller.user_id is None:
        raise RefusedError(forbidden())
    return call.caller.user_id


ROUTES = [Route("GET", "me", get_me), Route("PUT", "me", put_me)]

"""What a test lets people do: the actions under `/_sandbox/`."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.app import CONTROL
from sandbox.wpms import accounts, courses, enrolments
from sandbox.wpms.network import Network, NotAllowedError, Site
from sandbox.wpms.seed import seed_many

Action = Callable[..., Any]


def _id(network: Network, learner: int | str) -> int:
    user_id: int = accounts.account_of(network, learner)["id"]
    return user_id


def _blog(network: Network, site: int | str) -> int:
    blog_id: int = courses.course_at(network, site)["blog_id"]
    return blog_id


def register(network: Network, email: str, **profile: Any) -> int:
    """Make an account."""
    return accounts.register(network, email, **profile)


def enrol(network: Network, email: str, site: int | str, **profile: Any) -> int:
    """Enrol a learner, with a new account if need be; a profile is only for a new one."""
    blog_id = _blog(network, site)
    known = "SELECT id FROM accounts WHERE email = ? AND NOT deleted"
    user_id = network.store.value(known, email) or accounts.register(network, email, **profile)
    enrolments.enrol(network, blog_id, user_id)
    return int(user_id)


def leave(network: Network, learner: int | str, site: int | str) -> None:
    """End an enrolment."""
    enrolments.leave(network, _blog(network, site), _id(network, learner))


def role(network: Network, learner: int | str, site: int | str, role: str) -> None:
    """Give a member another role; only learners are signed up."""
    enrolments.set_role(network, _blog(network, site), _id(network, learner), role)


def choose(network: Network, learner: int | str, site: int | str, choice: str) -> None:
    """Choose how to study."""
    accounts.choose(network, _blog(network, site), _id(network, learner), choice)


def profile(network: Network, learner: int | str, **profile: Any) -> None:
    """Change a profile."""
    accounts.change_profile(network, _id(network, learner), **profile)


def link(network: Network, site: int | str, on: bool) -> None:
    """Switch the link between a course site and Mautic."""
    courses.switch_link(network, _blog(network, site), on)


def archive(network: Network, site: int | str, archived: bool) -> None:
    """Archive a course site, or take it back."""
    courses.archive(network, _blog(network, site), archived)


def add_site(network: Network, path: str, title: str) -> int:
    """Make a course site that is linked to Mautic; its id."""
    courses.add_site(network, Site(path, title))
    return _blog(network, path)


def delete_site(network: Network, site: int | str) -> None:
    """Delete a course site."""
    courses.delete_site(network, _blog(network, site))


def delete_account(network: Network, learner: int | str) -> None:
    """Delete an account."""
    accounts.delete_account(network, _id(network, learner))


def seed(network: Network, learners: int) -> None:
    """Enrol so many new learners."""
    seed_many(network, learners)


ACTIONS: list[Action] = [
    register,
    enrol,
    leave,
    role,
    choose,
    profile,
    link,
    archive,
    add_site,
    delete_site,
    delete_account,
    seed,
]


def add_actions(app: web.Application, network: Network) -> None:
    """Register `POST /_sandbox/{action}`: the arguments are the body, the result the answer.

    400 with `{error}` and nothing changed when WordPress would not let a person do it.
    """

    def handler(action: Action) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.Response:
            arguments = await request.json()
            try:
                with network.store.transaction():
                    return web.json_response(action(network, **arguments))
            except (NotAllowedError, TypeError) as error:
                return web.json_response({"error": str(error)}, status=400)

        return handle

    for action in ACTIONS:
        app.router.add_post(CONTROL + action.__name__, handler(action))

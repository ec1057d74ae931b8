"""What the forms of the pages do; afterwards the browser loads the page it came from."""

import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.wpms import control
from sandbox.wpms.network import Network, NotAllowedError
from sandbox.wpms.page import learner_page, overview, refusal

Values = dict[str, str]

NUMBER = re.compile("[0-9]{1,15}")


def enrol(network: Network, values: Values) -> str:
    """Enrol an address in a course."""
    user_id = control.enrol(network, values["email"].strip(), int(values["site"]))
    return f"/learner/{user_id}"


def link(network: Network, values: Values) -> str:
    """Switch the link of a course."""
    control.link(network, int(values["site"]), values["on"] == "on")
    return "/"


def choose(network: Network, values: Values) -> str:
    """Choose how to study."""
    learner = int(values["learner"])
    control.choose(network, learner, int(values["site"]), values["choice"])
    return f"/learner/{learner}"


def leave(network: Network, values: Values) -> str:
    """Leave a course."""
    learner = int(values["learner"])
    control.leave(network, learner, int(values["site"]))
    return f"/learner/{learner}"


def profile(network: Network, values: Values) -> str:
    """Save a profile."""
    changed: dict[str, Any] = dict(values)
    learner = int(changed.pop("learner"))
    changed["email_ok"] = changed["email_ok"] == "yes"
    control.profile(network, learner, **changed)
    return f"/learner/{learner}"


def delete_account(network: Network, values: Values) -> str:
    """Delete an account."""
    control.delete_account(network, int(values["learner"]))
    return "/"


FORMS: list[Callable[[Network, Values], str]] = [
    enrol,
    link,
    choose,
    leave,
    profile,
    delete_account,
]


def add_pages(app: web.Application, network: Network) -> None:
    """Register the pages and their forms."""

    async def home(request: web.Request) -> web.Response:
        course = request.query.get("course", "")
        return _html(overview(network, course if NUMBER.fullmatch(course) else ""))

    async def learner(request: web.Request) -> web.Response:
        try:
            return _html(learner_page(network, int(request.match_info["user_id"])))
        except NotAllowedError as why:
            return _html(refusal(str(why)), 404)

    app.router.add_get("/", home)
    app.router.add_get(r"/learner/{user_id:\d{1,15}}", learner)
    for each in FORMS:
        app.router.add_post(f"/page/{each.__name__}", _handler(network, each))


def _handler(network: Network, work: Callable[[Network, Values], str]) -> Callable[..., Any]:
    async def handle(request: web.Request) -> web.Response:
        posted = await request.post()
        values = {name: value for name, value in posted.items() if isinstance(value, str)}
        try:
            with network.store.transaction():
                following = work(network, values)
        except NotAllowedError as why:
            return _html(refusal(str(why)), 400)
        except (KeyError, ValueError, OverflowError):
            return _html(refusal("The form was not complete."), 400)
        return web.Response(status=303, headers={"Location": following})

    return handle


def _html(page: str, status: int = 200) -> web.Response:
    return web.Response(text=page, status=status, content_type="text/html")

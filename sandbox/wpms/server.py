"""The stand-in WPMS as a service: HTTP in, one transaction a call, JSON out."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.app import json_answer
from sandbox.store import Store
from sandbox.wpms import me, rest
from sandbox.wpms.answers import (
    RefusedError,
    Reply,
    crash,
    error,
    no_route,
    too_large,
    wrong_password,
)
from sandbox.wpms.call import Call, Route, authorization_of, who_calls, worker_only
from sandbox.wpms.control import add_actions
from sandbox.wpms.courses import add_site, courses_json
from sandbox.wpms.enrolments import rows_json
from sandbox.wpms.forms import add_pages
from sandbox.wpms.network import Credentials, Network, Site
from sandbox.wpms.seed import seed_people

logger = logging.getLogger(__name__)

SCHEMA = Path(__file__).with_name("schema.sql")
REST = "/wp-json/course-sync/v1/"
JSON_TYPE = {"Content-Type": "application/json; charset=UTF-8"}


class WpmsServer:
    """A WordPress network of course sites, with its data in one file.

    With `people`, invented learners are enrolled at the first start and after a reset.
    """

    def __init__(
        self, path: Path, credentials: Credentials, sites: Sequence[Site], people: bool
    ) -> None:
        self._network = Network(Store(path, SCHEMA.read_text()))
        self._credentials = credentials
        self._sites = sites
        self._people = people
        self._begin()

    def _begin(self) -> None:
        store = self._network.store
        with store.transaction():
            is_new = store.row("SELECT 1 FROM courses") is None
            for site in self._sites:
                add_site(self._network, site)
            if is_new and self._people:
                seed_people(self._network, self._sites)

    def add_routes(self, app: web.Application) -> None:
        """Register the pages, the actions of tests and the routes of the plugin."""
        add_pages(app, self._network)
        add_actions(app, self._network)
        for route in rest.ROUTES:
            path = route.path.replace("}", r":\d{1,15}}")
            app.router.add_route(route.method, REST + path, self._handler(route, worker=True))
        for route in me.ROUTES:
            handle = self._handler(route, worker=False)
            app.router.add_route(route.method, REST + route.path, handle)
            app.router.add_route(route.method, "/{site}" + REST + route.path, handle)

    def error(self, status: int, headers: dict[str, str]) -> web.Response:
        """An error from before or around WordPress."""
        busy = error(429, "too_many_requests", "Too many requests. Please try again later.")
        reply = busy if status == 429 else crash(status)
        return _answer(Reply(reply.status, reply.body, headers))

    def unknown_route(self, request: web.Request) -> web.Response:
        """404 for what the plugin does not have."""
        return _answer(no_route())

    def expire_token(self, request: web.Request) -> web.Response:
        """Revoke the presented application password, until a reset."""
        sql = "INSERT OR IGNORE INTO revoked VALUES (?)"
        self._network.store.run(sql, authorization_of(request))
        return _answer(wrong_password())

    def switch(self, name: str, value: Any) -> None:
        """`now`: an ISO instant at which the clock stands still; None lets it go on."""
        if name != "now":
            raise ValueError(f"no switch {name!r}; there is 'now'")
        self._network.set_clock(value)

    def state(self) -> dict[str, Any]:
        """Everything stored: courses, accounts, enrolments."""
        store = self._network.store
        accounts = store.rows("SELECT * FROM accounts ORDER BY id")
        courses = store.value("SELECT count(*) FROM courses")
        return {
            "courses": courses_json(self._network, "", 0, courses),
            "accounts": [dict(row) for row in accounts],
            "enrolments": rows_json(self._network, "TRUE"),
        }

    def reset(self) -> None:
        """Back to the first start."""
        self._network.store.empty()
        self._begin()

    def close(self) -> None:
        """Close the data file."""
        self._network.store.close()

    def _handler(
        self, route: Route, worker: bool
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                raw = await request.read()
                with self._network.store.transaction():
                    return _answer(self._carry_out(route, worker, request, raw))
            except web.HTTPRequestEntityTooLarge:
                return _answer(too_large("body: too many bytes."))
            except RefusedError as refusal:
                return _answer(refusal.reply)
            except Exception:
                logger.exception("%s %s", request.method, request.path)
                return _answer(crash())

        return handle

    def _carry_out(self, route: Route, worker: bool, request: web.Request, raw: bytes) -> Reply:
        network = self._network
        caller = who_calls(network, self._credentials, authorization_of(request))
        if worker:
            worker_only(caller)
        parts = dict(request.match_info)
        site = parts.pop("site", None)
        known = "SELECT 1 FROM courses WHERE path = ?"
        if site is not None and network.store.row(known, f"/{site}/") is None:
            return no_route()
        ids = {name: int(value) for name, value in parts.items()}
        # Of a parameter sent twice the last counts, as in PHP.
        query = {name: request.query.getall(name)[-1] for name in request.query}
        call = Call(query, raw, caller, f"http://{request.host}")
        return route.handler(network, call, **ids)


def _answer(reply: Reply) -> web.Response:
    return json_answer(reply.status, reply.body, JSON_TYPE | reply.headers)

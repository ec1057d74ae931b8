"""The stand-in Mautic as a service: HTTP in, one transaction a call, JSON out."""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.app import json_answer
from sandbox.mautic import (
    auth,
    campaigns,
    categories,
    contact_routes,
    emails,
    fields,
    segments,
    stats,
    tags,
)
from sandbox.mautic.answers import RefusedError, Reply, crash, error, now
from sandbox.mautic.auth import Credentials
from sandbox.mautic.call import Call, Mautic, Route, User
from sandbox.mautic.control import add_actions
from sandbox.mautic.listing import php_query
from sandbox.mautic.page import overview
from sandbox.mautic.preference_page import add_pages
from sandbox.mautic.state import everything
from sandbox.mautic.version import VERSIONS
from sandbox.store import Store

logger = logging.getLogger(__name__)

SCHEMA = Path(__file__).with_name("schema.sql")
SWITCHES = {"api_enabled": 1}
API_DISABLED = "API disabled. You need to enable the API in Mautic's configuration settings"
RATE_LIMITED = "You exceeded the rate limit of 5 API calls per hour."


def get_self(mautic: Mautic, call: Call) -> Reply:
    """self"""
    return Reply(200, auth.self_json(call.user))


ROUTES = [
    Route("GET", "/api/users/self", get_self),
    *tags.ROUTES,
    *categories.ROUTES,
    *segments.ROUTES,
    *campaigns.ROUTES,
    *emails.ROUTES,
    *contact_routes.ROUTES,
    *fields.ROUTES,
    *stats.ROUTES,
]
ID = re.compile(r"{(\w+)}")


class MauticServer:
    """A Mautic of one version, with its data in one file.

    Raises ValueError for a version that is not stood in for.
    """

    def __init__(self, path: Path, version: str, credentials: Credentials) -> None:
        if version not in VERSIONS:
            raise ValueError(f"no stand-in for Mautic {version}; there are {sorted(VERSIONS)}")
        self._mautic = Mautic(Store(path, SCHEMA.read_text()), VERSIONS[version])
        self._credentials = credentials

    def add_routes(self, app: web.Application) -> None:
        """Register the pages, the actions of tests, the token endpoint, the routes of the API."""
        app.router.add_get("/", self._page)
        add_pages(app, self._mautic)
        add_actions(app, self._mautic)
        app.router.add_post("/oauth/v2/token", self._token)
        for route in ROUTES:
            # Ids are numbers; anything else in their place is an unknown route.
            path = ID.sub(r"{\1:\\d+}", route.path)
            app.router.add_route(route.method, path, self._handler(route))

    def error(self, status: int, headers: dict[str, str]) -> web.Response:
        """An error from before or around Mautic; 429 as rate_limit_5 of 5.2.0."""
        body = error(429, RATE_LIMITED) if status == 429 else crash(code=status)
        return json_answer(status, body.body, headers)

    def unknown_route(self, request: web.Request) -> web.Response:
        """no_route, method_not_allowed"""
        if request.path.startswith("/api") and not self._switched_on("api_enabled"):
            return self._answer(_api_disabled())
        return self._answer(crash(f"Requested URL not found: {request.path}", 404))

    def expire_token(self, request: web.Request) -> web.Response:
        """oauth2_token_expired, with the presented token expired for good."""
        return self._answer(auth.expire(self._mautic, _authorization(request)))

    def switch(self, name: str, value: Any) -> None:
        """`api_enabled`: false turns the API off, as in Mautic's configuration."""
        if name not in SWITCHES:
            raise ValueError(f"no switch {name!r}; there are {sorted(SWITCHES)}")
        self._mautic.store.run("INSERT OR REPLACE INTO switches VALUES (?, ?)", name, bool(value))

    def state(self) -> dict[str, Any]:
        """Everything stored, as plain values."""
        return everything(self._mautic)

    def reset(self) -> None:
        """Forget all but the tokens."""
        self._mautic.store.empty(keep=("tokens",))

    def close(self) -> None:
        """Close the data file."""
        self._mautic.store.close()

    def _switched_on(self, name: str) -> bool:
        value = self._mautic.store.value("SELECT value FROM switches WHERE name = ?", name)
        return bool(SWITCHES[name] if value is None else value)

    async def _page(self, request: web.Request) -> web.Response:
        with self._mautic.store.transaction():
            page = overview(self._mautic)
        return web.Response(text=page, content_type="text/html")

    async def _token(self, request: web.Request) -> web.Response:
        posted = await request.post()
        form = {name: value for name, value in posted.items() if isinstance(value, str)}
        return self._answer(auth.new_token(self._mautic, self._credentials, form))

    def _handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            raw = await request.read()
            try:
                with self._mautic.store.transaction():
                    reply = self._carry_out(route, request, raw)
            except RefusedError as refusal:
                reply = refusal.reply
            except Exception:
                # Mautic crashes on nonsense too; the trace tells whether it is ours.
                logger.exception("%s %s", request.method, request.path)
                reply = crash()
            return self._answer(reply)

        return handle

    def _carry_out(self, route: Route, request: web.Request, raw: bytes) -> Reply:
        if not self._switched_on("api_enabled"):
            return _api_disabled()
        user = auth.who_calls(self._mautic, self._credentials, _authorization(request))
        if not user.has_rights:
            denial = auth.refuse_without_rights(request.method, request.path)
            if denial is not None:
                return denial
        parts = request.match_info.items()
        ids = {name: int(value) if value.isdigit() else value for name, value in parts}
        return route.handler(self._mautic, _call(request, raw, user), **ids)

    def _answer(self, reply: Reply) -> web.Response:
        version = {"Mautic-Version": self._mautic.version.number} if reply.from_controller else {}
        return json_answer(reply.status, reply.body, version | reply.headers)


def _authorization(request: web.Request) -> str:
    return request.headers.get("Authorization", "")


def _call(request: web.Request, raw: bytes, user: User) -> Call:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = {}
    query = php_query(request.query.items())
    return Call(request.method, request.path, query, body, user, now())


def _api_disabled() -> Reply:
    return crash(API_DISABLED, 403, "api_disabled")

"""Who calls, and with what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import BasicAuth, web

from sandbox.wpms.answers import RefusedError, Reply, forbidden, not_signed_in, wrong_password
from sandbox.wpms.checks import parsed
from sandbox.wpms.network import Credentials, Network


@dataclass(frozen=True)
class Caller:
    """A signed-in account. The worker has no `user_id`: it is nobody's learner."""

    user_id: int | None

    @property
    def is_worker(self) -> bool:
        return self.user_id is None


@dataclass(frozen=True)
class Call:
    """One call of a route."""

    query: dict[str, str]
    raw: bytes
    caller: Caller
    base_url: str

    @property
    def body(self) -> Any:
        """The JSON that was sent; refuses what is no JSON."""
        return parsed(self.raw)


@dataclass(frozen=True)
class Route:
    """A route under `course-sync/v1`. `{blog_id}` in `path` reaches the handler as an int."""

    method: str
    path: str
    handler: Callable[..., Reply]


def who_calls(network: Network, credentials: Credentials, authorization: str) -> Caller:
    """The account that signs in with Basic and an application password; refuses with 401."""
    if not authorization:
        raise RefusedError(not_signed_in())
    try:
        login, password, _ = BasicAuth.decode(authorization, encoding="utf-8")
    except ValueError:
        raise RefusedError(wrong_password()) from None
    if network.store.row("SELECT 1 FROM revoked WHERE authorization = ?", authorization):
        raise RefusedError(wrong_password())
    if login == credentials.user and _same(password, credentials.password):
        return Caller(None)
    sql = "SELECT id FROM accounts WHERE email = ? AND NOT deleted"
    user_id = network.store.value(sql, login)
    if user_id is None or not _same(password, credentials.learner_password):
        raise RefusedError(wrong_password())
    return Caller(user_id)


def worker_only(caller: Caller) -> None:
    """Refuse anyone but the worker with 403."""
    if not caller.is_worker:
        raise RefusedError(forbidden())


def authorization_of(request: web.Request) -> str:
    """The header as it came."""
    return request.headers.get("Authorization", "")


def _same(given: str, known: str) -> bool:
    """WordPress shows application passwords in groups and takes them with or without spaces."""
    return "".join(filter(str.isalnum, given)) == "".join(filter(str.isalnum, known))

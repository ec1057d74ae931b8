"""The connection to one Mautic: calls, whole lists, and what its version is known for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from mautic_hook.auth import ClientCredentials
from mautic_hook.quirks import Quirks, quirks_of
from transport.delays import Patience
from transport.errors import (
    ApiOffError,
    DoubtfulWriteError,
    PermanentError,
    RightsError,
    TransientError,
)
from transport.failures import ServerError
from transport.http import Answer, Transport
from transport.redaction import redact

Row = Mapping[str, Any]


class MauticClient:
    """Speaks to one Mautic over one session.

    The functions of the modules beside this one take a client. Errors are those of
    `transport.errors`.
    """

    def __init__(
        self,
        base_url: str,
        auth: AuthBase,
        session: requests.Session | None = None,
        patience: Patience | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        session = session or requests.Session()
        session.auth = auth
        self.transport = Transport(base_url, session, read_error, patience, pause)
        self.version = ""
        if isinstance(auth, ClientCredentials):
            auth.bind(self.transport)

    @classmethod
    def with_oauth(
        cls, base_url: str, client_id: str, client_secret: str, **more: Any
    ) -> MauticClient:
        """A client that uses OAuth2 client credentials."""
        return cls(base_url, ClientCredentials(client_id, client_secret), **more)

    @classmethod
    def with_basic(cls, base_url: str, user: str, password: str, **more: Any) -> MauticClient:
        """A client that sends a password with each request; costs Mautic 0.45 s each time."""
        return cls(base_url, HTTPBasicAuth(user, password), **more)

    @property
    def quirks(self) -> Quirks:
        """What the server's version is known for; all of them until it has answered once."""
        return quirks_of(self.version)

    def get(self, path: str, *, tried: str, params: Mapping[str, str | int] | None = None) -> Any:
        """The JSON of a GET."""
        return self._noted(lambda: self.transport.read(path, tried=tried, params=params)).json

    def post(self, path: str, json: Any, *, tried: str) -> Answer:
        """A POST; the status tells 201 made from 200 merged."""
        return self._noted(lambda: self.transport.write("POST", path, tried=tried, json=json))

    def create(self, path: str, json: Any, name: str, *, tried: str) -> dict[str, Any]:
        """The thing that a POST made, which the answer holds as `name`."""
        answer = self.post(path, json, tried=tried)
        made = answer.json.get(name) if isinstance(answer.json, dict) else None
        if not isinstance(made, dict):
            said = "the answer does not hold what was made"
            raise DoubtfulWriteError(tried, f"POST {path}", said, status=answer.status)
        return made

    def patch(self, path: str, json: Any, *, tried: str) -> Answer:
        """A PATCH: changes what is sent and leaves the rest."""
        return self._noted(lambda: self.transport.write("PATCH", path, tried=tried, json=json))

    def delete(self, path: str, *, tried: str) -> Answer:
        """A DELETE."""
        return self._noted(lambda: self.transport.write("DELETE", path, tried=tried))

    def rows(
        self, path: str, name: str, *, tried: str, page: int, params: Row | None = None
    ) -> list[dict[str, Any]]:
        """All rows of a list, `page` at a time, whatever shape the version gives it.

        Raises `TransientError` when what came is not the whole list: a short read must never
        look like an empty one (design rule 5).
        """
        found: dict[int, dict[str, Any]] = {}
        while True:
            asked = {**(params or {}), "start": len(found), "limit": page}
            rows, total = self.page(path, name, tried=tried, params=asked)
            before = len(found)
            found.update(zip(_ids(rows, tried, path), rows, strict=True))
            if len(found) >= total:
                return list(found.values())
            if len(found) == before:
                said = f"only {len(found)} of {total} rows came, so the list is not used"
                raise TransientError(tried, f"GET {path}", said)

    def rows_after(
        self, path: str, name: str, after: int, *, tried: str, page: int, params: Row
    ) -> list[dict[str, Any]]:
        """All rows with an id above `after`, `page` at a time; `params` must order them by id.

        Paged by id, so rows that come and go meanwhile shift no page. `where[0]` is taken. Raises
        `TransientError` when a page is short or out of order.
        """
        found: list[dict[str, Any]] = []
        while True:
            asked = {
                **params,
                "where[0][col]": "id",
                "where[0][expr]": "gt",
                "where[0][val]": after,
                "limit": page,
            }
            rows, total = self.page(path, name, tried=tried, params=asked)
            if len(rows) < min(total, page):
                said = f"only {len(rows)} of {min(total, page)} rows came, so they are not used"
                raise TransientError(tried, f"GET {path}", said)
            ids = [after, *_ids(rows, tried, path)]
            if ids != sorted(set(ids)):
                said = f"the rows after {after} are not in the order of their ids"
                raise TransientError(tried, f"GET {path}", said)
            found += rows
            if len(rows) >= total:
                return found
            after = ids[-1]

    def page(
        self, path: str, name: str, *, tried: str, params: Row
    ) -> tuple[list[dict[str, Any]], int]:
        """The rows of one page of a list, and how many there are in all.

        Raises `PermanentError` for a table that Mautic has no statistics of.
        """
        return _page(self.get(path, tried=tried, params=params), name, tried, path)

    def _noted(self, call: Callable[[], Answer]) -> Answer:
        try:
            answer = call()
        except RightsError as error:
            if error.error_type == "api_disabled":
                advice = "Switch it on: Mautic, Settings → Configuration → API Settings"
                raise ApiOffError(
                    error.tried, error.route, error.said, advice, error.status
                ) from None
            raise
        self.version = answer.headers.get("Mautic-Version", self.version)
        return answer


def read_error(body: Any) -> ServerError:
    """The `type`, the names of refused fields and the words of Mautic's error body.

    Texts differ between versions and may repeat what was sent, so only the words around it are
    kept (recordings contact_new_bad_email, segment_new_dup_alias).
    """
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else {}
    first = first if isinstance(first, dict) else {}
    details = first.get("details")
    fields = f" (fields: {', '.join(details)})" if isinstance(details, dict) and details else ""
    words = redact(str(first.get("message") or "no reason given"))
    return ServerError(first.get("type"), words + fields)


def _page(body: Any, name: str, tried: str, path: str) -> tuple[list[dict[str, Any]], int]:
    """Rows and total of one page: an object by id, or a list, or an empty either."""
    body = body if isinstance(body, dict) else {}
    if "availableTables" in body:
        # With status 200 (recording stats_leads).
        raise PermanentError(tried, f"GET {path}", "Mautic has no statistics of this table")
    if "errors" in body:
        # With status 200 too, says Mautic's source: too few rights, or a column it has not.
        raise TransientError(tried, f"GET {path}", read_error(body).words)
    rows, total = body.get(name), str(body.get("total"))
    if isinstance(rows, dict):
        rows = list(rows.values())
    if not isinstance(rows, list) or not total.isdigit() or not all(map(_is_row, rows)):
        raise TransientError(tried, f"GET {path}", _SHAPELESS)
    return rows, int(total)


def _is_row(row: Any) -> bool:
    return isinstance(row, dict)


def _ids(rows: list[dict[str, Any]], tried: str, path: str) -> list[int]:
    try:
        return [int(row["id"]) for row in rows]
    except (KeyError, TypeError, ValueError):
        raise TransientError(tried, f"GET {path}", _SHAPELESS) from None


_SHAPELESS = "the answer has not the shape of a list"

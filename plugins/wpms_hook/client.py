"""The connection to the companion plugin of one WordPress Multisite."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import requests
from requests.auth import HTTPBasicAuth

from transport.delays import Patience
from transport.errors import (
    ApiOffError,
    CredentialsError,
    NotFoundError,
    RightsError,
)
from transport.failures import ServerError
from transport.http import Answer, Transport
from transport.redaction import redact

#: The plugin's routes; they answer on the main site only.
ROUTES = "/wp-json/course-sync/v1"

Item = TypeVar("Item")

#: With these WordPress says that it has looked at the credentials.
_WRONG_CREDENTIALS = ("incorrect_password", "invalid_username", "invalid_email")

_ACTIVATE = "Network-activate the plugin course-sync, or check the address: it is the main site's"
_MAKE_WORKER = "Add the account to the workers: Network Admin → Settings → Course sync"
_USE_TLS = (
    "WordPress takes application passwords over https only; behind a proxy it must be told of the "
    "https, and the Authorization header must be passed on"
)


class WpmsClient:
    """Speaks to one WordPress Multisite over one session; for use by one thread.

    The functions of `courses`, `enrolments` and `learners` take a client. Errors are those of
    `transport.errors`.
    """

    def __init__(
        self,
        base_url: str,
        user: str,
        application_password: str,
        session: requests.Session | None = None,
        patience: Patience | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        session = session or requests.Session()
        # As bytes: requests would send letters beyond Latin-1 not at all, and others wrongly.
        session.auth = HTTPBasicAuth(user.encode(), application_password.encode())
        self.transport = Transport(base_url, session, read_error, patience, pause)

    def get(
        self, route: str, *, tried: str, params: Mapping[str, str | int] | None = None
    ) -> Answer:
        """A GET; tried again after passing faults."""
        path = ROUTES + route
        return _told_apart(lambda: self.transport.read(path, tried=tried, params=params))

    def put(self, route: str, json: Any, *, tried: str) -> Answer:
        """A PUT; after doubt it is sent again, since doing it twice leaves what once leaves."""
        return self._write("PUT", route, json, tried)

    def post(self, route: str, json: Any, *, tried: str) -> Answer:
        """A POST; after doubt it is sent again.

        Of the two routes that take it one changes nothing, the other leaves who is enrolled be.
        """
        return self._write("POST", route, json, tried)

    def delete(self, route: str, *, tried: str) -> Answer:
        """A DELETE; after doubt it is sent again, as a PUT is."""
        return self._write("DELETE", route, None, tried)

    def _write(self, method: str, route: str, json: Any, tried: str) -> Answer:
        path = ROUTES + route

        def send(doubts: int) -> Answer:
            return _told_apart(lambda: self.transport.write(method, path, tried=tried, json=json))

        return self.transport.settled(send)


def read_error(body: Any) -> ServerError:
    """The `code` and the words of WordPress's error body `{code, message, data}`."""
    body = body if isinstance(body, dict) else {}
    code = body.get("code")
    words = redact(str(body.get("message") or "no reason given"))
    return ServerError(code if isinstance(code, str) else None, words)


def ignores_passwords(error: CredentialsError) -> bool:
    """Whether WordPress did not look at the password: without TLS it treats us as nobody."""
    return error.error_type is not None and error.error_type not in _WRONG_CREDENTIALS


def _told_apart(call: Callable[[], Answer]) -> Answer:
    """Says of WordPress's refusals what only its `code` tells, and what to do about them."""
    try:
        return call()
    except NotFoundError as error:
        if error.error_type != "rest_no_route":
            raise
        raise ApiOffError(
            error.tried, error.route, error.said, _ACTIVATE, error.status, None, error.error_type
        ) from None
    except RightsError as error:
        raise replace(error, advice=_MAKE_WORKER) from None
    except CredentialsError as error:
        if not ignores_passwords(error):
            raise
        raise replace(error, advice=_USE_TLS) from None

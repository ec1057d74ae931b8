"""JSON calls on one `requests.Session`: timeouts always, redirects never, retries where safe.

A read is tried again after any passing fault. A write is tried again only when it surely was not
carried out (no connection, 429); otherwise it raises `DoubtfulWriteError` and the caller looks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from transport.delays import Patience, asked_delay
from transport.errors import (
    CallError,
    CredentialsError,
    DoubtfulWriteError,
    NotFoundError,
    RefusedError,
    RightsError,
    TransientError,
    WrongServerError,
)
from transport.redaction import redact

log = logging.getLogger(__name__)

Params = Mapping[str, str | int]

#: Besides all of 500 and more: Mautic answers 500 to much that it has done.
_TRANSIENT_STATUS = {408, 425}


@dataclass(frozen=True, slots=True)
class ServerError:
    """What a server's error body says: its `type`, if any, and its words."""

    type: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: its status, its JSON and its headers."""

    status: int
    json: Any
    headers: Mapping[str, str]


class Transport:
    """Calls one server. Not for use by several threads at once: a session is not.

    `read_error` tells what an error body of this kind of server says. `pause` waits for seconds;
    it is a parameter so that tests need not wait.
    """

    def __init__(
        self,
        base_url: str,
        session: requests.Session,
        read_error: Callable[[Any], ServerError],
        patience: Patience | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.session = session
        self.patience = patience or Patience()
        self.pause = pause
        self._read_error = read_error

    def read(self, path: str, *, tried: str, params: Params | None = None) -> Answer:
        """GET, tried again after passing faults. Raises the errors of `transport.errors`."""
        return self._retrying(lambda: self._once("GET", path, tried, params=params))

    def write(self, method: str, path: str, *, tried: str, json: Any = None) -> Answer:
        """POST, PATCH or DELETE; raises `DoubtfulWriteError` when it may have been carried out."""
        return self._retrying(lambda: self._once(method, path, tried, json=json))

    def post_form(self, path: str, form: Mapping[str, str], *, tried: str) -> Answer:
        """POST of a form that changes nothing that matters (a token).

        Tried once, as part of a call that is itself tried again.
        """
        return self._once("POST", path, tried, form=form)

    def _retrying(self, call: Callable[[], Answer]) -> Answer:
        retrying = Retrying(
            retry=retry_if_exception(_may_repeat),
            stop=stop_after_attempt(self.patience.tries),
            wait=self._wait,
            sleep=self.pause,
            before_sleep=_say_again,
            reraise=True,
        )
        return retrying(call)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, CallError) else None
        if asked is None:
            first, longest = self.patience.first_wait, self.patience.longest_wait
            return wait_exponential(first, longest)(state) + wait_random(0, first / 2)(state)
        if asked > self.patience.longest_wait and error:
            # Longer than a call may last: the scheduler tries again later.
            raise error
        return asked

    def _once(
        self,
        method: str,
        path: str,
        tried: str,
        *,
        params: Params | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        failed = _Failed(tried, f"{method} {path}", may_be_done=method != "GET" and form is None)
        response = self._send(failed, method, path, params, json, form)
        if response.status_code == 401 and form is None and self._renew():
            response = self._send(failed, method, path, params, json, form)
        if response.is_redirect or 300 <= response.status_code < 400:
            raise failed.redirected(self.base_url, response)
        if response.status_code >= 400:
            raise failed.refused(response, self._read_error(_json_or_none(response)))
        try:
            return Answer(response.status_code, response.json(), response.headers)
        except requests.exceptions.JSONDecodeError:
            raise failed.unreadable(response) from None

    def _send(
        self,
        failed: _Failed,
        method: str,
        path: str,
        params: Params | None,
        json: Any,
        form: Mapping[str, str] | None,
    ) -> requests.Response:
        auth = _no_auth if form is not None else None
        try:
            return self.session.request(
                method,
                self.base_url + path,
                params=params,
                json=json,
                data=form,
                auth=auth,
                headers={"Accept": "application/json"},
                timeout=(self.patience.connect, self.patience.read),
                allow_redirects=False,
                # Said anew, because requests lets the environment go before the session's.
                verify=self.session.verify,
                proxies=dict(self.session.proxies),
            )
        except requests.exceptions.SSLError as error:
            raise failed.without_tls(error) from None
        except (InvalidSchema, InvalidURL, MissingSchema) as error:
            raise failed.without_address(error) from None
        except requests.exceptions.RequestException as error:
            raise failed.on_the_way(error) from None

    def _renew(self) -> bool:
        """Makes the credentials anew, once a call; False when they cannot be."""
        auth = self.session.auth
        if isinstance(auth, AuthBase) and hasattr(auth, "renew"):
            auth.renew()
            return True
        return False


@dataclass(frozen=True, slots=True)
class _Failed:
    """Makes the right error of whatever went wrong with one request."""

    tried: str
    route: str
    may_be_done: bool

    def on_the_way(self, error: requests.exceptions.RequestException) -> CallError:
        if _never_sent(error):
            said = f"no connection to {_server_of(error)} ({_root(error)})"
            advice = "Check the host, the port and that the server is up"
            return TransientError(self.tried, self.route, said, advice)
        kind = "no answer in time" if isinstance(error, requests.Timeout) else "connection lost"
        return self._in_doubt(f"{kind} ({_root(error)})")

    def without_tls(self, error: requests.exceptions.SSLError) -> CallError:
        kind = _root(error)
        if kind == "SSLEOFError":
            # The line was cut during the handshake.
            return self.on_the_way(error)
        advice = "Check the host name, or give the authority's certificate as `verify`"
        said = "the TLS certificate does not hold"
        if kind != "SSLCertVerificationError":
            advice, said = "Check that host and port speak https", "no TLS connection"
        return WrongServerError(self.tried, self.route, f"{said} ({kind})", advice)

    def without_address(self, error: Exception) -> CallError:
        said = f"the address is none ({type(error).__name__})"
        advice = "An address looks like https://mautic.example.org"
        return WrongServerError(self.tried, self.route, said, advice)

    def redirected(self, base_url: str, response: requests.Response) -> CallError:
        target = urlsplit(response.headers.get("Location", ""))
        where = f"{target.scheme}://{target.netloc}" if target.netloc else "another path"
        said = f"a redirect to {redact(where)}, which is not followed"
        advice = f"Check the address {base_url}: scheme, host and path must be the server's own"
        return WrongServerError(self.tried, self.route, said, advice, response.status_code)

    def unreadable(self, response: requests.Response) -> CallError:
        kind = response.headers.get("Content-Type", "nothing said").split(";")[0]
        advice = "A maintenance page, a proxy, or a wrong address answers like this"
        said = f"what came is not whole JSON (content type: {redact(kind)})"
        return replace(self._in_doubt(said), status=response.status_code, advice=advice)

    def refused(self, response: requests.Response, body: ServerError) -> CallError:
        status = response.status_code
        if status == 429:
            wait = asked_delay(response.headers)
            said = "too many requests" + (f"; wait {wait:.0f} s" if wait is not None else "")
            return TransientError(self.tried, self.route, said, "", status, wait)
        if status >= 500 or status in _TRANSIENT_STATUS:
            wait = asked_delay(response.headers)
            error = self._in_doubt(body.words)
            return replace(error, status=status, retry_after=wait, advice=_SERVER_FAULT)
        kind, advice = _PERMANENT.get(status, (RefusedError, "Change what is sent"))
        return kind(self.tried, self.route, body.words, advice, status, error_type=body.type)

    def _in_doubt(self, said: str) -> TransientError:
        kind = DoubtfulWriteError if self.may_be_done else TransientError
        return kind(self.tried, self.route, said)


_SERVER_FAULT = "If it goes on, the server's own log of this minute tells why"

_PERMANENT: dict[int, tuple[type[CallError], str]] = {
    401: (CredentialsError, "Check the login and the password of the connection"),
    403: (RightsError, "Give the account the rights that the README lists"),
    404: (NotFoundError, "Check the address of the connection, or that the thing still exists"),
}


def _say_again(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("try %d: %s Next try in %.0f s.", state.attempt_number, error, state.upcoming_sleep)


def _may_repeat(error: BaseException) -> bool:
    return isinstance(error, TransientError) and not isinstance(error, DoubtfulWriteError)


def _never_sent(error: requests.exceptions.RequestException) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError, NameResolutionError))


def _server_of(error: requests.exceptions.RequestException) -> str:
    """Host and port that were asked, without user or path."""
    address = urlsplit((error.request.url if error.request else "") or "")
    return f"{address.hostname}:{address.port}" if address.port else str(address.hostname)


def _root(error: BaseException) -> str:
    """The innermost cause by its name; its text may hold the address with its parameters."""
    cause: Any = error
    while True:
        inner = getattr(cause, "reason", None) or next(
            (arg for arg in getattr(cause, "args", ()) if isinstance(arg, BaseException)), None
        )
        if not isinstance(inner, BaseException):
            return type(cause).__name__
        cause = inner


def _json_or_none(response: requests.Response) -> Any:
    try:
        return response.json()
    except requests.exceptions.JSONDecodeError:
        return None


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request

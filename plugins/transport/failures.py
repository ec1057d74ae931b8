"""What went wrong with one request, made into the error that says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from transport.delays import asked_delay
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

#: Besides all of 500 and more: Mautic answers 500 to much that it has done.
_TRANSIENT_STATUS = {408, 425}

_SERVER_FAULT = "If it goes on, the server's own log of this minute tells why"
_LINE_FAULT = "If it goes on, look at the server, and at what stands between it and us"
_TOO_MANY = "If it goes on, raise the server's limit of API calls"

_PERMANENT: dict[int, tuple[type[CallError], str]] = {
    401: (CredentialsError, "Check the login and the password of the connection"),
    403: (RightsError, "Give the account the rights that the README lists"),
    404: (NotFoundError, "Check the address of the connection, or that the thing still exists"),
}


@dataclass(frozen=True, slots=True)
class ServerError:
    """What a server's error body says: its `type`, if any, and its words."""

    type: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Failed:
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
        return replace(self._in_doubt(f"{kind} ({_root(error)})"), advice=_LINE_FAULT)

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
            return TransientError(self.tried, self.route, said, _TOO_MANY, status, wait)
        if status >= 500 or status in _TRANSIENT_STATUS:
            wait = asked_delay(response.headers)
            error = self._in_doubt(body.words)
            return replace(error, status=status, retry_after=wait, advice=_SERVER_FAULT)
        kind, advice = _PERMANENT.get(status, (RefusedError, "Change what is sent"))
        return kind(self.tried, self.route, body.words, advice, status, error_type=body.type)

    def _in_doubt(self, said: str) -> TransientError:
        kind = DoubtfulWriteError if self.may_be_done else TransientError
        return kind(self.tried, self.route, said)


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

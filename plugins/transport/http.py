"""JSON calls on one `requests.Session`: timeouts always, redirects never, retries where safe.

A read is tried again after any passing fault. A write is tried again only when it surely was not
carried out (no connection, 429); otherwise it raises `DoubtfulWriteError` and the caller looks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import requests
from requests.auth import AuthBase
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from transport.delays import Patience, clock_ahead
from transport.errors import CallError, DoubtfulWriteError, TransientError
from transport.failures import Failed, ServerError

log = logging.getLogger(__name__)

Params = Mapping[str, str | int]
Settled = TypeVar("Settled")


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer: its status, its JSON and its headers."""

    status: int
    json: Any
    headers: Mapping[str, str]


class Transport:
    """Calls one server; a few requests may be in flight on its session, each in a thread.

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
        #: How much the server's clock is ahead of ours, to the second, as its last answer told.
        self.clock_ahead = timedelta()
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

    def settled(self, deed: Callable[[int], Settled]) -> Settled:
        """The result of a deed that is done again after a `DoubtfulWriteError`.

        The deed gets the number of times it was in doubt; from one on it looks before it writes.
        Raises the last doubt, or the first that asks for more than our patience.
        """
        doubts = count()
        return self._repeated(lambda: deed(next(doubts)), _is_doubt)

    def _retrying(self, call: Callable[[], Answer]) -> Answer:
        return self._repeated(call, _may_repeat)

    def _repeated(
        self, call: Callable[[], Settled], again: Callable[[BaseException], bool]
    ) -> Settled:
        retrying = Retrying(
            retry=retry_if_exception(again),
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
        failed = Failed(tried, f"{method} {path}", may_be_done=method != "GET" and form is None)
        response = self._send(failed, method, path, params, json, form)
        self.clock_ahead = clock_ahead(response.headers, datetime.now(UTC)) or self.clock_ahead
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
        failed: Failed,
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


def _say_again(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("try %d: %s Next try in %.0f s.", state.attempt_number, error, state.upcoming_sleep)


def _is_doubt(error: BaseException) -> bool:
    return isinstance(error, DoubtfulWriteError)


def _may_repeat(error: BaseException) -> bool:
    return isinstance(error, TransientError) and not isinstance(error, DoubtfulWriteError)


def _json_or_none(response: requests.Response) -> Any:
    try:
        return response.json()
    except requests.exceptions.JSONDecodeError:
        return None


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request

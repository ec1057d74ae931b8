"""What can go wrong between us and a server, sorted once into "a retry helps" and "it does not".

Every error says what was tried, on what, what the server said, whether a retry helps, and what a
person can do. None holds a secret or personal data: texts of servers pass through `redact`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(eq=False)
class CallError(Exception):
    """A call that did not do what it was made for.

    `tried` names the deed and its object, `route` the method and path without query, `said` the
    server's answer in its own words, `advice` what to do, `status` the HTTP status if there was
    one, `retry_after` the seconds the server asked to wait, `error_type` Mautic's `type`.
    """

    tried: str
    route: str
    said: str
    advice: str = ""
    status: int | None = None
    retry_after: float | None = None
    error_type: str | None = None

    retry_hint = ""

    def __str__(self) -> str:
        answer = f"answered {self.status}: {self.said}" if self.status else self.said
        parts = [f"{self.tried}: {self.route} {answer}", self.retry_hint, self.advice]
        return ". ".join(part.rstrip(".!") for part in parts if part) + "."

    def __reduce__(self) -> tuple[Any, ...]:
        # Airflow hands exceptions between processes; the fields are all there is.
        return type(self), tuple(getattr(self, f.name) for f in fields(self))


class TransientError(CallError):
    """It may work the next time: overload, a network fault, a maintenance page, a short read."""

    retry_hint = "A retry may help"


class DoubtfulWriteError(TransientError):
    """A write whose answer was lost or broken. It may have been done: read back before the next."""

    retry_hint = "It may have been done: it is looked up before it is tried again"


class PermanentError(CallError):
    """It will fail the same way until somebody changes something."""

    retry_hint = "A retry does not help"


class CredentialsError(PermanentError):
    """The server does not know these credentials."""


class RightsError(PermanentError):
    """The credentials are right, but this account may not do this."""


class ApiOffError(PermanentError):
    """The server has its API switched off."""


class NotFoundError(PermanentError):
    """There is no such thing, or no such route."""


class RefusedError(PermanentError):
    """The server understood and refused what was sent."""


class WrongServerError(PermanentError):
    """The address leads elsewhere: a redirect, a certificate of another host, no such API."""


@contextmanager
def told_of(what: str) -> Iterator[None]:
    """Says in every `CallError` from within what it was about: clients know requests only."""
    try:
        yield
    except CallError as error:
        raise replace(error, tried=f"{what}: {error.tried}") from None

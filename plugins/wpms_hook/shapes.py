"""Reading the plugin's JSON: what has another shape is never taken for the truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, Literal, cast

from transport.errors import DoubtfulWriteError, TransientError
from transport.http import Answer

Delivery = Literal["is", "cohort"]
State = Literal["pending", "linked", "waiting", "left", "error", "optedout"]

_STATES = ("pending", "linked", "waiting", "left", "error", "optedout")
_ADVICE = "Check that the plugin course-sync and this code are of one version"


@contextmanager
def shape_of(answer: Answer, what: str, *, tried: str, route: str) -> Iterator[Any]:
    """The JSON of the answer, and an error for whatever goes wrong while it is taken apart.

    Raises `TransientError` for a read and `DoubtfulWriteError` for a write. The cause is left out:
    it would repeat the value, which may be personal.
    """
    try:
        yield answer.json
    except (AttributeError, KeyError, TypeError, ValueError):
        kind = TransientError if route.startswith("GET ") else DoubtfulWriteError
        said = f"the answer has not the shape of {what}"
        raise kind(tried, route, said, _ADVICE, answer.status) from None


def list_of(value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise TypeError
    return value


def text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise TypeError
    return value


def text_or_none(value: Any) -> str | None:
    """A text; null and the empty one are None."""
    return None if value is None else text(value) or None


def number(value: Any) -> int:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def number_or_none(value: Any) -> int | None:
    """A whole number; null is None."""
    return None if value is None else number(value)


def flag(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def moment_or_none(value: Any) -> datetime | None:
    """An instant that WordPress writes in UTC, without saying so; null and empty are None."""
    words = text_or_none(value)
    return datetime.fromisoformat(words).replace(tzinfo=UTC) if words else None


def day_or_none(value: Any) -> date | None:
    """A local date; null and empty are None."""
    words = text_or_none(value)
    return date.fromisoformat(words) if words else None


def delivery(value: Any) -> Delivery:
    """How a learner studies."""
    if value not in ("is", "cohort"):
        raise ValueError
    return cast(Delivery, value)


def state(value: Any) -> State:
    """What became of an enrolment."""
    if value not in _STATES:
        raise ValueError
    return cast(State, value)

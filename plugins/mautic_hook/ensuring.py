"""Making a thing exactly once: search, create, and after a doubtful answer look before creating."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from mautic_hook.client import MauticClient
from transport.errors import DoubtfulWriteError

Made = TypeVar("Made")
Kind = Literal["tag", "category", "email", "segment", "campaign"]
Outcome = Literal["created", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Ensured:
    """What became of one thing: its name, its id in Mautic if it has one, and why if refused."""

    kind: Kind
    name: str
    outcome: Outcome
    id: int | None = None
    reason: str = ""


class RefusedThingError(Exception):
    """A thing that is there but not as it must be. The text says what to do about it."""


def create_once(
    client: MauticClient, find: Callable[[], Made | None], create: Callable[[], Made]
) -> tuple[Made, bool]:
    """The thing and whether it was made now. Raises `DoubtfulWriteError` when it stays unclear.

    Mautic can answer 500, or not at all, after it has saved: so after doubt it waits, searches,
    and only then creates again.
    """
    found = find()
    if found is not None:
        return found, False
    patience = client.transport.patience
    for attempt in range(patience.tries):
        try:
            return create(), True
        except DoubtfulWriteError as doubt:
            wait_after(client, doubt, attempt)
            found = find()
            if found is not None:
                return found, True
            if attempt == patience.tries - 1:
                raise
    raise AssertionError("patience.tries is at least 1")


def wait_after(client: MauticClient, doubt: DoubtfulWriteError, attempt: int) -> None:
    """Waits before looking back; raises `doubt` when the server asks for more than our patience."""
    patience = client.transport.patience
    seconds = doubt.retry_after or patience.first_wait * 2**attempt
    if seconds > patience.longest_wait:
        raise doubt
    client.transport.pause(seconds)

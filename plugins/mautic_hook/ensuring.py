"""Making a thing exactly once: search, create, and after a doubtful answer look before creating."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from mautic_hook.client import MauticClient
from transport.errors import DoubtfulWriteError

Made = TypeVar("Made")
Kind = Literal["tag", "category", "email", "segment", "campaign", "field"]
Outcome = Literal["created", "renamed", "unchanged", "refused"]


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

    def look_and_create(doubts: int) -> tuple[Made, bool]:
        found = find()
        return (create(), True) if found is None else (found, doubts > 0)

    try:
        return client.transport.settled(look_and_create)
    except DoubtfulWriteError:
        # Also the last one may have been done.
        found = find()
        if found is None:
            raise
        return found, True

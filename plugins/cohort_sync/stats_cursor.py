"""Where we are in Mautic's log tables: what came since, what may still come late. Pure.

A row gets its id when it is written and is seen when its transaction ends. So an id that is missing
among the latest ones may turn up later, and is waited for. Old rows are purged by Mautic; a cursor
that fell behind that cannot tell what it missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: An id that has not come when so many later ones have belongs to a write that was taken back.
WINDOW = 1000


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last id that was seen of a table, and the ids before it that may still come."""

    last: int = 0
    gaps: frozenset[int] = frozenset()

    @property
    def after(self) -> int:
        """Rows after this id are to be read."""
        return min(self.gaps, default=self.last + 1) - 1

    def new(self, ids: Iterable[int]) -> frozenset[int]:
        """Which of the ids that were read are news."""
        return frozenset(id_ for id_ in ids if id_ > self.last or id_ in self.gaps)

    def moved(self, ids: Iterable[int], end: int = 0) -> Cursor:
        """The cursor when these have been dealt with; `end` is the last id that the table has."""
        seen = set(ids)
        last = max(seen | {self.last, end})
        floor = last - WINDOW
        waited = self.gaps | set(range(max(self.last, floor) + 1, last + 1))
        return Cursor(last, frozenset(id_ for id_ in waited - seen if id_ > floor))

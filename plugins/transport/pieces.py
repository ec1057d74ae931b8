"""Long lists in pieces that a server takes in one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """`items` in their order, at most `size` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))

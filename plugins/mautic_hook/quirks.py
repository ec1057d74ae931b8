"""What Mautic's versions are known for, as far as a caller must know (measured on 5.2.0, 7.0.2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirks:
    """`where_misses_apostrophe`: `eq` and `in` do not find o'neil@… (recording find_apos)."""

    where_misses_apostrophe: bool


def quirks_of(version: str) -> Quirks:
    """The quirks of a version such as `5.2.0`; all of them when it is not known."""
    major = int(version.split(".")[0]) if version[:1].isdigit() else 0
    return Quirks(where_misses_apostrophe=major < 6)

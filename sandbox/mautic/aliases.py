"""Aliases: how Mautic makes one from a text, and keeps it unique."""

import re
import unicodedata
from collections.abc import Callable


def clean(text: str) -> str:
    """`LiDA101 IS/Course_2018!ü` → `lida101-iscourse2018u` (segment_new_alias_messy)."""
    return re.sub(r"[^a-z0-9-]", "", plain(text).strip().replace(" ", "-"))


def plain(text: str) -> str:
    """Text without case and accents, which is also how Mautic's database sorts."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def with_suffix(alias: str, is_taken: Callable[[str], bool]) -> str:
    """The alias itself, or with the first number behind it that makes it free."""
    candidate, number = alias, 0
    while is_taken(candidate):
        number += 1
        candidate = f"{alias}{number}"
    return candidate

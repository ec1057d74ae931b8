"""Keeps secrets and personal data out of messages."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_AUTHORIZATION = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE)
_NAMED_SECRET = re.compile(
    r"(?i)\b(client_secret|access_token|refresh_token|password|secret|token)(\W{1,4})([^\s&\"',]{4,})"
)
_LONG_TOKEN = re.compile(r"\b[A-Za-z0-9+/_]{32,}={0,2}")
_LONGEST = 300


def redact(text: str) -> str:
    """`text` without addresses, credentials and tokens, on one line, at most 300 characters."""
    for pattern, replacement in (
        (_AUTHORIZATION, r"\1 ***"),
        (_NAMED_SECRET, r"\1\2***"),
        (_EMAIL, "<address>"),
        (_LONG_TOKEN, "***"),
    ):
        text = pattern.sub(replacement, text)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

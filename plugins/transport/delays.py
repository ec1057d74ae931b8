"""How long to wait: what the server asks for, else longer each time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """Limits of one client's patience; all in seconds but `tries`.

    `longest_wait` is the longest a server may make us wait within a call; if it asks for more the
    call fails with `retry_after`, and the scheduler tries again later. A read of 150 s is not
    slow for Mautic: a batch of 200 took 71 s on a server that lacked an index.
    """

    connect: float = 10.0
    read: float = 150.0
    tries: int = 4
    first_wait: float = 1.0
    longest_wait: float = 60.0


def asked_delay(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds the server asks us to wait, or None when it does not say.

    Honours `Retry-After` (seconds or a date) and Mautic 5's `X-RateLimit-Reset` (epoch seconds,
    recording rate_limit_7), which stands on every answer and counts when nothing remains.
    `now` is epoch seconds.
    """
    now = time.time() if now is None else now
    after = headers.get("Retry-After", "").strip()
    if after.isdigit():
        return float(after)
    if after:
        try:
            return max(0.0, parsedate_to_datetime(after).timestamp() - now)
        except ValueError:
            return None
    reset = headers.get("X-RateLimit-Reset", "").strip()
    if headers.get("X-RateLimit-Remaining", "0").strip() != "0":
        return None
    return max(0.0, float(reset) - now) if reset.isdigit() else None


def clock_ahead(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How much a server's clock is ahead of ours, by the `Date` of its answer; None when untold.

    To the second; what the answer took on its way is not taken off.
    """
    try:
        return parsedate_to_datetime(headers.get("Date", "")) - now
    except (ValueError, TypeError):
        return None

"""Waiting for a condition; no test waits for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds that real servers may take on a busy machine.
LONG = 900


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Returns as soon as `condition` holds; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds} s"
        time.sleep(0.01 if seconds <= 30 else 0.2)

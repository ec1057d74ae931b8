"""Waiting for a condition; no test waits for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Seconds that real servers may take on a busy machine.
LONG = 900


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Returns as soon as `condition` holds; fails after `seconds`.

    The longer it waits the less often it asks, as asking costs the servers time: each pause is a
    hundredth of the time so far, and a second at most.
    """
    begin = time.monotonic()
    while not condition():
        waited = time.monotonic() - begin
        assert waited < seconds, f"not so after {seconds} s"
        time.sleep(min(max(waited / 100, 0.01), 1))

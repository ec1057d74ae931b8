"""What was asked, in order, and how it was answered."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

# A sandbox that runs for days must not fill the memory.
KEPT = 20_000


@dataclass
class LoggedRequest:
    """One request. `status` is None while there is no answer, and when none was ever sent."""

    n: int
    method: str
    path: str
    query: str
    status: int | None = None
    fault: str | None = None


class RequestLog:
    """The last requests, oldest first. Control routes are not logged."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=KEPT)
        self._count = 0

    def arrived(self, method: str, path: str, query: str) -> LoggedRequest:
        """Note a request that has just arrived; the entry is completed later."""
        self._count += 1
        entry = LoggedRequest(self._count, method, path, query)
        self._entries.append(entry)
        return entry

    def as_json(self) -> list[dict[str, Any]]:
        """The entries as plain values."""
        return [asdict(entry) for entry in self._entries]

    def forget(self) -> None:
        """Drop the entries; counting starts again at 1."""
        self._entries.clear()
        self._count = 0

"""Faults on demand: what a test or a curious person wants to go wrong, and when."""

import asyncio
import re
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

Kind = Literal[
    "status",
    "delay",
    "cut_before",
    "cut_after",
    "html",
    "html_after",
    "truncate",
    "rate_limit",
    "expired_token",
    "redirect",
    "hold",
]


@dataclass
class Fault:
    """One thing that goes wrong, for some requests.

    Which requests: `method` (None: any) and `path` (a regular expression matched from the start of
    the path, so a plain prefix works too); the first `skip` of them pass, the next `times` are hit
    (0: all that follow).

    What happens:
    - `status`: answers `status` with `headers`.
    - `delay`: answers normally after `seconds`.
    - `cut_before`, `cut_after`: the connection is aborted before or after the work is done.
    - `html`, `html_after`: a 200 HTML page; the work is left undone, or done.
    - `truncate`: the work is done, half of the answer is sent, the connection closed.
    - `rate_limit`: 429 with `headers`.
    - `expired_token`: 401, and the presented token stays invalid.
    - `redirect`: 302 to `location`.
    - `hold`: no answer until the faults are cleared or the client goes away.

    `after_commit` says for `status`, `delay` and `hold` that the work is done first.
    """

    kind: Kind
    method: str | None = None
    path: str = "/"
    skip: int = 0
    times: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    after_commit: bool = False
    seconds: float = 0.0
    location: str = "http://elsewhere.invalid/"
    seen: int = 0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"unknown kind of fault: {self.kind!r}")
        self._pattern = re.compile(self.path)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Fault":
        """Make a fault from a JSON object; raises ValueError for names or kinds nobody knows."""
        unknown = set(values) - ({f.name for f in fields(cls)} - {"seen"})
        if unknown or "kind" not in values:
            raise ValueError(f"a fault needs a kind, and has no field {sorted(unknown)}")
        return cls(**values)

    def hits(self, method: str, path: str) -> bool:
        """Whether this request is hit. Every matching request counts."""
        if self.method not in (None, method) or not self._pattern.match(path):
            return False
        self.seen += 1
        after = self.seen - self.skip
        return after > 0 and (self.times == 0 or after <= self.times)


class Faults:
    """The faults that wait for requests."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._cleared = asyncio.Event()

    def add(self, fault: Fault) -> None:
        """Let this fault wait for requests, after those that wait already."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Drop all faults and let held requests go on."""
        self._faults.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    def for_request(self, method: str, path: str) -> Fault | None:
        """The first fault that hits this request."""
        return next((fault for fault in self._faults if fault.hits(method, path)), None)

    async def wait_until_cleared(self, seconds: float) -> bool:
        """Wait up to `seconds` for the faults to be cleared; True when they were."""
        try:
            await asyncio.wait_for(self._cleared.wait(), seconds)
        except TimeoutError:
            return False
        return True

"""What the commands tell the user while they work."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console

from cohorts.show import WIDTH

#: Says a line: its subject, and what is the news.
Say = Callable[[str, str], None]


class Show:
    """Short lines for the user, each with the seconds since the start."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, markup=False, emoji=False)
        if not self.console.is_terminal:
            self.console.width = WIDTH
        self._began = self._last_line = time.monotonic()

    def line(self, subject: str, text: str) -> None:
        self._last_line = time.monotonic()
        seconds = self._last_line - self._began
        self.text(f"{seconds:5.1f} s  {subject}: {text}")

    def seconds_of_silence(self) -> float:
        return time.monotonic() - self._last_line

    def text(self, text: str) -> None:
        """Text of any length; a terminal wraps it, a file keeps each line whole."""
        self.console.print(text, soft_wrap=True)

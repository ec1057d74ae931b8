"""Showing the end of a server's log."""

from __future__ import annotations

from pathlib import Path


def end_of(log: Path, lines: int = 15) -> str:
    """Where a log is, and its last lines."""
    text = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in text)])

"""What can be wrong with a calendar. Light to import: Airflow reads it with every DAG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `where` is the path of keys and positions; `line` counts from 1."""

    severity: Literal["error", "warning"]
    where: Where
    wrong: str
    right: str
    line: int = 0
    offering: str = ""

    def __str__(self) -> str:
        field = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in self.where)
        of = f" ({self.offering})" if self.offering else ""
        return f"line {self.line}: {field.lstrip('.') or 'file'}{of}: {self.wrong} → {self.right}"


class CalendarError(ValueError):
    """The calendar file cannot be used. `problems` holds every finding, warnings too."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        found = "\n".join(f"  {problem}" for problem in problems if problem.severity == "error")
        super().__init__(f"{name} cannot be used:\n{found}")

    def __reduce__(self) -> tuple[Any, ...]:
        return (ValueError, self.args)

"""What an enrolment sync did: counts and reasons by user number, and the table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

#: So many problems of a course are told one by one; the rest is a number.
_MOST_PROBLEMS = 50
_COLUMNS = ("signed up", "updated", "unchanged", "waiting", "left", "not ready", "failed")


@dataclass(slots=True)
class CourseReport:
    """What a sync did for one course; users by their number, no other data of a person."""

    course: str
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, Any]] = field(default_factory=list)
    more_problems: int = 0

    def add(self, user: int, deed: str, reasons: Iterable[str]) -> None:
        """Counts what became of a learner, and keeps the reasons."""
        self.counts[deed] += 1
        for reason in dict.fromkeys(filter(None, reasons)):
            if len(self.problems) < _MOST_PROBLEMS:
                self.problems.append({"user": user, "what": reason})
            else:
                self.more_problems += 1

    def as_data(self) -> dict[str, Any]:
        """For XCom: counts, and the first problems."""
        return {
            "course": self.course,
            "counts": dict(self.counts),
            "problems": self.problems,
            "more_problems": self.more_problems,
        }


def print_enrolments(report: dict[str, Any], console: Console) -> None:
    """Shows a report of `whole_report` to a person."""
    table = Table(title="Learners", title_justify="left", header_style="bold")
    for column in ("course", *_COLUMNS, "pending"):
        table.add_column(column, justify="left" if column == "course" else "right")
    counts = {course["course"]: course["counts"] for course in report["courses"]}
    for course in sorted({*counts, *report["pending"]}):
        cells = [str(counts.get(course, {}).get(column, 0)) for column in _COLUMNS]
        table.add_row(course, *cells, str(report["pending"].get(course, 0)))
    console.print(table)
    for problem in report["problems"]:
        console.print(f"  {problem}", style="yellow", markup=False, soft_wrap=True)
    for course in report["courses"]:
        for problem in course["problems"]:
            words = f"  {course['course']}, user {problem['user']}: {problem['what']}"
            console.print(words, style="yellow", markup=False, highlight=False, soft_wrap=True)
        if course["more_problems"]:
            console.print(f"  {course['course']}: … and {course['more_problems']} more")
    if not counts:
        console.print("unchanged: every enrolment was in step", style="green")

"""The steps of one enrolment sync, as the DAG calls them: plain values in, plain data out."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table

from cohort_sync.calendars import calendar_of
from cohort_sync.enrolment_sync import find_work, sync_course
from cohorts.show import WIDTH
from mautic_hook.client import MauticClient
from wpms_hook.client import WpmsClient

log = logging.getLogger(__name__)

_COLUMNS = ("signed up", "updated", "unchanged", "waiting", "left", "not ready", "failed")


def work_list(client: WpmsClient, courses: Sequence[str], *, everything: bool) -> dict[str, Any]:
    """The sites with work (`blog_ids`), pending learners by course, and what does not fit."""
    work = find_work(client, calendar_of(courses), everything=everything)
    for problem in work.problems:
        log.warning("%s", problem)
    log.info("%d course sites have something to sync", len(work.blog_ids))
    return {"blog_ids": work.blog_ids, "pending": work.pending, "problems": work.problems}


def run_course(
    mautic: MauticClient,
    wpms: WpmsClient,
    blog_id: int,
    now: datetime,
    *,
    dry_run: bool,
    everything: bool,
) -> dict[str, Any]:
    """Syncs one course site; returns its report as plain data."""
    report = sync_course(
        mautic, wpms, calendar_of(()), blog_id, now, dry_run=dry_run, everything=everything
    )
    for problem in report.problems:
        log.warning("site %d, user %d: %s", blog_id, problem["user"], problem["what"])
    return report.as_data()


def whole_report(work: dict[str, Any], courses: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One report of all courses; logs it as a table."""
    total = Counter[str]()
    for course in courses:
        total.update(course["counts"])
    report = {
        "total": dict(total),
        "pending": work["pending"],
        "courses": list(courses),
        "problems": work["problems"],
    }
    console = Console(file=StringIO(), width=WIDTH, color_system=None)
    print_enrolments(report, console)
    assert isinstance(console.file, StringIO)
    log.info("What became of it:\n%s", console.file.getvalue())
    return report


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
    if not counts:
        console.print("unchanged: every enrolment was in step", style="green")

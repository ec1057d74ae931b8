"""The steps of one enrolment sync, as the DAG calls them: plain values in, plain data out."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cohort_sync.calendars import whole_calendar
from cohort_sync.deleted_sites import leave_deleted_sites
from cohort_sync.enrolment_report import print_enrolments
from cohort_sync.enrolment_sync import find_work, sync_course
from cohort_sync.erasing_run import erase_all, tell_preview
from cohorts.show import as_text
from mautic_hook.client import MauticClient
from wpms_hook.client import WpmsClient

log = logging.getLogger(__name__)


def work_list(client: WpmsClient, courses: Sequence[str], *, everything: bool) -> dict[str, Any]:
    """How much is `dirty`, and whether some of it may be of `deleted_sites`; sites with work
    (`blog_ids`), who is pending, and what does not fit."""
    work = find_work(client, whole_calendar(), courses, everything=everything)
    for problem in work.problems:
        log.warning("%s", problem)
    log.info("%d course sites have something to sync", len(work.blog_ids))
    return asdict(work)


def let_go(
    mautic: MauticClient, wpms: WpmsClient, work: dict[str, Any], *, dry_run: bool
) -> dict[str, Any]:
    """Lets go of who is to be `erased`, and of the learners of `deleted_sites`.

    The former as receipts, the latter as a report like that of a course, if there are any.
    """
    erased = tell_preview(mautic, wpms, None) if dry_run else erase_all(mautic, wpms)
    deleted = [leave_deleted_sites(mautic, wpms, dry_run=dry_run)] if work["deleted_sites"] else []
    deleted = [report for report in deleted if report.counts]
    for report in deleted:
        log.info("%s: %s", report.course, dict(report.counts))
        for problem in report.problems:
            log.warning("user %d: %s", problem["user"], problem["what"])
    return {"erased": erased, "deleted_sites": [report.as_data() for report in deleted]}


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
        mautic, wpms, whole_calendar(), blog_id, now, dry_run=dry_run, everything=everything
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
    log.info("What became of it:\n%s", as_text(lambda out: print_enrolments(report, out)))
    return report

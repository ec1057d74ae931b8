"""The steps of one status sync and of the setup, as the DAGs call them: plain data in and out."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cohort_sync.calendars import whole_calendar
from cohort_sync.enrolment_report import print_enrolments
from cohort_sync.errors import RefusedThingsError
from cohort_sync.preference_setup import set_up
from cohort_sync.stats_cursor import Cursor
from cohort_sync.status_sync import look, sync_words
from cohorts.show import as_text
from mautic_hook.client import MauticClient
from wpms_hook.client import WpmsClient

log = logging.getLogger(__name__)

#: Plain data for Airflow: for each of Mautic's logs `last`, the last id that was seen, and `gaps`,
#: the ids before it that may still come.
Cursors = Mapping[str, Mapping[str, Any]]


def run_status_sync(
    mautic: MauticClient,
    wpms: WpmsClient,
    kept: Cursors | None,
    now: datetime,
    *,
    courses: Sequence[str],
    dry_run: bool,
    everybody: bool,
) -> tuple[dict[str, Any], Cursors]:
    """Syncs what learners said in Mautic; the report, and the cursors to keep."""
    calendar = whole_calendar()
    cursors = {n: Cursor(c["last"], frozenset(c["gaps"])) for n, c in (kept or {}).items()}
    found = look(mautic, cursors, everybody=everybody)
    log.info("%s", found.why)
    reports = sync_words(
        mautic, wpms, calendar, found.contacts, now, courses=courses, dry_run=dry_run
    )
    total = Counter[str]()
    for report in reports:
        total.update(report.counts)
    whole = {
        "why": found.why,
        "total": dict(total),
        "pending": {},
        "courses": [report.as_data() for report in reports],
        "problems": [],
    }
    log.info("What became of it:\n%s", as_text(lambda out: print_enrolments(whole, out)))
    moved = {n: {"last": c.last, "gaps": sorted(c.gaps)} for n, c in found.cursors.items()}
    return whole, moved


def run_setup(mautic: MauticClient, now: datetime) -> dict[str, Any]:
    """Sees to what the preference centre needs.

    What Mautic itself must be set to cannot be read over its API, so it is told. Raises
    `RefusedThingsError` for what needs a person, when all else is done.
    """
    ensured = set_up(mautic, whole_calendar(), now)
    for one in ensured:
        if one.outcome not in ("unchanged", "refused"):
            log.info("%s %s %s", one.outcome, one.kind, one.name)
    log.info(
        "Check in Mautic: Settings → Configuration → Email Settings → Unsubscribe Settings: "
        "“Show contact preference settings” and “Show contact segment preferences” are on"
    )
    refused = [f"{one.kind} {one.name}: {one.reason}" for one in ensured if one.reason]
    if refused:
        raise RefusedThingsError("\n".join(refused))
    return dict(Counter(one.outcome for one in ensured))

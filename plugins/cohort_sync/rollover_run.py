"""The steps of one rollover run, as the DAG calls them: plain values in, plain data out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from cohort_sync.calendars import chosen, whole_calendar
from cohort_sync.errors import RefusedThingsError
from cohort_sync.rollover import roll_over
from cohorts.model import Moment
from cohorts.rolling import transitions
from cohorts.show import as_text, cohort_table, transition_lines
from mautic_hook.client import MauticClient

log = logging.getLogger(__name__)


def tell_standings(courses: Sequence[str], as_of: Moment) -> dict[str, int]:
    """Logs where every cohort stands and what rolled since the day before; returns counts.

    Raises `CalendarError` and `UnknownCourseError`.
    """
    calendar = chosen(whole_calendar(), courses)
    changes = [
        change
        for offering in calendar.offerings
        for change in transitions(offering, as_of - timedelta(days=1), as_of)
    ]
    standings, rolled = cohort_table(calendar, as_of), transition_lines(changes)
    log.info("The calendar as of %s:\n%s", as_of, as_text(lambda out: out.print(standings)))
    log.info("Since the day before:\n%s", as_text(lambda out: out.print(rolled)))
    return {"offerings": len(calendar.offerings), "rolled": len(changes)}


def run_rollover(
    client: MauticClient, courses: Sequence[str], as_of: Moment, today: Moment, *, dry_run: bool
) -> dict[str, Any]:
    """Makes what is missing in Mautic; logs and returns the report (`RolloverReport.as_data`)."""
    report = roll_over(client, chosen(whole_calendar(), courses), as_of, today, dry_run=dry_run)
    log.info("What became of it:\n%s", report.text())
    return report.as_data()


def check_refusals(report: dict[str, Any]) -> None:
    """Raises `RefusedThingsError` with every reason, so that the run is seen to need somebody."""
    if refused := report["refused"]:
        reasons = "\n".join("  {kind} {name}: {reason}".format(**item) for item in refused)
        raise RefusedThingsError(
            f"{len(refused)} things need a person; the rest is done:\n{reasons}"
        )

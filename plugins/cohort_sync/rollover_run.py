"""The step of a rollover run that makes things, as the DAG calls it: plain values in, data out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from cohort_sync.calendars import chosen, whole_calendar
from cohort_sync.rollover import roll_over
from cohorts.model import Moment
from mautic_hook.client import MauticClient

log = logging.getLogger(__name__)


def run_rollover(
    client: MauticClient, courses: Sequence[str], as_of: Moment, today: Moment, *, dry_run: bool
) -> dict[str, Any]:
    """Makes what is missing in Mautic; logs and returns the report (`RolloverReport.as_data`)."""
    report = roll_over(client, chosen(whole_calendar(), courses), as_of, today, dry_run=dry_run)
    log.info("What became of it:\n%s", report.text())
    return report.as_data()

"""The first step of a rollover run. It loads no client, as it reads the calendar only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from cohort_sync.calendars import chosen, whole_calendar
from cohorts.model import Moment
from cohorts.rolling import transitions
from cohorts.show import as_text, cohort_table, transition_lines

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

"""The shipped calendar as the use cases take it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from cohort_sync.errors import UnknownCourseError
from cohorts.calendar_file import load_calendar
from cohorts.model import Calendar

log = logging.getLogger(__name__)


def calendar_of(courses: Sequence[str]) -> Calendar:
    """The calendar with these courses only (none named: all); its warnings are logged.

    Raises `CalendarError` and `UnknownCourseError`.
    """
    loaded = load_calendar()
    for warning in loaded.warnings:
        log.warning("calendar: %s", warning)
    try:
        return loaded.calendar.only(tuple(courses))
    except KeyError as error:
        known = ", ".join(sorted({o.course for o in loaded.calendar.offerings}))
        raise UnknownCourseError(f"no course {error.args[0]!r}; there are {known}") from None

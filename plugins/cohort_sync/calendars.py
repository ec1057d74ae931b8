"""The shipped calendar as the use cases take it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from cohort_sync.errors import UnknownCourseError
from cohorts.calendar_file import load_calendar
from cohorts.model import Calendar

log = logging.getLogger(__name__)


def whole_calendar() -> Calendar:
    """The shipped calendar; its warnings are logged. Raises `CalendarError`."""
    loaded = load_calendar()
    for warning in loaded.warnings:
        log.warning("calendar: %s", warning)
    return loaded.calendar


def chosen(calendar: Calendar, courses: Sequence[str]) -> Calendar:
    """The calendar with these courses only; none named: all. Raises `UnknownCourseError`."""
    try:
        return calendar.only(tuple(courses))
    except KeyError as error:
        known = ", ".join(sorted({offering.course for offering in calendar.offerings}))
        raise UnknownCourseError(f"no course {error.args[0]!r}; there are {known}") from None

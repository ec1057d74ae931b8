"""From rules and exceptions to the cohorts of an offering."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr

from cohorts.model import Cohort, Offering, Rule

#: Cohorts of a rule without an end are told this far ahead; the next one however far it is.
HORIZON = timedelta(days=366)

#: Every weekday falls on every day of a year, 29 February too, within forty years.
FULL_CYCLE_YEARS = 40


def cohorts_of(offering: Offering, since: date | None, until: date) -> list[Cohort]:
    """All cohorts that start in `since`..`until` (both inclusive; None: from the first ever).

    In order of their start, with the dated exceptions applied (rule 9).
    """
    starts = {
        day
        for rule in offering.rules
        for day in rule_days(rule, since, until)
        if day not in offering.cancelled and day not in offering.moved
    }
    cohorts = {start: offering.cohort_from(start) for start in starts}
    for cohort in (*offering.added, *offering.moved.values()):
        if (since is None or cohort.start >= since) and cohort.start <= until:
            cohorts[cohort.start] = cohort
    return sorted(cohorts.values())


def cohorts_at(offering: Offering, on: date) -> list[Cohort]:
    """All cohorts that matter on a date: those of the rules to a year ahead, all dated ones.

    With none of either ahead, the next one of the rules, however far it is.
    """
    dated = [cohort.start for cohort in (*offering.added, *offering.moved.values())]
    near = on + HORIZON
    cohorts = cohorts_of(offering, None, near)
    cohorts += [c for day in sorted(dated) if day > near for c in cohorts_of(offering, day, day)]
    if not any(cohort.start > on for cohort in cohorts):
        cohorts += _next_far_ahead(offering, on)
    return cohorts


def rule_days(rule: Rule, since: date | None, until: date) -> Iterator[date]:
    """The days on which a rule fires within `since`..`until`, in order."""
    first = max(rule.since, since) if since else rule.since
    last = min(rule.until, until) if rule.until else until
    if first > last:
        return iter(())
    if _fires_alike_every_year(rule.text):
        years = range(first.year, last.year + 1)
        days: Iterator[date] = (day for year in years for day in _days_of_year(rule.text, year))
    else:
        days = _recurrence(rule.text, rule.since, last)
    return (day for day in days if first <= day <= last)


def fires_at_all(rule: Rule) -> bool:
    """Whether the rule has at least one day in the time it is in force."""
    return next(rule_days(rule, None, rule.since + FULL_CYCLE_YEARS * HORIZON), None) is not None


def _next_far_ahead(offering: Offering, on: date) -> list[Cohort]:
    """The first cohort after the horizon, searched for a full cycle of years."""
    for years in range(2, FULL_CYCLE_YEARS + 1):
        if found := cohorts_of(offering, on + timedelta(days=1), on + years * HORIZON):
            return found[:1]
    return []


def _recurrence(text: str, since: date, last: date) -> Iterator[date]:
    """The days of an RFC 5545 rule in `since`..`last`, in order."""
    # dateutil searches a rule that fires no more to the year 9999, whatever its end. The calendar
    # repeats every 400 years to the day, so it is asked about years from which that is not far.
    shift = 400 * ((9999 - last.year) // 400)
    start = datetime(since.year + shift, since.month, since.day)
    end = datetime(last.year + shift, last.month, last.day)
    for moment in parsed_rule(text).replace(dtstart=start):
        if moment > end:
            return
        yield date(moment.year - shift, moment.month, moment.day)


@lru_cache(maxsize=65536)
def parsed_rule(text: str) -> rrule:
    """The rule read by dateutil. Raises what dateutil raises for a text it cannot read."""
    parsed = rrulestr(text, dtstart=datetime(2000, 1, 1))
    assert isinstance(parsed, rrule)
    return parsed


@lru_cache(maxsize=65536)
def _days_of_year(text: str, year: int) -> tuple[date, ...]:
    """The days of one year; shared by all offerings with the same rule, whatever their start."""
    return tuple(_recurrence(text, date(year, 1, 1), date(year, 12, 31)))


@lru_cache(maxsize=65536)
def _fires_alike_every_year(text: str) -> bool:
    """Whether the days of a year do not depend on the day the rule came into force.

    They do when it counts (COUNT, INTERVAL), when the day itself is taken from that day (no BY…
    part names it), and when positions are counted in weeks, which cross the turn of the year.
    """
    parts = dict(part.split("=", 1) for part in text.split(";"))
    counts = "COUNT" in parts or parts.get("INTERVAL", "1") != "1"
    names_its_day = any(key in parts for key in ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"))
    whole_periods = parts["FREQ"] in ("YEARLY", "MONTHLY")
    weeks = "BYWEEKNO" in parts
    return whole_periods and names_its_day and not counts and not weeks

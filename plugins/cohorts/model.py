"""The values of the domain: calendar, offering, rule, cohort, intake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Delivery = Literal["is", "cohort"]
Source = Literal["wp", "mautic"]
SOURCES: tuple[Source, ...] = ("wp", "mautic")

#: The years in which dates may lie; far enough from the ends of Python's calendar to count on.
YEARS = range(1990, 2200)

#: A date is that local date in every zone; an instant is converted in each offering's own zone.
Moment = date | datetime


@dataclass(frozen=True, slots=True, order=True)
class Cohort:
    """One dated run of an offering. All three are local dates; `end` and `join_until` inclusive."""

    start: date
    end: date
    join_until: date


@dataclass(frozen=True, slots=True)
class Rule:
    """An RFC 5545 recurrence over local dates, in force from `since` until `until`, inclusive."""

    text: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a campaign sends: a Mautic e-mail by its name, or a template file of `include/`."""

    email: str | None = None
    template: str = "announcement"


@dataclass(frozen=True, slots=True)
class Offering:
    """One course by one partner, with one course site. Lengths of time are whole days."""

    course: str
    partner: str
    site: str
    zone: str
    rules: tuple[Rule, ...] = ()
    added: tuple[Cohort, ...] = ()
    cancelled: frozenset[date] = frozenset()
    moved: Mapping[date, Cohort] = field(default_factory=dict)
    length: timedelta = timedelta(weeks=3)
    cut_off: timedelta = timedelta(days=2)
    create_before: timedelta = timedelta(weeks=8)
    independent_study: bool = True
    announcement: Announcement = Announcement()
    publish: bool = False

    def cohort_from(self, start: date, end: date | None = None) -> Cohort:
        """The cohort that starts on `start`; it ends after the offering's length unless said."""
        last = end or start + self.length - timedelta(days=1)
        return Cohort(start, last, min(start + self.cut_off, last))


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the calendar file says. `partners` and `courses` map codes to titles."""

    partners: Mapping[str, str]
    courses: Mapping[str, str]
    offerings: tuple[Offering, ...]

    def only(self, courses: tuple[str, ...] = (), partners: tuple[str, ...] = ()) -> Calendar:
        """The same calendar with the offerings of these courses and partners; none named: all.

        Codes are compared without case. Raises `KeyError` with a code that no offering has.
        """
        have = (
            {o.course.lower() for o in self.offerings},
            {o.partner.lower() for o in self.offerings},
        )
        for known, asked in zip(have, (courses, partners), strict=True):
            for code in asked:
                if code.lower() not in known:
                    raise KeyError(code)
        chosen = tuple(
            offering
            for offering in self.offerings
            if (not courses or offering.course.lower() in {c.lower() for c in courses})
            and (not partners or offering.partner.lower() in {p.lower() for p in partners})
        )
        return Calendar(self.partners, self.courses, chosen)


@dataclass(frozen=True, slots=True)
class Intake:
    """What one pair of segments and one campaign serve: a cohort, or independent study of a year.

    `day` is the date in their names: a cohort's start; for independent study the day its first
    segment was made, or 1 January of its year as long as that is not known (rule 6).
    """

    course: str
    partner: str
    delivery: Delivery
    day: date


def local_date(moment: Moment, zone: str) -> date:
    """The local date of `moment` in `zone` (an IANA id); a date stays what it is (rule 6)."""
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo(zone)).date()
    return moment

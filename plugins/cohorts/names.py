"""Names, aliases and tags, in the words of rules 1, 4 and 5. Every one is made here only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from cohorts.model import Delivery, Intake, Source

_DELIVERY_WORDS: dict[Delivery, str] = {"is": "Independent Study", "cohort": "Cohort"}
_SOURCE_WORDS: dict[Source, str] = {"wp": "WP", "mautic": "Mautic"}
_STATUS_SUFFIX: dict[Delivery, str] = {"is": "is", "cohort": "cb"}
_ALIAS = re.compile(
    r"(?P<course>[a-z0-9]+)-(?P<delivery>is|cohort)-course-(?P<partner>[a-z0-9]+)"
    r"-(?P<day>\d{8})-(?P<source>wp|mautic)"
)


def day_code(day: date) -> str:
    """`YYYYMMDD`: the date in names, and the key of a cohort's offer."""
    return f"{day.year:04}{day.month:02}{day.day:02}"


def delivery_words(delivery: Delivery) -> str:
    """`Independent Study` or `Cohort`."""
    return _DELIVERY_WORDS[delivery]


def status_tag(course: str, partner: str, delivery: Delivery) -> str:
    """The tag that says how a learner studies an offering, e.g. `lida101-oeru-is` (rule 1)."""
    return f"{course}-{partner}-{_STATUS_SUFFIX[delivery]}".lower()


def preference_alias(course: str, partner: str) -> str:
    """The alias of an offering's segment of the preference centre: `lida101-oeru-preference`."""
    return f"{course}-{partner}-preference".lower()


def preference_name(course: str, partner: str) -> str:
    """The name that staff see: `LiDA101 Preference for OERu`."""
    return f"{course} Preference for {partner}"


def segment_name(intake: Intake, source: Source) -> str:
    """E.g. `LiDA101 Independent Study Course for OERu 20181205 via WP` (rule 4)."""
    return (
        f"{intake.course} {_DELIVERY_WORDS[intake.delivery]} Course for {intake.partner} "
        f"{day_code(intake.day)} via {_SOURCE_WORDS[source]}"
    )


def segment_alias(intake: Intake, source: Source) -> str:
    """E.g. `lida101-is-course-oeru-20181205-mautic` (rule 4). Also the membership tag."""
    return (
        f"{intake.course}-{intake.delivery}-course-{intake.partner}-{day_code(intake.day)}-{source}"
    ).lower()


def campaign_name(intake: Intake) -> str:
    """E.g. `IPM101 Independent Study Announcements for OERu 20181205` (rule 5)."""
    return (
        f"{intake.course} {_DELIVERY_WORDS[intake.delivery]} Announcements for {intake.partner} "
        f"{day_code(intake.day)}"
    )


def campaign_category(course: str) -> str:
    """The title of a course's campaign category: the course code (rule 5)."""
    return course


def read_alias(alias: str) -> tuple[Intake, Source] | None:
    """The intake (codes in lower case) and source of an alias or membership tag; None: not ours."""
    match = _ALIAS.fullmatch(alias)
    day = _real_day(match["day"]) if match else None
    if match is None or day is None:
        return None
    delivery: Delivery = "is" if match["delivery"] == "is" else "cohort"
    source: Source = "wp" if match["source"] == "wp" else "mautic"
    return Intake(match["course"], match["partner"], delivery, day), source


def study_days(aliases: Iterable[str]) -> dict[tuple[str, str, int], date]:
    """The day in the names of independent study by (course, partner, year), codes in lower case.

    Found by the prefix, whatever the day is (rule 6); the earliest if there are several. Aliases
    that are not ours are passed over.
    """
    days: dict[tuple[str, str, int], date] = {}
    for alias in aliases:
        if (read := read_alias(alias)) and read[0].delivery == "is":
            intake = read[0]
            key = (intake.course, intake.partner, intake.day.year)
            days[key] = min(intake.day, days.get(key, intake.day))
    return days


def _real_day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()
    except ValueError:
        return None

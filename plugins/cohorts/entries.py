"""The shape of `include/cohort_calendar.yaml`, key by key; the JSON Schema is made from it.

Every message says what is wrong and, after the arrow, what would be right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from cohorts.expansion import parsed_rule
from cohorts.model import YEARS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = re.compile(r"(?:(?P<weekday>[A-Za-z]+)\s+)?(?P<day>\d{4}-\d{2}-\d{2})")
_SPAN = re.compile(r"(?P<count>\d+) (?P<unit>day|week)s?")
#: The lowest and the highest number of each part of a rule; zero is never one.
_NUMBERS = {
    **{"INTERVAL": (1, 9999), "COUNT": (1, 9999), "BYMONTH": (1, 12), "BYMONTHDAY": (-31, 31)},
    **{"BYYEARDAY": (-366, 366), "BYWEEKNO": (-53, 53), "BYSETPOS": (-366, 366)},
}
_HIGHEST_ORDINAL = {"YEARLY": 53, "MONTHLY": 5, "WEEKLY": 0, "DAILY": 0}
_RULE_KEYS = frozenset({"FREQ", "WKST", "BYDAY", *_NUMBERS})


def wrong(message: str, right: str) -> PydanticCustomError:
    """An error of the calendar: what is wrong, and what would be right."""
    return PydanticCustomError(
        "calendar", "{message} → {right}", {"message": message, "right": right}
    )


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A date as it stands in the file: a local date, or an absolute instant (warned about)."""

    day: date
    instant: datetime | None = None


def _written_day(value: Any) -> WrittenDay:
    text = str(value).strip()
    match = _DAY.fullmatch(text)
    if match is None:
        return _written_instant(text)
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        raise wrong(f"{match['day']} is not a day of the calendar", "an existing date") from None
    _check_year(day)
    if match["weekday"]:
        _check_weekday(match["weekday"], day)
    return WrittenDay(day)


def _check_year(day: date) -> None:
    if day.year not in YEARS:
        raise wrong(f"the year of {day} is out of range", f"a year from {YEARS[0]} to {YEARS[-1]}")


def _check_weekday(word: str, day: date) -> None:
    given = word[:3].title()
    if given not in WEEKDAYS:
        raise wrong(f"{word!r} is not a weekday", f"one of {', '.join(WEEKDAYS)}")
    if WEEKDAYS[day.weekday()] != given:
        ahead = (WEEKDAYS.index(given) - day.weekday() + 3) % 7 - 3
        nearest = day + timedelta(days=ahead)
        raise wrong(
            f"{day} is a {day:%A}, not a {given}",
            f"{given} {nearest}, or {WEEKDAYS[day.weekday()]} {day}",
        )


def _written_instant(text: str) -> WrittenDay:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise wrong(f"{text!r} is not a local date", "a date like 2018-12-05 or Wed 2018-12-05")
    _check_year(instant.date())
    return WrittenDay(instant.date(), instant)


def _span(value: Any) -> timedelta:
    match = _SPAN.fullmatch(str(value))
    if match is None:
        raise wrong(f"{value!r} is not a length of time", "whole days or weeks, like '3 weeks'")
    days = int(match["count"]) * (7 if match["unit"] == "week" else 1)
    if days > 3660:
        raise wrong(f"{value!r} is longer than ten years", "a shorter length")
    return timedelta(days=days)


def _length(value: Any) -> timedelta:
    length = _span(value)
    if not length:
        raise wrong("a cohort of zero length", "at least '1 day' (the last day is included)")
    return length


def _zone(value: Any) -> str:
    zone = str(value)
    if zone in _zones():
        return zone
    close = get_close_matches(zone, _zones(), 1, 0.5)
    right = f"{close[0]}?" if close else "an IANA zone like Pacific/Auckland"
    raise wrong(f"unknown zone {zone!r:.60}", right)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _rule(value: Any) -> str:
    return _rule_text(str(value))


@lru_cache(maxsize=65536)
def _rule_text(text: str) -> str:
    text = text.upper().strip().removeprefix("RRULE:").strip(";")
    parts = _rule_parts(text)
    if parts.get("FREQ") not in _HIGHEST_ORDINAL:
        raise wrong("a rule needs FREQ=", "FREQ=YEARLY, MONTHLY, WEEKLY or DAILY")
    for key in [key for key in parts if key in _NUMBERS]:
        _check_numbers(key, parts[key])
    # dateutil fails on a sixth weekday of a month, and takes `2WE` in a weekly rule for `WE`.
    highest = min(_HIGHEST_ORDINAL[parts["FREQ"]], 5 if "BYMONTH" in parts else 53)
    _check_weekdays(parts.get("BYDAY", "MO"), highest)
    parsed_rule(text)  # What it still refuses is a ValueError, and so a finding too.
    return text


def _rule_parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        key, _, setting = part.partition("=")
        if key == "UNTIL":
            raise wrong("UNTIL inside the rule", "the key `until:` beside `rule:`")
        if key in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            raise wrong(f"{key} in a rule of whole days", "a rule without times of day")
        if key not in _RULE_KEYS or not setting:
            close = get_close_matches(key, _RULE_KEYS, 1)
            raise wrong(f"{part!r} is no part of a rule", f"{close[0]}=…" if close else "RFC 5545")
        if key in parts:
            raise wrong(f"{key} is said twice in the rule", "say it once")
        parts[key] = setting
    return parts


def _check_numbers(key: str, setting: str) -> None:
    lowest, highest = _NUMBERS[key]
    for number in setting.split(","):
        value = int(number) if re.fullmatch(r"[+-]?[0-9]{1,4}", number) else 0
        if value == 0 or not lowest <= value <= highest:
            right = f"a whole number from {lowest} to {highest}" + (", not 0" * (lowest < 0))
            raise wrong(f"{key}={number} does not fit", right)


def _check_weekdays(setting: str, highest: int) -> None:
    for day in setting.split(","):
        match = re.fullmatch(r"([+-]?[0-9]{1,4})?(MO|TU|WE|TH|FR|SA|SU)", day)
        if match is None:
            raise wrong(f"the rule cannot be read (BYDAY={day})", "MO, TU, WE, TH, FR, SA or SU")
        if match[1] and not 1 <= abs(int(match[1])) <= highest:
            right = f"{match[2]}, numbered from 1 to {highest} or not" if highest else match[2]
            raise wrong(f"there is no {day} in such a rule", right)


def _string(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


_DAY_PATTERN = r"^((Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]* )?\d{4}-\d{2}-\d{2}(T.+)?$"
_SPAN_PATTERN = r"^\d+ (day|week)s?$"

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]{0,31}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=150)]
SitePath = Annotated[str, StringConstraints(pattern=r"^/([a-z0-9][a-z0-9_-]*/)*$")]
LocalDay = Annotated[
    WrittenDay, PlainValidator(_written_day), _string(_DAY_PATTERN, "2018-12-05", "Wed 2018-12-05")
]
Span = Annotated[timedelta, PlainValidator(_span), _string(_SPAN_PATTERN, "2 days", "8 weeks")]
Length = Annotated[timedelta, PlainValidator(_length), _string(_SPAN_PATTERN, "3 weeks")]
Zone = Annotated[str, PlainValidator(_zone), _string(r"^[A-Za-z_+/0-9-]+$", "Pacific/Auckland")]
RuleText = Annotated[
    str, PlainValidator(_rule), _string("FREQ=", "FREQ=YEARLY;BYMONTH=3;BYDAY=2WE")
]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnnouncementEntry(Entry):
    """What a campaign sends. Either an e-mail that staff made in Mautic, or a template."""

    email: Title | None = Field(None, description="Name of an e-mail that exists in Mautic.")
    template: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")] = Field(
        "announcement", description="A file of include/campaign_templates, without .yaml."
    )


class SettingsEntry(Entry):
    """What can be said once under `defaults`, and again by an offering that differs."""

    zone: Zone | None = Field(None, description="IANA zone in which the dates are local dates.")
    length: Length | None = Field(None, description="How long a cohort runs; last day included.")
    cut_off: Span | None = Field(
        None, description="How long after its start a cohort may be joined; that day included."
    )
    create_before: Span | None = Field(
        None, description="How long before a cohort's start its campaign is made."
    )
    independent_study: bool | None = Field(None, description="Whether it is offered at all.")
    announcement: AnnouncementEntry | None = None
    publish: bool | None = Field(
        None, description="Create campaigns published. They mail learners from then on."
    )


class RuleEntry(Entry):
    """A recurrence (RFC 5545) over local dates."""

    rule: RuleText
    from_: LocalDay = Field(alias="from", description="First day on which the rule is in force.")
    until: LocalDay | None = Field(None, description="Last day on which the rule is in force.")


class AddEntry(Entry):
    """One more cohort."""

    add: LocalDay
    end: LocalDay | None = Field(None, description="Its last day, if not after the usual length.")


class CancelEntry(Entry):
    """A cohort of a rule that does not take place."""

    cancel: LocalDay


class MoveEntry(Entry):
    """A cohort of a rule that starts on another day."""

    move: LocalDay
    to: LocalDay
    end: LocalDay | None = Field(None, description="Its last day, if not after the usual length.")


def _exception_kind(value: Any) -> Literal["add", "cancel", "move"] | None:
    keys = value if isinstance(value, dict) else getattr(value, "__dict__", {})
    if "move" in keys:
        return "move"
    return "cancel" if "cancel" in keys else "add" if "add" in keys else None


ExceptionEntry = Annotated[
    Annotated[AddEntry, Tag("add")]
    | Annotated[CancelEntry, Tag("cancel")]
    | Annotated[MoveEntry, Tag("move")],
    Discriminator(_exception_kind),
]


class OfferingEntry(SettingsEntry):
    """One course by one partner."""

    course: str = Field(description="A code of `courses`.")
    partner: str = Field(description="A code of `partners`.")
    site: SitePath = Field(description="Path of the course site, like /lida101/.")
    rules: tuple[RuleEntry, ...] = ()
    exceptions: tuple[ExceptionEntry, ...] = ()


class CalendarEntry(Entry):
    """The cohort calendar: the single source of cohort dates (rule 9)."""

    defaults: SettingsEntry = SettingsEntry()
    partners: dict[Code, Title] = Field(description="Code: name.")
    courses: dict[Code, Title] = Field(description="Code: title.")
    offerings: tuple[OfferingEntry, ...]

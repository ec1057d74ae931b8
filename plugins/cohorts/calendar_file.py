"""Reads `include/cohort_calendar.yaml` into a `Calendar`, or says all that is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import ryaml
from pydantic import ValidationError

from cohorts.entries import (
    AddEntry,
    AnnouncementEntry,
    CalendarEntry,
    CancelEntry,
    MoveEntry,
    OfferingEntry,
    SettingsEntry,
    WrittenDay,
)
from cohorts.errors import CalendarError, Problem, Where
from cohorts.expansion import cohorts_of, fires_at_all, rule_days
from cohorts.model import YEARS, Announcement, Calendar, Cohort, Offering, Rule, local_date
from cohorts.problems import Lines, did_you_mean, problems_of

#: Where the project keeps its calendar.
CALENDAR_PATH = Path(__file__).parents[2] / "include" / "cohort_calendar.yaml"


@dataclass(frozen=True, slots=True)
class LoadedCalendar:
    """A usable calendar and what a person should still look at."""

    calendar: Calendar
    warnings: tuple[Problem, ...]


def load_calendar(path: Path = CALENDAR_PATH) -> LoadedCalendar:
    """The calendar in a file. Raises `CalendarError` for a file that is missing or wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"the file cannot be read ({error})"
        problem = Problem("error", (), wrong, "a readable UTF-8 file", line=1)
        raise CalendarError(str(path), [problem]) from error
    return read_calendar(text, path.name)


def read_calendar(text: str, name: str = "calendar") -> LoadedCalendar:
    """The calendar in a text. Raises `CalendarError` with every finding, line by line."""
    lines = Lines(text)
    try:
        raw = ryaml.loads(text)
    # Not only InvalidYamlError: a list or a mapping as a key is a ValueError.
    except (ryaml.InvalidYamlError, ValueError, TypeError, RecursionError) as error:
        raise CalendarError(name, [_syntax_problem(error, lines)]) from error
    if not isinstance(raw, dict):
        raise CalendarError(name, [_no_keys_problem(raw)])
    try:
        entry = CalendarEntry.model_validate(raw)
    except ValidationError as error:
        found = [_placed(problem, lines, raw) for problem in problems_of(error)]
        raise CalendarError(name, sorted(found, key=lambda problem: problem.line)) from error
    builder = _Builder(entry)
    calendar = builder.calendar()
    problems = [_placed(p, lines, raw) for p in builder.problems]
    if any(problem.severity == "error" for problem in problems):
        raise CalendarError(name, problems)
    return LoadedCalendar(calendar, tuple(problems))


def overlaps(text: str, calendar: Calendar, until: date) -> list[Problem]:
    """Warnings for cohorts of one offering that overlap, the first of each offering."""
    lines = Lines(text)
    found = []
    for index, offering in enumerate(calendar.offerings):
        cohorts = cohorts_of(offering, None, until)
        for one, two in pairwise(cohorts):
            if two.start <= one.end:
                wrong = f"the cohorts of {one.start} (until {one.end}) and {two.start} overlap"
                right = "fine if meant so; else a shorter length or another date"
                where: Where = ("offerings", index)
                label = f"{offering.course} by {offering.partner}"
                found.append(Problem("warning", where, wrong, right, lines.of(where), label))
                break
    return found


class _Builder:
    """Builds the values from entries of the right shape, and collects what does not fit."""

    def __init__(self, entry: CalendarEntry) -> None:
        self.problems: list[Problem] = []
        self._entry = entry
        self._defaults = _said(entry.defaults)

    def calendar(self) -> Calendar:
        for group in ("partners", "courses"):
            self._check_codes(group, list(getattr(self._entry, group)))
        offerings = [self._offering(i, entry) for i, entry in enumerate(self._entry.offerings)]
        self._check_unique()
        return Calendar(
            self._entry.partners, self._entry.courses, tuple(o for o in offerings if o is not None)
        )

    def _offering(self, index: int, entry: OfferingEntry) -> Offering | None:
        where: Where = ("offerings", index)
        before = len(self.problems)
        settings = {**self._defaults, **_said(entry)}
        self._check_known(where, "course", entry.course, self._entry.courses)
        self._check_known(where, "partner", entry.partner, self._entry.partners)
        if "zone" not in settings:
            self._error(where, "no zone is said", "`zone:` here or under `defaults:`")
        if any(problem.severity == "error" for problem in self.problems[before:]):
            return None
        # What neither the entry nor `defaults` say is the default of `Offering`.
        offering = Offering(entry.course, entry.partner, entry.site, **settings)
        offering = replace(offering, rules=tuple(self._rules(where, entry, offering.zone)))
        return self._with_exceptions(where, entry, offering)

    def _rules(self, where: Where, entry: OfferingEntry, zone: str) -> Iterator[Rule]:
        for index, rule in enumerate(entry.rules):
            at = (*where, "rules", index)
            since = self._day((*at, "from"), rule.from_, zone)
            until = self._day((*at, "until"), rule.until, zone) if rule.until else None
            made = Rule(rule.rule, since, until)
            if until and until < since:
                self._error((*at, "until"), f"{until} is before {since}", "a day after `from`")
            elif not fires_at_all(made):
                span = f"from {since}" + (f" until {until}" if until else "")
                self._error((*at, "rule"), f"never fires {span}", "another rule, or remove it")
            else:
                yield made

    def _with_exceptions(self, where: Where, entry: OfferingEntry, offering: Offering) -> Offering:
        added: dict[date, Cohort] = {}
        moved: dict[date, Cohort] = {}
        cancelled: set[date] = set()
        for index, exception in enumerate(entry.exceptions):
            at = (*where, "exceptions", index)
            if isinstance(exception, AddEntry):
                start = self._day((*at, "add"), exception.add, offering.zone)
                if start in added:
                    self._error((*at, "add"), f"{start} is added twice", "one of the two")
                added[start] = self._cohort(at, offering, start, exception.end)
            elif isinstance(exception, CancelEntry):
                day = self._day((*at, "cancel"), exception.cancel, offering.zone)
                self._check_fires((*at, "cancel"), offering, day)
                cancelled.add(day)
            elif isinstance(exception, MoveEntry):
                day = self._day((*at, "move"), exception.move, offering.zone)
                self._check_fires((*at, "move"), offering, day)
                start = self._day((*at, "to"), exception.to, offering.zone)
                moved[day] = self._cohort(at, offering, start, exception.end)
        return replace(
            offering, added=tuple(added.values()), cancelled=frozenset(cancelled), moved=moved
        )

    def _cohort(self, at: Where, offering: Offering, start: date, end: WrittenDay | None) -> Cohort:
        last = self._day((*at, "end"), end, offering.zone) if end else None
        if last and last < start:
            self._error((*at, "end"), f"the end {last} is before the start {start}", "a later end")
            last = None
        return offering.cohort_from(start, last)

    def _day(self, at: Where, written: WrittenDay, zone: str) -> date:
        if written.instant is None:
            return written.day
        day = local_date(written.instant, zone)
        if day.year not in YEARS:
            right = f"a year from {YEARS[0]} to {YEARS[-1]}"
            self._error(at, f"the year of {day}, the date in {zone}, is out of range", right)
            return day
        wrong = f"an absolute instant; in {zone} it is {day}"
        self.problems.append(Problem("warning", at, wrong, f"write the local date: {day}"))
        return day

    def _check_fires(self, at: Where, offering: Offering, day: date) -> None:
        if any(True for rule in offering.rules for _ in rule_days(rule, day, day)):
            return
        near = (r for rule in offering.rules for r in rule_days(rule, day - _MONTH, day + _MONTH))
        nearest = min(near, key=lambda other: abs(other - day), default=None)
        right = f"{nearest:%a %Y-%m-%d}?" if nearest else "a day on which a rule fires"
        self._error(at, f"no rule has a cohort on {day}", right)

    def _check_known(self, where: Where, field: str, code: str, known: Collection[str]) -> None:
        if code not in known:
            group = "courses" if field == "course" else "partners"
            right = did_you_mean(code, known, f"add it to `{group}:`")
            self._error((*where, field), f"unknown {field} {code!r}", right)

    def _check_codes(self, group: str, codes: list[str]) -> None:
        seen: dict[str, str] = {}
        for code in codes:
            first = seen.setdefault(code.lower(), code)
            if first != code:
                wrong = f"{code!r} and {first!r} differ only in case, so their tags would be equal"
                self._error((group, code), wrong, "one code")

    def _check_unique(self) -> None:
        sites: dict[str, str] = {}
        pairs: set[tuple[str, str]] = set()
        for index, entry in enumerate(self._entry.offerings):
            label = f"{entry.course} by {entry.partner}"
            at: Where = ("offerings", index)
            if (entry.course, entry.partner) in pairs:
                self._error(at, f"{label} is offered twice", "one offering with both sets of rules")
            elif entry.site in sites:
                wrong = f"the site {entry.site} is already that of {sites[entry.site]}"
                self._error((*at, "site"), wrong, "a site of its own for each offering")
            pairs.add((entry.course, entry.partner))
            sites.setdefault(entry.site, label)

    def _error(self, where: Where, wrong: str, right: str) -> None:
        self.problems.append(Problem("error", where, wrong, right))


_MONTH = timedelta(days=31)


def _said(entry: SettingsEntry) -> dict[str, Any]:
    """The settings that an entry says itself, as an `Offering` takes them."""
    settings = {
        name: value
        for name in SettingsEntry.model_fields
        if (value := getattr(entry, name)) is not None
    }
    if isinstance(announcement := settings.get("announcement"), AnnouncementEntry):
        settings["announcement"] = Announcement(announcement.email, announcement.template)
    return settings


def _placed(problem: Problem, lines: Lines, raw: object) -> Problem:
    return replace(problem, line=lines.of(problem.where), offering=_label(problem.where, raw))


def _label(where: Where, raw: object) -> str:
    """The course and partner a finding is about, as far as the file says them."""
    match where, raw:
        case ("offerings", int(index), *_), {"offerings": list(offerings)}:
            entry = offerings[index] if index < len(offerings) else None
            if isinstance(entry, dict):
                return f"{entry.get('course', '?')} by {entry.get('partner', '?')}"
    return ""


def _no_keys_problem(raw: object) -> Problem:
    wrong = "the file is empty" if raw is None else "the file has no keys"
    needed = [
        f"`{key}:`" for key, field in CalendarEntry.model_fields.items() if field.is_required()
    ]
    return Problem("error", (), wrong, f"it needs {', '.join(needed)}", line=1)


def _syntax_problem(error: Exception, lines: Lines) -> Problem:
    text = str(error)
    if repeated := re.search(r'duplicate entry with key "?([^"]+)"?', text):
        key = repeated[1]
        line = lines.of_repeated_key(key)
        return Problem("error", (), f"the key {key!r} is said twice", "say it once", line)
    if line_of_key := lines.of_key_of_many_parts():
        return Problem(
            "error", (), "a key is itself a list or a mapping", "a word as key", line_of_key
        )
    at = re.search(r"at line (\d+)", text)
    return Problem("error", (), f"not YAML: {text}", "mend it", int(at[1]) if at else 1)

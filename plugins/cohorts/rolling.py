"""Next, current and past at a date; what is offered then; what changed between two dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from cohorts.expansion import cohorts_at
from cohorts.model import Cohort, Delivery, Moment, Offering, local_date
from cohorts.names import day_code

State = Literal["later", "next", "current", "past"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an offering stands on a local date (rule 8). `current` has the latest start first."""

    on: date
    past: tuple[Cohort, ...]
    current: tuple[Cohort, ...]
    next: Cohort | None
    later: tuple[Cohort, ...]

    def state_of(self, start: date) -> State | None:
        """Where the cohort that starts on `start` stands; None when there is none."""
        places: tuple[tuple[State, tuple[Cohort, ...]], ...] = (
            ("past", self.past),
            ("current", self.current),
            ("next", (self.next,) if self.next else ()),
            ("later", self.later),
        )
        return next((s for s, cohorts in places for c in cohorts if c.start == start), None)

    def cohorts(self) -> tuple[Cohort, ...]:
        """All of them, by start."""
        ahead = (self.next, *self.later) if self.next else ()
        return tuple(sorted((*self.past, *self.current, *ahead)))


@dataclass(frozen=True, slots=True)
class Offer:
    """What a learner may choose now. `key` is `is` or the cohort's start as YYYYMMDD (rule 8)."""

    key: str
    label: str
    delivery: Delivery
    cohort: Cohort | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """A cohort that stands elsewhere than before. `before` is None when it was not yet there."""

    course: str
    partner: str
    cohort: Cohort
    before: State | None
    after: State


def standing(offering: Offering, moment: Moment) -> Standing:
    """Past, current, next and later cohorts at a moment, in the offering's own zone (rule 8)."""
    on = local_date(moment, offering.zone)
    cohorts = cohorts_at(offering, on)
    ahead = [c for c in cohorts if c.start > on]
    return Standing(
        on=on,
        past=tuple(c for c in cohorts if c.end < on),
        current=tuple(c for c in reversed(cohorts) if c.start <= on <= c.end),
        next=ahead[0] if ahead else None,
        later=tuple(ahead[1:]),
    )


def offers(offering: Offering, at: Standing) -> list[Offer]:
    """What learners may choose: independent study, then cohorts by start (rule 8)."""
    joinable = [c for c in at.cohorts() if c.start > at.on or c.start <= at.on <= c.join_until]
    study = [Offer("is", "Independent study, start at any time", "is")]
    return (study if offering.independent_study else []) + [_cohort_offer(c) for c in joinable]


def transitions(offering: Offering, earlier: Moment, later: Moment) -> list[Transition]:
    """The cohorts that rolled between two moments: next → current, current → past, and so on."""
    before, after = standing(offering, earlier), standing(offering, later)
    changed = []
    for cohort in after.cohorts():
        old, new = before.state_of(cohort.start), after.state_of(cohort.start)
        # A cohort that only came into sight a year ahead has not rolled.
        if new and old != new and (old, new) != (None, "later"):
            changed.append(Transition(offering.course, offering.partner, cohort, old, new))
    return changed


def _cohort_offer(cohort: Cohort) -> Offer:
    start = cohort.start
    label = f"Cohort starting {start:%A} {start.day} {start:%B} {start.year}"
    return Offer(day_code(start), label, "cohort", cohort)

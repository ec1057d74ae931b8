"""What a sync knows of a course, and which memberships are its own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cohorts.expansion import cohorts_at
from cohorts.model import Cohort, Delivery, Moment, Offering, Source, local_date
from cohorts.names import read_alias, status_tag


@dataclass(frozen=True, slots=True)
class Course:
    """What a sync of one course site knows besides its learners.

    `tags` are those Mautic has; a membership tag among them means that its segment was made.
    `study` is what `names.study_days` reads out of them. `preference` is the offering's segment of
    the preference centre, if it was made.
    """

    offering: Offering
    linked: bool
    now: Moment
    tags: frozenset[str]
    study: Mapping[tuple[str, str, int], date]
    preference: int | None = None

    @property
    def today(self) -> date:
        """The local date of the course."""
        return local_date(self.now, self.offering.zone)

    def cohorts(self) -> dict[date, Cohort]:
        """The cohorts that matter today, by their start."""
        return {cohort.start: cohort for cohort in cohorts_at(self.offering, self.today)}

    def status(self, delivery: Delivery) -> str:
        """The status tag of a delivery."""
        return status_tag(self.offering.course, self.offering.partner, delivery)


@dataclass(frozen=True, slots=True)
class Membership:
    """A membership tag of this offering that a contact has."""

    tag: str
    delivery: Delivery
    day: date
    source: Source


def memberships(tags: Iterable[str], offering: Offering) -> list[Membership]:
    """The membership tags of an offering, the latest day last."""
    found = []
    for tag in tags:
        read = read_alias(tag.lower())
        if read is None:
            continue
        intake, source = read
        if (intake.course, intake.partner) == (offering.course.lower(), offering.partner.lower()):
            found.append(Membership(tag, intake.delivery, intake.day, source))
    return sorted(found, key=lambda one: (one.day, one.tag))


def leaves_with(member: Membership, course: Course) -> bool:
    """Whether a membership ends with another choice or with leaving: all but past cohorts."""
    if member.delivery == "is":
        return True
    cohort = course.cohorts().get(member.day) or course.offering.cohort_from(member.day)
    return cohort.end >= course.today

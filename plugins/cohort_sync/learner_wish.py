"""How a learner studies an offering, and which membership follows from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cohort_sync.learner_word import ANY_COHORT, Held, mautic_counts, mautic_word, wordpress_word
from cohort_sync.synced_course import Course, Membership, memberships
from cohorts.model import Cohort, Delivery, Intake, Moment, local_date
from cohorts.names import day_code, segment_alias
from cohorts.rolling import offers, standing
from wpms_hook.enrolments import Enrolment

#: A row that is still new after so long was held back by a link that was off.
_LONGEST_WITHOUT_SYNC = timedelta(days=2)

_NOT_HERE = "said otherwise in WordPress and Mautic; what was said in Mautic counts"
_NOT_THERE = "said otherwise in WordPress and Mautic; what was said in WordPress counts"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a learner studies. `intake` is what they belong to: None while waiting, or when their
    cohort is over. `ready` is false while its segment is still to be made.
    """

    delivery: Delivery
    cohort: date | None = None
    intake: Intake | None = None
    ready: bool = True
    note: str = ""

    @property
    def waiting(self) -> bool:
        """Whether a cohort learner has no cohort to join."""
        return self.delivery == "cohort" and self.cohort is None


def wish_of(row: Enrolment, held: Held, course: Course) -> Wish:
    """How the learner of a row studies (rules 1, 2 and 8).

    The learner's latest word wins, wherever it was said; without one the status tags of the
    contact, then what the last sync wrote, then independent study. A choice counts if it was made
    before the cut-off, however late it is synced.
    """
    joined = memberships(held.tags, course.offering)
    here, there = wordpress_word(row), mautic_word(row, held, course)
    note = ""
    if here and there and (here == "is") != (there == "is"):
        here, note = (None, _NOT_HERE) if mautic_counts(row, held) else (here, _NOT_THERE)
    if here:
        return _chosen(row, here, joined, course, note)
    if there == "is":
        return _study(row, joined, course, note)
    if there == "cohort":
        return _any_cohort(row, joined, course, note, wants_next=True)
    said = {tag.lower() for tag in held.tags}
    studies, cohort = (course.status(d) in said for d in ("is", "cohort"))
    if cohort:
        note = "both status tags were there; the cohort counts" if studies else ""
        return _any_cohort(row, joined, course, note)
    if not studies and (row.delivery == "cohort" or not course.offering.independent_study):
        return _any_cohort(row, joined, course, "")
    return _study(row, joined, course)


def _chosen(
    row: Enrolment, choice: str, joined: list[Membership], course: Course, note: str
) -> Wish:
    if choice == "is":
        return _study(row, joined, course, note)
    chosen = _chosen_cohort(row, course)
    if chosen is not None:
        return _joining(chosen, course, note)
    note = note if choice == ANY_COHORT else _why_not(row, course)
    return _any_cohort(row, joined, course, note, wants_next=True)


def _chosen_cohort(row: Enrolment, course: Course) -> Cohort | None:
    said = local_date(row.choice_gmt or course.now, course.offering.zone)
    cohorts = course.cohorts().values()
    found = next((c for c in cohorts if day_code(c.start) == row.choice), None)
    # A cohort that ended before its choice could be sent has nothing left to join.
    return found if found and said <= found.join_until and found.end >= course.today else None


def _why_not(row: Enrolment, course: Course) -> str:
    over = any(
        day_code(c.start) == row.choice and c.end < course.today for c in course.cohorts().values()
    )
    why = "is over" if over else "was not on offer when it was chosen"
    return f"the cohort {row.choice} {why}"


def _any_cohort(
    row: Enrolment,
    held: list[Membership],
    course: Course,
    note: str,
    *,
    wants_next: bool = False,
) -> Wish:
    """The cohort a cohort learner has; without one, the next on offer; without that, waiting.

    Whose cohort is over stays what they were, unless they asked anew (`wants_next`); whose cohort
    was moved follows it, and whose cohort was cancelled joins the next.
    """
    cohorts = course.cohorts()
    has = [m.day for m in held if m.delivery == "cohort"]
    for day in reversed(has):
        cohort = cohorts.get(day) or course.offering.moved.get(day)
        if cohort and cohort.end >= course.today:
            moved = "" if cohort.start == day else f"its cohort was moved to {cohort.start}"
            return _joining(cohort, course, "; ".join(filter(None, (note, moved))))
    over = [day for day in has if day in cohorts and cohorts[day].end < course.today]
    gone = [day for day in has if day not in cohorts and day >= course.today]
    if gone:
        note = "; ".join(filter(None, (note, f"its cohort of {gone[-1]} was cancelled")))
    elif over and row.state != "waiting" and not wants_next:
        return Wish("cohort", over[-1], None, note=note)
    at = standing(course.offering, course.now)
    joinable = [offer.cohort for offer in offers(course.offering, at) if offer.cohort]
    following = at.next or (joinable[0] if joinable else None)
    return _joining(following, course, note) if following else Wish("cohort", note=note)


def _joining(cohort: Cohort, course: Course, note: str = "") -> Wish:
    offering = course.offering
    intake = Intake(offering.course, offering.partner, "cohort", cohort.start)
    return Wish("cohort", cohort.start, intake, _is_made(intake, course), note)


def _study(row: Enrolment, held: list[Membership], course: Course, note: str = "") -> Wish:
    """Independent study of the year in which the learner signed up; not moved later (rule 6)."""
    offering = course.offering
    days = [m.day for m in held if m.delivery == "is"]
    if not days:
        for moment in (_signed_up(row, course), course.now):
            year = local_date(moment, offering.zone).year
            key = (offering.course.lower(), offering.partner.lower(), year)
            if key in course.study:
                days = [course.study[key]]
                break
    day = days[-1] if days else date(course.today.year, 1, 1)
    intake = Intake(offering.course, offering.partner, "is", day)
    return Wish("is", None, intake, bool(days) and _is_made(intake, course), note)


def _signed_up(row: Enrolment, course: Course) -> Moment:
    """When the learner signed up: chose, else enrolled; who was held back, today.

    A row does not tell whether the link was off meanwhile. New rows are synced within minutes, so
    one that is new and older than two days was held back.
    """
    chose: datetime | None = row.choice_gmt if wordpress_word(row) else None
    said = chose or row.enrolled_gmt
    if said is None or not isinstance(course.now, datetime):
        return course.now
    held_back = row.state == "pending" and course.now - said > _LONGEST_WITHOUT_SYNC
    return course.now if held_back else said


def _is_made(intake: Intake, course: Course) -> bool:
    return segment_alias(intake, "wp") in course.tags

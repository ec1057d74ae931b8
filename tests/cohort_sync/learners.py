"""One learner of one course, with the contact and the plan of their row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cohort_sync.enrolment_plan import plan_batch
from cohort_sync.found_contacts import Found
from cohort_sync.planned_learner import PlannedLearner
from cohort_sync.synced_course import Course
from cohorts.model import Intake
from cohorts.names import segment_alias, study_days
from mautic_hook.contacts import Contact
from tests.cohorts.offerings import with_starts
from wpms_hook.enrolments import Enrolment

NOW = datetime(2018, 12, 6, 0, 0, tzinfo=UTC)  # 13:00 on 6 December in Auckland
DECEMBER_5 = date(2018, 12, 5)
FEBRUARY = date(2019, 2, 6)
SEPTEMBER = date(2018, 9, 5)
OFFERING = with_starts(SEPTEMBER, DECEMBER_5, FEBRUARY)


def tag(day: date, delivery: str = "cohort", source: str = "wp") -> str:
    intake = Intake("LiDA101", "OERu", delivery, day)  # type: ignore[arg-type]
    return segment_alias(intake, source)  # type: ignore[arg-type]


STUDY = tag(date(2018, 3, 1), "is")
IS, CB = "lida101-oeru-is", "lida101-oeru-cb"
TAGS = frozenset([STUDY, tag(SEPTEMBER), tag(DECEMBER_5), tag(FEBRUARY), IS, CB])
COURSE = Course(OFFERING, True, NOW, TAGS, study_days(TAGS))
ROW = Enrolment(
    blog_id=2,
    user_id=7,
    email="ann@example.org",
    first_name="Ann",
    last_name="Tane",
    country="NZ",
    timezone="Pacific/Auckland",
    email_ok=True,
    enrolled=True,
    enrolled_gmt=NOW - timedelta(hours=1),
    left_gmt=None,
    erase=False,
    choice=None,
    choice_gmt=None,
    rev=1,
    synced_rev=0,
    state="pending",
    delivery=None,
    cohort=None,
    segment=None,
    contact_id=None,
    tags=(),
    reason=None,
    synced_gmt=None,
)
PROFILE = {
    "email": "ann@example.org",
    "firstname": "Ann",
    "lastname": "Tane",
    "country": "New Zealand",
    "timezone": "Pacific/Auckland",
}


def contact(*tags: str, **fields: str) -> Contact:
    values = {**PROFILE, **fields}
    return Contact(11, values["email"], values, frozenset(tags), no_email=False)


def plan(row: Enrolment, found: Contact | None = None, course: Course = COURSE) -> PlannedLearner:
    by_id = {found.id: found} if found and row.contact_id == found.id else {}
    by_email = {found.email: [found]} if found else {}
    (planned,) = plan_batch([row], Found(by_id, by_email), course)
    return planned


def chose(key: str, at: datetime = NOW) -> Enrolment:
    return replace(ROW, choice=key, choice_gmt=at)

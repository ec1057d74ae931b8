"""What learners say in Mautic, brought to WordPress and back into the tags.

Mautic's logs only tell at whom to look. What was said is seen by comparing contact, row and
ledger (`learner_word`), by the same sync that brings enrolments to Mautic.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cohort_sync.calendars import chosen
from cohort_sync.enrolment_batch import Batch
from cohort_sync.enrolment_report import CourseReport
from cohort_sync.enrolment_sync import read_course, sync_rows
from cohort_sync.stats_cursor import WINDOW, Cursor
from cohorts.model import Calendar, Offering
from mautic_hook.client import MauticClient
from mautic_hook.stats import (
    Bounds,
    Log,
    bounds,
    contact_changes,
    fell_behind,
    new_refusals,
    segment_changes,
)
from transport.errors import told_of
from wpms_hook.client import WpmsClient
from wpms_hook.courses import CourseSite, list_courses
from wpms_hook.enrolments import Enrolment, read_enrolments, rows_of_contacts

log = logging.getLogger(__name__)


class _Row(Protocol):
    """A row of a log: its id, and the contact it is about."""

    @property
    def id(self) -> int: ...
    @property
    def contact_id(self) -> int: ...


#: Where Mautic writes down what happens to a contact.
_LOGS: Mapping[str, Callable[[MauticClient, int], Sequence[_Row]]] = {
    "audit_log": contact_changes,
    "lead_event_log": segment_changes,
    "lead_donotcontact": new_refusals,
}
#: Of these the oldest rows are cleaned away in time.
_CLEANED: Sequence[Log] = ("audit_log", "lead_event_log")


@dataclass(frozen=True, slots=True)
class Look:
    """The contacts to look at (None: everybody's), and the cursors to keep when that is done.

    `why` is for people.
    """

    contacts: Sequence[int] | None
    cursors: Mapping[str, Cursor]
    why: str


def look(mautic: MauticClient, cursors: Mapping[str, Cursor], *, everybody: bool = False) -> Look:
    """At whom to look: those of whom Mautic's logs tell news since the cursors.

    Without a cursor, or when one fell behind what Mautic keeps, everybody whom the ledger names.
    A constant number of requests when there is no news.
    """
    # Where the logs end is read first: what comes after that is told by the next run.
    ends: dict[str, Bounds | None] = {name: bounds(mautic, name) for name in _CLEANED}
    why = "everybody was asked for" if everybody else _why_everybody(cursors, ends)
    contacts: set[int] = set()
    moved = {}
    for name, changes in _LOGS.items():
        log_end = ends.get(name)
        end = log_end.last if log_end else 0
        # Everybody is looked at: of what is there already only the missing ids matter.
        cursor = Cursor(max(0, end - WINDOW)) if why else cursors[name]
        rows = changes(mautic, cursor.after)
        news = cursor.new(row.id for row in rows)
        contacts |= {row.contact_id for row in rows if row.id in news}
        moved[name] = cursor.moved([row.id for row in rows], end)
    if why:
        return Look(None, moved, why)
    return Look(sorted(contacts), moved, f"Mautic tells news of {len(contacts)} contacts")


def sync_words(
    mautic: MauticClient,
    wpms: WpmsClient,
    calendar: Calendar,
    contacts: Sequence[int] | None,
    now: datetime,
    *,
    courses: Sequence[str] = (),
    dry_run: bool,
) -> list[CourseReport]:
    """Brings both sides of these contacts' enrolments (None: all) to the same state.

    Raises `UnknownCourseError` and the errors of `transport.errors`; doing it again does no harm.
    """
    offered = {offering.site: offering for offering in chosen(calendar, courses).offerings}
    if contacts is not None:
        rows = _rows_of(wpms, contacts)
        if not rows:
            return []
    reports = []
    for site in list_courses(wpms):
        offering = offered.get(site.path)
        if offering is None or site.archived:
            continue
        if contacts is None:
            pages = read_enrolments(wpms, blog_id=site.blog_id)
            reports.append(_sync_site(mautic, wpms, offering, site, pages, now, dry_run))
        elif site.blog_id in rows:
            pages = iter([rows[site.blog_id]])
            reports.append(_sync_site(mautic, wpms, offering, site, pages, now, dry_run))
    return reports


def _sync_site(
    mautic: MauticClient,
    wpms: WpmsClient,
    offering: Offering,
    site: CourseSite,
    pages: Iterable[Sequence[Enrolment]],
    now: datetime,
    dry_run: bool,
) -> CourseReport:
    with told_of(f"{offering.course} by {offering.partner}, site {site.blog_id}"):
        course = read_course(mautic, offering, site, now, dry_run=dry_run)
        batch = Batch(mautic, wpms, course, CourseReport(offering.course), dry_run)
        sync_rows(batch, site.blog_id, pages)
        return batch.report


def _why_everybody(cursors: Mapping[str, Cursor], ends: Mapping[str, Bounds | None]) -> str:
    if set(cursors) != set(_LOGS):
        return "there is no cursor yet"
    behind = [name for name, end in ends.items() if fell_behind(cursors[name].last, end)]
    return f"the cursor fell behind what Mautic keeps of {', '.join(behind)}" if behind else ""


def _rows_of(wpms: WpmsClient, contacts: Sequence[int]) -> Mapping[int, list[Enrolment]]:
    """The enrolments that were written to these contacts, by course site."""
    found: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for row in rows_of_contacts(wpms, contacts):
        found[row.blog_id].append(row)
    return found

"""Brings the enrolments of a course site to Mautic: batch by batch read, plan, send, write back.

The dirty rows are the work list and the write-back is the commit: whatever is interrupted is
still dirty, and reading the contacts again shows what was done already.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any

from cohort_sync.enrolment_plan import SAID_NO, PlannedLearner, plan_batch
from cohort_sync.learner_wish import Course
from cohorts.model import Calendar, Offering
from cohorts.names import status_tag, study_days
from mautic_hook.batches import MAX_ROWS, RowAnswer, batches
from mautic_hook.client import MauticClient
from mautic_hook.contacts import (
    create_contacts,
    edit_contacts,
    find_by_email,
    find_by_id,
    stop_mail,
)
from mautic_hook.tags import ensure_tags, list_tags
from transport.errors import DoubtfulWriteError, RefusedError
from wpms_hook.client import WpmsClient
from wpms_hook.courses import CourseSite, list_courses
from wpms_hook.enrolments import (
    Enrolment,
    RowKey,
    Status,
    read_enrolments,
    write_statuses,
)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class CourseReport:
    """What a sync did for one course; users by their number, no other data of a person."""

    course: str
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def add(self, learner: PlannedLearner, deed: str, reason: str = "") -> None:
        self.counts[deed] += 1
        for note in filter(None, (*learner.notes, reason)):
            if {"user": learner.row.user_id, "what": note} not in self.problems:
                self.problems.append({"user": learner.row.user_id, "what": note})

    def as_data(self) -> dict[str, Any]:
        """For XCom: counts, and the first problems."""
        return {
            "course": self.course,
            "counts": dict(self.counts),
            "problems": self.problems[:_MOST_PROBLEMS],
            "more_problems": max(0, len(self.problems) - _MOST_PROBLEMS),
        }


_MOST_PROBLEMS = 50
#: Versions of Mautic know other countries and zones; a contact can do without them.
OPTIONAL_FIELDS = frozenset({"country", "timezone", "firstname", "lastname"})
#: A row that changes again while it is synced again is left for the next run after so many rounds.
_MOST_ROUNDS_FOR_STALE = 3


@dataclass(frozen=True, slots=True)
class Work:
    """The course sites with something to do, and what does not fit together."""

    blog_ids: list[int]
    pending: dict[str, int]
    problems: list[str]


def find_work(client: WpmsClient, calendar: Calendar, *, everything: bool) -> Work:
    """Which sites have rows to sync; one list of sites is read, however many learners there are.

    Sites without an offering and offerings without a site are told, and the rest goes on.
    """
    sites = [site for site in list_courses(client) if not site.archived]
    offered = {offering.site: offering for offering in calendar.offerings}
    known = {site.path: site for site in sites}
    problems = [
        f"site {site.path} has {site.enrolled} learners but no offering in the calendar; add one"
        for site in sites
        if site.path not in offered and site.enrolled
    ]
    problems += [
        f"{offering.course} by {offering.partner} has no site at {path}; "
        "make the site, or correct `site:` in the calendar"
        for path, offering in offered.items()
        if path not in known
    ]
    work = [s for s in sites if s.path in offered and (s.dirty or (everything and s.linked))]
    pending = {offered[s.path].course: s.pending for s in sites if s.path in offered and s.pending}
    return Work([site.blog_id for site in work], pending, problems)


def sync_course(
    mautic: MauticClient,
    wpms: WpmsClient,
    calendar: Calendar,
    blog_id: int,
    now: datetime,
    *,
    dry_run: bool,
    everything: bool,
) -> CourseReport:
    """Syncs the dirty rows (with `everything` all rows) of one course site.

    Raises the errors of `transport.errors`; what is not written back then is still dirty. One
    learner that Mautic refuses is written back as `error` with the reason and stops nobody.
    """
    site = next(one for one in list_courses(wpms) if one.blog_id == blog_id)
    offering = next(o for o in calendar.offerings if o.site == site.path)
    course = _course(mautic, offering, site, now, dry_run=dry_run)
    report = CourseReport(offering.course)
    batch = _Batch(mautic, wpms, course, report, dry_run)
    pages = read_enrolments(wpms, dirty=not everything, blog_id=blog_id)
    stale: dict[RowKey, int | None] = {}
    for rows in chain.from_iterable(batches(page, MAX_ROWS) for page in pages):
        stale |= batch.sync([row for row in rows if row.enrolled or row.dirty])
        log.info("%s: %s", offering.course, dict(report.counts))
    for _ in range(_MOST_ROUNDS_FOR_STALE):
        stale = _sync_stale(batch, blog_id, stale)
    return report


def _sync_stale(
    batch: _Batch, blog_id: int, stale: dict[RowKey, int | None]
) -> dict[RowKey, int | None]:
    """Syncs rows that changed meanwhile at once, while it is known which contact is theirs.

    A new contact's id could not be written to its row; had its address changed, the next run
    would not find it and would make a second one.
    """
    if not stale:
        return {}
    changed = [
        replace(row, contact_id=row.contact_id or stale[row.key])
        for page in read_enrolments(batch.wpms, dirty=True, blog_id=blog_id)
        for row in page
        if row.key in stale
    ]
    still: dict[RowKey, int | None] = {}
    for rows in batches(changed, MAX_ROWS):
        still |= batch.sync(rows)
    return still


def _course(
    mautic: MauticClient, offering: Offering, site: CourseSite, now: datetime, *, dry_run: bool
) -> Course:
    tags = list_tags(mautic)
    if not dry_run:
        status = [status_tag(offering.course, offering.partner, d) for d in ("is", "cohort")]
        ensure_tags(mautic, status, tags)
    return Course(offering, site.linked, now, frozenset(tags), study_days(tags))


@dataclass(frozen=True, slots=True)
class _Batch:
    """At most 200 rows on their way."""

    mautic: MauticClient
    wpms: WpmsClient
    course: Course
    report: CourseReport
    dry_run: bool

    def sync(self, rows: Sequence[Enrolment]) -> dict[RowKey, int | None]:
        """Reads, plans, sends and writes back; after doubt it reads and plans anew.

        Returns the rows that changed meanwhile, with their contacts.
        """
        patience = self.mautic.transport.patience
        for attempt in range(1, patience.tries + 1):
            planned = self._plan(rows)
            if self.dry_run:
                for learner in planned:
                    self.report.add(learner, learner.deed)
                return {}
            try:
                done = self._send(planned)
                break
            except DoubtfulWriteError as doubt:
                if attempt == patience.tries:
                    raise
                wait = doubt.retry_after or patience.first_wait * 2**attempt
                log.warning("%s Looking again in %.0f s.", doubt, wait)
                self.mautic.transport.pause(wait)
        return self._write_back(done)

    def _plan(self, rows: Sequence[Enrolment]) -> list[PlannedLearner]:
        ids = [row.contact_id for row in rows if row.contact_id is not None]
        by_id = find_by_id(self.mautic, ids) if ids else {}
        # Also for known contacts: a changed address may be that of somebody else.
        emails = [row.email for row in rows if row.email and _is_unknown(row, by_id)]
        by_email = find_by_email(self.mautic, emails) if emails else {}
        return plan_batch(rows, by_id, by_email, self.course)

    def _send(self, planned: Sequence[PlannedLearner]) -> list[tuple[PlannedLearner, str, str]]:
        """Sends what is to be written; each learner with what became of them, and why."""
        answers = self._send_contacts([p for p in planned if p.write])
        lighter = {
            learner.row.user_id: _without(learner, answers[learner.row.user_id].fields)
            for learner in planned
            if learner.write and _only_optional(answers[learner.row.user_id])
        }
        answers |= self._send_contacts(list(lighter.values()))
        final = [lighter.get(learner.row.user_id, learner) for learner in planned]
        return [self._one(learner, answers.get(learner.row.user_id)) for learner in final]

    def _send_contacts(self, planned: Sequence[PlannedLearner]) -> dict[int, RowAnswer]:
        """Creates and changes contacts; the answers by user."""
        new = [p for p in planned if "id" not in p.write]
        known = [p for p in planned if "id" in p.write]
        answers: dict[int, RowAnswer] = {}
        for group, send in ((new, create_contacts), (known, edit_contacts)):
            replies = chain.from_iterable(send(self.mautic, [p.write for p in group]))
            answers.update(zip((p.row.user_id for p in group), replies, strict=True))
        return answers

    def _one(
        self, learner: PlannedLearner, answer: RowAnswer | None
    ) -> tuple[PlannedLearner, str, str]:
        if answer is not None and answer.thing is None:
            return self._refused(learner, answer)
        if answer is not None and answer.thing is not None and learner.status:
            status = replace(learner.status, contact_id=int(answer.thing["id"]))
            learner = replace(learner, status=status)
        if learner.stop_mail and learner.contact_id is not None:
            try:
                stop_mail(self.mautic, learner.contact_id, SAID_NO)
            except RefusedError as error:
                return learner, "failed", str(error)
        return learner, learner.deed, ""

    def _refused(
        self, learner: PlannedLearner, answer: RowAnswer
    ) -> tuple[PlannedLearner, str, str]:
        fields = f" ({', '.join(answer.fields)})" if answer.fields else ""
        reason = f"Mautic refused the contact{fields}: {answer.status} {answer.refused}"
        if answer.status >= 500:
            # Mautic itself stumbled: the row stays dirty and is tried again.
            return replace(learner, status=None), "failed", reason
        row = learner.row
        status = Status(
            row.blog_id, row.user_id, row.rev, "error", contact_id=row.contact_id, reason=reason
        )
        return replace(learner, status=status), "failed", reason

    def _write_back(
        self, done: Sequence[tuple[PlannedLearner, str, str]]
    ) -> dict[RowKey, int | None]:
        statuses = [learner.status for learner, _, _ in done if learner.status]
        written = write_statuses(self.wpms, statuses) if statuses else None
        stale: dict[RowKey, int | None] = {}
        for learner, deed, reason in done:
            if written and learner.status and learner.row.key in written.stale:
                self.report.counts["changed meanwhile"] += 1
                stale[learner.row.key] = learner.contact_id
            elif written and learner.row.key in written.invalid:
                self.report.add(learner, "failed", written.invalid[learner.row.key])
            else:
                self.report.add(learner, deed, reason)
        return stale


def _only_optional(answer: RowAnswer) -> bool:
    """Whether Mautic refused a row for nothing but profile fields that it can do without."""
    refused = answer.thing is None and answer.status < 500
    return refused and bool(answer.fields) and set(answer.fields) <= OPTIONAL_FIELDS


def _without(learner: PlannedLearner, fields: Sequence[str]) -> PlannedLearner:
    """The sign-up goes, and what Mautic refused is left out and told (design rule 9)."""
    write = {name: value for name, value in learner.write.items() if name not in fields}
    note = f"Mautic refused {', '.join(fields)}, which was left out"
    status = learner.status
    if status:
        reason = "; ".join(filter(None, (status.reason, note)))
        status = replace(status, reason=reason)
    return replace(learner, write=write, status=status, notes=(*learner.notes, note))


def _is_unknown(row: Enrolment, by_id: dict[int, Any]) -> bool:
    """Whether the address must be looked up: no contact by the ledger, or it has another one."""
    contact = by_id.get(row.contact_id) if row.contact_id is not None else None
    return contact is None or contact.email.lower() != row.email.strip().lower()

"""Lets go of whom Mautic still holds on course sites that were deleted in WordPress.

No list of sites names them any more, so no offering is known: what was written to a contact stands
in its row. An alias tells when a cohort began, not when it ended, so the membership that the row
names goes even if it is past; older ones stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from cohort_sync.contact_sending import Sent, send
from cohort_sync.enrolment_batch import MOST_IN_A_BATCH
from cohort_sync.enrolment_report import CourseReport
from cohort_sync.found_contacts import address
from cohort_sync.planned_learner import PlannedLearner
from cohort_sync.written_tags import enrolled_with, without_tags
from mautic_hook.client import MauticClient
from mautic_hook.contacts import Contact, find_by_email, find_by_id
from transport.errors import told_of
from transport.pieces import pieces
from wpms_hook.client import WpmsClient
from wpms_hook.courses import list_courses
from wpms_hook.enrolments import Enrolment, RowKey, Status, read_enrolments, write_statuses

#: What stands in the report in the place of a course.
DELETED_SITES = "deleted sites"


def leave_deleted_sites(mautic: MauticClient, wpms: WpmsClient, *, dry_run: bool) -> CourseReport:
    """Takes the tags of deleted course sites away from their learners; tells what became of them.

    Raises the errors of `transport.errors`; who is not written back by then is still dirty. So is
    whom Mautic refuses, who stops nobody.
    """
    report = CourseReport(DELETED_SITES)
    for rows in _batches(wpms):
        with told_of(f"deleted site {rows[0].blog_id}"):
            if dry_run:
                for learner in _plan(mautic, wpms, rows):
                    report.add(learner.row.user_id, learner.deed, ())
            else:
                _let_go(mautic, wpms, rows, report)
    return report


def _batches(wpms: WpmsClient) -> Iterator[Sequence[Enrolment]]:
    """The rows, each batch of one site: no learner is twice in it.

    Before a site is deleted all its members leave. So whoever is enrolled is on a site that was
    made since the list was read.
    """
    there = {site.blog_id for site in list_courses(wpms)}
    for page in read_enrolments(wpms, dirty=True):
        left = [row for row in page if row.blog_id not in there and not (row.enrolled or row.erase)]
        for _, rows in groupby(left, lambda row: row.blog_id):
            yield from pieces(list(rows), MOST_IN_A_BATCH)


def _let_go(
    mautic: MauticClient, wpms: WpmsClient, rows: Sequence[Enrolment], report: CourseReport
) -> None:
    sent = mautic.transport.settled(lambda doubts: send(mautic, _plan(mautic, wpms, rows), None))
    # Nothing but this list would tell of them again, so whom Mautic refuses stays on it.
    done = [one.learner.row for one in sent if one.deed != "failed"]
    written = write_statuses(wpms, [_left(row) for row in done])
    for one in sent:
        _tell(one, written.stale, report)


def _tell(sent: Sent, stale: frozenset[RowKey], report: CourseReport) -> None:
    row = sent.learner.row
    if row.key in stale:
        report.add(row.user_id, "not ready", [f"site {row.blog_id}: it changed; the next run"])
    else:
        reasons = [f"site {row.blog_id}: {sent.reason}"] if sent.reason else []
        report.add(row.user_id, sent.deed, reasons)


def _plan(
    mautic: MauticClient, wpms: WpmsClient, rows: Sequence[Enrolment]
) -> list[PlannedLearner]:
    contacts = _contacts(mautic, rows)
    others = enrolled_with(wpms, {contact.id for contact in contacts.values()})
    return [_plan_one(row, contacts.get(row.key), others) for row in rows]


def _plan_one(
    row: Enrolment, contact: Contact | None, others: Mapping[int, Sequence[Enrolment]]
) -> PlannedLearner:
    if contact is None:
        return PlannedLearner(row, "left", status=_left(row))
    theirs = others.get(contact.id, ())
    # A no to e-mail always goes (rule 3), unless the contact is another account's by now.
    says_no = not row.email_ok and not contact.no_email
    is_anothers = any(other.user_id != row.user_id for other in theirs)
    return PlannedLearner(
        row,
        "left",
        without_tags(contact, [row], theirs),
        _left(row),
        stop_mail=contact.id if says_no and not is_anothers else None,
    )


def _contacts(mautic: MauticClient, rows: Sequence[Enrolment]) -> Mapping[RowKey, Contact]:
    """The contact that each row was written to; of one that was merged that with the address."""
    by_id = find_by_id(mautic, sorted({row.contact_id for row in rows if row.contact_id}))
    lost = [row.email for row in rows if row.contact_id not in by_id]
    by_email = find_by_email(mautic, lost) if lost else {}
    oldest = {email: min(them, key=lambda one: one.id) for email, them in by_email.items() if them}
    found = {row.key: by_id.get(row.contact_id or 0) or oldest.get(address(row)) for row in rows}
    return {key: contact for key, contact in found.items() if contact}


def _left(row: Enrolment) -> Status:
    return Status(*row.key, row.rev, "left")

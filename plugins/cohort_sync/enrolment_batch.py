"""One batch of enrolments on its way: read the contacts, plan, send, write back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cohort_sync.enrolment_plan import SAID_NO, PlannedLearner, error_status, plan_batch
from cohort_sync.enrolment_report import CourseReport
from cohort_sync.learner_wish import Course
from mautic_hook.batches import IN_FLIGHT, MAX_ROWS, RowAnswer
from mautic_hook.client import MauticClient
from mautic_hook.contacts import (
    create_contacts,
    edit_contacts,
    find_by_email,
    find_by_id,
    stop_mail,
)
from transport.errors import NotFoundError, RefusedError
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import Enrolment, RowKey, write_statuses

#: Versions of Mautic know other countries and zones; a contact can do without them.
OPTIONAL_FIELDS = frozenset({"country", "timezone", "firstname", "lastname"})

#: As many rows as Mautic takes at the same time.
MOST_IN_A_BATCH = IN_FLIGHT * MAX_ROWS

#: Rows to look at once more in this run, with the contacts that are known to be theirs.
Again = dict[RowKey, int | None]


@dataclass(frozen=True, slots=True)
class Batch:
    """At most `MOST_IN_A_BATCH` rows on their way, no two of them for one contact."""

    mautic: MauticClient
    wpms: WpmsClient
    course: Course
    report: CourseReport
    dry_run: bool

    def sync(self, rows: Sequence[Enrolment]) -> Again:
        """Reads, plans, sends and writes back; after doubt it reads and plans anew.

        Returns the rows that changed meanwhile, or that others of the batch stood in the way of.
        """
        if self.dry_run:
            for learner in self._plan(rows):
                self.report.add(learner.row.user_id, learner.deed, learner.notes)
            return {}
        done = self.mautic.transport.settled(lambda doubts: self._send(self._plan(rows)))
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
            replies = send(self.mautic, [p.write for p in group])
            answers.update(zip((p.row.user_id for p in group), replies, strict=True))
        return answers

    def _one(
        self, learner: PlannedLearner, answer: RowAnswer | None
    ) -> tuple[PlannedLearner, str, str]:
        """What became of one learner. A no to e-mail goes whatever became of the rest."""
        if learner.stop_mail is not None:
            try:
                stop_mail(self.mautic, learner.stop_mail, SAID_NO)
            except (RefusedError, NotFoundError) as error:
                # The row stays dirty: a no must not be taken for said.
                return replace(learner, status=None), "failed", str(error)
        if answer is not None and answer.thing is None:
            return self._refused(learner, answer)
        if answer is not None and answer.thing is not None and learner.status:
            status = replace(learner.status, contact_id=int(answer.thing["id"]))
            learner = replace(learner, status=status)
        said_no = learner.stop_mail is not None and learner.deed == "unchanged"
        return learner, "updated" if said_no else learner.deed, ""

    def _refused(
        self, learner: PlannedLearner, answer: RowAnswer
    ) -> tuple[PlannedLearner, str, str]:
        fields = f" ({', '.join(answer.fields)})" if answer.fields else ""
        reason = f"Mautic refused the contact{fields}: {answer.status} {answer.refused}"
        if answer.status >= 500 or answer.status == 404:
            # Mautic itself stumbled, or the contact went meanwhile: it is looked for again.
            return replace(learner, status=None), "failed", reason
        return replace(learner, status=error_status(learner.row, reason)), "failed", reason

    def _write_back(self, done: Sequence[tuple[PlannedLearner, str, str]]) -> Again:
        statuses = [learner.status for learner, _, _ in done if learner.status]
        written = write_statuses(self.wpms, statuses) if statuses else None
        again: Again = {}
        for learner, deed, reason in done:
            key = learner.row.key
            if learner.again:
                again[key] = None
            elif written and learner.status and key in written.stale:
                self.report.counts["changed meanwhile"] += 1
                again[key] = learner.status.contact_id
            elif written and key in written.invalid:
                self.report.add(key.user_id, "failed", [*learner.notes, written.invalid[key]])
            else:
                self.report.add(key.user_id, deed, [*learner.notes, reason])
        return again


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

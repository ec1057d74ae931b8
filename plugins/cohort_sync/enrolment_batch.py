"""One batch of enrolments on its way: read the contacts, plan, send, tell WordPress, write back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cohort_sync.contact_sending import Sent, send
from cohort_sync.enrolment_plan import PlannedLearner, plan_batch
from cohort_sync.enrolment_report import CourseReport
from cohort_sync.found_contacts import Found, timed
from cohort_sync.synced_course import Course
from mautic_hook.batches import IN_FLIGHT, MAX_ROWS
from mautic_hook.client import MauticClient
from mautic_hook.contacts import Contact, find_by_email, find_by_id
from mautic_hook.preferences import read_ticks
from mautic_hook.stats import last_changes, last_refusals
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import Enrolment, RowKey, Status, write_statuses
from wpms_hook.learners import Learner, put_learners

#: As many rows as Mautic takes at the same time.
MOST_IN_A_BATCH = IN_FLIGHT * MAX_ROWS

#: Servers tell their time in whole seconds; clocks that seem no more apart than this are equal.
_SAME_CLOCK = timedelta(seconds=2)

#: Rows to look at once more in this run, with what was written to their contacts meanwhile.
Again = dict[RowKey, Status | None]


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
        preference = self.course.preference
        done = self.mautic.transport.settled(
            lambda doubts: send(self.mautic, self._plan(rows), preference)
        )
        return self._write_back(done, self._tell(done))

    def _plan(self, rows: Sequence[Enrolment]) -> list[PlannedLearner]:
        ids = [row.contact_id for row in rows if row.contact_id is not None]
        by_id = find_by_id(self.mautic, ids) if ids else {}
        # Also for known contacts: a changed address may be that of somebody else.
        emails = [row.email for row in rows if row.email and _is_unknown(row, by_id)]
        by_email = find_by_email(self.mautic, emails) if emails else {}
        found = Found(by_id, by_email, self._ticks(by_id, by_email))
        return plan_batch(rows, self._with_times(rows, found), self.course)

    def _ticks(
        self, by_id: Mapping[int, Contact], by_email: Mapping[str, Sequence[Contact]]
    ) -> Mapping[int, bool]:
        segment = self.course.preference
        contacts = {*by_id, *(contact.id for named in by_email.values() for contact in named)}
        return read_ticks(self.mautic, segment, contacts) if segment and contacts else {}

    def _with_times(self, rows: Sequence[Enrolment], found: Found) -> Found:
        """With the times of words where they decide, by the clock of WordPress."""
        changed, refused = timed(rows, found, self.course)
        preference = self.course.preference
        ahead = self.wpms.transport.clock_ahead - self.mautic.transport.clock_ahead
        apart = ahead if abs(ahead) > _SAME_CLOCK else timedelta()
        changes = last_changes(self.mautic, changed, preference) if changed else {}
        refusals = last_refusals(self.mautic, refused) if refused else {}
        return replace(found, changed=_moved(changes, apart), refused=_moved(refusals, apart))

    def _tell(self, done: Sequence[Sent]) -> list[Learner]:
        """Tells WordPress what learners said in Mautic.

        Returns what WordPress takes only when the row is in step: until then an earlier choice of
        the learner stands there.
        """
        said = [sent.learner.said for sent in done if sent.learner.said and sent.learner.status]
        newer = put_learners(self.wpms, said).newer if said else frozenset()
        return [learner for learner in said if newer & set(learner.words)]

    def _write_back(self, done: Sequence[Sent], later: Sequence[Learner]) -> Again:
        statuses = [sent.learner.news for sent in done if sent.learner.news]
        written = write_statuses(self.wpms, statuses) if statuses else None
        if written and later:
            saved = {key.user_id for key in written.saved}
            put_learners(self.wpms, [word for word in later if word.user_id in saved])
        again: Again = {}
        for sent in done:
            learner, key = sent.learner, sent.learner.row.key
            if learner.again:
                again[key] = None
            elif written and key in written.stale:
                self.report.counts["changed meanwhile"] += 1
                again[key] = learner.status
            elif written and key in written.invalid:
                self.report.add(key.user_id, "failed", [*learner.notes, written.invalid[key]])
            else:
                self.report.add(key.user_id, sent.deed, [*learner.notes, sent.reason])
        return again


def _moved(times: Mapping[int, datetime], by: timedelta) -> Mapping[int, datetime]:
    return {key: time + by for key, time in times.items()}


def _is_unknown(row: Enrolment, by_id: dict[int, Any]) -> bool:
    """Whether the address must be looked up: no contact by the ledger, or it has another one."""
    contact = by_id.get(row.contact_id) if row.contact_id is not None else None
    return contact is None or contact.email.lower() != row.email.strip().lower()

"""One batch of enrolments on its way: read the contacts, plan, send, tell WordPress, write back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cohort_sync.contact_search import find_contacts
from cohort_sync.contact_sending import Sent, send
from cohort_sync.enrolment_plan import plan_batch
from cohort_sync.enrolment_report import CourseReport
from cohort_sync.planned_learner import PlannedLearner
from cohort_sync.synced_course import Course
from mautic_hook.batches import IN_FLIGHT, MAX_ROWS
from mautic_hook.client import MauticClient
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import Enrolment, RowKey, Status, write_statuses
from wpms_hook.learners import Seen, put_learners

#: As many rows as Mautic takes at the same time.
MOST_IN_A_BATCH = IN_FLIGHT * MAX_ROWS

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
        self._tell(done)
        return self._write_back(done)

    def _plan(self, rows: Sequence[Enrolment]) -> list[PlannedLearner]:
        found = find_contacts(self.mautic, self.wpms, rows, self.course)
        return plan_batch(rows, found, self.course)

    def _tell(self, done: Sequence[Sent]) -> None:
        """Tells WordPress what learners said in Mautic, before the rows are in step.

        What was said in WordPress since the rows were read stands, and makes them stale.
        """
        told = [
            replace(learner.said, seen=Seen(learner.row.blog_id, learner.row.rev))
            for learner in (sent.learner for sent in done)
            if learner.said and learner.status
        ]
        if told:
            put_learners(self.wpms, told)

    def _write_back(self, done: Sequence[Sent]) -> Again:
        statuses = [sent.learner.news for sent in done if sent.learner.news]
        written = write_statuses(self.wpms, statuses) if statuses else None
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

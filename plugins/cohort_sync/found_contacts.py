"""What Mautic has of the learners of a batch. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cohort_sync.learner_word import Held, depends_on_time, in_conflict
from cohort_sync.synced_course import Course
from mautic_hook.contacts import Contact
from wpms_hook.enrolments import Enrolment


@dataclass(frozen=True, slots=True)
class Found:
    """What Mautic has of the learners of a batch.

    Contacts by their id and by address in lower case. By contact: `ticks`, and `changed` and
    `refused` for those of which it matters (see `Held`).
    """

    by_id: Mapping[int, Contact]
    by_email: Mapping[str, Sequence[Contact]]
    ticks: Mapping[int, bool] = field(default_factory=dict)
    changed: Mapping[int, datetime] = field(default_factory=dict)
    refused: Mapping[int, datetime] = field(default_factory=dict)

    def named(self, row: Enrolment) -> Sequence[Contact]:
        """The contacts with the row's address."""
        return self.by_email.get(row.email.strip().lower(), ())

    def ledger(self, row: Enrolment) -> Contact | None:
        """The contact that the row was written to, while it is there."""
        return self.by_id.get(row.contact_id) if row.contact_id is not None else None

    def contact(self, row: Enrolment) -> Contact | None:
        """The learner's contact: the ledger's, else the oldest with the address."""
        return self.ledger(row) or min(self.named(row), key=lambda one: one.id, default=None)

    def held(self, row: Enrolment) -> Held:
        """What the learner's contact says."""
        contact = self.contact(row)
        if contact is None:
            return Held()
        return Held(
            contact.tags,
            known=contact.id == row.contact_id,
            ticked=self.ticks.get(contact.id),
            refusal=next((one for one in contact.refusals if one.channel == "email"), None),
            changed=self.changed.get(contact.id),
            refused=self.refused.get(contact.id),
        )


def timed(rows: Sequence[Enrolment], found: Found, course: Course) -> tuple[list[int], list[int]]:
    """The contacts of which must be known when they last changed, and when they last said no."""
    enrolled = [(row.contact_id, row, found.held(row)) for row in rows if row.enrolled]
    changed = [id_ for id_, row, held in enrolled if id_ and in_conflict(row, held, course)]
    refused = [id_ for id_, row, held in enrolled if id_ and depends_on_time(row, held)]
    return changed, refused

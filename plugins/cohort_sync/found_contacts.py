"""What Mautic has of the learners of a batch, and whose contact is whose. Pure.

A contact is that of an account, in all its courses; the ledger of each row names it. What was found
by its address alone may still be another account's: one that gave the address up, and whose own row
has yet to be synced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    `refused` for those of which it matters (see `Held`). `kin` are, by account, its rows on other
    course sites, for rows whose own contact is not there. `owners` are, by contact, the rows that
    were written to it, for contacts that have another address than a row of theirs, or were found
    by address.
    """

    by_id: Mapping[int, Contact]
    by_email: Mapping[str, Sequence[Contact]]
    kin: Mapping[int, Sequence[Enrolment]] = field(default_factory=dict)
    owners: Mapping[int, Sequence[Enrolment]] = field(default_factory=dict)
    ticks: Mapping[int, bool] = field(default_factory=dict)
    changed: Mapping[int, datetime] = field(default_factory=dict)
    refused: Mapping[int, datetime] = field(default_factory=dict)

    def named(self, row: Enrolment) -> Sequence[Contact]:
        """The contacts with the row's address."""
        return self.by_email.get(address(row), ())

    def ledger(self, row: Enrolment) -> Contact | None:
        """The contact that the row, or one of its account elsewhere, was written to."""
        for one in (row, *self.kin.get(row.user_id, ())):
            contact = self.by_id.get(one.contact_id) if one.contact_id is not None else None
            if contact and not self._is_kept_by_another(contact, row):
                return contact
        return None

    def contact(self, row: Enrolment) -> Contact | None:
        """The learner's contact: the ledger's, else the oldest with the address if it is free."""
        ledger = self.ledger(row)
        return ledger if ledger or self.rivals(row) else self._oldest(row)

    def rivals(self, row: Enrolment) -> list[Enrolment]:
        """The rows of other accounts that must be synced before this one, or instead of it.

        Who leaves a course takes its tags along. A contact that was only found by address is
        left to its owners: in the same course every account has a contact of its own; in another
        one two accounts with one address have one contact, and who gave the address up takes the
        contact along. Who leaves has nothing to say about a contact that others have by now.
        """
        ledger = self.ledger(row)
        contact = ledger or self._oldest(row)
        owners = self.owners.get(contact.id, ()) if contact else ()
        others = [owner for owner in owners if owner.user_id != row.user_id]
        # Erasing keeps a contact that another account has, so nobody has to wait for it.
        leaving = [one for one in others if one.dirty and not one.enrolled and not one.erase]
        if ledger:
            return leaving
        enrolled = [one for one in others if one.enrolled]
        if not row.enrolled:
            return enrolled
        mine = address(row)
        return leaving + [
            one for one in enrolled if one.blog_id == row.blog_id or address(one) != mine
        ]

    def _oldest(self, row: Enrolment) -> Contact | None:
        return min(self.named(row), key=lambda one: one.id, default=None)

    def _is_kept_by_another(self, contact: Contact, row: Enrolment) -> bool:
        """Of two accounts with one contact the one with its address keeps it, else the older."""
        there = contact.email.lower()
        if address(row) == there:
            return False
        claims = [owner for owner in self.owners.get(contact.id, ()) if owner.enrolled]
        keeper = min([row, *claims], key=lambda one: (address(one) != there, one.user_id))
        return keeper.user_id != row.user_id

    def held(self, row: Enrolment) -> Held:
        """What the learner's contact says."""
        contact = self.contact(row)
        if contact is None:
            return Held()
        kin = self.kin.get(row.user_id, ())
        # What befell the contact of who had left was not told to their row. If it has another
        # address, another account may have had it meanwhile.
        kept = row.delivery is not None or contact.email.lower() == address(row)
        return Held(
            contact.tags,
            known=kept and contact.id == row.contact_id,
            kin=[one for one in kin if one.enrolled and one.contact_id == contact.id],
            ticked=self.ticks.get(contact.id),
            refusal=next((one for one in contact.refusals if one.channel == "email"), None),
            changed=self.changed.get(contact.id),
            refused=self.refused.get(contact.id),
        )


def address(row: Enrolment) -> str:
    """The e-mail address of the account as Mautic compares it."""
    return row.email.strip().lower()


def owners_of(
    batch: Sequence[Enrolment], others: Iterable[Enrolment]
) -> Mapping[int, Sequence[Enrolment]]:
    """Rows by the contact they were written to; those of the batch as the batch has them."""
    rows = {row.key: row for row in [*others, *batch]}
    found: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for row in rows.values():
        if row.contact_id is not None:
            found[row.contact_id].append(row)
    return found


def timed(rows: Sequence[Enrolment], found: Found, course: Course) -> tuple[list[int], list[int]]:
    """The contacts of which must be known when they last changed, and when they last said no."""
    held = [(one.id, row, found.held(row)) for row in rows if (one := found.contact(row))]
    enrolled = [one for one in held if one[1].enrolled]
    changed = [id_ for id_, row, held in enrolled if in_conflict(row, held, course)]
    refused = [id_ for id_, row, held in enrolled if depends_on_time(row, held)]
    return changed, refused

"""Addresses that several accounts or contacts lay claim to: who has them, and what becomes of the
others. Nobody's contact is taken or merged (rule 12). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cohort_sync.found_contacts import Found, address
from cohort_sync.planned_learner import PlannedLearner, failed
from mautic_hook.contacts import Contact
from wpms_hook.enrolments import Enrolment, RowKey

DOUBLE = "another account of this course has the same address"
_AFTER = (
    "the address is still that of contact {}, whose own learner gave it up and was not synced since"
)


def holders(rows: Sequence[Enrolment], found: Found) -> Mapping[str, RowKey]:
    """Who has an address: of accounts with the same one the first that has a contact, or is."""
    holders: dict[str, Enrolment] = {}
    for row in (row for row in rows if row.enrolled):
        there = holders.setdefault(address(row), row)
        if found.ledger(row) and not found.ledger(there):
            holders[address(row)] = row
    return {held: row.key for held, row in holders.items()}


def plan_rivalled(row: Enrolment, rivals: Sequence[Enrolment]) -> PlannedLearner:
    """An address whose contact is that of other accounts: nothing of theirs is taken."""
    here = [one for one in rivals if one.blog_id == row.blog_id]
    if any(one.enrolled and address(one) == address(row) for one in here):
        return failed(row, DOUBLE)
    return _after(row, rivals)


def _after(row: Enrolment, owners: Sequence[Enrolment]) -> PlannedLearner:
    """Not before the rows of these accounts are through, in this run if they are in it.

    A dirty row comes again by itself; one in step that lost its contact would be forgotten.
    """
    again = any(one.dirty and one.blog_id == row.blog_id for one in owners)
    note = _AFTER.format(owners[0].contact_id)
    if not (again or row.dirty):
        return failed(row, f"{note}; then run enrolment_sync with `everything`")
    return PlannedLearner(row, "not ready", notes=(note,), again=again)


def plan_taken_address(
    row: Enrolment, ledger: Contact, other: Contact, owners: Sequence[Enrolment]
) -> PlannedLearner:
    """A changed address that another contact has: reported, not merged (rule 12)."""
    owner = next((one for one in owners if one.enrolled and one.user_id != row.user_id), None)
    wants = address(owner) if owner else other.email.lower()
    if owner and wants not in (other.email.lower(), ledger.email.lower()):
        return _after(row, [owner])
    if wants == ledger.email.lower():
        reason = (
            f"two accounts exchanged their addresses; exchange those of the contacts {ledger.id} "
            f"and {other.id} in Mautic, then run enrolment_sync with `everything`"
        )
    else:
        reason = (
            f"the new e-mail address belongs to another contact, {other.id}. If both are one "
            f"person, merge {ledger.id} into it in Mautic; then run enrolment_sync with "
            "`everything`"
        )
    return failed(row, reason)

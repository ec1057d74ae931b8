"""Erases learners whose rows are marked: the contact in Mautic first, the row in WordPress last.

The marked rows are the work list: whatever is interrupted is still marked, and looking again shows
what was done already. No course is needed for it, so rows of archived sites go too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from cohort_sync.written_tags import enrolled_with, without_tags
from mautic_hook.client import MauticClient
from mautic_hook.contacts import Contact, delete_contact, edit_contacts, find_by_email, find_by_id
from transport.errors import DoubtfulWriteError, RefusedError, RightsError, told_of
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import (
    Enrolment,
    Status,
    read_enrolments,
    rows_of_accounts,
    write_statuses,
)

#: What became of the contact. `was gone`: Mautic has that of the ledger no more; `none`: Mautic has
#: nobody with the address; `kept`: another account uses it; `refused`: Mautic did not delete it.
Outcome = Literal["deleted", "was gone", "none", "kept", "refused"]

_KEPT = "another account uses the contact {}; only the tags of the courses went"


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of a learner, and how many rows are left to do; `reason` has no personal data.

    Rows are left for the next run when Mautic refused, and when they have changed meanwhile.
    """

    user_id: int
    contact: Outcome
    left: int
    reason: str = ""


def erase_marked(
    mautic: MauticClient, wpms: WpmsClient, users: Collection[int] | None = None
) -> list[Erased]:
    """Erases the learners whose rows are marked (with `users` these only), one after the other.

    Raises the errors of `transport.errors`; who is not erased by then is still marked. A learner
    whom Mautic refuses to delete stays marked and stops nobody.
    """
    return [
        _erase(mautic, wpms, rows)
        for user_id, rows in _marked(wpms).items()
        if users is None or user_id in users
    ]


def preview(mautic: MauticClient, wpms: WpmsClient, users: Collection[int] | None) -> list[Erased]:
    """What would become of these learners, marked or not; of None, of all who are marked."""
    marked = _by_learner(rows_of_accounts(wpms, users)) if users else _marked(wpms)
    planned = []
    for user_id, rows in marked.items():
        contacts = _contacts_of(mautic, rows)
        shared = _shared(wpms, contacts, user_id)
        planned.append(Erased(user_id, _outcome(rows, contacts, shared), len(rows)))
    return planned


def _marked(wpms: WpmsClient) -> Mapping[int, list[Enrolment]]:
    return _by_learner(chain.from_iterable(read_enrolments(wpms, dirty=True, erase=True)))


def _by_learner(rows: Iterable[Enrolment]) -> Mapping[int, list[Enrolment]]:
    found: defaultdict[int, list[Enrolment]] = defaultdict(list)
    for row in rows:
        found[row.user_id].append(row)
    return found


def _erase(mautic: MauticClient, wpms: WpmsClient, rows: Sequence[Enrolment]) -> Erased:
    with told_of(f"erasing user {rows[0].user_id}"):
        return _erase_one(mautic, wpms, rows)


def _erase_one(mautic: MauticClient, wpms: WpmsClient, rows: Sequence[Enrolment]) -> Erased:
    user_id = rows[0].user_id
    contacts = _contacts_of(mautic, rows)
    shared = _shared(wpms, contacts, user_id)
    try:
        for contact in contacts:
            if contact.id in shared:
                _take_tags(mautic, contact, rows, shared[contact.id])
            else:
                delete_contact(mautic, contact.id)
    except (RefusedError, RightsError, DoubtfulWriteError) as error:
        if isinstance(error, DoubtfulWriteError) and (error.status or 0) < 500:
            raise
        # Mautic cannot delete this one; it may well delete the others.
        return Erased(user_id, "refused", len(rows), str(error))
    written = write_statuses(wpms, [Status(*row.key, row.rev, "left") for row in rows])
    left = len(rows) - len(written.saved | written.missing)
    reason = "; ".join(_KEPT.format(contact_id) for contact_id in shared)
    return Erased(user_id, _outcome(rows, contacts, shared), left, reason)


def _contacts_of(mautic: MauticClient, rows: Sequence[Enrolment]) -> list[Contact]:
    """The contacts that the rows were written to, and all with exactly the learner's address."""
    ids = {row.contact_id for row in rows if row.contact_id is not None}
    found = find_by_id(mautic, sorted(ids)) if ids else {}
    for named in find_by_email(mautic, {row.email for row in rows}).values():
        found |= {contact.id: contact for contact in named}
    return list(found.values())


def _shared(
    wpms: WpmsClient, contacts: Sequence[Contact], user_id: int
) -> Mapping[int, list[Enrolment]]:
    """Of these contacts those that other accounts are enrolled with, and their rows."""
    found = enrolled_with(wpms, (contact.id for contact in contacts))
    others = {one: [row for row in rows if row.user_id != user_id] for one, rows in found.items()}
    return {one: rows for one, rows in others.items() if rows}


def _take_tags(
    mautic: MauticClient,
    contact: Contact,
    rows: Sequence[Enrolment],
    others: Sequence[Enrolment],
) -> None:
    if write := without_tags(contact, rows, others):
        mautic.transport.settled(lambda doubts: edit_contacts(mautic, [write]))


def _outcome(
    rows: Sequence[Enrolment], contacts: Sequence[Contact], shared: Mapping[int, object]
) -> Outcome:
    if shared:
        return "kept"
    if contacts:
        return "deleted"
    return "none" if all(row.contact_id is None for row in rows) else "was gone"

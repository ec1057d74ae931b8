"""Finds the contacts of a batch of learners, and what must be known of them to plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cohort_sync.found_contacts import Found, address, owners_of, timed
from cohort_sync.synced_course import Course
from mautic_hook.client import MauticClient
from mautic_hook.contacts import Contact, find_by_email, find_by_id
from mautic_hook.preferences import read_ticks
from mautic_hook.stats import last_changes, last_refusals
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import Enrolment, RowKey, rows_of_accounts, rows_of_contacts

#: Servers tell their time in whole seconds; clocks that seem no more apart than this are equal.
_SAME_CLOCK = timedelta(seconds=2)


def find_contacts(
    mautic: MauticClient, wpms: WpmsClient, rows: Sequence[Enrolment], course: Course
) -> Found:
    """What Mautic has of the learners of these rows.

    As many requests as are needed: for rows in step one that reads their contacts; more for new
    rows, changed addresses, and words that are in conflict. Raises the errors of
    `transport.errors`.
    """
    by_id = _read(mautic, {row.contact_id for row in rows})
    kin = _kin(wpms, [row for row in rows if row.contact_id not in by_id])
    elsewhere = {one.contact_id for others in kin.values() for one in others}
    by_id |= _read(mautic, elsewhere - by_id.keys())
    found = Found(by_id, {}, kin)
    # Also for known contacts: a changed address may be that of somebody else.
    strange = [row for row in rows if row.email and not _has_its_address(found.ledger(row), row)]
    by_email = find_by_email(mautic, [row.email for row in strange]) if strange else {}
    doubtful = {one.id for named in by_email.values() for one in named}
    doubtful |= {contact.id for row in strange if (contact := found.ledger(row))}
    others = rows_of_contacts(wpms, doubtful) if doubtful else []
    found = replace(found, by_email=by_email, owners=owners_of(rows, others))
    found = replace(found, ticks=_ticks(mautic, course, rows, found))
    return _with_times(mautic, wpms, rows, found, course)


def _read(mautic: MauticClient, ids: set[int | None]) -> dict[int, Contact]:
    wanted = sorted(id_ for id_ in ids if id_ is not None)
    return find_by_id(mautic, wanted) if wanted else {}


def _kin(wpms: WpmsClient, rows: Sequence[Enrolment]) -> Mapping[int, Sequence[Enrolment]]:
    """By account its rows on other course sites that have a contact, the latest synced first."""
    found: defaultdict[int, list[Enrolment]] = defaultdict(list)
    sites = {row.user_id: row.blog_id for row in rows if row.enrolled}
    for row in rows_of_accounts(wpms, sites) if sites else ():
        is_elsewhere = row.blog_id != sites[row.user_id] and not row.erase
        if is_elsewhere and row.contact_id is not None:
            found[row.user_id].append(row)
    return {user_id: sorted(kin, key=_synced, reverse=True) for user_id, kin in found.items()}


def _synced(row: Enrolment) -> tuple[datetime, RowKey]:
    """Its contact may be known before its first sync is through: a write-back came too late."""
    return row.synced_gmt or datetime.min.replace(tzinfo=UTC), row.key


def _has_its_address(contact: Contact | None, row: Enrolment) -> bool:
    return contact is not None and contact.email.lower() == address(row)


def _ticks(
    mautic: MauticClient, course: Course, rows: Sequence[Enrolment], found: Found
) -> Mapping[int, bool]:
    contacts = {contact.id for row in rows if (contact := found.contact(row))}
    if course.preference is None or not contacts:
        return {}
    return read_ticks(mautic, course.preference, contacts)


def _with_times(
    mautic: MauticClient,
    wpms: WpmsClient,
    rows: Sequence[Enrolment],
    found: Found,
    course: Course,
) -> Found:
    """With the times of words where they decide, by the clock of WordPress."""
    changed, refused = timed(rows, found, course)
    ahead = wpms.transport.clock_ahead - mautic.transport.clock_ahead
    apart = ahead if abs(ahead) > _SAME_CLOCK else timedelta()
    changes = last_changes(mautic, changed, course.preference) if changed else {}
    refusals = last_refusals(mautic, refused) if refused else {}
    return replace(found, changed=_moved(changes, apart), refused=_moved(refusals, apart))


def _moved(times: Mapping[int, datetime], by: timedelta) -> Mapping[int, datetime]:
    return {key: time + by for key, time in times.items()}

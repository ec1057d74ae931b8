"""The plan of a batch of enrolments: what to write to each contact and back to each row. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from cohort_sync.learner_wish import Course, Membership, Wish, leaves_with, memberships, wish_of
from cohorts.names import day_code, segment_alias
from mautic_hook.contacts import UNSUBSCRIBED, Contact, keeps_email
from wpms_hook.enrolments import Enrolment, Status
from wpms_hook.mapping import Mapped, country_name, email_address, person_name, zone_id

Deed = Literal["signed up", "updated", "unchanged", "waiting", "left", "failed", "not ready"]

SAID_NO = "said no in WordPress"


@dataclass(frozen=True, slots=True)
class PlannedLearner:
    """What one row needs. `write` is a contact to create (no id) or to change; empty: nothing.

    `status` is written back when `write` went well; None leaves the row dirty. `notes` are told
    to staff; they hold no personal data.
    """

    row: Enrolment
    deed: Deed
    write: Mapping[str, Any]
    status: Status | None
    stop_mail: bool = False
    notes: tuple[str, ...] = ()

    @property
    def contact_id(self) -> int | None:
        """The contact to change, if it is known."""
        return self.status.contact_id if self.status else None


def plan_batch(
    rows: Sequence[Enrolment],
    by_id: Mapping[int, Contact],
    by_email: Mapping[str, Sequence[Contact]],
    course: Course,
) -> list[PlannedLearner]:
    """What each row needs, given the contacts found by ledger id and by address (lower case)."""
    addresses = Counter(row.email.strip().lower() for row in rows if row.enrolled)
    seen: set[str] = set()
    planned = []
    for row in rows:
        address = row.email.strip().lower()
        ledger = by_id.get(row.contact_id) if row.contact_id is not None else None
        named = by_email.get(address, ())
        if row.enrolled and addresses[address] > 1 and address in seen:
            planned.append(_failed(row, "another account of this course has the same address"))
            continue
        seen.add(address)
        planned.append(_plan_one(row, ledger, named, course))
    return planned


def _plan_one(
    row: Enrolment, ledger: Contact | None, named: Sequence[Contact], course: Course
) -> PlannedLearner:
    contact = ledger or min(named, key=lambda one: one.id, default=None)
    if not row.enrolled:
        return _plan_leaving(row, contact, course)
    if not course.linked:
        # Of a course whose link is off only a leave or a no to e-mail goes (rule 3).
        return _plan_no_to_mail(row, contact)
    email = email_address(row.email)
    if email.value is None or not keeps_email(email.value):
        return _failed(row, email.dropped or "Mautic would change this e-mail address")
    if ledger and any(one.id != ledger.id for one in named):
        reason = "the new e-mail address belongs to another contact; merge the two in Mautic"
        return _failed(row, reason, ledger.id)
    planned = _plan_signed_up(row, contact, course)
    notes = list(planned.notes)
    if len(named) > 1:
        notes.append(f"{len(named)} contacts have this address; the oldest is used")
    if row.contact_id is not None and ledger is None:
        notes.append(
            "the contact was gone; " + ("found by its address" if contact else "made anew")
        )
    return replace(planned, notes=tuple(notes))


def _plan_signed_up(row: Enrolment, contact: Contact | None, course: Course) -> PlannedLearner:
    tags = contact.tags if contact else frozenset()
    wish = wish_of(row, tags, course)
    if not wish.ready:
        note = "its segment is still to be made; cohort_rollover makes it"
        return PlannedLearner(row, "not ready", {}, None, notes=(note,))
    held = memberships(tags, course.offering)
    target = _target(wish, held)
    wanted = {course.status(wish.delivery), *([target] if target else [])}
    stray = {course.status("cohort" if wish.delivery == "is" else "is")}
    stray |= {m.tag for m in held if m.tag != target and leaves_with(m, course)}
    write, dropped = _profile(row, contact)
    change = [*sorted(wanted - tags), *sorted(f"-{tag}" for tag in stray & tags)]
    if change:
        write["tags"] = change
    stop_mail = not row.email_ok and not (contact and contact.no_email)
    if contact is None and stop_mail:
        # Recording contact_new_with_dnc.
        no = {"channel": "email", "reason": UNSUBSCRIBED, "comments": SAID_NO}
        write["doNotContact"] = [no]
    if write and contact:
        write["id"] = contact.id
    notes = tuple(note for note in (*dropped, wish.note) if note)
    status = Status(
        row.blog_id,
        row.user_id,
        row.rev,
        state="waiting" if wish.waiting else "linked" if row.email_ok else "optedout",
        delivery=wish.delivery,
        cohort=day_code(wish.cohort) if wish.cohort else None,
        segment=target,
        contact_id=contact.id if contact else None,
        tags=tuple(sorted(wanted)),
        reason="; ".join(notes) or None,
    )
    deed: Deed = "updated" if write or stop_mail else "unchanged"
    if contact is None or not ({course.status("is"), course.status("cohort")} & tags):
        deed = "signed up"
    if wish.waiting:
        deed = "waiting"
    return PlannedLearner(row, deed, write, status, stop_mail and contact is not None, notes)


def _target(wish: Wish, held: Sequence[Membership]) -> str | None:
    """The membership tag to have; who registered in Mautic stays in that source (rule 10)."""
    if wish.intake is None:
        return None
    source = "mautic" if any(m.source == "mautic" for m in held) else "wp"
    return segment_alias(wish.intake, "mautic" if source == "mautic" else "wp")


def _plan_leaving(row: Enrolment, contact: Contact | None, course: Course) -> PlannedLearner:
    """Status and running memberships go; past cohorts and the contact itself stay."""
    tags = contact.tags if contact else frozenset()
    going = {course.status("is"), course.status("cohort")}
    going |= {m.tag for m in memberships(tags, course.offering) if leaves_with(m, course)}
    write: dict[str, Any] = {}
    if contact and going & tags:
        write = {"id": contact.id, "tags": sorted(f"-{tag}" for tag in going & tags)}
    status = Status(
        row.blog_id,
        row.user_id,
        row.rev,
        state="left",
        contact_id=contact.id if contact else None,
    )
    stop_mail = contact is not None and not row.email_ok and not contact.no_email
    return PlannedLearner(row, "left", write, status, stop_mail)


def _plan_no_to_mail(row: Enrolment, contact: Contact | None) -> PlannedLearner:
    status = Status(
        row.blog_id,
        row.user_id,
        row.rev,
        state=row.state if row.email_ok else "optedout",
        delivery=row.delivery,
        cohort=row.cohort,
        segment=row.segment,
        contact_id=contact.id if contact else row.contact_id,
        tags=row.tags,
    )
    stop_mail = contact is not None and not row.email_ok and not contact.no_email
    return PlannedLearner(row, "updated" if stop_mail else "unchanged", {}, status, stop_mail)


def _profile(row: Enrolment, contact: Contact | None) -> tuple[dict[str, Any], list[str]]:
    """The profile fields that differ, as Mautic takes them (rule 12); blanks change nothing."""
    mapped = {
        "email": email_address(row.email),
        "firstname": person_name(row.first_name),
        "lastname": person_name(row.last_name),
        "country": country_name(row.country),
        "timezone": zone_id(row.timezone),
    }
    has = contact.fields if contact else {}
    changed = {n: m.value for n, m in mapped.items() if m.value and not _same(n, m, has.get(n))}
    return changed, [m.dropped for m in mapped.values() if m.dropped]


def _same(name: str, mapped: Mapped, there: Any) -> bool:
    if name == "email":
        return str(there or "").lower() == str(mapped.value).lower()
    return bool(there == mapped.value)


def _failed(row: Enrolment, reason: str, contact_id: int | None = None) -> PlannedLearner:
    status = Status(
        row.blog_id,
        row.user_id,
        row.rev,
        state="error",
        contact_id=contact_id or row.contact_id,
        reason=reason,
    )
    return PlannedLearner(row, "failed", {}, status, notes=(reason,))

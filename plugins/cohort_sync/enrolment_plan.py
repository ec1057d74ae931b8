"""The plan of a batch of enrolments: what to write to each contact and back to each row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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

    `stop_mail` is the contact that must not be mailed any more, whatever becomes of the rest.
    `status` is written back when all went well; None leaves the row dirty. `again` asks for the
    row once more in the same run, after the others. `notes` hold no personal data.
    """

    row: Enrolment
    deed: Deed
    write: Mapping[str, Any] = field(default_factory=dict, repr=False)
    status: Status | None = None
    stop_mail: int | None = None
    notes: tuple[str, ...] = ()
    again: bool = False


def plan_batch(
    rows: Sequence[Enrolment],
    by_id: Mapping[int, Contact],
    by_email: Mapping[str, Sequence[Contact]],
    course: Course,
) -> list[PlannedLearner]:
    """What each row needs, given the contacts found by ledger id and by address (lower case)."""
    owners = {row.contact_id: row for row in rows if row.contact_id in by_id}
    seen: set[str] = set()
    planned = []
    for row in rows:
        address = row.email.strip().lower()
        ledger = by_id.get(row.contact_id) if row.contact_id is not None else None
        named = by_email.get(address, ())
        contact = ledger or min(named, key=lambda one: one.id, default=None)
        if row.enrolled and address in seen:
            one = _failed(row, "another account of this course has the same address")
        else:
            one = _plan_one(row, ledger, named, owners, course)
        seen |= {address} if row.enrolled else set()
        said_no = contact is not None and not row.email_ok and not contact.no_email
        planned.append(replace(one, stop_mail=contact.id if contact and said_no else None))
    return planned


def _plan_one(
    row: Enrolment,
    ledger: Contact | None,
    named: Sequence[Contact],
    owners: Mapping[int | None, Enrolment],
    course: Course,
) -> PlannedLearner:
    contact = ledger or min(named, key=lambda one: one.id, default=None)
    if not row.enrolled:
        return _plan_leaving(row, contact, course)
    email = email_address(row.email)
    if email.value is None or not keeps_email(email.value):
        return _failed(row, email.dropped or "Mautic would change this e-mail address")
    if ledger is None and contact is not None and contact.id in owners:
        # Somebody else's until their row is through: they leave it, or keep it.
        return PlannedLearner(row, "not ready", again=True)
    if ledger and (other := next((one for one in named if one.id != ledger.id), None)):
        return _plan_taken_address(row, ledger, other, owners.get(other.id))
    planned = _plan_signed_up(row, contact, course)
    if not course.linked:
        # Of a course whose link is off only a leave or a no to e-mail goes (rule 3). The row is
        # in step only if nothing else is outstanding.
        return replace(planned, write={}, status=None if planned.write else planned.status)
    notes = list(planned.notes)
    if len(named) > 1:
        notes.append(f"{len(named)} contacts have this address; the oldest is used")
    if row.contact_id is not None and ledger is None:
        how = "found by its address" if contact else "made anew"
        notes.append(f"the contact was gone; {how}")
    return replace(planned, notes=tuple(notes))


def _plan_taken_address(
    row: Enrolment, ledger: Contact, other: Contact, owner: Enrolment | None
) -> PlannedLearner:
    """A changed address that another contact has: reported, not merged (rule 12)."""
    wants = owner.email.strip().lower() if owner else other.email.lower()
    if wants not in (other.email.lower(), ledger.email.lower()):
        # Its owner is moving away from it in this batch.
        return PlannedLearner(row, "not ready", again=True)
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
    return _failed(row, reason)


def _plan_signed_up(row: Enrolment, contact: Contact | None, course: Course) -> PlannedLearner:
    tags = contact.tags if contact else frozenset()
    wish = wish_of(row, tags, course)
    if not wish.ready:
        note = "its segment is still to be made; cohort_rollover makes it"
        return PlannedLearner(row, "not ready", notes=(note,))
    held = memberships(tags, course.offering)
    target = _target(wish, held)
    wanted = {course.status(wish.delivery), *([target] if target else [])}
    unwanted = {course.status("cohort" if wish.delivery == "is" else "is")}
    unwanted |= {m.tag.lower() for m in held if leaves_with(m, course)} - wanted
    write, dropped = _profile(row, contact)
    if change := _tag_changes(tags, wanted, unwanted):
        write["tags"] = change
    if contact is None and not row.email_ok:
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
    return PlannedLearner(row, _deed(tags, write, wish, course), write, status, notes=notes)


def _deed(tags: frozenset[str], write: Mapping[str, Any], wish: Wish, course: Course) -> Deed:
    if wish.waiting:
        return "waiting"
    if not {course.status("is"), course.status("cohort")} & {tag.lower() for tag in tags}:
        return "signed up"
    return "updated" if write else "unchanged"


def _tag_changes(tags: frozenset[str], wanted: set[str], unwanted: set[str]) -> list[str]:
    """What to add, and with a minus what to remove; other spellings of ours are put right."""
    strange = {tag for tag in tags if tag.lower() in wanted and tag not in wanted}
    gone = strange | {tag for tag in tags if tag.lower() in unwanted}
    return [*sorted(wanted - tags), *sorted(f"-{tag}" for tag in gone)]


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
    going |= {m.tag.lower() for m in memberships(tags, course.offering) if leaves_with(m, course)}
    change = _tag_changes(tags, set(), going)
    write = {"id": contact.id, "tags": change} if contact and change else {}
    contact_id = contact.id if contact else None
    status = Status(row.blog_id, row.user_id, row.rev, "left", contact_id=contact_id)
    return PlannedLearner(row, "left", write, status)


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


def _failed(row: Enrolment, reason: str) -> PlannedLearner:
    return PlannedLearner(row, "failed", status=error_status(row, reason), notes=(reason,))


def error_status(row: Enrolment, reason: str) -> Status:
    """A permanent refusal, in step until the row changes; what was synced before stays said."""
    return Status(
        row.blog_id,
        row.user_id,
        row.rev,
        "error",
        delivery=row.delivery,
        cohort=row.cohort,
        segment=row.segment,
        contact_id=row.contact_id,
        tags=row.tags,
        reason=reason,
    )

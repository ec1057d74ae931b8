"""The plan of a batch of enrolments: what to write to each contact and back to each row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from cohort_sync.found_contacts import Found
from cohort_sync.learner_wish import Wish, wish_of
from cohort_sync.learner_word import SAID_NO, Held, mail_deed, mautic_word
from cohort_sync.synced_course import Course, Membership, leaves_with, memberships
from cohorts.names import day_code, segment_alias
from mautic_hook.contacts import MANUAL, Contact, keeps_email
from wpms_hook.enrolments import Enrolment, Status
from wpms_hook.learners import Learner
from wpms_hook.mapping import Mapped, country_name, email_address, person_name, zone_id

Deed = Literal["signed up", "updated", "unchanged", "waiting", "left", "failed", "not ready"]

_NO_KEPT = "the no to e-mail was lifted in Mautic; it stands until a yes in WordPress"
_NO_STANDS = "a no to e-mail of staff, or of a mail that came back, stands in Mautic"


@dataclass(frozen=True, slots=True)
class PlannedLearner:
    """What one row needs. `write` is a contact to create (no id) or to change; empty: nothing.

    `stop_mail` is the contact that must not be mailed any more, `lift_stop` the one that may be
    mailed again, whatever becomes of the rest.
    `tick` says how the tick of the preference centre is put right: True in, False out, None as it
    is. `said` is the learner's word from Mautic, for WordPress.
    `status` is written back when all went well; None leaves the row dirty. `again` asks for the
    row once more in the same run, after the others. `notes` hold no personal data.
    """

    row: Enrolment
    deed: Deed
    write: Mapping[str, Any] = field(default_factory=dict, repr=False)
    status: Status | None = None
    stop_mail: int | None = None
    lift_stop: int | None = None
    tick: bool | None = None
    said: Learner | None = None
    notes: tuple[str, ...] = ()
    again: bool = False

    @property
    def news(self) -> Status | None:
        """The status, unless the row says it already."""
        row, status = self.row, self.status
        if status is None or row.dirty:
            return status
        same = all(getattr(row, name) == getattr(status, name) for name in _WRITTEN)
        return None if same and set(row.tags) == set(status.tags) else status


_WRITTEN = ("state", "delivery", "cohort", "segment", "contact_id", "reason")


def plan_batch(rows: Sequence[Enrolment], found: Found, course: Course) -> list[PlannedLearner]:
    """What each row needs, given what Mautic has."""
    owners = {row.contact_id: row for row in rows if row.contact_id in found.by_id}
    seen: set[str] = set()
    planned = []
    for row in rows:
        address = row.email.strip().lower()
        if row.enrolled and address in seen:
            one = _failed(row, "another account of this course has the same address")
        else:
            one = _plan_one(row, found, owners, course)
        seen |= {address} if row.enrolled else set()
        planned.append(_with_mail(one, found))
    return planned


def _with_mail(planned: PlannedLearner, found: Found) -> PlannedLearner:
    """What is to be done about e-mail goes whatever becomes of the rest (rules 3 and 13)."""
    row, contact = planned.row, found.contact(planned.row)
    deed = mail_deed(row, found.held(row)) if contact and not planned.again else None
    if contact is None or deed is None:
        return planned
    if deed == "stop":
        # In step, and Mautic had heard it: somebody lifted it there.
        lifted = row.enrolled and not row.dirty
        notes = (*planned.notes, _NO_KEPT) if lifted else planned.notes
        return replace(planned, stop_mail=contact.id, notes=notes)
    if not row.enrolled:
        return planned
    if deed == "lift":
        return replace(planned, lift_stop=contact.id)
    said = replace(planned.said or Learner(row.user_id), email_ok=False)
    notes = (*planned.notes, _NO_STANDS) if deed == "stands" else planned.notes
    changed: Deed = "updated" if planned.deed == "unchanged" else planned.deed
    return replace(planned, said=said, notes=notes, deed=changed)


def _plan_one(
    row: Enrolment, found: Found, owners: Mapping[int | None, Enrolment], course: Course
) -> PlannedLearner:
    ledger, named, contact = found.ledger(row), found.named(row), found.contact(row)
    held = found.held(row)
    if not row.enrolled:
        return _plan_leaving(row, contact, held, course)
    email = email_address(row.email)
    if email.value is None or not keeps_email(email.value):
        return _failed(row, email.dropped or "Mautic would change this e-mail address")
    if ledger is None and contact is not None and contact.id in owners:
        # Somebody else's until their row is through: they leave it, or keep it.
        return PlannedLearner(row, "not ready", again=True)
    if ledger and (other := next((one for one in named if one.id != ledger.id), None)):
        return _plan_taken_address(row, ledger, other, owners.get(other.id))
    planned = _plan_signed_up(row, contact, held, course)
    if not course.linked:
        # Of a course whose link is off only a leave or a no to e-mail goes (rule 3). The row is
        # in step only if nothing else is outstanding.
        outstanding = planned.write or planned.said or planned.tick is not None
        status = None if outstanding else planned.status
        return replace(planned, write={}, status=status, tick=None, said=None)
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


def _plan_signed_up(
    row: Enrolment, contact: Contact | None, held: Held, course: Course
) -> PlannedLearner:
    wish = wish_of(row, held, course)
    if not wish.ready:
        note = "its segment is still to be made; cohort_rollover makes it"
        return PlannedLearner(row, "not ready", notes=(note,))
    joined = memberships(held.tags, course.offering)
    target = _target(wish, joined)
    wanted = {course.status(wish.delivery), *([target] if target else [])}
    unwanted = {course.status("cohort" if wish.delivery == "is" else "is")}
    unwanted |= {m.tag.lower() for m in joined if leaves_with(m, course)} - wanted
    write, dropped = _profile(row, contact)
    if change := _tag_changes(held.tags, wanted, unwanted):
        write["tags"] = change
    if contact is None and not row.email_ok:
        # Recording contact_new_with_dnc.
        no = {"channel": "email", "reason": MANUAL, "comments": SAID_NO}
        write["doNotContact"] = [no]
    if write and contact:
        write["id"] = contact.id
    notes = tuple(note for note in (*dropped, wish.note) if note)
    status = Status(
        row.blog_id,
        row.user_id,
        row.rev,
        state="waiting" if wish.waiting else "optedout" if _no_mail(row, held) else "linked",
        delivery=wish.delivery,
        cohort=day_code(wish.cohort) if wish.cohort else None,
        segment=target,
        contact_id=contact.id if contact else None,
        tags=tuple(sorted(wanted)),
        reason="; ".join(notes) or None,
    )
    said = _said(row, held, status, course)
    tick = _tick(wish.delivery == "cohort", held, course)
    deed = _deed(held, bool(write or said or tick is not None), wish, course)
    return PlannedLearner(row, deed, write, status, tick=tick, said=said, notes=notes)


def _no_mail(row: Enrolment, held: Held) -> bool:
    return not row.email_ok or mail_deed(row, held) in ("tell", "stands")


def _said(row: Enrolment, held: Held, status: Status, course: Course) -> Learner | None:
    """The learner's word in Mautic, if it is what counts and WordPress has not heard it."""
    if mautic_word(row, held, course) != status.delivery:
        return None
    choice = "is" if status.delivery == "is" else status.cohort
    if choice is None or choice == row.choice:
        # Who waits for a cohort has none to name.
        return None
    return Learner(row.user_id, choices={row.blog_id: choice})


def _tick(wanted: bool, held: Held, course: Course) -> bool | None:
    there = course.preference is not None
    return wanted if there and wanted != bool(held.ticked) else None


def _deed(held: Held, changes: bool, wish: Wish, course: Course) -> Deed:
    if wish.waiting:
        return "waiting"
    if not {course.status("is"), course.status("cohort")} & {tag.lower() for tag in held.tags}:
        return "signed up"
    return "updated" if changes else "unchanged"


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


def _plan_leaving(
    row: Enrolment, contact: Contact | None, held: Held, course: Course
) -> PlannedLearner:
    """Status and running memberships go; past cohorts and the contact itself stay."""
    joined = memberships(held.tags, course.offering)
    going = {course.status("is"), course.status("cohort")}
    going |= {m.tag.lower() for m in joined if leaves_with(m, course)}
    change = _tag_changes(held.tags, set(), going)
    write = {"id": contact.id, "tags": change} if contact and change else {}
    contact_id = contact.id if contact else None
    status = Status(row.blog_id, row.user_id, row.rev, "left", contact_id=contact_id)
    return PlannedLearner(row, "left", write, status, tick=_tick(False, held, course))


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

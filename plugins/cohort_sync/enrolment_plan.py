"""The plan of a batch of enrolments: what to write to each contact and back to each row. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cohort_sync.contested_address import DOUBLE, holders, plan_rivalled, plan_taken_address
from cohort_sync.found_contacts import Found, address
from cohort_sync.learner_wish import Wish, wish_of
from cohort_sync.learner_word import ANY_COHORT, SAID_NO, Held, mail_deed, mautic_word
from cohort_sync.planned_learner import Deed, PlannedLearner, failed
from cohort_sync.synced_course import Course, Membership, leaves_with, memberships
from cohorts.names import day_code, segment_alias
from mautic_hook.contacts import MANUAL, Contact, keeps_email
from wpms_hook.enrolments import Enrolment, Status
from wpms_hook.learners import Learner
from wpms_hook.mapping import Mapped, country_name, email_address, person_name, zone_id

_NO_KEPT = "the no to e-mail was lifted in Mautic; it stands until a yes in WordPress"
_NO_STANDS = "a no to e-mail of staff, or of a mail that came back, stands in Mautic"


def plan_batch(rows: Sequence[Enrolment], found: Found, course: Course) -> list[PlannedLearner]:
    """What each row needs, given what Mautic has."""
    has_address = holders(rows, found)
    planned = []
    for row in rows:
        if row.enrolled and has_address[address(row)] != row.key:
            one = failed(row, DOUBLE)
        else:
            one = _plan_one(row, found, course)
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


def _plan_one(row: Enrolment, found: Found, course: Course) -> PlannedLearner:
    ledger, named, contact = found.ledger(row), found.named(row), found.contact(row)
    held = found.held(row)
    if not row.enrolled:
        return _plan_leaving(row, contact, held, course)
    email = email_address(row.email)
    if email.value is None or not keeps_email(email.value):
        return failed(row, email.dropped or "Mautic would change this e-mail address")
    if rivals := found.rivals(row):
        return plan_rivalled(row, rivals)
    if ledger and (other := next((one for one in named if one.id != ledger.id), None)):
        return plan_taken_address(row, ledger, other, found.owners.get(other.id, ()))
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
    if row.contact_id is not None and (contact is None or contact.id != row.contact_id):
        why = "is that of another account" if row.contact_id in found.by_id else "was gone"
        how = "another one was found" if contact else "made anew"
        notes.append(f"the contact {why}; {how}")
    return replace(planned, notes=tuple(notes))


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
    """What WordPress has to hear about how the learner studies.

    Their word in Mautic if it is what counts, also that of a contact that was found anew; and of
    who named no cohort the one they join.
    """
    choice = "is" if status.delivery == "is" else status.cohort or ANY_COHORT
    heard = mautic_word(row, held, course) == status.delivery
    lost = row.choice is not None and (row.choice == "is") != (choice == "is")
    joins = row.choice == ANY_COHORT
    if choice == row.choice or not (heard or lost or joins):
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

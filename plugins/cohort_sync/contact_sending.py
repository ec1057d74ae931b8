"""Sends a planned batch to Mautic, and tells of each learner what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from cohort_sync.learner_word import SAID_NO
from cohort_sync.planned_learner import PlannedLearner, error_status
from mautic_hook.batches import RowAnswer
from mautic_hook.client import MauticClient
from mautic_hook.contacts import create_contacts, edit_contacts, lift_stop, stop_mail
from mautic_hook.members import add_members, remove_member
from transport.errors import NotFoundError, RefusedError

#: Versions of Mautic know other countries and zones; a contact can do without them.
OPTIONAL_FIELDS = frozenset({"country", "timezone", "firstname", "lastname"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a learner, and why. Without a status the row stays dirty."""

    learner: PlannedLearner
    deed: str
    reason: str = ""


def send(
    mautic: MauticClient, planned: Sequence[PlannedLearner], preference: int | None
) -> list[Sent]:
    """Sends what is to be written. `preference` is the course's segment of the preference centre.

    Raises `DoubtfulWriteError` when some of it may have been done: read and plan again.
    """
    answers = _send_contacts(mautic, [p for p in planned if p.write])
    lighter = {
        learner.row.user_id: _without(learner, answers[learner.row.user_id].fields)
        for learner in planned
        if learner.write and _only_optional(answers[learner.row.user_id])
    }
    answers |= _send_contacts(mautic, list(lighter.values()))
    final = [lighter.get(learner.row.user_id, learner) for learner in planned]
    done = [_one(mautic, learner, answers.get(learner.row.user_id)) for learner in final]
    if preference is not None:
        _put_ticks(mautic, [sent.learner for sent in done], preference)
    return done


def _send_contacts(mautic: MauticClient, planned: Sequence[PlannedLearner]) -> dict[int, RowAnswer]:
    """Creates and changes contacts; the answers by user."""
    new = [p for p in planned if "id" not in p.write]
    known = [p for p in planned if "id" in p.write]
    answers: dict[int, RowAnswer] = {}
    for group, write in ((new, create_contacts), (known, edit_contacts)):
        replies = write(mautic, [p.write for p in group])
        answers.update(zip((p.row.user_id for p in group), replies, strict=True))
    return answers


def _one(mautic: MauticClient, learner: PlannedLearner, answer: RowAnswer | None) -> Sent:
    """What became of one learner. What was said about e-mail goes whatever became of the rest."""
    try:
        if learner.stop_mail is not None:
            stop_mail(mautic, learner.stop_mail, SAID_NO)
        if learner.lift_stop is not None:
            lift_stop(mautic, learner.lift_stop)
    except (RefusedError, NotFoundError) as error:
        # The row stays dirty: a no must not be taken for said.
        return Sent(replace(learner, status=None), "failed", str(error))
    if answer is not None and answer.thing is None:
        return _refused(learner, answer)
    if answer is not None and answer.thing is not None and learner.status:
        status = replace(learner.status, contact_id=int(answer.thing["id"]))
        learner = replace(learner, status=status)
    about_mail = learner.stop_mail is not None or learner.lift_stop is not None
    said = about_mail and learner.deed == "unchanged"
    return Sent(learner, "updated" if said else learner.deed)


def _refused(learner: PlannedLearner, answer: RowAnswer) -> Sent:
    fields = f" ({', '.join(answer.fields)})" if answer.fields else ""
    reason = f"Mautic refused the contact{fields}: {answer.status} {answer.refused}"
    if answer.status >= 500 or answer.status == 404:
        # Mautic itself stumbled, or the contact went meanwhile: it is looked for again.
        return Sent(replace(learner, status=None), "failed", reason)
    refused = replace(learner, status=error_status(learner.row, reason), tick=None, said=None)
    return Sent(refused, "failed", reason)


def _put_ticks(mautic: MauticClient, planned: Sequence[PlannedLearner], preference: int) -> None:
    ticks = {p.status.contact_id: p.tick for p in planned if p.status and p.status.contact_id}
    add_members(mautic, preference, [contact for contact, tick in ticks.items() if tick])
    for contact in [contact for contact, tick in ticks.items() if tick is False]:
        # Whoever went meanwhile is in no segment; the next sync says that the contact is gone.
        with suppress(NotFoundError):
            remove_member(mautic, preference, contact)


def _only_optional(answer: RowAnswer) -> bool:
    """Whether Mautic refused a row for nothing but profile fields that it can do without."""
    refused = answer.thing is None and answer.status < 500
    return refused and bool(answer.fields) and set(answer.fields) <= OPTIONAL_FIELDS


def _without(learner: PlannedLearner, fields: Sequence[str]) -> PlannedLearner:
    """The sign-up goes, and what Mautic refused is left out and told (design rule 9)."""
    write = {name: value for name, value in learner.write.items() if name not in fields}
    note = f"Mautic refused {', '.join(fields)}, which was left out"
    status = learner.status
    if status:
        reason = "; ".join(filter(None, (status.reason, note)))
        status = replace(status, reason=reason)
    return replace(learner, write=write, status=status, notes=(*learner.notes, note))

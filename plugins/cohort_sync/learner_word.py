"""What a learner said, on which side, and which word counts. Pure.

Nothing of what happened is needed to know what was said: a contact and a row are compared with the
ledger, which is what both were at the last sync (design rule 11). So an echo of our own write is
never a word, and reading a change twice or not at all does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cohort_sync.synced_course import Course
from cohorts.model import Delivery
from mautic_hook.contacts import BY_LEARNER, MANUAL, Refusal
from wpms_hook.enrolments import Enrolment

#: Words closer than this are said at once: instants are told in whole seconds.
_AT_ONCE = timedelta(seconds=5)


#: The choice of who studies with a cohort and has named none.
ANY_COHORT = "cohort"
#: The comment of a no that we brought to Mautic.
SAID_NO = "said no in WordPress"

#: What is to be done about e-mail: the no of WordPress goes to Mautic; its yes lifts the no there;
#: the no of Mautic goes to WordPress, against a yes there (`stands`) or without one.
MailDeed = Literal["stop", "lift", "tell", "stands"]


@dataclass(frozen=True, slots=True)
class Held:
    """What Mautic has of a learner.

    `known` is true for the contact of the ledger; what another one has was not said of this course.
    `kin` are the rows of the account on other course sites, when they were written to this contact
    and the row itself was not. `ticked` is about the offering's segment of the preference centre:
    True for a member, False for who was taken out of it, None for who never was in it. `changed` is
    when others than us last changed the contact, and `refused` when it last said no, both by
    WordPress's clock; they are asked for only where they decide.
    """

    tags: frozenset[str] = frozenset()
    known: bool = False
    kin: Sequence[Enrolment] = ()
    ticked: bool | None = None
    refusal: Refusal | None = None
    changed: datetime | None = None
    refused: datetime | None = None


def mautic_word(row: Enrolment, held: Held, course: Course) -> Delivery | None:
    """How the learner wants to study by what changed in Mautic since the last sync, if anything.

    Status tags in any case of letters, by whomever they were changed, and the tick of the
    preference centre. Of both status tags the one counts that was not there before; when all are
    gone nothing was said.
    """
    if row.delivery is None or not held.known:
        return None
    other: Delivery = "is" if row.delivery == "cohort" else "cohort"
    tagged = course.status(other) in {tag.lower() for tag in held.tags}
    ticked = held.ticked is not None and held.ticked == (other == "cohort")
    return other if tagged or ticked else None


def wordpress_word(row: Enrolment) -> str | None:
    """The choice that was made in WordPress since the last sync: see `Enrolment`, or None."""
    if row.choice is None:
        return None
    if row.delivery is None or row.synced_gmt is None:
        return row.choice
    if row.choice_gmt is None or row.choice_gmt < row.synced_gmt:
        return None
    # Within one second the times cannot tell; then what was written back does.
    applied = "is" if row.delivery == "is" else row.cohort or ANY_COHORT
    return row.choice if row.choice_gmt > row.synced_gmt or row.choice != applied else None


def in_conflict(row: Enrolment, held: Held, course: Course) -> bool:
    """Whether the learner said one thing in WordPress and another in Mautic."""
    here, there = wordpress_word(row), mautic_word(row, held, course)
    return None not in (here, there) and (here == "is") != (there == "is")


def mautic_counts(row: Enrolment, held: Held) -> bool:
    """Whether of two words in conflict that of Mautic counts (rule 2).

    The later one counts; said at once, the cohort. What nobody but us has changed in Mautic is the
    echo of a write of ours that was never written back.
    """
    if held.changed is None:
        return False
    if row.choice_gmt is None:
        return row.choice == "is"
    apart = held.changed - row.choice_gmt
    return row.choice == "is" if abs(apart) <= _AT_ONCE else apart > timedelta()


def mail_deed(row: Enrolment, held: Held) -> MailDeed | None:
    """What is to be done about e-mail; None when both sides say the same (rule 13).

    A no is never overwritten but by the learner: a yes in WordPress lifts a no that was said in
    WordPress or on the preference page, and neither a mail that came back nor the word of staff.
    """
    if not row.email_ok:
        return None if held.refusal else "stop"
    if held.refusal is None:
        return None
    if not said_yes(row, held):
        return "tell"
    return "lift" if held.refusal.reason == BY_LEARNER or _is_ours(held.refusal) else "stands"


def _is_ours(refusal: Refusal) -> bool:
    return refusal.reason == MANUAL and refusal.comment == SAID_NO


def said_yes(row: Enrolment, held: Held) -> bool:
    """Whether the learner has said yes in WordPress since both sides said no.

    A new row cannot tell, but those of other courses may.
    """
    return any(_said_yes(one, held) for one in (row, *held.kin))


def _said_yes(row: Enrolment, held: Held) -> bool:
    if not row.dirty or row.synced_gmt is None:
        return False
    if (held.known or row in held.kin) and held.refusal and _is_ours(held.refusal):
        # WordPress said no and says yes by now, whether the no was ever written back or not.
        return True
    return _may_have_known(row) and held.refused is not None and held.refused <= row.synced_gmt


def depends_on_time(row: Enrolment, held: Held) -> bool:
    """Whether `said_yes` needs to know when the contact last said no: a later no is news."""
    knew = any(one.dirty and _may_have_known(one) for one in (row, *held.kin))
    return knew and row.email_ok and held.refusal is not None


def _may_have_known(row: Enrolment) -> bool:
    """Of who waits for a cohort the ledger does not tell whether they had said no."""
    return row.state in ("optedout", "waiting")

"""What one row of a batch needs: the value that planning gives and sending takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wpms_hook.enrolments import Enrolment, Status
from wpms_hook.learners import Learner

Deed = Literal["signed up", "updated", "unchanged", "waiting", "left", "failed", "not ready"]

_WRITTEN = ("state", "delivery", "cohort", "segment", "contact_id", "reason")


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


def failed(row: Enrolment, reason: str) -> PlannedLearner:
    """A learner whom nothing is sent of, and why."""
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

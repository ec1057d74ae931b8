"""What Mautic notes of changes: the audit log, and the event log of a contact."""

import json
from typing import Any

from sandbox.mautic.answers import now
from sandbox.mautic.call import Call, Mautic, User
from sandbox.mautic.php import serialized

# Who acts when nobody is signed in: a learner on the preference page, a job of Mautic's own.
SYSTEM = User("System", None, has_rights=True)
HERE = "127.0.0.1"


def note_change(
    mautic: Mautic, user: User, kind: str, number: int, action: str, details: dict[str, Any]
) -> None:
    """A row of the audit log (stats_audit_log).

    Rows of contacts were not recorded; their details are an abridgement of Mautic's own.
    """
    mautic.store.insert(
        "audit_log",
        user_id=user.user_id or 0,
        user_name=user.name,
        bundle="lead",
        object=kind,
        object_id=number,
        action=action,
        details=serialized(details),
        date_added=now(),
        ip_address=HERE,
    )


def note_identified(mautic: Mautic, call: Call, contact: int, identified: bool) -> None:
    """A row of the event log for a contact that is new, or known from now on
    (stats_lead_event_log)."""
    mautic.store.insert(
        "lead_event_log",
        lead_id=contact,
        bundle="lead",
        object="api-batch" if "/batch/" in call.path else "api-single",
        action="identified_contact" if identified else "created_contact",
        date_added=call.now,
        properties=_json({"object_description": call.user.name}),
    )


def note_segment(mautic: Mautic, user: User, segment: int, contact: int, added: bool) -> None:
    """A row of the event log for a contact that came into a segment or went out of it.

    Such rows were not recorded; mautic.md describes them, the rest is after Mautic's source.
    """
    name = mautic.store.value("SELECT name FROM segments WHERE id = ?", segment)
    mautic.store.insert(
        "lead_event_log",
        lead_id=contact,
        user_id=user.user_id,
        user_name=user.name,
        bundle="lead",
        object="segment",
        action="added" if added else "removed",
        object_id=segment,
        date_added=now(),
        properties=_json({"object_description": name}),
    )


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))

"""Who made and changed something, and when."""

from typing import Any

from sandbox.mautic.answers import api_time
from sandbox.mautic.call import Call, Mautic
from sandbox.store import Row


def on_creation(mautic: Mautic, call: Call) -> dict[str, Any]:
    """The columns to store with a new row (contact_new on both versions)."""
    columns = {
        "date_added": call.now,
        "created_by": call.user.user_id,
        "created_by_user": call.user.name,
    }
    if mautic.version.date_modified_is_frozen:
        columns |= {"date_modified": call.now} | _editor(call)
    return columns


def on_change(mautic: Mautic, call: Call, changed: bool) -> dict[str, Any]:
    """The columns to store with an edit; `changed` is False when nothing really changed.

    segment_patch_unknown: 5.2.0 names the editor of an empty edit but leaves the date alone.
    """
    columns = _editor(call)
    if changed and not mautic.version.date_modified_is_frozen:
        columns["date_modified"] = call.now
    return columns


def _editor(call: Call) -> dict[str, Any]:
    return {"modified_by": call.user.user_id, "modified_by_user": call.user.name}


def audit_json(row: Row) -> dict[str, Any]:
    """The leading part of most entities."""
    return {
        "isPublished": bool(row["is_published"]),
        "dateAdded": api_time(row["date_added"]),
        "dateModified": api_time(row["date_modified"]),
        "createdBy": row["created_by"],
        "createdByUser": row["created_by_user"],
        "modifiedBy": row["modified_by"],
        "modifiedByUser": row["modified_by_user"],
    }


def short_audit_json(row: Row) -> dict[str, Any]:
    """The leading part of an entity inside another one (the category of segment_new)."""
    return {
        "createdByUser": row["created_by_user"],
        "modifiedByUser": row["modified_by_user"],
    }

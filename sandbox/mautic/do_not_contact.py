"""Do-not-contact: who said no to a channel, and why."""

from typing import Any

from sandbox.mautic.call import Mautic

# The reasons. Of a learner on the preference page or by a link; of a mail that came back; of staff
# and of clients of the API who say no other.
UNSUBSCRIBED, BOUNCED, MANUAL = 1, 2, 3

# What the audit log tells of each channel that changed.
Reasons = dict[str, dict[str, Any]]


def refuse(
    mautic: Mautic,
    contact: int,
    channel: str,
    reason: int,
    comments: str,
    moment: str,
    channel_id: int | None = None,
) -> Reasons:
    """Mark a contact as do-not-contact for a channel; what changed.

    A mark of the same reason stays as it is, and so does one that the contact made: nobody says
    it better. Any other is changed in its place, so its row keeps its id (after Mautic's source).
    """
    entry = mautic.store.row(
        "SELECT * FROM lead_donotcontact WHERE lead_id = ? AND channel = ?", contact, channel
    )
    said = {"reason": reason, "comments": comments}
    if entry is None:
        mautic.store.insert(
            "lead_donotcontact",
            lead_id=contact,
            channel=channel,
            channel_id=channel_id,
            date_added=moment,
            **said,
        )
    elif entry["reason"] in (reason, UNSUBSCRIBED):
        return {}
    else:
        mautic.store.update("lead_donotcontact", entry["id"], date_added=moment, **said)
    return {channel: said}


def allow(mautic: Mautic, contact: int, channel: str) -> Reasons:
    """Take the mark of a channel away, whatever its reason; what changed."""
    chosen = "lead_id = ? AND channel = ?"
    row = mautic.store.row(f"SELECT * FROM lead_donotcontact WHERE {chosen}", contact, channel)
    if row is None:
        return {}
    mautic.store.run("DELETE FROM lead_donotcontact WHERE id = ?", row["id"])
    return {channel: {"reason": 0, "old_reason": row["reason"], "comments": row["comments"]}}


def reason_of(mautic: Mautic, contact: int, channel: str) -> int:
    """Why a contact may not be reached on a channel; 0 when it may."""
    sql = "SELECT reason FROM lead_donotcontact WHERE lead_id = ? AND channel = ?"
    return int(mautic.store.value(sql, contact, channel) or 0)

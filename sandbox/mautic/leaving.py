"""How contacts go: deleted, or merged into another one."""

from sandbox.mautic.call import Mautic, User
from sandbox.mautic.contact_fields import writable
from sandbox.mautic.logs import note_change
from sandbox.store import Row


def delete(mautic: Mautic, user: User, contact: Row) -> None:
    """Delete a contact (h9). Its rows go, except those of the audit log."""
    mautic.store.run("DELETE FROM contacts WHERE id = ?", contact["id"])
    note_change(mautic, user, "lead", contact["id"], "delete", {"name": _name(contact)})


def merge(mautic: Mautic, user: User, loser: Row, winner: Row) -> None:
    """Merge a contact into another one, as staff can in Mautic but the API cannot.

    Not recorded, after Mautic's source: of two values that of the contact changed last stays, the
    winner gets tags, segments and the event log, and the loser's do-not-contact is lost.
    """
    store, old, new = mautic.store, loser["id"], winner["id"]
    store.run("UPDATE lead_event_log SET lead_id = ? WHERE lead_id = ?", new, old)
    store.run("UPDATE OR IGNORE lead_lists_leads SET lead_id = ? WHERE lead_id = ?", new, old)
    tags = store.rows(
        "INSERT OR IGNORE INTO contact_tags SELECT ?, tag_id FROM contact_tags"
        " WHERE contact_id = ? RETURNING (SELECT tag FROM tags WHERE id = tag_id) AS tag",
        new,
        old,
    )
    values = _newest_values(mautic, loser, winner)
    if values:
        store.update("contacts", new, **values)
    if tags or values:
        fields = {name: [winner[name], value] for name, value in values.items()}
        details = {"tags": {"added": [row["tag"] for row in tags]}, "fields": fields}
        note_change(mautic, user, "lead", new, "update", details)
    note_change(mautic, user, "lead", old, "merge", {"merged_into": new})
    delete(mautic, user, loser)


def _newest_values(mautic: Mautic, loser: Row, winner: Row) -> dict[str, str | None]:
    def last_change(contact: Row) -> str:
        return str(contact["date_modified"] or contact["date_added"])

    older, newer = sorted((loser, winner), key=last_change)
    values: dict[str, str | None] = {}
    for name in (field.alias for field in writable(mautic)):
        values[name] = older[name] if newer[name] is None else newer[name]
    return {name: value for name, value in values.items() if value != winner[name]}


def _name(contact: Row) -> str:
    names = [contact[name] for name in ("firstname", "lastname") if contact[name]]
    return " ".join(names) or contact["email"] or "anonymous"

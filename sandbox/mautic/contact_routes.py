"""The routes of contacts: one at a time, and in batches."""

from typing import Any

from sandbox.mautic.answers import Reply, api_time, created, not_found, php_array
from sandbox.mautic.batch import run_batch
from sandbox.mautic.call import Call, Mautic, Route, row_or_404
from sandbox.mautic.contact_json import contacts_json, refusal_answer_json
from sandbox.mautic.contact_search import list_contacts
from sandbox.mautic.contacts import change_by_id, create_or_merge
from sandbox.mautic.do_not_contact import MANUAL, Reasons, allow, refuse
from sandbox.mautic.leaving import delete
from sandbox.mautic.logs import note_change
from sandbox.mautic.membership import fill


def get_contact(mautic: Mautic, call: Call, contact: int) -> Reply:
    """contact_get, contact_get_404"""
    row = row_or_404(mautic, "contacts", contact, not_found())
    return Reply(200, {"contact": contacts_json(mautic, [row])[0]})


def new_contact(mautic: Mautic, call: Call) -> Reply:
    """The contact_new* recordings."""
    return _written(*create_or_merge(mautic, call, call.form))


def edit_contact(mautic: Mautic, call: Call, contact: int) -> Reply:
    """The contact_patch* and contact_put* recordings."""
    return _written(*change_by_id(mautic, call, contact, call.form))


def delete_contact(mautic: Mautic, call: Call, contact: int) -> Reply:
    """h9: the id of what is gone reads null. contact_delete_404"""
    row = row_or_404(mautic, "contacts", contact, not_found())
    body = contacts_json(mautic, [row])[0] | {"id": None, "tags": []}
    delete(mautic, call.user, row)
    return Reply(200, {"contact": body})


def new_contacts(mautic: Mautic, call: Call) -> Reply:
    """contacts_batch_new_mixed, contacts_batch_new_empty, contacts_batch_new_201"""

    def create(form: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return create_or_merge(mautic, call, form)

    return run_batch(mautic, call, 201, "contacts", create)


def edit_contacts(mautic: Mautic, call: Call) -> Reply:
    """contacts_batch_patch_mixed, contacts_batch_put_mixed"""

    def change(form: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return change_by_id(mautic, call, int(form["id"]), form)

    return run_batch(mautic, call, 200, "contacts", change, by_id=True)


def delete_contacts(mautic: Mautic, call: Call) -> Reply:
    """contacts_batch_delete: ids that do not exist are passed over."""
    ids = [each for each in str(call.query.get("ids", "")).split(",") if each.isdigit()]
    marks = ", ".join("?" * len(ids))
    rows = mautic.store.rows(f"SELECT * FROM contacts WHERE id IN ({marks})", *ids)
    body = contacts_json(mautic, rows)
    for row in rows:
        delete(mautic, call.user, row)
    return Reply(200, {"contacts": body})


def add_refusal(mautic: Mautic, call: Call, contact: int) -> Reply:
    """dnc_add, h7 (without a body: reason 3)"""
    row = row_or_404(mautic, "contacts", contact, not_found())
    reason, comments = int(call.form.get("reason") or MANUAL), str(call.form.get("comments") or "")
    changed = refuse(mautic, contact, "email", reason, comments, call.now)
    _note_refusal(mautic, call, contact, changed)
    return Reply(200, {"contact": refusal_answer_json(mautic, row)})


def remove_refusal(mautic: Mautic, call: Call, contact: int) -> Reply:
    """dnc_remove"""
    row = row_or_404(mautic, "contacts", contact, not_found())
    changed = allow(mautic, contact, "email")
    _note_refusal(mautic, call, contact, changed)
    shown = refusal_answer_json(mautic, row)
    return Reply(200, {"recordFound": bool(changed), "contact": shown})


def _note_refusal(mautic: Mautic, call: Call, contact: int, changed: Reasons) -> None:
    if changed:
        details = {"dnc_channel_status": changed}
        note_change(mautic, call.user, "lead", contact, "update", details)


def get_segments(mautic: Mautic, call: Call, contact: int) -> Reply:
    """contact_segments_real, contact_segments (none: an empty list)"""
    row_or_404(mautic, "contacts", contact, not_found())
    fill(mautic)
    lists = {
        row["id"]: {
            "id": row["id"],
            "name": row["name"],
            "alias": row["alias"],
            "dateAdded": api_time(row["since"]),
            "manuallyRemoved": False,
            "manuallyAdded": bool(row["manually_added"]),
        }
        for row in mautic.store.rows(
            "SELECT segments.*, lead_lists_leads.date_added AS since, manually_added"
            " FROM segments JOIN lead_lists_leads ON leadlist_id = id"
            " WHERE lead_id = ? AND NOT manually_removed ORDER BY id",
            contact,
        )
    }
    return Reply(200, {"total": len(lists), "lists": php_array(lists)})


def _written(status: int, body: dict[str, Any]) -> Reply:
    if status == 201:
        return created({"contact": body}, f"/api/contacts/{body['id']}")
    return Reply(status, {"contact": body})


ROUTES = [
    Route("GET", "/api/contacts", list_contacts),
    Route("POST", "/api/contacts/new", new_contact),
    Route("POST", "/api/contacts/batch/new", new_contacts),
    Route("PATCH", "/api/contacts/batch/edit", edit_contacts),
    Route("PUT", "/api/contacts/batch/edit", edit_contacts),
    Route("DELETE", "/api/contacts/batch/delete", delete_contacts),
    Route("GET", "/api/contacts/{contact}", get_contact),
    Route("PATCH", "/api/contacts/{contact}/edit", edit_contact),
    Route("PUT", "/api/contacts/{contact}/edit", edit_contact),
    Route("DELETE", "/api/contacts/{contact}/delete", delete_contact),
    Route("POST", "/api/contacts/{contact}/dnc/email/add", add_refusal),
    Route("POST", "/api/contacts/{contact}/dnc/email/remove", remove_refusal),
    Route("GET", "/api/contacts/{contact}/segments", get_segments),
]

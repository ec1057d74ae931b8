"""The routes of contacts: one at a time, and in batches."""

from typing import Any

from sandbox.mautic.answers import Reply, api_time, created, not_found, php_array
from sandbox.mautic.batch import run_batch
from sandbox.mautic.call import Call, Mautic, Route, row_or_404
from sandbox.mautic.contact_json import contacts_json, refusal_answer_json
from sandbox.mautic.contact_search import list_contacts
from sandbox.mautic.contacts import change_by_id, create_or_merge, refuse, unrefuse
from sandbox.mautic.membership import member_ids


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
    mautic.store.run("DELETE FROM contacts WHERE id = ?", contact)
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
    mautic.store.run(f"DELETE FROM contacts WHERE id IN ({marks})", *ids)
    return Reply(200, {"contacts": body})


def add_refusal(mautic: Mautic, call: Call, contact: int) -> Reply:
    """dnc_add, h7 (without a body: reason 3)"""
    row = row_or_404(mautic, "contacts", contact, not_found())
    refuse(mautic, call, contact, "email", call.form)
    return Reply(200, {"contact": refusal_answer_json(mautic, row)})


def remove_refusal(mautic: Mautic, call: Call, contact: int) -> Reply:
    """dnc_remove"""
    row = row_or_404(mautic, "contacts", contact, not_found())
    found = unrefuse(mautic, contact, "email")
    return Reply(200, {"recordFound": found, "contact": refusal_answer_json(mautic, row)})


def get_segments(mautic: Mautic, call: Call, contact: int) -> Reply:
    """contact_segments_real, contact_segments (none: an empty list)"""
    row_or_404(mautic, "contacts", contact, not_found())
    lists = {}
    for segment in mautic.store.rows("SELECT * FROM segments ORDER BY id"):
        if contact not in member_ids(mautic, segment):
            continue
        by_hand = mautic.store.value(
            "SELECT date_added FROM segment_members WHERE segment_id = ? AND contact_id = ?",
            segment["id"],
            contact,
        )
        lists[segment["id"]] = {
            "id": segment["id"],
            "name": segment["name"],
            "alias": segment["alias"],
            "dateAdded": api_time(by_hand or segment["date_added"]),
            "manuallyRemoved": False,
            "manuallyAdded": by_hand is not None,
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

"""Writing contacts: create or merge by e-mail, change, tags, do-not-contact."""

from typing import Any

from sandbox.mautic.answers import RefusedError, crash, invalid, not_found
from sandbox.mautic.audit import on_change, on_creation
from sandbox.mautic.call import Call, Mautic, row_or_404, truth
from sandbox.mautic.contact_fields import sent_values, writable
from sandbox.mautic.contact_json import contacts_json
from sandbox.mautic.do_not_contact import MANUAL, Reasons, refuse
from sandbox.mautic.logs import note_change, note_identified
from sandbox.mautic.tags import tag_id
from sandbox.store import Row

Written = tuple[int, dict[str, Any]]
# Any of these makes a contact somebody (contact_new_with_id); without them it is anonymous.
IDENTIFYING = ("firstname", "lastname", "company", "email")


def create_or_merge(mautic: Mautic, call: Call, form: dict[str, Any]) -> Written:
    """201 and a new contact, or 200 and the one that has the e-mail already.

    contact_new, contact_new_dup_email_case, contact_new_empty; an `id` in the form counts for
    nothing (contact_new_with_id).
    """
    values = sent_values(mautic, form)
    existing = _with_email(mautic, values.get("email"))
    if existing is not None:
        return 200, _change(mautic, call, existing, form, values)
    identified = any(values.get(name) for name in IDENTIFYING)
    contact = mautic.store.insert(
        "contacts",
        **values,
        is_published=truth(form.get("isPublished", True)),
        last_active=_last_active(form),
        date_identified=call.now if identified else None,
        **on_creation(mautic, call),
    )
    note_identified(mautic, call, contact, identified)
    added, _ = _write_tags(mautic, contact, form.get("tags"))
    refused = _write_refusals(mautic, call, contact, form.get("doNotContact"))
    fields = {name: [None, value] for name, value in values.items() if value is not None}
    details = _details(mautic, fields, added, [], refused)
    note_change(mautic, call.user, "lead", contact, "create", details)
    if identified:
        note_change(mautic, call.user, "lead", contact, "identified", {})
    return 201, _written_json(mautic, contact, added, created=True)


def change_by_id(mautic: Mautic, call: Call, contact: int, form: dict[str, Any]) -> Written:
    """PATCH changes what is sent; PUT also blanks the rest, and creates what does not exist.

    contact_patch_404, contact_put, contact_put_404.
    """
    row = mautic.store.row("SELECT * FROM contacts WHERE id = ?", contact)
    if row is None and call.blanks_what_is_absent:
        return create_or_merge(mautic, call, form)
    row = row_or_404(mautic, "contacts", contact, not_found())
    values = sent_values(mautic, form)
    other = _with_email(mautic, values.get("email"))
    if other is not None and other["id"] != contact:
        raise RefusedError(invalid({"email": "This field must be unique."}, 422))
    return 200, _change(mautic, call, row, form, values)


def _with_email(mautic: Mautic, email: str | None) -> Row | None:
    if email is None:
        return None
    return mautic.store.row("SELECT * FROM contacts WHERE email = ? ORDER BY id", email)


def _change(
    mautic: Mautic, call: Call, row: Row, form: dict[str, Any], values: dict[str, str | None]
) -> dict[str, Any]:
    """Empty values change nothing unless `overwriteWithBlank` (contact_patch_blank*)."""
    if call.blanks_what_is_absent:
        values = {field.alias: values.get(field.alias) for field in writable(mautic)}
    elif not truth(form.get("overwriteWithBlank")):
        values = {name: value for name, value in values.items() if value is not None}
    columns: dict[str, Any] = {n: value for n, value in values.items() if row[n] != value}
    fields = {name: [row[name], value] for name, value in columns.items()}
    if (active := _last_active(form)) is not None:
        columns["last_active"] = active
    identified = row["date_identified"] is None and any(values.get(n) for n in IDENTIFYING)
    if identified:
        columns["date_identified"] = call.now
        note_identified(mautic, call, row["id"], identified)
    before = [tag["id"] for tag in contacts_json(mautic, [row])[0]["tags"]]
    added, removed = _write_tags(mautic, row["id"], form.get("tags"))
    refused = _write_refusals(mautic, call, row["id"], form.get("doNotContact"))
    new = [tag for tag in added if tag not in before]
    changed = bool(columns or removed or new)
    mautic.store.update("contacts", row["id"], **columns, **on_change(mautic, call, changed))
    # What changes nothing leaves no row.
    if details := _details(mautic, fields, new, removed, refused):
        note_change(mautic, call.user, "lead", row["id"], "update", details)
    if identified:
        note_change(mautic, call.user, "lead", row["id"], "identified", {})
    return _written_json(mautic, row["id"], before + added)


def _details(
    mautic: Mautic,
    fields: dict[str, list[Any]],
    added: list[int],
    removed: list[int],
    refused: Reasons,
) -> dict[str, Any]:
    """What the audit log tells of a change."""

    def texts(ids: list[int]) -> list[str]:
        sql = "SELECT tag FROM tags WHERE id = ?"
        return [mautic.store.value(sql, number) for number in dict.fromkeys(ids)]

    tags = {"added": texts(added), "removed": texts(removed)}
    parts = {
        "tags": {name: each for name, each in tags.items() if each},
        "dnc_channel_status": refused,
        "fields": fields,
    }
    return {name: part for name, part in parts.items() if part}


def _written_json(
    mautic: Mautic, contact: int, tag_order: list[int], created: bool = False
) -> dict[str, Any]:
    """The contact with its tags in the order of the write: what was there, then what was added."""
    row = row_or_404(mautic, "contacts", contact, not_found())
    body = contacts_json(mautic, [row], just_created=created)[0]
    body["tags"].sort(key=lambda tag: tag_order.index(tag["id"]))
    return body


def _write_tags(mautic: Mautic, contact: int, tags: Any) -> tuple[list[int], list[int]]:
    """Add and remove tags; returns the ids (added, removed).

    `-x` removes; a text is split at commas, a text in a list is not (contact_patch_tags_string,
    contact_patch_tag_case); anything else in the list is a crash (contact_patch_tag_objects).
    """
    names = tags.split(",") if isinstance(tags, str) else tags or []
    if not all(isinstance(name, str) for name in names):
        raise RefusedError(crash())
    added: list[int] = []
    removed: list[int] = []
    for name in (name.strip() for name in names):
        if name.startswith("-"):
            removed += _untag(mautic, contact, name[1:])
        elif name:
            added.append(tag_id(mautic, name))
            mautic.store.run("INSERT OR IGNORE INTO contact_tags VALUES (?, ?)", contact, added[-1])
    return added, removed


def _untag(mautic: Mautic, contact: int, name: str) -> list[int]:
    rows = mautic.store.rows(
        "DELETE FROM contact_tags WHERE contact_id = ?"
        " AND tag_id IN (SELECT id FROM tags WHERE tag = ?) RETURNING tag_id",
        contact,
        name,
    )
    return [row["tag_id"] for row in rows]


def _write_refusals(mautic: Mautic, call: Call, contact: int, refusals: Any) -> Reasons:
    """`doNotContact` of a form (contact_new_with_dnc)."""
    changed: Reasons = {}
    for each in refusals if isinstance(refusals, list) else []:
        if isinstance(each, dict):
            channel, reason = str(each.get("channel") or "email"), int(each.get("reason") or MANUAL)
            comments = str(each.get("comments") or "")
            changed |= refuse(mautic, contact, channel, reason, comments, call.now)
    return changed


def _last_active(form: dict[str, Any]) -> str | None:
    value = form.get("lastActive")
    return value if isinstance(value, str) and len(value) == len("2018-01-02 00:00:00") else None

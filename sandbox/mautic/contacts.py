"""Writing contacts: create or merge by e-mail, change, tags, do-not-contact."""

from typing import Any

from sandbox.mautic.answers import RefusedError, crash, invalid, not_found
from sandbox.mautic.audit import on_change, on_creation
from sandbox.mautic.call import Call, Mautic, row_or_404, truth
from sandbox.mautic.contact_fields import WRITABLE, sent_values
from sandbox.mautic.contact_json import contacts_json
from sandbox.mautic.tags import tag_id
from sandbox.store import Row

Written = tuple[int, dict[str, Any]]
# Any of these makes a contact somebody (contact_new_with_id); without them it is anonymous.
IDENTIFYING = ("firstname", "lastname", "company", "email")
MANUAL_REASON = 3


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
    added, _ = _write_tags(mautic, contact, form.get("tags"))
    _write_refusals(mautic, call, contact, form.get("doNotContact"))
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
        values = {field.alias: values.get(field.alias) for field in WRITABLE}
    elif not truth(form.get("overwriteWithBlank")):
        values = {name: value for name, value in values.items() if value is not None}
    columns: dict[str, Any] = {n: value for n, value in values.items() if row[n] != value}
    if (active := _last_active(form)) is not None:
        columns["last_active"] = active
    if row["date_identified"] is None and any(values.get(name) for name in IDENTIFYING):
        columns["date_identified"] = call.now
    before = [tag["id"] for tag in contacts_json(mautic, [row])[0]["tags"]]
    added, removed = _write_tags(mautic, row["id"], form.get("tags"))
    _write_refusals(mautic, call, row["id"], form.get("doNotContact"))
    changed = bool(columns or removed or set(added) - set(before))
    mautic.store.update("contacts", row["id"], **columns, **on_change(mautic, call, changed))
    return _written_json(mautic, row["id"], before + added)


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


def _write_refusals(mautic: Mautic, call: Call, contact: int, refusals: Any) -> None:
    """`doNotContact` of a form (contact_new_with_dnc)."""
    for each in refusals if isinstance(refusals, list) else []:
        if isinstance(each, dict):
            refuse(mautic, call, contact, str(each.get("channel", "email")), each)


def refuse(mautic: Mautic, call: Call, contact: int, channel: str, details: dict[str, Any]) -> None:
    """Mark a contact as do-not-contact for a channel; an earlier mark is replaced."""
    unrefuse(mautic, contact, channel)
    mautic.store.insert(
        "do_not_contact",
        contact_id=contact,
        channel=channel,
        reason=int(details.get("reason") or MANUAL_REASON),
        comments=str(details.get("comments") or ""),
        date_added=call.now,
    )


def unrefuse(mautic: Mautic, contact: int, channel: str) -> bool:
    """Take a do-not-contact mark away; whether there was one."""
    return bool(
        mautic.store.run(
            "DELETE FROM do_not_contact WHERE contact_id = ? AND channel = ?", contact, channel
        )
    )


def _last_active(form: dict[str, Any]) -> str | None:
    value = form.get("lastActive")
    return value if isinstance(value, str) and len(value) == len("2018-01-02 00:00:00") else None

"""E-mails: making, finding and changing them. Nothing is sent."""

from typing import Any

from sandbox.mautic import listing
from sandbox.mautic.answers import (
    RefusedError,
    Reply,
    api_time,
    created,
    invalid,
    not_found,
    php_array,
)
from sandbox.mautic.audit import audit_json, on_change, on_creation
from sandbox.mautic.call import (
    Call,
    Mautic,
    Route,
    category_or_crash,
    date_or_refused,
    row_or_404,
    text_or_none,
    truth,
)
from sandbox.mautic.categories import category_inside
from sandbox.mautic.segments import segment_inside
from sandbox.store import Row

TEXTS = {
    "name": "name",
    "subject": "subject",
    "language": "language",
    "fromAddress": "from_address",
    "fromName": "from_name",
    "replyToAddress": "reply_to_address",
    "preheaderText": "preheader_text",
    "customHtml": "custom_html",
    "plainText": "plain_text",
    "emailType": "email_type",
}
COLUMNS = TEXTS | {
    "id": "id",
    "isPublished": "is_published",
    "category": "category_id",
    "dateAdded": "date_added",
    "dateModified": "date_modified",
}
REQUIRED = {"name": "A name is required.", "subject": "A subject is required."}
NO_SEGMENT = (
    "Either no list was selected or you do not have access to one of the lists that was selected."
)
# Parts that nobody can set here; they read as on an e-mail that does not use them.
UNUSED: dict[str, Any] = {
    "bccAddress": None,
    "useOwnerAsMailer": None,
    "utmTags": {"utmSource": None, "utmMedium": None, "utmCampaign": None, "utmContent": None},
    "template": None,
    "publicPreview": False,
    "readCount": 0,
    "sentCount": 0,
    "assetAttachments": [],
    "variantStartDate": None,
    "variantSentCount": 0,
    "variantReadCount": 0,
    "variantParent": None,
    "variantChildren": [],
    "translationParent": None,
    "translationChildren": [],
    "unsubscribeForm": None,
    "dynamicContent": [],
    "headers": [],
}


def email_json(mautic: Mautic, row: Row) -> dict[str, Any]:
    """An e-mail as the API shows it (email_new_template)."""
    lists = mautic.store.rows(
        "SELECT segments.* FROM segments JOIN email_segments ON segment_id = id"
        " WHERE email_id = ? ORDER BY id",
        row["id"],
    )
    body = audit_json(row) | {"id": row["id"]}
    body |= {name: row[column] for name, column in TEXTS.items()}
    body |= UNUSED | {
        "category": category_inside(mautic, row["category_id"]),
        "publishUp": api_time(row["publish_up"]),
        "publishDown": api_time(row["publish_down"]),
        "revision": row["revision"],
        "lists": [segment_inside(mautic, segment) for segment in lists],
    }
    return body | ({"projects": []} if mautic.version.has_projects else {})


def list_emails(mautic: Mautic, call: Call) -> Reply:
    """No list of e-mails was recorded; shaped as the lists of the other entities."""
    total, rows = listing.select(mautic, call, "emails", COLUMNS, ("name", "subject"))
    emails = php_array({row["id"]: email_json(mautic, row) for row in rows})
    return Reply(200, {"total": total, "emails": emails})


def get_email(mautic: Mautic, call: Call, email: int) -> Reply:
    """Not recorded; shaped as the other entities."""
    return Reply(
        200, {"email": email_json(mautic, row_or_404(mautic, "emails", email, not_found()))}
    )


def new_email(mautic: Mautic, call: Call) -> Reply:
    """email_new_template, email_new_min, email_new_segment"""
    form = {"language": "en", "emailType": "template", "isPublished": True} | call.form
    columns = _columns(mautic, form)
    missing = {name: text for name, text in REQUIRED.items() if not columns.get(name)}
    if missing:
        raise RefusedError(invalid(missing))
    # Also 5.2.0 dates the last change of a new e-mail, unlike that of anything else.
    audit = on_creation(mautic, call) | {"date_modified": call.now}
    email = mautic.store.insert("emails", **columns, **audit)
    if form["emailType"] == "list" or form.get("lists"):
        _set_segments(mautic, call, email, form.get("lists"))
    row = row_or_404(mautic, "emails", email, not_found())
    return created({"email": email_json(mautic, row)}, f"/api/emails/{email}")


def edit_email(mautic: Mautic, call: Call, email: int) -> Reply:
    """email_patch_prefcentre, mail_email_unpub: every edit counts the revision up"""
    row = row_or_404(mautic, "emails", email, not_found())
    columns = _columns(mautic, call.form)
    missing = {n: text for n, text in REQUIRED.items() if n in columns and not columns[n]}
    if missing:
        raise RefusedError(invalid(missing))
    columns["revision"] = row["revision"] + 1
    mautic.store.update("emails", email, **columns, **on_change(mautic, call, changed=True))
    if "lists" in call.form:
        _set_segments(mautic, call, email, call.form["lists"])
    return get_email(mautic, call, email)


def delete_email(mautic: Mautic, call: Call, email: int) -> Reply:
    """Not recorded; answers as segment_delete does."""
    body = email_json(mautic, row_or_404(mautic, "emails", email, not_found()))
    mautic.store.run("DELETE FROM emails WHERE id = ?", email)
    return Reply(200, {"email": body | {"id": None}})


def _columns(mautic: Mautic, form: dict[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        column: text_or_none(form[name]) for name, column in TEXTS.items() if name in form
    }
    if "isPublished" in form:
        columns["is_published"] = truth(form["isPublished"])
    if "category" in form:
        columns["category_id"] = category_or_crash(mautic, form["category"])
    for name, column in (("publishUp", "publish_up"), ("publishDown", "publish_down")):
        if name in form:
            columns[column] = date_or_refused(mautic, form, name)
    return columns


def _set_segments(mautic: Mautic, call: Call, email: int, lists: Any) -> None:
    """The segments of a segment e-mail. 5.2.0 refuses them to the user behind client credentials
    but not to a real user (email_new_segment, mail_rel_email)."""
    ids = [int(each) for each in lists if str(each).isdigit()] if isinstance(lists, list) else []
    may_choose = call.user.user_id is not None or mautic.version.client_may_mail_segments
    marks = ", ".join("?" * len(ids))
    known = mautic.store.rows(f"SELECT id FROM segments WHERE id IN ({marks})", *ids)
    if not may_choose or not ids or len(known) != len(set(ids)):
        raise RefusedError(invalid({"lists": NO_SEGMENT}))
    mautic.store.run("DELETE FROM email_segments WHERE email_id = ?", email)
    for segment in set(ids):
        mautic.store.insert("email_segments", email_id=email, segment_id=segment)


ROUTES = [
    Route("GET", "/api/emails", list_emails),
    Route("POST", "/api/emails/new", new_email),
    Route("GET", "/api/emails/{email}", get_email),
    Route("PATCH", "/api/emails/{email}/edit", edit_email),
    Route("DELETE", "/api/emails/{email}/delete", delete_email),
]

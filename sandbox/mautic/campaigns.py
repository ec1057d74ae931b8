"""Campaigns: their sources, their place on the canvas, their members by hand."""

import json
from typing import Any

from sandbox.mautic import listing
from sandbox.mautic.answers import (
    RefusedError,
    Reply,
    api_time,
    crash,
    created,
    error,
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
from sandbox.mautic.campaign_events import (
    checked_canvas,
    events_json,
    has_trigger_date,
    store_events,
)
from sandbox.mautic.categories import category_inside
from sandbox.mautic.segments import segment_inside
from sandbox.store import Row

COLUMNS = {
    "id": "id",
    "name": "name",
    "description": "description",
    "isPublished": "is_published",
    "category": "category_id",
    "publishUp": "publish_up",
    "publishDown": "publish_down",
    "dateAdded": "date_added",
    "dateModified": "date_modified",
}
NO_EVENT = "At least one event is required. Use the Launch Campaign Builder button to add one."
NO_SOURCE = (
    "At least one contact source is required. Use the Launch Campaign Builder button to add one."
)


def campaign_json(mautic: Mautic, row: Row, just_written: str | None = None) -> dict[str, Any]:
    """A campaign as the API shows it; `just_written` is the moment of the write it answers."""
    lists = mautic.store.rows(
        "SELECT segments.* FROM segments JOIN campaign_segments ON segment_id = id"
        " WHERE campaign_id = ? ORDER BY id",
        row["id"],
    )
    body = audit_json(row) | {
        "id": row["id"],
        "name": row["name"],
        "category": category_inside(mautic, row["category_id"]),
        "description": row["description"],
        "allowRestart": bool(row["allow_restart"]),
        "publishUp": api_time(row["publish_up"]),
        "publishDown": api_time(row["publish_down"]),
        "events": events_json(mautic, row["id"], just_written),
        "forms": [],
        "lists": [segment_inside(mautic, segment) for segment in lists],
        "canvasSettings": json.loads(row["canvas"]),
    }
    return body | ({"projects": []} if mautic.version.has_projects else {})


def list_campaigns(mautic: Mautic, call: Call) -> Reply:
    """campaigns_list, campaigns_where_category"""
    total, rows = listing.select(mautic, call, "campaigns", COLUMNS, ("name", "description"))
    campaigns = php_array({row["id"]: campaign_json(mautic, row) for row in rows})
    return Reply(200, {"total": total, "campaigns": campaigns})


def get_campaign(mautic: Mautic, call: Call, campaign: int) -> Reply:
    """campaign_get"""
    row = row_or_404(mautic, "campaigns", campaign, not_found())
    return Reply(200, {"campaign": campaign_json(mautic, row)})


def new_campaign(mautic: Mautic, call: Call) -> Reply:
    """campaign_new and its variants; names need not be unique (campaign_new_dup_name)."""
    # Also 5.2.0 names the editor of a new campaign, unlike that of anything else.
    audit = on_change(mautic, call, changed=False) | on_creation(mautic, call)
    columns = {"allow_restart": 0, "is_published": 1} | _columns(mautic, call.form, whole=True)
    campaign = mautic.store.insert("campaigns", canvas="{}", **columns, **audit)
    return _write_builder(mautic, call, campaign, 201)


def edit_campaign(mautic: Mautic, call: Call, campaign: int) -> Reply:
    """campaign_patch_name, campaign_patch_publishup; campaign_put_404ids replaces the events."""
    row = mautic.store.row("SELECT * FROM campaigns WHERE id = ?", campaign)
    if row is None and call.blanks_what_is_absent:
        return new_campaign(mautic, call)
    row = row_or_404(mautic, "campaigns", campaign, not_found())
    columns = _columns(mautic, call.form, whole=call.blanks_what_is_absent)
    changed = any(row[column] != value for column, value in columns.items())
    mautic.store.update("campaigns", campaign, **columns, **on_change(mautic, call, changed))
    if call.blanks_what_is_absent or "events" in call.form:
        return _write_builder(mautic, call, campaign, 200)
    if "lists" in call.form:
        _set_sources(mautic, campaign, call.form["lists"])
    return get_campaign(mautic, call, campaign)


def delete_campaign(mautic: Mautic, call: Call, campaign: int) -> Reply:
    """Not recorded; answers as segment_delete does."""
    body = campaign_json(mautic, row_or_404(mautic, "campaigns", campaign, not_found()))
    mautic.store.run("DELETE FROM campaigns WHERE id = ?", campaign)
    return Reply(200, {"campaign": body | {"id": None}})


def add_contact(mautic: Mautic, call: Call, campaign: int, contact: int) -> Reply:
    """campaign_add_contact, campaign_add_contact_again, campaign_readd_contact"""
    return _say_member(mautic, call, campaign, contact, removed=0)


def remove_contact(mautic: Mautic, call: Call, campaign: int, contact: int) -> Reply:
    """campaign_remove_contact"""
    return _say_member(mautic, call, campaign, contact, removed=1)


def _say_member(mautic: Mautic, call: Call, campaign: int, contact: int, removed: int) -> Reply:
    row_or_404(mautic, "campaigns", campaign, not_found())
    row_or_404(mautic, "contacts", contact, not_found("Contact not found."))
    mautic.store.run(
        "INSERT INTO campaign_members VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET manually_removed = excluded.manually_removed",
        campaign,
        contact,
        removed,
        call.now,
    )
    return Reply(200, {"success": 1})


def _columns(mautic: Mautic, form: dict[str, Any], whole: bool) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "name" in form or whole:
        columns["name"] = text_or_none(form.get("name"))
        if columns["name"] is None:
            raise RefusedError(invalid({"name": "A name is required."}))
    if "description" in form or whole:
        columns["description"] = text_or_none(form.get("description"))
    if "category" in form or whole:
        columns["category_id"] = category_or_crash(mautic, form.get("category"))
    for name, column in (("isPublished", "is_published"), ("allowRestart", "allow_restart")):
        if name in form:
            columns[column] = truth(form[name])
    for name, column in (("publishUp", "publish_up"), ("publishDown", "publish_down")):
        if name in form or whole:
            columns[column] = date_or_refused(mautic, form, name)
    return columns


def _write_builder(mautic: Mautic, call: Call, campaign: int, status: int) -> Reply:
    """Store what the campaign builder stores: events, sources and canvas, and answer.

    5.2.0 answers 500 for an event with a `triggerDate` although all is saved; the recording
    campaign_tz of 5.2.0 had to do without such events.
    """
    events = call.form.get("events")
    if not events:
        raise RefusedError(error(400, NO_EVENT))
    if not call.form.get("lists") and not call.form.get("forms"):
        raise RefusedError(error(400, NO_SOURCE))
    _set_sources(mautic, campaign, call.form.get("lists"))
    canvas = checked_canvas(call.form.get("canvasSettings"))
    stored = store_events(mautic, campaign, events, canvas)
    mautic.store.update("campaigns", campaign, canvas=json.dumps(stored))
    if mautic.version.trigger_date_breaks_answer and has_trigger_date(events):
        return crash()
    row = row_or_404(mautic, "campaigns", campaign, not_found())
    body = {"campaign": campaign_json(mautic, row, just_written=call.now)}
    return Reply(200, body) if status == 200 else created(body, f"/api/campaigns/{campaign}")


def _set_sources(mautic: Mautic, campaign: int, lists: Any) -> None:
    """Sources are objects with an id: bare ids count for nothing (campaign_new_lists_ints), an id
    that does not exist is a crash (campaign_new_bad_list)."""
    ids = {int(each["id"]) for each in lists or [] if isinstance(each, dict)}
    mautic.store.run("DELETE FROM campaign_segments WHERE campaign_id = ?", campaign)
    for segment in ids:
        row_or_404(mautic, "segments", segment, crash())
        mautic.store.insert("campaign_segments", campaign_id=campaign, segment_id=segment)


ROUTES = [
    Route("GET", "/api/campaigns", list_campaigns),
    Route("POST", "/api/campaigns/new", new_campaign),
    Route("GET", "/api/campaigns/{campaign}", get_campaign),
    Route("PATCH", "/api/campaigns/{campaign}/edit", edit_campaign),
    Route("PUT", "/api/campaigns/{campaign}/edit", edit_campaign),
    Route("DELETE", "/api/campaigns/{campaign}/delete", delete_campaign),
    Route("POST", "/api/campaigns/{campaign}/contact/{contact}/add", add_contact),
    Route("POST", "/api/campaigns/{campaign}/contact/{contact}/remove", remove_contact),
]

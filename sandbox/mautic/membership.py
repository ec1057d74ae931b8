"""Who is in a segment: its filter over the contacts, plus those added, minus those removed by hand.

Mautic fills segments from time to time with `mautic:segments:update`; here that has always just
been done when somebody looks. A removal by hand holds against the filter, an addition by hand
stays (segment_remove_from_filter).
"""

import json
from typing import Any

from sandbox.mautic.answers import RefusedError, invalid, now
from sandbox.mautic.call import Mautic, User
from sandbox.mautic.logs import SYSTEM, note_segment
from sandbox.store import Row

Condition = tuple[str, list[Any]]


def checked_filters(mautic: Mautic, filters: Any) -> list[dict[str, Any]]:
    """Segment filters as they read back: tag ids become text (segment_new_tagfilter).

    Only filters on tags are stood in for; any other field is refused as the unknown field of
    segment_new_badfilter is. A filter without an existing tag id is refused
    (segment_new_tagfilter_name).
    """
    if not isinstance(filters, list):
        return []
    return [_checked(mautic, each if isinstance(each, dict) else {}) for each in filters]


def _checked(mautic: Mautic, wanted: dict[str, Any]) -> dict[str, Any]:
    if wanted.get("field") != "tags" or wanted.get("operator") not in ("in", "!in"):
        texts = {
            "properties": "This form should not contain extra fields.",
            "operator": mautic.version.text_bad_choice,
        }
        raise RefusedError(invalid(texts))
    properties = wanted.get("properties")
    # The filter beside, not inside, `properties` is the older form (segment_new_tagfilter_legacy).
    given = properties.get("filter") if isinstance(properties, dict) else wanted.get("filter")
    listed = given if isinstance(given, list) else [given]
    ids = [str(each) for each in listed if _is_tag(mautic, each)]
    if not ids:
        raise RefusedError(invalid({"filter": "A value is required."}))
    return {
        "glue": wanted.get("glue", "and"),
        "field": "tags",
        "object": "lead",
        "type": "tags",
        "operator": wanted["operator"],
        "properties": {"filter": ids},
    }


def _is_tag(mautic: Mautic, value: Any) -> bool:
    if not str(value).isdigit():
        return False
    return mautic.store.row("SELECT 1 FROM tags WHERE id = ?", int(value)) is not None


def member_ids(mautic: Mautic, segment: int) -> list[int]:
    """The ids of the contacts in a segment, in order."""
    sql, values = members(mautic, segment)
    return [row[0] for row in mautic.store.rows(f"{sql} ORDER BY 1", *values)]


def members(mautic: Mautic, segment: int) -> Condition:
    """SQL that selects the ids of the contacts in a segment."""
    fill(mautic)
    sql = "SELECT lead_id FROM lead_lists_leads WHERE leadlist_id = ? AND NOT manually_removed"
    return sql, [segment]


def fill(mautic: Mautic) -> None:
    """Bring published segments up to their filters, for the contacts that changed since."""
    store = mautic.store
    if store.row("SELECT 1 FROM stale_contacts") is None:
        return
    with store.transaction():
        for segment in store.rows("SELECT * FROM segments WHERE is_published ORDER BY id"):
            _fill_one(mautic, segment)
        store.run("DELETE FROM stale_contacts")


def _fill_one(mautic: Mautic, segment: Row) -> None:
    number = segment["id"]
    by_filter, values = _by_filter(json.loads(segment["filters"]))
    stale = "SELECT contact_id FROM stale_contacts"
    lost = mautic.store.rows(
        "DELETE FROM lead_lists_leads WHERE leadlist_id = ? AND NOT manually_added"
        f" AND NOT manually_removed AND lead_id IN ({stale})"
        f" AND lead_id NOT IN (SELECT id FROM contacts WHERE id IN ({stale}) AND {by_filter})"
        " RETURNING lead_id",
        number,
        *values,
    )
    found = mautic.store.rows(
        "INSERT INTO lead_lists_leads SELECT ?, id, ?, 0, 0 FROM contacts"
        f" WHERE id IN ({stale}) AND {by_filter}"
        " AND id NOT IN (SELECT lead_id FROM lead_lists_leads WHERE leadlist_id = ?)"
        " RETURNING lead_id",
        number,
        now(),
        *values,
        number,
    )
    for rows, added in ((lost, False), (found, True)):
        for contact in sorted(row["lead_id"] for row in rows):
            note_segment(mautic, SYSTEM, number, contact, added)


def _by_filter(filters: list[dict[str, Any]]) -> Condition:
    """Filters joined by `and` belong together; each `or` begins another alternative."""
    if not filters:
        return "0", []
    sql, values = "", []
    for number, each in enumerate(filters):
        ids = [int(tag) for tag in each["properties"]["filter"]]
        negation = "NOT " if each["operator"] == "!in" else ""
        if number:
            sql += ") OR (" if each["glue"] == "or" else " AND "
        marks = ", ".join("?" * len(ids))
        sql += f"id {negation}IN (SELECT contact_id FROM contact_tags WHERE tag_id IN ({marks}))"
        values += ids
    return f"(({sql}))", values


def put_in(mautic: Mautic, user: User, segment: int, contact: int) -> None:
    """Add a contact by hand; repeating it changes nothing."""
    fill(mautic)
    put = mautic.store.run(
        "INSERT INTO lead_lists_leads VALUES (?, ?, ?, 0, 1) ON CONFLICT DO UPDATE"
        " SET manually_removed = 0, manually_added = 1 WHERE manually_removed",
        segment,
        contact,
        now(),
    )
    if put:
        note_segment(mautic, user, segment, contact, added=True)


def take_out(mautic: Mautic, user: User, segment: int, contact: int) -> None:
    """Remove a contact by hand; one who was there by the filter stays out for good."""
    fill(mautic)
    chosen = "leadlist_id = ? AND lead_id = ? AND NOT manually_removed"
    taken = mautic.store.run(
        f"DELETE FROM lead_lists_leads WHERE {chosen} AND manually_added", segment, contact
    ) or mautic.store.run(
        f"UPDATE lead_lists_leads SET manually_removed = 1 WHERE {chosen}", segment, contact
    )
    if taken:
        note_segment(mautic, user, segment, contact, added=False)

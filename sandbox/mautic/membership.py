"""Who is in a segment: its filter over the contacts, plus those added, minus those removed by hand.

Mautic fills segments from time to time with `mautic:segments:update`; here they are always filled.
A removal by hand holds against the filter, an addition by hand stays (segment_remove_from_filter).
"""

import json
from typing import Any

from sandbox.mautic.answers import RefusedError, invalid
from sandbox.mautic.call import Call, Mautic
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


def member_ids(mautic: Mautic, segment: Row) -> list[int]:
    """The ids of the contacts in a segment, in order."""
    sql, values = members(segment)
    return [row[0] for row in mautic.store.rows(f"{sql} ORDER BY 1", *values)]


def members(segment: Row) -> Condition:
    """SQL that selects the ids of the contacts in a segment."""
    by_filter, values = _by_filter(json.loads(segment["filters"]))
    by_hand = "SELECT contact_id FROM segment_members WHERE segment_id = ? AND manually_removed = "
    return (
        f"SELECT id FROM contacts WHERE ({by_filter}) AND id NOT IN ({by_hand} 1)"
        f" UNION {by_hand} 0",
        [*values, segment["id"], segment["id"]],
    )


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
    return f"({sql})", values


def put_in(mautic: Mautic, call: Call, segment: int, contact: int) -> None:
    """Add a contact by hand; repeating it changes nothing."""
    _say(mautic, call, segment, contact, removed=0)


def take_out(mautic: Mautic, call: Call, segment: int, contact: int) -> None:
    """Remove a contact by hand, for good."""
    _say(mautic, call, segment, contact, removed=1)


def _say(mautic: Mautic, call: Call, segment: int, contact: int, removed: int) -> None:
    mautic.store.run(
        "INSERT INTO segment_members VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET manually_removed = excluded.manually_removed",
        segment,
        contact,
        removed,
        call.now,
    )

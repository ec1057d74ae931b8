"""Segments: each is a view over one membership tag, which is also its alias."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured, RefusedThingError, create_once

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as it is. `tag_ids` are those of its filter; None if that is not one tag filter."""

    id: int
    name: str
    alias: str
    published: bool
    tag_ids: frozenset[int] | None


def list_segments(client: MauticClient) -> list[Segment]:
    """All segments, unpublished ones too."""
    rows = client.rows("/api/segments", "lists", tried="read all segments", page=_PAGE)
    return [_segment(row) for row in rows]


def find_segments(client: MauticClient, alias: str) -> list[Segment]:
    """The segments of exactly this alias; more than one if an unpublished twin exists."""
    params = {"where[0][col]": "alias", "where[0][expr]": "eq", "where[0][val]": alias}
    tried = f"look for segment {alias}"
    rows = client.rows("/api/segments", "lists", tried=tried, page=_PAGE, params=params)
    return [segment for segment in map(_segment, rows) if segment.alias == alias]


def ensure_segment(client: MauticClient, name: str, alias: str, tag_id: int) -> Ensured:
    """Sees to it that the segment exists: published, with its membership tag as only filter.

    Found by alias, so a segment that staff renamed is the same one (rule 7). What is there but
    not as it must be is refused with a reason, never changed: it may be wanted so.
    """
    try:
        segment, made = create_once(
            client,
            lambda: the_segment(find_segments(client, alias), alias, tag_id),
            lambda: _create(client, name, alias, tag_id),
        )
    except RefusedThingError as refused:
        return Ensured("segment", alias, "refused", reason=str(refused))
    return Ensured("segment", alias, "created" if made else "unchanged", segment.id)


def the_segment(found: list[Segment], alias: str, tag_id: int | None) -> Segment | None:
    """The one segment of an alias, or None; `RefusedThingError` when it is not as it must be."""
    if not found:
        return None
    if len(found) > 1:
        ids = ", ".join(str(segment.id) for segment in found)
        raise RefusedThingError(
            f"{len(found)} segments have this alias (ids {ids}); delete all but one"
        )
    segment = found[0]
    if not segment.published:
        raise RefusedThingError(
            f"segment {segment.id} is unpublished; publish it, or give it another alias"
        )
    if tag_id is None or segment.tag_ids != frozenset({tag_id}):
        raise RefusedThingError(
            f"segment {segment.id} has another filter; it must be: Tags including {alias}, "
            "nothing else. Put it right, or give it another alias"
        )
    return segment


def _create(client: MauticClient, name: str, alias: str, tag_id: int) -> Segment:
    """Recording segment_new_tagfilter; `RefusedThingError` when Mautic gave it another alias."""
    tag_filter = {
        "glue": "and",
        "field": "tags",
        "object": "lead",
        "type": "tags",
        "operator": "in",
        "properties": {"filter": [tag_id]},
    }
    body = {
        "name": name,
        "alias": alias,
        "publicName": name,
        "isPublished": True,
        "isGlobal": True,
        "filters": [tag_filter],
    }
    tried = f"create segment {alias}"
    segment = _segment(client.create("/api/segments/new", body, "list", tried=tried))
    if segment.alias != alias:
        # Another segment has this alias, unpublished or made this moment. Ours has no members yet.
        path = f"/api/segments/{segment.id}/delete"
        client.delete(path, tried=f"delete segment {segment.id}, made with a wrong alias")
        raise RefusedThingError(
            f"Mautic gave it the alias {segment.alias!r}, so another segment has {alias!r}; "
            "publish that one, or give it another alias"
        )
    return segment


def _segment(row: dict[str, Any]) -> Segment:
    return Segment(
        id=int(row["id"]),
        name=str(row["name"]),
        alias=str(row["alias"]),
        published=bool(row["isPublished"]),
        tag_ids=_tag_ids(row.get("filters")),
    )


def _tag_ids(filters: Any) -> frozenset[int] | None:
    """The ids of a filter that is just "tags in …"; they are read back as strings."""
    match filters:
        case [{"field": "tags", "operator": "in", "properties": {"filter": [*ids]}}]:
            return frozenset(int(one) for one in ids)
    return None

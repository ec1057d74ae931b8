"""Segments that learners tick on Mautic's preference page: static, and named for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured, RefusedThingError, create_once
from mautic_hook.stats import memberships, segment_changes_of
from transport.errors import DoubtfulWriteError

_PAGE = 1000
#: Mautic answers 500 to a longer name (recording segment_new_long).
_LONGEST_NAME = 191


@dataclass(frozen=True, slots=True)
class Preference:
    """A segment as far as the preference page is concerned.

    `shown` is true when the page offers it and shows its members as ticked; `static` when nobody
    gets in or out by a filter.
    """

    id: int
    name: str
    alias: str
    public_name: str
    published: bool
    shown: bool
    static: bool


@dataclass(frozen=True, slots=True)
class WantedPreference:
    """A segment to see to. `public_name` is what learners read; no two may have the same."""

    name: str
    alias: str
    public_name: str


def list_preferences(client: MauticClient) -> list[Preference]:
    """All segments, also those that the page does not show."""
    rows = client.rows("/api/segments", "lists", tried="read all segments", page=_PAGE)
    return [_preference(row) for row in rows]


def ensure_preferences(
    client: MauticClient,
    wanted: Iterable[WantedPreference],
    known: Sequence[Preference] | None = None,
) -> list[Ensured]:
    """Sees to it that these segments are there and bear their public names.

    Found by alias. Only the public name is ever changed: a segment that staff unpublished, filter
    or took off the page is refused with a reason. `known` is what `list_preferences` gave a moment
    ago, to save reading it again.
    """
    wanted = list(wanted)
    there = list_preferences(client) if known is None else known
    return [_ensure(client, one, there, taken_names(wanted, there)) for one in wanted]


def read_ticks(
    client: MauticClient, segment_id: int, contact_ids: Iterable[int]
) -> dict[int, bool]:
    """Who of these contacts is in the segment (True), and who was taken out of it (False).

    Who never was in it is missing. Mautic keeps no membership of those who were put in by hand and
    taken out (after its source), so that is read in the event log, as far as it goes back.
    """
    ids = set(contact_ids)
    members = {one.contact_id for one in memberships(client, ids) if one.segment_id == segment_id}
    ticks = {one.contact_id: False for one in segment_changes_of(client, segment_id, ids - members)}
    return ticks | dict.fromkeys(members, True)


def the_preference(found: Iterable[Preference], alias: str) -> Preference | None:
    """The one segment of an alias, or None; `RefusedThingError` when it is not as it must be."""
    segments = [segment for segment in found if segment.alias == alias]
    if not segments:
        return None
    if len(segments) > 1:
        ids = ", ".join(str(segment.id) for segment in segments)
        raise RefusedThingError(
            f"{len(segments)} segments have this alias (ids {ids}); delete all but one"
        )
    segment = segments[0]
    if not segment.published:
        raise RefusedThingError(
            f"segment {segment.id} is unpublished; publish it, or give it another alias"
        )
    if not segment.static:
        raise RefusedThingError(f"segment {segment.id} has a filter; take it away")
    if not segment.shown:
        raise RefusedThingError(
            f"segment {segment.id} is not shown to learners; switch on both "
            "“Available in Preference Center” and “Public segment”"
        )
    return segment


def taken_names(wanted: Iterable[WantedPreference], there: Iterable[Preference]) -> set[str]:
    """The public names that two segments would have.

    Of segments with one public name the page offers only one, and takes learners out of the other
    when they save (after Mautic's source).
    """
    names = {one.alias: one.public_name for one in wanted}
    others = (s.public_name for s in there if s.shown and s.published and s.alias not in names)
    counted = Counter([*names.values(), *others])
    return {name for name, count in counted.items() if count > 1}


def _ensure(
    client: MauticClient, wanted: WantedPreference, there: Sequence[Preference], taken: set[str]
) -> Ensured:
    alias, name = wanted.alias, wanted.public_name
    try:
        if name in taken:
            raise RefusedThingError(f"another segment is also called {name!r} on the page")
        if len(name) > _LONGEST_NAME:
            raise RefusedThingError(f"its public name is longer than {_LONGEST_NAME} letters")
        segment = the_preference(there, alias)
        if segment is not None and segment.public_name == name:
            return Ensured("segment", alias, "unchanged", segment.id)
        if segment is not None:
            _rename(client, segment, name)
            return Ensured("segment", alias, "renamed", segment.id)
        made, _ = create_once(
            client,
            lambda: the_preference(_find(client, alias), alias),
            lambda: _create(client, wanted),
        )
    except RefusedThingError as refused:
        return Ensured("segment", alias, "refused", reason=str(refused))
    return Ensured("segment", alias, "created", made.id)


def _find(client: MauticClient, alias: str) -> list[Preference]:
    """Recording segments_where_alias."""
    params = {"where[0][col]": "alias", "where[0][expr]": "eq", "where[0][val]": alias}
    tried = f"look for segment {alias}"
    rows = client.rows("/api/segments", "lists", tried=tried, page=_PAGE, params=params)
    return [_preference(row) for row in rows]


def _create(client: MauticClient, wanted: WantedPreference) -> Preference:
    """Recording segment_new; `RefusedThingError` when Mautic gave it another alias."""
    body = {
        "name": wanted.name,
        "alias": wanted.alias,
        "publicName": wanted.public_name,
        "isPublished": True,
        "isGlobal": True,
        "isPreferenceCenter": True,
    }
    tried = f"create segment {wanted.alias}"
    made = _preference(client.create("/api/segments/new", body, "list", tried=tried))
    if made.alias != wanted.alias:
        # Another segment has this alias, unpublished or made this moment. Ours has no members yet.
        path = f"/api/segments/{made.id}/delete"
        client.delete(path, tried=f"delete segment {made.id}, made with a wrong alias")
        raise RefusedThingError(
            f"Mautic gave it the alias {made.alias!r}, so another segment has {wanted.alias!r}; "
            "publish that one, or give it another alias"
        )
    return made


def _rename(client: MauticClient, segment: Preference, public_name: str) -> None:
    """Recording segment_patch_back; repeating it is harmless."""
    path = f"/api/segments/{segment.id}/edit"
    tried = f"rename segment {segment.alias} for learners"

    def patch(doubts: int) -> str:
        answer = client.patch(path, {"publicName": public_name}, tried=tried)
        edited = answer.json.get("list") if isinstance(answer.json, dict) else None
        if not isinstance(edited, dict):
            said = "the answer does not hold what was changed"
            raise DoubtfulWriteError(tried, f"PATCH {path}", said, status=answer.status)
        return str(edited.get("publicName"))

    became = client.transport.settled(patch)
    if became != public_name:
        raise RefusedThingError(f"Mautic keeps its public name as {became!r}")


def _preference(row: dict[str, Any]) -> Preference:
    return Preference(
        id=int(row["id"]),
        name=str(row["name"]),
        alias=str(row["alias"]),
        public_name=str(row["publicName"]),
        published=bool(row["isPublished"]),
        shown=bool(row["isPreferenceCenter"]) and bool(row["isGlobal"]),
        static=not row.get("filters"),
    )

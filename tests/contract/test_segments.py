"""Segments: one an alias, seen over one membership tag, never changed once they are there."""

from __future__ import annotations

import pytest

from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured
from mautic_hook.segments import Segment, ensure_segment, find_segments, list_segments
from mautic_hook.tags import ensure_tags
from tests.contract.place import Place
from transport.errors import RefusedError


@pytest.fixture
def alias(label: str) -> str:
    return f"ipm101-is-course-oeru-{label}-wp"


@pytest.fixture
def tag_id(client: MauticClient, alias: str) -> int:
    return tag_of(client, alias)


def tag_of(client: MauticClient, name: str) -> int:
    (tag,) = ensure_tags(client, [name])
    assert tag.id is not None
    return tag.id


def made_id(made: Ensured) -> int:
    assert made.outcome == "created", made.reason
    assert made.id is not None
    return made.id


def test_a_new_segment_is_published_and_seen_over_its_tag(
    client: MauticClient, alias: str, tag_id: int
) -> None:
    number = made_id(ensure_segment(client, "IPM101 course", alias, tag_id))
    expected = Segment(number, "IPM101 course", alias, True, frozenset({tag_id}))
    assert find_segments(client, alias) == [expected]
    assert expected in list_segments(client)


def test_a_segment_is_made_once(client: MauticClient, alias: str, tag_id: int) -> None:
    number = made_id(ensure_segment(client, "IPM101 course", alias, tag_id))
    again = ensure_segment(client, "IPM101 course", alias, tag_id)
    assert (again.outcome, again.id) == ("unchanged", number)
    assert len(find_segments(client, alias)) == 1


def test_a_segment_that_staff_renamed_is_still_the_same(
    place: Place, alias: str, tag_id: int
) -> None:
    number = made_id(ensure_segment(place.client, "IPM101 course", alias, tag_id))
    place.edit("segments", number, name="Spring people")
    again = ensure_segment(place.client, "IPM101 course", alias, tag_id)
    assert (again.outcome, again.id) == ("unchanged", number)
    assert find_segments(place.client, alias)[0].name == "Spring people"


def test_an_alias_is_not_found_by_its_beginning(
    client: MauticClient, alias: str, tag_id: int
) -> None:
    made_id(ensure_segment(client, "IPM101 course", alias, tag_id))
    assert find_segments(client, alias.removesuffix("-wp")) == []


def test_an_unpublished_segment_of_the_alias_is_refused_and_no_twin_is_made(
    place: Place, alias: str, tag_id: int
) -> None:
    number = made_id(ensure_segment(place.client, "IPM101 course", alias, tag_id))
    place.edit("segments", number, isPublished=False)
    again = ensure_segment(place.client, "IPM101 course", alias, tag_id)
    assert (again.outcome, again.id) == ("refused", None)
    assert f"segment {number} is unpublished" in again.reason
    assert [found.id for found in find_segments(place.client, alias)] == [number]


def test_a_segment_with_another_tag_in_its_filter_is_refused(
    client: MauticClient, alias: str, tag_id: int
) -> None:
    made_id(ensure_segment(client, "IPM101 course", alias, tag_id))
    other = tag_of(client, f"other-{alias}")
    again = ensure_segment(client, "IPM101 course", alias, other)
    assert again.outcome == "refused"
    assert "another filter" in again.reason


def test_a_segment_with_no_filter_is_refused(place: Place, alias: str, tag_id: int) -> None:
    place.make("segments", name="By hand", alias=alias)
    refused = ensure_segment(place.client, "IPM101 course", alias, tag_id)
    assert refused.outcome == "refused"
    assert find_segments(place.client, alias)[0].tag_ids is None


def test_a_segment_with_one_more_filter_is_refused(place: Place, alias: str, tag_id: int) -> None:
    filters = [
        {
            "glue": "and",
            "field": "tags",
            "object": "lead",
            "type": "tags",
            "operator": "in",
            "properties": {"filter": [number]},
        }
        for number in (tag_id, tag_of(place.client, f"other-{alias}"))
    ]
    place.make("segments", name="Narrowed", alias=alias, filters=filters)
    assert ensure_segment(place.client, "IPM101 course", alias, tag_id).outcome == "refused"


def test_a_segment_that_appears_while_ours_is_made_is_refused_and_ours_is_not_left(
    place: Place, alias: str, tag_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mautic gives the second one the alias with a `1`, or twice the same alias on 5.2."""
    hidden = place.make("segments", name="Hidden", alias=alias, isPublished=False)
    before = {segment.id for segment in list_segments(place.client)}
    monkeypatch.setattr("mautic_hook.segments.find_segments", lambda *_: [])
    made = ensure_segment(place.client, "IPM101 course", alias, tag_id)
    monkeypatch.undo()
    after = {segment.id for segment in list_segments(place.client)}
    if place.client.version.startswith("5."):
        # 5.2 stores the alias twice; the next look finds both and says so.
        assert made.outcome == "created"
        again = ensure_segment(place.client, "IPM101 course", alias, tag_id)
        assert again.outcome == "refused"
        assert str(hidden["id"]) in again.reason
    else:
        assert made.outcome == "refused"
        assert f"{alias}1" in made.reason
        assert after == before


def test_an_alias_taken_by_a_published_segment_is_refused_by_mautic(
    place: Place, alias: str, tag_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_id(ensure_segment(place.client, "IPM101 course", alias, tag_id))
    monkeypatch.setattr("mautic_hook.segments.find_segments", lambda *_: [])
    with pytest.raises(RefusedError, match="fields: alias"):
        ensure_segment(place.client, "IPM101 course", alias, tag_id)

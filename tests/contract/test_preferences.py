"""Segments for the preference page: made once, renamed for learners, never changed otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from mautic_hook.client import MauticClient
from mautic_hook.contacts import create_contacts
from mautic_hook.ensuring import Ensured
from mautic_hook.members import add_members, remove_member
from mautic_hook.preferences import (
    Preference,
    WantedPreference,
    ensure_preferences,
    list_preferences,
    read_ticks,
)
from mautic_hook.tags import ensure_tags
from tests.contract.place import Place
from transport.errors import NotFoundError, RightsError


@pytest.fixture
def wanted(label: str) -> WantedPreference:
    return WantedPreference(
        f"LiDA101 with a cohort {label}",
        f"lida101-oeru-preference-{label}",
        f"Study LiDA101 with a cohort, next start 5 December 2018 {label}",
    )


def ensure(client: MauticClient, *wanted: WantedPreference) -> list[Ensured]:
    return ensure_preferences(client, wanted)


def made(client: MauticClient, wanted: WantedPreference) -> int:
    (result,) = ensure(client, wanted)
    assert result.outcome == "created", result.reason
    assert result.id is not None
    return result.id


def listed(client: MauticClient, number: int) -> Preference:
    (found,) = (one for one in list_preferences(client) if one.id == number)
    return found


def contacts(place: Place, *names: str) -> list[int]:
    answers = create_contacts(place.client, [{"email": place.email(name)} for name in names])
    return [int((answer.thing or {})["id"]) for answer in answers]


def test_a_new_one_is_published_static_and_shown_to_learners(
    client: MauticClient, wanted: WantedPreference
) -> None:
    number = made(client, wanted)
    assert listed(client, number) == Preference(
        number,
        wanted.name,
        wanted.alias,
        wanted.public_name,
        published=True,
        shown=True,
        static=True,
    )


def test_it_is_made_once(client: MauticClient, wanted: WantedPreference) -> None:
    number = made(client, wanted)
    assert ensure(client, wanted) == [Ensured("segment", wanted.alias, "unchanged", number)]


def test_many_are_seen_to_in_the_order_asked(client: MauticClient, label: str) -> None:
    several = [WantedPreference(f"{n}-{label}", f"{n}-{label}", f"{n} {label}") for n in "cab"]
    made(client, several[1])
    outcomes = [(one.name, one.outcome) for one in ensure(client, *several)]
    assert outcomes == [
        (several[0].alias, "created"),
        (several[1].alias, "unchanged"),
        (several[2].alias, "created"),
    ]


def test_what_learners_read_follows_and_all_else_stays(
    place: Place, wanted: WantedPreference
) -> None:
    number = made(place.client, wanted)
    place.edit("segments", number, name=f"Staff call it so {place.label}")
    before = listed(place.client, number)
    newer = WantedPreference(wanted.name, wanted.alias, f"Next start 6 March 2019 {place.label}")
    (result,) = ensure(place.client, newer)
    assert (result.outcome, result.id) == ("renamed", number)
    after = listed(place.client, number)
    assert after.public_name == newer.public_name
    assert (after.name, after.published, after.shown) == (before.name, True, True)
    assert [one.outcome for one in ensure(place.client, newer)] == ["unchanged"]


def test_a_list_read_a_moment_ago_saves_reading_it_again(
    client: MauticClient, wanted: WantedPreference
) -> None:
    known = [
        Preference(
            7, "n", wanted.alias, wanted.public_name, published=True, shown=True, static=True
        )
    ]
    (result,) = ensure_preferences(client, [wanted], known)
    assert (result.outcome, result.id) == ("unchanged", 7)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"isPublished": False}, "is unpublished; publish it"),
        ({"isPreferenceCenter": False}, "is not shown to learners"),
        ({"isGlobal": False}, "is not shown to learners"),
    ],
)
def test_one_that_staff_changed_is_refused_and_left_alone(
    place: Place, wanted: WantedPreference, edit: dict[str, Any], said: str
) -> None:
    number = made(place.client, wanted)
    place.edit("segments", number, **edit)
    before = listed(place.client, number)
    newer = WantedPreference(wanted.name, wanted.alias, f"Something else {place.label}")
    (result,) = ensure(place.client, newer)
    assert (result.outcome, result.id) == ("refused", None)
    assert f"segment {number} {said}" in result.reason
    assert listed(place.client, number) == before


def test_one_with_a_filter_is_refused(place: Place, wanted: WantedPreference) -> None:
    (tag,) = ensure_tags(place.client, [f"filter-{place.label}"])
    tagged = {"glue": "and", "field": "tags", "object": "lead", "type": "tags", "operator": "in"}
    place.make(
        "segments",
        name=wanted.name,
        alias=wanted.alias,
        publicName=wanted.public_name,
        isPreferenceCenter=True,
        filters=[tagged | {"properties": {"filter": [tag.id]}}],
    )
    (result,) = ensure(place.client, wanted)
    assert result.outcome == "refused"
    assert "has a filter" in result.reason


def test_one_that_appears_while_ours_is_made_is_noticed(
    place: Place, wanted: WantedPreference, monkeypatch: pytest.MonkeyPatch
) -> None:
    """7.0 gives ours the alias with a `1`, 5.2 stores it twice; the next look finds both."""
    place.make("segments", name="Hidden", alias=wanted.alias, isPublished=False)
    before = list_preferences(place.client)
    monkeypatch.setattr("mautic_hook.preferences._find", lambda *_: [])
    (result,) = ensure_preferences(place.client, [wanted], known=[])
    if place.client.version.startswith("5."):
        assert result.outcome == "created"
    else:
        assert result.outcome == "refused"
        assert f"{wanted.alias}1" in result.reason
        assert list_preferences(place.client) == before
    assert [one.outcome for one in ensure(place.client, wanted)] == ["refused"]


def test_two_that_learners_could_not_tell_apart_are_both_refused(
    client: MauticClient, label: str
) -> None:
    """The page would show only one of them, and take learners out of the other."""
    same = [WantedPreference(f"{n}-{label}", f"{n}-{label}", f"Same {label}") for n in "ab"]
    results = ensure(client, *same)
    assert [one.outcome for one in results] == ["refused", "refused"]
    assert all("another segment is also called" in one.reason for one in results)


def test_a_name_that_another_shown_segment_has_is_refused(
    place: Place, wanted: WantedPreference
) -> None:
    of_staff = place.make(
        "segments",
        name=f"Of staff {place.label}",
        alias=f"of-staff-{place.label}",
        publicName=wanted.public_name,
        isPreferenceCenter=True,
    )
    assert [one.outcome for one in ensure(place.client, wanted)] == ["refused"]
    place.edit("segments", of_staff["id"], isPreferenceCenter=False)
    assert [one.outcome for one in ensure(place.client, wanted)] == ["created"]


def test_a_name_longer_than_mautic_takes_is_refused(client: MauticClient, label: str) -> None:
    (result,) = ensure(client, WantedPreference(label, label, "x" * 192))
    assert result.outcome == "refused"
    assert "longer than 191" in result.reason


def test_members_are_put_in_once_and_those_who_are_gone_are_told(
    place: Place, wanted: WantedPreference
) -> None:
    number = made(place.client, wanted)
    first, second, gone = contacts(place, "first", "second", "gone")
    place.client.delete(f"/api/contacts/{gone}/delete", tried="remove a contact")
    assert add_members(place.client, number, [first, gone, second, first]) == {gone}
    assert add_members(place.client, number, [first, second]) == set()
    assert add_members(place.client, number, []) == set()
    assert read_ticks(place.client, number, [first, second, gone]) == {first: True, second: True}


def test_many_members_are_put_in_part_by_part(
    place: Place, wanted: WantedPreference, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = made(place.client, wanted)
    numbers = contacts(place, *(f"part{n}" for n in range(5)))
    monkeypatch.setattr("mautic_hook.members._AT_ONCE", 2)
    assert add_members(place.client, number, numbers) == set()
    assert read_ticks(place.client, number, numbers) == dict.fromkeys(numbers, True)


def test_a_member_is_taken_out_and_can_be_put_in_again(
    place: Place, wanted: WantedPreference
) -> None:
    number = made(place.client, wanted)
    (contact,) = contacts(place, "in-and-out")
    add_members(place.client, number, [contact])
    remove_member(place.client, number, contact)
    remove_member(place.client, number, contact)
    assert read_ticks(place.client, number, [contact]) == {contact: False}
    add_members(place.client, number, [contact])
    assert read_ticks(place.client, number, [contact]) == {contact: True}


def test_who_never_was_in_a_segment_said_nothing_about_it(
    place: Place, wanted: WantedPreference
) -> None:
    number = made(place.client, wanted)
    (other,) = (place.make("segments", name=f"other-{place.label}", alias=f"other-{place.label}"),)
    (contact,) = contacts(place, "elsewhere")
    add_members(place.client, int(other["id"]), [contact])
    assert read_ticks(place.client, number, [contact]) == {}


def test_an_unpublished_segment_takes_nobody_and_says_what_to_do(
    place: Place, wanted: WantedPreference
) -> None:
    number = made(place.client, wanted)
    (contact,) = contacts(place, "kept-out")
    place.edit("segments", number, isPublished=False)
    with pytest.raises(RightsError, match="Publish the segment"):
        add_members(place.client, number, [contact])
    with pytest.raises(RightsError, match="Publish the segment"):
        remove_member(place.client, number, contact)


def test_nobody_can_be_taken_out_who_is_not_there_any_more(
    place: Place, wanted: WantedPreference
) -> None:
    number = made(place.client, wanted)
    (contact,) = contacts(place, "gone")
    place.client.delete(f"/api/contacts/{contact}/delete", tried="remove a contact")
    with pytest.raises(NotFoundError):
        remove_member(place.client, number, contact)

"""Changes are found though rows come late, old ones go, and contacts with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mautic_hook.client import MauticClient
from mautic_hook.contacts import BY_LEARNER, create_contacts, edit_contacts, find_by_id, stop_mail
from mautic_hook.members import remove_member
from mautic_hook.preferences import WantedPreference, ensure_preferences, read_ticks
from mautic_hook.stats import (
    Bounds,
    ContactChange,
    bounds,
    contact_changes,
    fell_behind,
    last_changes,
    memberships,
    new_refusals,
    segment_changes,
)
from sandbox.runner import Sandbox
from tests.mautic_hook.servers import HURRY, Pauses, other_server
from transport.errors import TransientError


def contacts(client: MauticClient, *names: str) -> list[int]:
    answers = create_contacts(client, [{"email": f"{name}@example.org"} for name in names])
    return [int((answer.thing or {})["id"]) for answer in answers]


def rename(client: MauticClient, *numbers: int) -> None:
    rows = [{"id": number, "firstname": f"n{number}"} for number in numbers]
    assert {answer.status for answer in edit_contacts(client, rows)} == {200}


def preference(client: MauticClient, name: str) -> int:
    (made,) = ensure_preferences(client, [WantedPreference(name, name, f"Study {name}")])
    assert made.id is not None
    return made.id


def ends(client: MauticClient) -> Bounds:
    there = bounds(client, "audit_log")
    assert there is not None
    return there


def test_a_row_that_becomes_visible_late_has_a_lower_id(
    sandbox: Sandbox, client: MauticClient
) -> None:
    slow, quick = contacts(client, "slow", "quick")
    start = ends(client).last
    rename(client, slow)
    late = sandbox.hold_back("audit_log")
    rename(client, quick)
    (seen,) = contact_changes(client, start)
    assert (seen.contact_id, late) == (quick, seen.id - 1)
    sandbox.release()
    assert [one.contact_id for one in contact_changes(client, start)] == [slow, quick]
    assert [one.id for one in contact_changes(client, start)] == [late, seen.id]


def test_a_cursor_knows_when_rows_after_it_were_cleaned_away(
    sandbox: Sandbox, client: MauticClient
) -> None:
    (number,) = contacts(client, "one")
    cursor = ends(client).last
    for _ in range(3):
        rename(client, number)
        edit_contacts(client, [{"id": number, "firstname": "other"}])
    sandbox.purge("audit_log", cursor)
    assert not fell_behind(cursor, ends(client))
    sandbox.purge("audit_log", cursor + 1)
    assert fell_behind(cursor, ends(client))


def test_a_cursor_knows_when_a_log_is_empty_or_began_anew(
    sandbox: Sandbox, client: MauticClient
) -> None:
    (number,) = contacts(client, "one")
    rename(client, number)
    cursor = ends(client).last
    sandbox.purge("audit_log", cursor)
    assert bounds(client, "audit_log") is None
    assert fell_behind(cursor, None)
    sandbox.reset()
    contacts(client, "one")
    assert ends(client).last < cursor
    assert fell_behind(cursor, ends(client))


def test_what_learners_do_on_the_preference_page_is_found(
    sandbox: Sandbox, client: MauticClient
) -> None:
    (number,) = contacts(client, "ann")
    lida, ipm = preference(client, "lida101"), preference(client, "ipm101")
    sandbox.save_preferences(number, [lida, ipm])
    sandbox.save_preferences(number, [ipm], email=False)
    changes = [(one.contact_id, one.segment_id, one.added) for one in segment_changes(client, 0)]
    assert changes == [(number, lida, True), (number, ipm, True), (number, lida, False)]
    assert read_ticks(client, lida, [number]) == {number: False}
    assert read_ticks(client, ipm, [number]) == {number: True}
    (no,) = new_refusals(client, 0)
    assert (no.contact_id, no.channel, no.reason) == (number, "email", BY_LEARNER)
    assert find_by_id(client, [number])[number].refusals[0].reason == BY_LEARNER


def test_a_learner_who_wants_mail_again_takes_our_no_away(
    sandbox: Sandbox, client: MauticClient
) -> None:
    (number,) = contacts(client, "ann")
    stop_mail(client, number, "said no in WordPress")
    start = ends(client).last
    sandbox.save_preferences(number)
    assert new_refusals(client, 0) == []
    (change,) = contact_changes(client, start)
    assert (change.contact_id, change.by) == (number, "System")


def test_changes_by_learners_and_staff_are_told_from_ours(
    sandbox: Sandbox, client: MauticClient
) -> None:
    ours, ticked, other, merged, into = contacts(client, "a", "b", "c", "d", "e")
    segment, elsewhere = preference(client, "lida101"), preference(client, "ipm101")
    rename(client, ours, ticked, other, merged)
    sandbox.save_preferences(ticked, [segment])
    sandbox.save_preferences(other, [elsewhere])
    sandbox.merge_contacts(merged, into)
    everybody = [ours, ticked, other, merged, into]
    found = last_changes(client, everybody, segment)
    assert sorted(found) == [ticked, merged, into]
    assert all(abs(at - datetime.now(UTC)) < timedelta(hours=1) for at in found.values())
    assert sorted(last_changes(client, everybody)) == [merged, into]


def test_of_several_changes_the_last_one_counts(
    client: MauticClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow transaction has a lower id and a later moment."""
    at = [datetime(2018, 12, 5, 10, minute, tzinfo=UTC) for minute in (0, 2, 1)]
    changes = [ContactChange(n, 7, "update", moment, "Mia Staff") for n, moment in enumerate(at)]
    monkeypatch.setattr("mautic_hook.stats._contact_changes", lambda *_: changes)
    assert last_changes(client, [7]) == {7: at[1]}


def test_contacts_that_staff_deleted_or_merged_are_told(
    sandbox: Sandbox, client: MauticClient
) -> None:
    gone, loser, winner = contacts(client, "gone", "loser", "winner")
    rename(client, loser)
    start = ends(client).last
    sandbox.delete_contact(gone)
    sandbox.merge_contacts(loser, winner)
    changes = [(one.contact_id, one.action) for one in contact_changes(client, start)]
    assert changes == [
        (gone, "delete"),
        (winner, "update"),
        (loser, "merge"),
        (loser, "delete"),
    ]
    assert list(find_by_id(client, [gone, loser, winner])) == [winner]


def test_members_by_filter_are_told_from_those_by_hand(
    sandbox: Sandbox, client: MauticClient
) -> None:
    (number,) = contacts(client, "ann")
    tags = client.create("/api/tags/new", {"tag": "t"}, "tag", tried="make a tag")
    tagged = {"glue": "and", "field": "tags", "object": "lead", "type": "tags", "operator": "in"}
    body = {"name": "F", "filters": [tagged | {"properties": {"filter": [tags["id"]]}}]}
    client.create("/api/segments/new", body, "list", tried="make a segment")
    edit_contacts(client, [{"id": number, "tags": ["t"]}])
    (found,) = memberships(client, [number])
    assert not found.by_hand
    assert found.since.tzinfo is UTC
    remove_member(client, found.segment_id, number)
    assert memberships(client, [number]) == [], "a row stays that says who was taken out"
    assert read_ticks(client, found.segment_id, [number]) == {number: False}


GOOD = {
    "id": "3",
    "user_name": "n",
    "object_id": "1",
    "action": "update",
    "date_added": "2026-11-21 21:00:00",
}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"total": "2", "stats": [GOOD]}, "only 1 of 2 rows came"),
        ({"total": "1", "stats": []}, "only 0 of 1 rows came"),
        ({"total": "1", "stats": [GOOD | {"id": "0"}]}, "not in the order of their ids"),
        ({"total": "2", "stats": [GOOD, GOOD]}, "not in the order of their ids"),
        ({"total": "2", "stats": [GOOD | {"id": "4"}, GOOD]}, "not in the order of their ids"),
        ({"total": "1", "stats": [GOOD | {"id": "x"}]}, "not the shape of a list"),
        ({"total": "1", "stats": ["x"]}, "not the shape of a list"),
        ({"stats": []}, "not the shape of a list"),
        ({"total": "0"}, "not the shape of a list"),
        ({}, "not the shape of a list"),
        ([], "not the shape of a list"),
        ({"total": "1", "stats": [GOOD | {"object_id": None}]}, "a row is not one of audit_log"),
        ({"total": "1", "stats": [GOOD | {"date_added": "soon"}]}, "a row is not one of audit_log"),
        ({"errors": [{"message": "You do not have the view permission", "code": 0}]}, "permission"),
    ],
)
def test_an_odd_or_short_answer_is_never_taken_for_no_changes(body: Any, said: str) -> None:
    with answered(body) as client, pytest.raises(TransientError, match=said):
        contact_changes(client, 0)


MEMBER = {
    "leadlist_id": "1",
    "lead_id": "1",
    "date_added": "2026-11-21 21:00:00",
    "manually_added": "1",
    "manually_removed": "0",
}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"total": "2", "stats": [MEMBER]}, "only 1 of 2 rows came"),
        ({"total": "1"}, "not the shape of a list"),
        ({"total": "1", "stats": [{"lead_id": "1"}]}, "a row is not one of lead_lists_leads"),
        ({"total": "9000", "stats": []}, "only 0 of 9000 rows came"),
    ],
)
def test_an_odd_or_short_answer_is_never_taken_for_no_members(body: Any, said: str) -> None:
    with answered(body) as client, pytest.raises(TransientError, match=said):
        memberships(client, [1])


@pytest.mark.parametrize("body", [{"total": "3", "stats": []}, {"total": "3"}, {}])
def test_an_odd_answer_is_never_taken_for_an_empty_log(body: Any) -> None:
    with answered(body) as client, pytest.raises(TransientError):
        bounds(client, "audit_log")


@contextmanager
def answered(body: Any) -> Iterator[MauticClient]:
    """A client of a server that answers this to everything."""
    with other_server(json.dumps(body)) as server:
        yield MauticClient.with_basic(server.url, "u", "p", patience=HURRY, pause=Pauses())

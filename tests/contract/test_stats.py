"""The statistics: what changed since an id, who said no, who is in which segments."""

from __future__ import annotations

from datetime import UTC

import pytest

from mautic_hook.client import MauticClient
from mautic_hook.contacts import BOUNCED, create_contacts, edit_contacts, lift_stop, stop_mail
from mautic_hook.members import add_members, remove_member
from mautic_hook.stats import (
    Bounds,
    Log,
    bounds,
    contact_changes,
    fell_behind,
    last_changes,
    last_refusals,
    memberships,
    new_refusals,
    segment_changes,
    segment_changes_of,
)
from mautic_hook.tags import ensure_tags
from tests.contract.place import Place
from transport.errors import PermanentError


def created(place: Place, *names: str) -> list[int]:
    answers = create_contacts(place.client, [{"email": place.email(name)} for name in names])
    return [int((answer.thing or {})["id"]) for answer in answers]


def segment(place: Place, name: str) -> int:
    alias = f"{name}-{place.label}"
    return int(place.make("segments", name=alias, alias=alias)["id"])


def last(client: MauticClient, log: Log) -> int:
    there = bounds(client, log)
    return there.last if there else 0


def test_edits_of_tags_and_fields_are_changes_of_their_contacts(place: Place) -> None:
    tag = f"is-{place.label}"
    ensure_tags(place.client, [tag])
    tagged, named = created(place, "tagged", "named")
    start = last(place.client, "audit_log")
    edit_contacts(place.client, [{"id": tagged, "tags": [tag]}])
    edit_contacts(place.client, [{"id": named, "firstname": "Ann"}])
    edit_contacts(place.client, [{"id": tagged, "tags": [f"-{tag}"]}])
    changes = contact_changes(place.client, start)
    assert [(one.contact_id, one.action) for one in changes] == [
        (tagged, "update"),
        (named, "update"),
        (tagged, "update"),
    ]
    assert [one.id for one in changes] == sorted(one.id for one in changes)
    assert changes[0].id > start
    assert {one.at.tzinfo for one in changes} == {UTC}


def test_an_edit_that_changes_nothing_is_no_change(place: Place) -> None:
    tag = f"is-{place.label}"
    ensure_tags(place.client, [tag])
    (number,) = created(place, "same")
    edit = {"id": number, "firstname": "Ann", "tags": [tag]}
    edit_contacts(place.client, [edit])
    start = last(place.client, "audit_log")
    edit_contacts(place.client, [edit])
    assert contact_changes(place.client, start) == []


def test_new_and_deleted_contacts_are_changes(place: Place) -> None:
    start = last(place.client, "audit_log")
    (number,) = created(place, "come-and-go")
    place.client.delete(f"/api/contacts/{number}/delete", tried="remove a contact")
    actions = {one.action for one in contact_changes(place.client, start)}
    assert {"create", "delete"} <= actions


def test_changes_of_other_things_are_no_changes_of_contacts(place: Place) -> None:
    start = last(place.client, "audit_log")
    alias = f"f_{place.label}"
    place.make("fields/contact", label=alias, alias=alias, type="text")
    assert last(place.client, "audit_log") > start
    assert contact_changes(place.client, start) == []


def test_many_changes_are_read_page_by_page_each_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = created(place, *(f"many{number}" for number in range(5)))
    start = last(place.client, "audit_log")
    edit_contacts(place.client, [{"id": number, "firstname": "Ann"} for number in numbers])
    monkeypatch.setattr("mautic_hook.stats._PAGE", 2)
    assert [one.contact_id for one in contact_changes(place.client, start)] == numbers


def test_coming_into_a_segment_and_going_out_of_it_are_changes(place: Place) -> None:
    (number,) = created(place, "comes")
    one, other = segment(place, "one"), segment(place, "other")
    start = last(place.client, "lead_event_log")
    add_members(place.client, one, [number])
    add_members(place.client, other, [number])
    remove_member(place.client, one, number)
    changes = segment_changes(place.client, start)
    assert [(c.contact_id, c.segment_id, c.added) for c in changes] == [
        (number, one, True),
        (number, other, True),
        (number, one, False),
    ]
    assert segment_changes_of(place.client, one, [number]) == [changes[0], changes[2]]
    assert segment_changes_of(place.client, one, []) == []


def test_what_puts_nobody_in_or_out_is_no_change(place: Place) -> None:
    (number, outsider) = created(place, "in", "out")
    target = segment(place, "target")
    add_members(place.client, target, [number])
    start = last(place.client, "lead_event_log")
    add_members(place.client, target, [number])
    remove_member(place.client, target, outsider)
    assert segment_changes(place.client, start) == []


def test_a_no_is_read_with_its_reason_and_is_gone_when_lifted(place: Place) -> None:
    stopped, bounced = created(place, "stopped", "bounced")
    start = max((one.id for one in new_refusals(place.client, 0)), default=0)
    stop_mail(place.client, stopped, "said no")
    path = f"/api/contacts/{bounced}/dnc/email/add"
    place.client.post(path, {"reason": BOUNCED}, tried="note a bounce")
    found = new_refusals(place.client, start)
    assert [(one.contact_id, one.channel, one.reason, one.comment) for one in found] == [
        (stopped, "email", 3, "said no"),
        (bounced, "email", BOUNCED, ""),
    ]
    before = last(place.client, "audit_log")
    lift_stop(place.client, stopped)
    assert [one.contact_id for one in new_refusals(place.client, start)] == [bounced]
    assert [one.contact_id for one in contact_changes(place.client, before)] == [stopped]


def test_when_a_no_was_said_is_told_for_who_said_it(place: Place) -> None:
    stopped, other, outsider = created(place, "stopped", "other", "outsider")
    stop_mail(place.client, stopped, "said no")
    stop_mail(place.client, outsider, "said no")
    (no, _) = new_refusals(place.client, 0)[-2:]
    assert last_refusals(place.client, [stopped, other]) == {stopped: no.at}
    assert last_refusals(place.client, []) == {}


def test_the_segments_of_contacts_are_told_for_members_only(place: Place) -> None:
    member, former, outsider = created(place, "member", "former", "outsider")
    one, other = segment(place, "one"), segment(place, "other")
    add_members(place.client, one, [member, former])
    add_members(place.client, other, [member])
    remove_member(place.client, one, former)
    found = memberships(place.client, [outsider, former, member, member])
    assert {(m.segment_id, m.contact_id, m.by_hand) for m in found} == {
        (one, member, True),
        (other, member, True),
    }
    assert memberships(place.client, []) == []


def test_segments_of_many_contacts_are_read_in_smaller_parts(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = created(place, *(f"part{number}" for number in range(5)))
    target = segment(place, "target")
    add_members(place.client, target, numbers)
    monkeypatch.setattr("mautic_hook.stats._PAGE", 2)
    assert [one.contact_id for one in memberships(place.client, numbers)] == numbers
    monkeypatch.setattr("mautic_hook.stats._CONTACTS", 2)
    assert [one.contact_id for one in memberships(place.client, numbers)] == numbers


def test_the_bounds_of_a_log_go_up_with_its_rows(place: Place) -> None:
    (number,) = created(place, "bounds")
    before = bounds(place.client, "audit_log")
    edit_contacts(place.client, [{"id": number, "firstname": "Ann"}])
    after = bounds(place.client, "audit_log")
    assert before is not None
    assert after is not None
    assert after.first == before.first <= before.last < after.last


@pytest.mark.parametrize(
    ("cursor", "there", "expected"),
    [
        (0, None, False),
        (5, None, True),
        (0, Bounds(1, 9), False),
        (4, Bounds(5, 9), False),
        (3, Bounds(5, 9), True),
        (0, Bounds(5, 9), True),
        (9, Bounds(5, 9), False),
        (10, Bounds(5, 9), True),
    ],
)
def test_a_cursor_fell_behind_when_rows_after_it_may_be_gone(
    cursor: int, there: Bounds | None, expected: bool
) -> None:
    assert fell_behind(cursor, there) == expected


def test_what_we_did_ourselves_is_no_change_by_others(place: Place) -> None:
    (number,) = created(place, "ours")
    target = segment(place, "target")
    edit_contacts(place.client, [{"id": number, "firstname": "Ann"}])
    add_members(place.client, target, [number])
    assert last_changes(place.client, [number], target) == {}
    assert last_changes(place.client, []) == {}


def test_a_table_that_mautic_does_not_tell_of_is_a_clear_error(client: MauticClient) -> None:
    with pytest.raises(PermanentError, match="no statistics of this table"):
        client.page("/api/stats/leads", "stats", tried="read leads", params={"limit": 1})

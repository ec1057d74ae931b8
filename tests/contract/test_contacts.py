"""Contacts: looked up exactly, written by the batch, each row with its own answer."""

from __future__ import annotations

from typing import Any

import pytest

from mautic_hook.batches import RowAnswer
from mautic_hook.client import MauticClient
from mautic_hook.contacts import (
    BOUNCED,
    BY_LEARNER,
    MANUAL,
    Contact,
    Refusal,
    contact_of,
    create_contacts,
    delete_contact,
    edit_contacts,
    find_by_email,
    find_by_id,
    find_by_tags,
    lift_stop,
    stop_mail,
)
from mautic_hook.tags import ensure_tags
from tests.contract.place import Place
from transport.errors import NotFoundError


def created(client: MauticClient, *emails: str, **values: object) -> list[int]:
    rows = [{"email": email, **values} for email in emails]
    return [number_of(answer) for answer in create_contacts(client, rows)]


def number_of(answer: RowAnswer) -> int:
    assert answer.thing is not None, answer.refused
    return int(answer.thing["id"])


def only(found: dict[str, list[Contact]], email: str) -> Contact:
    (contact,) = found[email]
    return contact


def test_many_contacts_are_found_in_one_go(place: Place) -> None:
    emails = [place.email(f"many-of-us-{number:03}-") for number in range(205)]
    numbers = created(place.client, *emails)
    found = find_by_email(place.client, emails)
    assert [only(found, email).id for email in emails] == numbers


def test_an_unknown_address_is_found_to_have_nobody(place: Place) -> None:
    assert find_by_email(place.client, [place.email("nobody")]) == {place.email("nobody"): []}


def test_nobody_asked_for_is_nobody_found(client: MauticClient) -> None:
    assert find_by_email(client, []) == {}
    assert find_by_id(client, []) == {}


def test_an_underscore_stands_for_itself(place: Place) -> None:
    wild, other = place.email("a_b"), place.email("axb")
    number, _ = created(place.client, wild, other)
    assert only(find_by_email(place.client, [wild]), wild).id == number


@pytest.mark.parametrize(("name", "alike"), [("o'neil", "oxneil"), ("a%b", "axxb"), ("a+b", "ab")])
def test_odd_addresses_are_found_and_only_they(place: Place, name: str, alike: str) -> None:
    email = place.email(name)
    number, _ = created(place.client, email, place.email(alike))
    assert only(find_by_email(place.client, [email]), email).id == number


@pytest.mark.parametrize("name", ["ünï", "a,b", "a b", 'a"b'])
def test_an_address_that_mautic_would_make_anothers_is_not_sent(place: Place, name: str) -> None:
    """ünï@example.org becomes n@example.org: what is written would be written to somebody else."""
    row = {"email": place.email(name)}
    with pytest.raises(ValueError, match="Mautic would make this e-mail another one"):
        create_contacts(place.client, [row])
    with pytest.raises(ValueError, match="Mautic would make this e-mail another one"):
        edit_contacts(place.client, [row | {"id": 1}])
    (answer,) = place.client.post("/api/contacts/new", row, tried="make").json.values()
    assert contact_of(answer).email != row["email"]


def test_an_apostrophe_is_found_by_a_client_that_has_not_asked_anything_yet(
    place: Place,
) -> None:
    """The version, and with it what its search misses, is known from the first answer on."""
    email = place.email("o'neil")
    (number,) = created(place.client, email)
    place.client.version = ""
    assert only(find_by_email(place.client, [email]), email).id == number


def test_case_and_spaces_around_do_not_matter(place: Place) -> None:
    email = place.email("mixed")
    (number,) = created(place.client, email.replace("mixed", "Mixed"))
    found = find_by_email(place.client, [f"  {email.upper()} "])
    assert only(found, email).id == number


def test_a_contact_is_found_with_fields_tags_and_whether_it_may_be_mailed(place: Place) -> None:
    tag = f"is-{place.label}"
    ensure_tags(place.client, [tag])
    email, refuser = place.email("whole"), place.email("refuser")
    created(place.client, email, firstname="Ann", tags=[tag])
    (number,) = created(place.client, refuser)
    path = f"/api/contacts/{number}/dnc/email/add"
    place.client.post(path, {"reason": 3}, tried="note that a contact opted out")
    found = find_by_email(place.client, [email, refuser])
    contact = only(found, email)
    assert contact.fields["firstname"] == "Ann"
    assert (contact.email, contact.tags, contact.no_email) == (email, frozenset({tag}), False)
    assert only(found, refuser).no_email


def test_contacts_are_found_by_id_if_they_are_still_there(place: Place) -> None:
    emails = [place.email(f"id{number}") for number in range(3)]
    first, second, gone = created(place.client, *emails)
    place.client.delete(f"/api/contacts/{gone}/delete", tried="remove a contact")
    found = find_by_id(place.client, [second, first, gone, first])
    assert {number: contact.email for number, contact in found.items()} == {
        first: emails[0],
        second: emails[1],
    }


def test_each_row_of_a_batch_has_its_own_answer(place: Place) -> None:
    (known,) = created(place.client, place.email("known"))
    rows = [
        {"email": place.email("new")},
        {"email": "not-an-address"},
        {"email": place.email("zone"), "timezone": "Nope/Nope"},
        {"email": place.email("KNOWN"), "firstname": "Merged"},
    ]
    answers = create_contacts(place.client, rows)
    assert [answer.status for answer in answers] == [201, 400, 400, 200]
    assert [answer.fields for answer in answers] == [(), ("email",), ("timezone",), ()]
    assert number_of(answers[3]) == known
    assert "not-an-address" not in answers[1].refused or "@" not in answers[1].refused
    found = find_by_email(place.client, [row["email"] for row in rows])
    assert [len(contacts) for contacts in found.values()] == [1, 0, 0, 1]


def test_a_batch_in_which_all_rows_fail_says_so_row_by_row(place: Place) -> None:
    answers = create_contacts(place.client, [{"email": "nope"}, {"email": "nope-either"}])
    assert [(answer.status, answer.thing) for answer in answers] == [(400, None), (400, None)]
    assert all(answer.refused for answer in answers)


def test_more_rows_than_a_batch_takes_are_split(place: Place) -> None:
    rows = [{"email": place.email(f"split{number:03}-")} for number in range(201)]
    answers = create_contacts(place.client, rows)
    assert [answer.status for answer in answers] == [201] * 201
    made = [(answer.thing or {})["fields"]["all"]["email"] for answer in answers]
    assert made == [row["email"] for row in rows]


def test_an_edit_adds_and_removes_tags_and_leaves_the_rest(place: Place) -> None:
    old, new, kept = (f"{name}-{place.label}" for name in ("old", "new", "kept"))
    ensure_tags(place.client, [old, new, kept])
    email = place.email("edit")
    (number,) = created(place.client, email, firstname="Ann", tags=[old, kept])
    edit = {"id": number, "lastname": "Lee", "firstname": "", "tags": [f"-{old}", new]}
    (answer,) = edit_contacts(place.client, [edit])
    contact = find_by_id(place.client, [number])[number]
    assert contact.tags == {new, kept}
    assert (contact.fields["firstname"], contact.fields["lastname"]) == ("Ann", "Lee")
    assert answer.thing is not None
    assert contact_of(answer.thing).tags == {new, kept}


def test_edits_of_contacts_that_are_gone_are_told_by_row(place: Place) -> None:
    numbers = created(place.client, place.email("here"), place.email("gone"), place.email("too"))
    place.client.delete(f"/api/contacts/{numbers[1]}/delete", tried="remove a contact")
    rows = [{"id": number, "firstname": f"n{number}"} for number in numbers]
    answers = edit_contacts(place.client, rows)
    assert [answer.status for answer in answers] == [200, 404, 200]
    assert [number_of(answers[0]), number_of(answers[2])] == [numbers[0], numbers[2]]
    assert answers[1].refused


def test_an_edit_that_takes_anothers_address_is_refused(place: Place) -> None:
    (number, _) = created(place.client, place.email("mine"), place.email("theirs"))
    (answer,) = edit_contacts(place.client, [{"id": number, "email": place.email("theirs")}])
    assert answer.thing is None
    assert answer.status in (400, 422)
    assert find_by_id(place.client, [number])[number].email == place.email("mine")


@pytest.mark.parametrize("row", [{}, {"email": " "}, {"firstname": "A"}, {"email": "a@b", "id": 1}])
def test_rows_that_would_make_contacts_nobody_finds_are_not_sent(
    client: MauticClient, row: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="needs an e-mail and no id"):
        create_contacts(client, [row])


def test_an_edit_without_an_id_is_not_sent(client: MauticClient) -> None:
    with pytest.raises(ValueError, match="needs its id"):
        edit_contacts(client, [{"email": "a@example.org"}])


def test_a_contact_whose_mail_is_stopped_is_not_to_be_mailed(place: Place) -> None:
    number, other = created(place.client, place.email("stop"), place.email("go-on"))
    stop_mail(place.client, number, "opted out")
    found = find_by_id(place.client, [number, other])
    assert (found[number].no_email, found[other].no_email) == (True, False)
    (entry,) = place.read("contacts", number)["doNotContact"]
    said = {name: entry[name] for name in ("channel", "reason", "comments")}
    assert said == {"channel": "email", "reason": MANUAL, "comments": "opted out"}


def test_stopping_mail_again_leaves_one_entry(place: Place) -> None:
    (number,) = created(place.client, place.email("stop-twice"))
    stop_mail(place.client, number, "opted out")
    stop_mail(place.client, number, "opted out")
    assert len(place.read("contacts", number)["doNotContact"]) == 1


def test_mail_to_a_contact_that_is_gone_cannot_be_stopped(place: Place) -> None:
    (number,) = created(place.client, place.email("stop-gone"))
    place.client.delete(f"/api/contacts/{number}/delete", tried="remove a contact")
    with pytest.raises(NotFoundError):
        stop_mail(place.client, number, "opted out")


@pytest.mark.parametrize("reason", [BY_LEARNER, BOUNCED, MANUAL])
def test_a_contact_tells_who_said_no(place: Place, reason: int) -> None:
    (number,) = created(place.client, place.email("said"))
    path = f"/api/contacts/{number}/dnc/email/add"
    place.client.post(path, {"reason": reason, "comments": "why"}, tried="note a no")
    contact = find_by_id(place.client, [number])[number]
    assert contact.refusals == (Refusal("email", reason, "why"),)
    assert contact.no_email


def test_a_contact_whose_stop_was_lifted_is_mailed_again(place: Place) -> None:
    (number,) = created(place.client, place.email("lift"))
    stop_mail(place.client, number, "opted out")
    lift_stop(place.client, number)
    contact = find_by_id(place.client, [number])[number]
    assert (contact.no_email, contact.refusals) == (False, ())


def test_a_stop_that_is_not_there_can_be_lifted(place: Place) -> None:
    (number,) = created(place.client, place.email("lift-none"))
    lift_stop(place.client, number)
    assert not find_by_id(place.client, [number])[number].no_email


def test_the_stop_of_a_contact_that_is_gone_cannot_be_lifted(place: Place) -> None:
    (number,) = created(place.client, place.email("lift-gone"))
    place.client.delete(f"/api/contacts/{number}/delete", tried="remove a contact")
    with pytest.raises(NotFoundError):
        lift_stop(place.client, number)


def test_all_contacts_with_any_of_some_tags_are_found_in_any_case(place: Place) -> None:
    one, other, lower = (f"{name}-{place.label}" for name in ("one", "other", "cased"))
    ensure_tags(place.client, [one, other, lower, lower.upper()])
    emails = [place.email(f"tagged{number}") for number in range(4)]
    rows: list[dict[str, Any]] = [
        {"email": emails[0], "tags": [one, other]},
        {"email": emails[1], "tags": [other]},
        {"email": emails[2], "tags": [lower.upper()]},
        {"email": emails[3]},
    ]
    numbers = [number_of(answer) for answer in create_contacts(place.client, rows)]
    found = find_by_tags(place.client, [one, other, lower])
    assert sorted(found) == numbers[:3]
    assert found[numbers[0]].tags == {one, other}


def test_a_tag_with_a_wildcard_in_it_stands_for_itself(place: Place) -> None:
    wild, alike = f"a_b-{place.label}", f"axb-{place.label}"
    ensure_tags(place.client, [wild, alike])
    rows = [{"email": place.email(tag), "tags": [tag]} for tag in (wild, alike)]
    number, _ = (number_of(answer) for answer in create_contacts(place.client, rows))
    assert list(find_by_tags(place.client, [wild])) == [number]


def test_contacts_with_a_tag_are_read_page_by_page(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = f"paged-{place.label}"
    ensure_tags(place.client, [tag])
    numbers = created(place.client, *(place.email(f"paged{n}") for n in range(5)), tags=[tag])
    monkeypatch.setattr("mautic_hook.contacts._PAGE", 2)
    assert list(find_by_tags(place.client, [tag])) == numbers


def test_a_tag_that_nobody_has_finds_nobody(place: Place) -> None:
    assert find_by_tags(place.client, [f"nobody-{place.label}"]) == {}
    assert find_by_tags(place.client, []) == {}


def test_a_contact_is_deleted_once(place: Place) -> None:
    number, other = created(place.client, place.email("delete"), place.email("keep"))
    assert delete_contact(place.client, number)
    assert not delete_contact(place.client, number)
    assert list(find_by_id(place.client, [number, other])) == [other]

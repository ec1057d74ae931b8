"""Fields of contacts: made once, usable at once, never changed when they are there."""

from __future__ import annotations

import pytest

from mautic_hook.client import MauticClient
from mautic_hook.contacts import create_contacts, edit_contacts, find_by_id
from mautic_hook.fields import Field, FieldType, WantedField, ensure_fields, list_fields
from tests.contract.place import Place


@pytest.fixture
def wanted(label: str) -> WantedField:
    return WantedField(f"start_{label}", f"Next start {label}", "date")


def test_a_new_field_is_listed_and_made_once(client: MauticClient, wanted: WantedField) -> None:
    (made,) = ensure_fields(client, [wanted])
    assert (made.kind, made.name, made.outcome) == ("field", wanted.alias, "created")
    assert made.id is not None
    assert Field(made.id, wanted.alias, "date", published=True) in list_fields(client)
    (again,) = ensure_fields(client, [wanted])
    assert (again.outcome, again.id) == ("unchanged", made.id)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "x" * 191),
        ("number", 42),
        ("date", "2018-12-05"),
        ("datetime", "2018-12-05 10:00:00"),
    ],
)
def test_a_new_field_takes_values_and_gives_them_back(
    place: Place, kind: FieldType, value: object
) -> None:
    alias = f"f_{place.label}_{kind}"[:25]
    ensure_fields(place.client, [WantedField(alias, alias, kind)])
    rows = [{"email": place.email(kind), alias: value}]
    (answer,) = create_contacts(place.client, rows)
    number = int((answer.thing or {})["id"])
    assert find_by_id(place.client, [number])[number].fields[alias] == value
    edit_contacts(place.client, [{"id": number, "firstname": "Ann"}])
    assert find_by_id(place.client, [number])[number].fields[alias] == value


def test_standard_fields_are_listed_too(client: MauticClient) -> None:
    types = {field.alias: field.type for field in list_fields(client)}
    assert (types["email"], types["country"]) == ("email", "country")


def test_a_field_of_another_type_is_refused(client: MauticClient, wanted: WantedField) -> None:
    ensure_fields(client, [wanted])
    (refused,) = ensure_fields(client, [WantedField(wanted.alias, wanted.label, "text")])
    assert refused.outcome == "refused"
    assert "is of type date, not text" in refused.reason


def test_a_field_that_staff_unpublished_is_refused(place: Place, wanted: WantedField) -> None:
    (made,) = ensure_fields(place.client, [wanted])
    assert made.id is not None
    place.edit("fields/contact", made.id, isPublished=False)
    (refused,) = ensure_fields(place.client, [wanted])
    assert refused.outcome == "refused"
    assert "publish it" in refused.reason


@pytest.mark.parametrize("alias", ["", "Start", "next-start", "1st", "next start", "a" * 26])
def test_an_alias_that_mautic_would_change_is_not_sent(alias: str) -> None:
    with pytest.raises(ValueError, match="another alias"):
        WantedField(alias, "Next start", "date")

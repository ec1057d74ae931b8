"""Fields that were added to the contacts of the stand-in Mautic."""

from typing import Any

import pytest

from tests.sandbox.sandbox_api import Api
from tests.sandbox.test_sandbox_mautic import new_id

PATH = "/api/fields/contact"


def new_field(api: Api, alias: str, kind: str = "text", **values: Any) -> int:
    return new_id(api, "fields/contact", {"label": alias, "alias": alias, "type": kind, **values})


def stored(api: Api, alias: str, value: Any) -> Any:
    body = {"email": "ann@example.org", alias: value}
    answer = api.post("/api/contacts/new", body)
    assert answer.status_code in (200, 201), answer.text
    return api.get("/api/contacts/1").json()["contact"]["fields"]["all"][alias]


@pytest.mark.parametrize(
    ("kind", "sent", "shown"),
    [
        ("text", "a", "a"),
        ("number", 7, 7),
        ("number", "1.5", 1.5),
        ("date", "2018-12-05", "2018-12-05"),
        ("date", "soon", None),
        ("datetime", "2018-12-05 10:00:00", "2018-12-05 10:00:00"),
        ("boolean", True, True),
        ("boolean", 0, False),
    ],
)
def test_values_are_shown_as_their_type(api: Api, kind: str, sent: Any, shown: Any) -> None:
    new_field(api, "added", kind)
    assert stored(api, "added", sent) == shown
    assert api.sandbox.state()["contacts"][0]["added"] is not None or shown is None


@pytest.mark.parametrize(("limit", "longest"), [({}, 64), ({"charLengthLimit": 191}, 191)])
def test_an_added_text_holds_64_letters_or_as_many_as_were_said(
    api: Api, limit: dict[str, int], longest: int
) -> None:
    new_field(api, "added", "text", **limit)
    for length, status in ((longest, 201), (longest + 1, 400)):
        body = {"email": f"a{length}@example.org", "added": "x" * length}
        assert api.post("/api/contacts/new", body).status_code == status


def test_contacts_are_found_by_an_added_field(api: Api) -> None:
    new_field(api, "added")
    stored(api, "added", "x")
    new_id(api, "contacts", {"email": "bob@example.org"})
    found = api.get("/api/contacts?where[0][col]=added&where[0][expr]=eq&where[0][val]=x").json()
    assert list(found["contacts"]) == ["1"]


@pytest.mark.parametrize("alias", ["email", "added"])
def test_an_alias_that_is_taken_is_refused(api: Api, alias: str) -> None:
    new_field(api, "added")
    answer = api.post(f"{PATH}/new", {"label": "x", "alias": alias, "type": "text"})
    assert (answer.status_code, list(answer.json()["errors"][0]["details"])) == (400, ["alias"])


@pytest.mark.parametrize(
    ("given", "kept"), [("Next Start!", "next_start_"), ("1st", "f_1st"), ("x" * 30, "x" * 25)]
)
def test_an_alias_is_made_the_name_of_a_column(api: Api, given: str, kept: str) -> None:
    number = new_field(api, given)
    assert api.get(f"{PATH}/{number}").json()["field"]["alias"] == kept


def test_a_field_that_is_unpublished_or_deleted_is_shown_no_more(api: Api) -> None:
    number = new_field(api, "added")
    stored(api, "added", "x")
    api.patch(f"{PATH}/{number}/edit", {"isPublished": False})
    assert "added" not in api.get("/api/contacts/1").json()["contact"]["fields"]["all"]
    api.patch(f"{PATH}/{number}/edit", {"isPublished": True})
    assert stored(api, "added", None) == "x"
    api.delete(f"{PATH}/{number}/delete")
    assert api.get(f"{PATH}/{number}").status_code == 404
    new_field(api, "added")
    assert stored(api, "added", None) is None


def test_a_reset_takes_added_fields_away(api: Api) -> None:
    new_field(api, "added")
    stored(api, "added", "x")
    api.sandbox.reset()
    assert api.sandbox.state()["fields"] == []
    assert new_field(api, "added") == 44
    assert stored(api, "added", None) is None

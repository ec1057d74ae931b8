"""Behaviour of the stand-in Mautic that single recordings do not show."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.runner import running_sandbox
from tests.sandbox.sandbox_api import Api

ApiOf = Callable[[str], Api]


def tag_filter(*ids: int, operator: str = "in", glue: str = "and") -> dict[str, Any]:
    return {
        "glue": glue,
        "field": "tags",
        "object": "lead",
        "type": "tags",
        "operator": operator,
        "properties": {"filter": list(ids)},
    }


def new_id(api: Api, kind: str, body: Any) -> int:
    answer = api.post(f"/api/{kind}/new", body)
    assert answer.status_code in (200, 201), answer.text
    entity: dict[str, Any] = next(iter(answer.json().values()))
    return int(entity["id"])


def campaign(**event: Any) -> dict[str, Any]:
    """The smallest campaign, on segment 1."""
    first = {"id": "new1", "name": "n", "type": "lead.changetags", "eventType": "action"}
    return {
        "name": "C",
        "lists": [{"id": 1}],
        "events": [first | {"triggerMode": "immediate"} | event],
        "canvasSettings": {
            "nodes": [{"id": "new1", "positionX": "1", "positionY": "1"}],
            "connections": [
                {
                    "sourceId": "lists",
                    "targetId": "new1",
                    "anchors": {"source": "leadsource", "target": "top"},
                }
            ],
        },
    }


def test_members_are_those_of_the_filter_plus_added_minus_removed_by_hand(api: Api) -> None:
    member = new_id(api, "tags", {"tag": "member"})
    segment = new_id(api, "segments", {"name": "S", "filters": [tag_filter(member)]})
    tagged, removed, added = (
        new_id(api, "contacts", {"email": f"{name}@example.org", "tags": tags})
        for name, tags in (("a", ["member"]), ("b", ["member"]), ("c", []))
    )
    api.post(f"/api/segments/{segment}/contact/{removed}/remove")
    api.post(f"/api/segments/{segment}/contacts/add", {"ids": [added]})
    assert api.sandbox.state()["segments"][0]["contacts"] == [tagged, added]

    api.patch(f"/api/contacts/{tagged}/edit", {"tags": ["-member"]})
    api.patch(f"/api/contacts/{removed}/edit", {"tags": ["-member"]})
    api.patch(f"/api/contacts/{removed}/edit", {"tags": ["member"]})
    listed = api.get("/api/contacts?search=segment:s&minimal=1").json()
    assert (listed["total"], list(listed["contacts"])) == ("1", [str(added)])


def test_two_filters_joined_by_and_must_both_hold(api: Api) -> None:
    one, two = (new_id(api, "tags", {"tag": name}) for name in ("one", "two"))
    both = [tag_filter(one), tag_filter(two)]
    but_not = [tag_filter(one), tag_filter(two, operator="!in")]
    either = [tag_filter(one), tag_filter(two, glue="or")]
    for filters in (both, but_not, either):
        new_id(api, "segments", {"name": "S", "filters": filters})
    first = new_id(api, "contacts", {"email": "a@example.org", "tags": ["one"]})
    second = new_id(api, "contacts", {"email": "b@example.org", "tags": ["one", "two"]})
    third = new_id(api, "contacts", {"email": "c@example.org", "tags": ["two"]})
    members = [each["contacts"] for each in api.sandbox.state()["segments"]]
    assert members == [[second], [first], [first, second, third]]


def test_tags_that_differ_in_case_are_two_tags(api: Api) -> None:
    assert new_id(api, "tags", {"tag": "a-cb"}) != new_id(api, "tags", {"tag": "A-CB"})


def test_lists_come_in_pages_of_thirty(api: Api) -> None:
    for number in range(35):
        new_id(api, "tags", {"tag": f"t{number}"})
    first, second = api.get("/api/tags").json(), api.get("/api/tags?start=30").json()
    assert (first["total"], len(first["tags"]), len(second["tags"])) == (35, 30, 5)
    assert not set(first["tags"]) & set(second["tags"])


def test_lists_without_entries_are_empty_lists_except_of_contacts(api: Api) -> None:
    for path, name, empty in (
        ("tags", "tags", []),
        ("segments", "lists", []),
        ("campaigns", "campaigns", []),
        ("emails", "emails", []),
        ("contacts", "contacts", {}),
    ):
        assert api.get(f"/api/{path}").json()[name] == empty


def test_an_email_is_found_by_its_exact_name(api: Api) -> None:
    wanted = new_id(api, "emails", {"name": "LiDA101 welcome", "subject": "x"})
    new_id(api, "emails", {"name": "LiDA101 welcome 2", "subject": "x"})
    found = api.get(
        "/api/emails?where[0][col]=name&where[0][expr]=eq&where[0][val]=LiDA101%20welcome"
    ).json()
    assert (found["total"], list(found["emails"])) == (1, [str(wanted)])


def test_a_column_that_is_not_there_is_a_crash(api: Api) -> None:
    wrong = "where[0][col]=is_published&where[0][expr]=eq&where[0][val]=1"
    assert api.get(f"/api/segments?{wrong}").status_code == 500
    assert api.get("/api/campaigns?orderBy=zzz").status_code == 500


def test_contacts_are_ordered_and_paged_by_id_when_asked(api: Api) -> None:
    rows = [{"email": f"c{number}@example.org"} for number in range(5)]
    assert api.post("/api/contacts/batch/new", rows).json()["statusCodes"] == [201] * 5
    page = api.get(
        "/api/contacts?minimal=1&limit=2&where[0][col]=id&where[0][expr]=gt&where[0][val]=2"
        "&order[0][col]=id&order[0][dir]=asc"
    ).json()
    assert (page["total"], list(page["contacts"])) == ("3", ["3", "4"])


def test_failed_rows_at_the_end_leave_a_list_and_at_the_start_an_object(api: Api) -> None:
    good, bad = {"email": "good@example.org"}, {"email": "bad"}
    at_end = api.post("/api/contacts/batch/new", [good, bad]).json()
    assert [each["id"] for each in at_end["contacts"]] == [1]
    assert list(at_end["errors"]) == ["1"]
    at_start = api.post("/api/contacts/batch/new", [bad, good]).json()
    assert list(at_start["contacts"]) == ["1"]
    assert at_start["statusCodes"] == [400, 200]


def test_a_batch_of_200_is_taken_and_of_201_refused(api: Api) -> None:
    rows = [{"email": f"c{number}@example.org"} for number in range(201)]
    assert api.post("/api/contacts/batch/new", rows).status_code == 500
    assert api.sandbox.state()["contacts"] == []
    assert api.post("/api/contacts/batch/new", rows[:200]).status_code == 201


def test_a_country_code_is_refused_and_a_name_taken(api: Api) -> None:
    answer = api.post("/api/contacts/new", {"email": "a@example.org", "country": "NZ"})
    assert (answer.status_code, list(answer.json()["errors"][0]["details"])) == (400, ["country"])
    named = {"email": "a@example.org", "country": "New Zealand"}
    assert api.post("/api/contacts/new", named).status_code == 201


def test_a_renamed_zone_is_refused_and_utc_taken(api: Api) -> None:
    for zone, status in (("Asia/Calcutta", 400), ("Asia/Kolkata", 201), ("UTC", 200)):
        body = {"email": "a@example.org", "timezone": zone}
        assert api.post("/api/contacts/new", body).status_code == status


def test_dates_of_change_follow_the_version(api_of: ApiOf) -> None:
    for version, at_first in (("5.2.0", None), ("7.0.2", "as added")):
        api = api_of(version)
        contact = api.post("/api/contacts/new", {"email": "a@example.org"}).json()["contact"]
        expected = contact["dateAdded"] if at_first else None
        assert contact["dateModified"] == expected
        edited = api.patch("/api/contacts/1/edit", {"firstname": "Ann"}).json()["contact"]
        assert edited["dateModified"] is not None
        if at_first:
            assert edited["dateModified"] == contact["dateAdded"]


def test_a_trigger_date_breaks_the_answer_of_5_2_after_the_campaign_was_saved(
    api_of: ApiOf,
) -> None:
    for version, status in (("5.2.0", 500), ("7.0.2", 201)):
        api = api_of(version)
        new_id(api, "segments", {"name": "S"})
        body = campaign(triggerMode="date", triggerDate="2026-12-24T09:00:00+13:00")
        assert api.post("/api/campaigns/new", body).status_code == status
        saved = api.sandbox.state()["campaigns"]
        assert [each["lists"] for each in saved] == [[1]]
        assert saved[0]["events"][0]["triggerDate"] == "2026-12-23T20:00:00+00:00"


def test_a_client_of_5_2_may_not_mail_segments_but_a_user_may(api_of: ApiOf) -> None:
    api = api_of("5.2.0")
    new_id(api, "segments", {"name": "S"})
    body = {"name": "m", "subject": "s", "emailType": "list", "lists": [1]}
    assert api.post("/api/emails/new", body).status_code == 400
    assert api.sandbox.state()["emails"] == []
    basic = (api.sandbox.client_id, api.sandbox.client_secret)
    url = f"{api.sandbox.url}/api/emails/new"
    assert requests.post(url, json=body, auth=basic, timeout=10).status_code == 201


def test_a_refused_campaign_leaves_nothing_behind(api: Api) -> None:
    new_id(api, "segments", {"name": "S"})
    body = campaign() | {"lists": [{"id": 1}, {"id": 99}]}
    assert api.post("/api/campaigns/new", body).status_code == 500
    assert api.sandbox.state()["campaigns"] == []


def test_deleting_a_segment_silently_takes_it_from_its_campaigns(api: Api) -> None:
    new_id(api, "segments", {"name": "S"})
    new_id(api, "campaigns", campaign())
    assert api.delete("/api/segments/1/delete").status_code == 200
    assert api.get("/api/campaigns/1").json()["campaign"]["lists"] == []


def test_a_segment_that_is_published_again_takes_contacts_again(api: Api) -> None:
    new_id(api, "segments", {"name": "S"})
    new_id(api, "contacts", {"email": "a@example.org"})
    api.patch("/api/segments/1/edit", {"isPublished": False})
    assert api.post("/api/segments/1/contacts/add", {"ids": [1]}).status_code == 403
    api.patch("/api/segments/1/edit", {"isPublished": True})
    assert api.post("/api/segments/1/contacts/add", {"ids": [1]}).status_code == 200


def test_the_api_can_be_switched_off(api: Api) -> None:
    api.sandbox.switch(api_enabled=False)
    for path in ("/api/tags", "/api/users/self", "/api/nonsense"):
        answer = api.get(path)
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["type"] == "api_disabled"
    api.sandbox.switch(api_enabled=True)
    assert api.get("/api/tags").status_code == 200


def test_a_client_without_rights_is_refused_with_a_token_too(api: Api) -> None:
    posted = {
        "grant_type": "client_credentials",
        "client_id": api.sandbox.weak_client_id,
        "client_secret": api.sandbox.weak_client_secret,
    }
    url = api.sandbox.url
    token = requests.post(f"{url}/oauth/v2/token", data=posted, timeout=10).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    listed = requests.get(f"{url}/api/contacts", headers=headers, timeout=10)
    assert listed.json() == {"total": "0", "contacts": {}}
    body = {"tag": "x"}
    written = requests.post(f"{url}/api/tags/new", json=body, headers=headers, timeout=10)
    assert written.status_code == 403


def test_the_page_shows_what_is_stored_and_escapes_it(api: Api) -> None:
    new_id(api, "segments", {"name": "<b>LiDA101</b>", "alias": "lida101-x"})
    new_id(api, "campaigns", campaign() | {"name": "Announcements"})
    new_id(api, "contacts", {"email": "a@example.org", "tags": ["is"]})
    page = requests.get(api.sandbox.url, timeout=10)
    assert page.headers["Content-Type"].startswith("text/html")
    for text in ("&lt;b&gt;LiDA101&lt;/b&gt;", "lida101-x", "Announcements", "<strong>1</strong>"):
        assert text in page.text
    assert "<b>" not in page.text


def test_a_reset_forgets_data_but_not_tokens(api: Api) -> None:
    new_id(api, "tags", {"tag": "x"})
    new_id(api, "contacts", {"email": "a@example.org", "tags": ["x"]})
    api.sandbox.reset()
    assert not any(api.sandbox.state().values())
    assert api.sandbox.requests() == []
    assert new_id(api, "tags", {"tag": "y"}) == 1


def test_another_version_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"no stand-in for Mautic 4\.0"),
        running_sandbox(tmp_path, "4.0"),
    ):
        pass


def test_the_log_tells_what_was_asked(api: Api) -> None:
    api.sandbox.forget_requests()
    api.get("/api/tags?limit=5")
    assert api.sandbox.requests() == [
        {
            "n": 1,
            "method": "GET",
            "path": "/api/tags",
            "query": "limit=5",
            "status": 200,
            "fault": None,
        }
    ]

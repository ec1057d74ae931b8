"""The statistics of the stand-in Mautic: what fills them, how they are asked, what tests may do."""

from typing import Any

import pytest
import requests

from tests.sandbox.sandbox_api import Api
from tests.sandbox.test_sandbox_mautic import ApiOf, new_id, tag_filter


def rows(api: Api, table: str, query: str = "") -> list[dict[str, str]]:
    answer = api.get(f"/api/stats/{table}?limit=1000&{query}").json()
    found: list[dict[str, str]] = answer["stats"]
    return found


def of_contacts(api: Api) -> list[tuple[str, str]]:
    found = rows(api, "audit_log", "where[0][col]=object&where[0][expr]=eq&where[0][val]=lead")
    return [(row["object_id"], row["action"]) for row in found]


def of_segments(api: Api) -> list[tuple[str, str, str]]:
    found = rows(
        api, "lead_event_log", "where[0][col]=object&where[0][expr]=eq&where[0][val]=segment"
    )
    return [(row["lead_id"], row["object_id"], row["action"]) for row in found]


def contact(api: Api, name: str = "ann", **values: Any) -> int:
    return new_id(api, "contacts", {"email": f"{name}@example.org", **values})


def preference(api: Api, name: str, **values: Any) -> int:
    body = {"name": name, "publicName": f"Study {name}", "isPreferenceCenter": True}
    return new_id(api, "segments", body | values)


def test_a_new_contact_is_in_both_logs(api: Api) -> None:
    number = contact(api, tags=["is"])
    assert of_contacts(api) == [(str(number), "create"), (str(number), "identified")]
    (event,) = rows(api, "lead_event_log")
    assert (event["object"], event["action"]) == ("api-single", "identified_contact")
    assert "object_id" not in event


def test_contacts_of_a_batch_and_anonymous_ones_are_told_apart(api: Api) -> None:
    api.post("/api/contacts/batch/new", [{"email": "a@example.org"}])
    new_id(api, "contacts", {})
    events = [(row["object"], row["action"]) for row in rows(api, "lead_event_log")]
    assert events == [("api-batch", "identified_contact"), ("api-single", "created_contact")]


def test_an_edit_notes_what_really_changed_and_nothing_else(api: Api) -> None:
    number = contact(api, tags=["is"], firstname="Ann")
    before = len(of_contacts(api))
    api.patch(f"/api/contacts/{number}/edit", {"firstname": "Ann", "tags": ["is", "-cb"]})
    assert len(of_contacts(api)) == before
    api.patch(f"/api/contacts/{number}/edit", {"firstname": "Änn", "tags": ["-is", "cb"]})
    assert of_contacts(api)[before:] == [(str(number), "update")]
    details = rows(api, "audit_log")[-1]["details"]
    assert details == (
        'a:2:{s:4:"tags";a:2:{s:5:"added";a:1:{i:0;s:2:"cb";}s:7:"removed";a:1:{i:0;s:2:"is";}}'
        's:6:"fields";a:1:{s:9:"firstname";a:2:{i:0;s:3:"Ann";i:1;s:4:"Änn";}}}'
    )


def test_a_refused_edit_leaves_no_row(api: Api) -> None:
    number = contact(api)
    before = rows(api, "audit_log")
    assert api.patch(f"/api/contacts/{number}/edit", {"timezone": "x"}).status_code == 400
    assert rows(api, "audit_log") == before


def test_segments_are_logged_when_somebody_really_comes_or_goes(api: Api) -> None:
    number, segment = contact(api), preference(api, "lida101")
    for _ in range(2):
        api.post(f"/api/segments/{segment}/contacts/add", {"ids": [number]})
    for _ in range(2):
        api.post(f"/api/segments/{segment}/contact/{number}/remove")
    one, two = str(number), str(segment)
    assert of_segments(api) == [(one, two, "added"), (one, two, "removed")]
    assert rows(api, "lead_lists_leads") == []


def test_a_filter_puts_in_and_takes_out_and_both_are_logged(api: Api) -> None:
    tag = new_id(api, "tags", {"tag": "is"})
    segment = new_id(api, "segments", {"name": "S", "filters": [tag_filter(tag)]})
    number = contact(api, tags=["is"])
    (row,) = rows(api, "lead_lists_leads")
    assert (row["manually_added"], row["manually_removed"]) == ("0", "0")
    api.patch(f"/api/contacts/{number}/edit", {"tags": ["-is"]})
    assert rows(api, "lead_lists_leads") == []
    one, two = str(number), str(segment)
    assert of_segments(api) == [(one, two, "added"), (one, two, "removed")]


def test_a_filter_that_is_changed_or_made_later_looks_at_everybody(api: Api) -> None:
    one, two = (new_id(api, "tags", {"tag": name}) for name in ("one", "two"))
    first, second = contact(api, "a", tags=["one"]), contact(api, "b", tags=["two"])
    segment = new_id(api, "segments", {"name": "S", "filters": [tag_filter(one)]})
    assert api.sandbox.state()["segments"][0]["contacts"] == [first]
    api.patch(f"/api/segments/{segment}/edit", {"filters": [tag_filter(two)]})
    assert api.sandbox.state()["segments"][0]["contacts"] == [second]
    api.delete(f"/api/tags/{two}/delete")
    assert api.sandbox.state()["segments"][0]["contacts"] == []


def test_one_removed_by_hand_from_a_filter_keeps_a_row_that_says_so(api: Api) -> None:
    tag = new_id(api, "tags", {"tag": "is"})
    segment = new_id(api, "segments", {"name": "S", "filters": [tag_filter(tag)]})
    number = contact(api, tags=["is"])
    api.post(f"/api/segments/{segment}/contact/{number}/remove")
    (row,) = rows(api, "lead_lists_leads")
    assert (row["manually_added"], row["manually_removed"]) == ("0", "1")
    assert api.get(f"/api/contacts/{number}/segments").json() == {"total": 0, "lists": []}
    api.post(f"/api/segments/{segment}/contact/{number}/add")
    (row,) = rows(api, "lead_lists_leads")
    assert (row["manually_added"], row["manually_removed"]) == ("1", "0")


def test_a_no_is_a_row_until_it_is_lifted(api: Api) -> None:
    number = contact(api)
    path = f"/api/contacts/{number}/dnc/email"
    api.post(f"{path}/add", {"reason": 2, "comments": "bounced"})
    (row,) = rows(api, "lead_donotcontact")
    assert (row["lead_id"], row["reason"], row["channel"]) == (str(number), "2", "email")
    assert "channel_id" not in row
    assert api.post(f"{path}/remove").json()["recordFound"] is True
    assert rows(api, "lead_donotcontact") == []
    assert api.post(f"{path}/remove").json()["recordFound"] is False
    assert of_contacts(api)[-2:] == [(str(number), "update")] * 2


def test_a_no_of_the_learner_is_not_overwritten_and_others_keep_their_row(api: Api) -> None:
    number = contact(api)
    said = []
    for reason in (3, 2, 2, 1, 3):
        body = {"reason": reason, "comments": f"c{reason}"}
        api.post(f"/api/contacts/{number}/dnc/email/add", body)
        (row,) = rows(api, "lead_donotcontact")
        said.append((row["id"], row["reason"], row["comments"]))
    assert said == [
        ("1", "3", "c3"),
        ("1", "2", "c2"),
        ("1", "2", "c2"),
        ("1", "1", "c1"),
        ("1", "1", "c1"),
    ]


def test_rows_are_found_ordered_and_limited_as_asked(api: Api) -> None:
    for name in "abcd":
        contact(api, name)
    query = (
        "where[0][col]=object_id&where[0][expr]=in&where[0][val]=1,3"
        "&where[1][col]=action&where[1][expr]=eq&where[1][val]=create"
    )
    assert [row["object_id"] for row in rows(api, "audit_log", query)] == ["1", "3"]
    backwards = f"{query}&order[0][col]=id&order[0][dir]=desc"
    assert [row["object_id"] for row in rows(api, "audit_log", backwards)] == ["3", "1"]
    page = api.get(
        "/api/stats/audit_log?limit=2&where[0][col]=id&where[0][expr]=gt&where[0][val]=3"
    ).json()
    assert (page["total"], [row["id"] for row in page["stats"]]) == ("5", ["4", "5"])


def test_a_hundred_rows_come_when_no_number_is_said(api: Api) -> None:
    rows_of_contacts = [{"email": f"c{number}@example.org"} for number in range(60)]
    api.post("/api/contacts/batch/new", rows_of_contacts)
    answer = api.get("/api/stats/audit_log").json()
    assert (answer["total"], len(answer["stats"])) == ("120", 100)


def test_a_column_that_is_not_there_is_an_error_with_status_200(api: Api) -> None:
    wrong = "where[0][col]=nope&where[0][expr]=eq&where[0][val]=1"
    answer = api.get(f"/api/stats/audit_log?{wrong}")
    assert answer.status_code == 200
    assert list(answer.json()) == ["errors"]


def test_the_tables_follow_the_version(api_of: ApiOf) -> None:
    for version, count in (("5.2.0", 14), ("7.0.2", 16)):
        tables = api_of(version).get("/api/stats").json()["tableColumns"]
        assert len(tables["campaign_lead_event_log"]) == count


def test_a_row_that_is_held_back_is_seen_when_it_is_released(api: Api) -> None:
    contact(api, "a")
    segment, number = preference(api, "s"), contact(api, "b")
    api.post(f"/api/segments/{segment}/contacts/add", {"ids": [number]})
    api.post(f"/api/contacts/{number}/dnc/email/add")
    for log in ("audit_log", "lead_event_log", "lead_donotcontact"):
        before = api.get(f"/api/stats/{log}").json()
        held = api.sandbox.hold_back(log)
        after = api.get(f"/api/stats/{log}").json()
        assert int(after["total"]) == int(before["total"]) - 1
        (missing,) = (row for row in before["stats"] if row not in after["stats"])
        assert missing["id"] == str(held)
        api.sandbox.release()
        assert api.get(f"/api/stats/{log}").json() == before


def test_ids_go_on_after_rows_were_purged(api: Api) -> None:
    assert api.sandbox.hold_back("audit_log") is None
    contact(api, "a")
    last = int(rows(api, "audit_log")[-1]["id"])
    api.sandbox.purge("audit_log", last - 1)
    assert [int(row["id"]) for row in rows(api, "audit_log")] == [last]
    api.sandbox.purge("audit_log", last)
    assert rows(api, "audit_log") == []
    contact(api, "b")
    assert int(rows(api, "audit_log")[0]["id"]) == last + 1


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("hold_back", {"log": "contacts"}),
        ("purge", {"log": "lead_donotcontact", "through": 1}),
        ("delete_contact", {"contact": 9}),
        ("merge_contacts", {"loser": 1, "winner": 1}),
        ("preference_link", {"contact": 9}),
        ("release", {"log": "audit_log"}),
    ],
)
def test_what_cannot_be_is_refused(api: Api, action: str, arguments: dict[str, Any]) -> None:
    url = f"{api.sandbox.url}/_sandbox/{action}"
    answer = requests.post(url, json=arguments, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_deleted_contact_leaves_only_the_audit_log(api: Api) -> None:
    number, segment = contact(api), preference(api, "s")
    api.post(f"/api/segments/{segment}/contacts/add", {"ids": [number]})
    api.post(f"/api/contacts/{number}/dnc/email/add")
    api.sandbox.delete_contact(number)
    assert of_contacts(api)[-1] == (str(number), "delete")
    for table in ("lead_event_log", "lead_donotcontact", "lead_lists_leads"):
        assert rows(api, table) == []
    assert api.sandbox.state()["contacts"] == []


def test_a_merge_keeps_tags_segments_and_the_newest_values(api: Api) -> None:
    loser = contact(api, "loser", tags=["cb"], country="Fiji")
    winner = contact(api, "winner", tags=["is"])
    segment = preference(api, "s")
    api.post(f"/api/segments/{segment}/contacts/add", {"ids": [loser]})
    api.post(f"/api/contacts/{loser}/dnc/email/add")
    api.sandbox.merge_contacts(loser, winner)
    (left,) = api.sandbox.state()["contacts"]
    assert (left["id"], left["tags"], left["country"]) == (winner, ["cb", "is"], "Fiji")
    assert left["email"] == "winner@example.org"
    assert left["doNotContact"] == {}, "the loser's no goes with the loser"
    assert api.sandbox.state()["segments"][0]["contacts"] == [winner]
    assert of_contacts(api)[-3:] == [
        (str(winner), "update"),
        (str(loser), "merge"),
        (str(loser), "delete"),
    ]
    assert of_segments(api) == [(str(winner), str(segment), "added")]

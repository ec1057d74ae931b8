"""What is written to WordPress: rows after a sync, and what learners say on either side."""

from typing import Any

import pytest

from tests.sandbox.wpms.wpms_api import (
    LIDA,
    Api,
    of_learner,
    offer,
    offers,
    refused,
    written_back,
)

# statuses


def test_every_entry_of_a_write_back_is_answered_in_one_list_by_its_key(api: Api) -> None:
    good, stale, bad = (api.wpms.enrol(f"{name}@example.org", LIDA) for name in "abc")
    entries = [written_back(api.row(each)) for each in (good, stale, bad)]
    entries[1]["rev"] += 1
    entries[2]["state"] = "happy"
    entries.append({**entries[0], "user_id": 99})
    answer = api.put("statuses", entries).json()
    problems = answer["invalid"][0].pop("problems")
    assert answer == {
        "saved": [{"blog_id": 2, "user_id": good}],
        "stale": [{"blog_id": 2, "user_id": stale}],
        "invalid": [{"blog_id": 2, "user_id": bad}],
        "missing": [{"blog_id": 2, "user_id": 99}],
    }
    assert list(problems) == ["state"]
    assert api.dirty() == [(2, stale), (2, bad)]


def test_a_write_back_sent_twice_is_saved_twice(api: Api) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    entry = written_back(api.row(ann), state="waiting", delivery="cohort", cohort="20180314")
    for _ in range(2):
        assert len(api.put("statuses", [entry]).json()["saved"]) == 1
    row = api.row(ann)
    assert {name: row[name] for name in entry} == entry


@pytest.mark.parametrize("state", ["pending", "linked", "waiting", "left", "error", "optedout"])
@pytest.mark.parametrize("delivery", ["is", "cohort", None])
def test_the_documented_states_and_deliveries_are_saved(
    api: Api, state: str, delivery: str | None
) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    assert api.write_back(api.row(ann), state=state, delivery=delivery)["saved"] != []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rev", "1"),
        ("rev", None),
        ("state", None),
        ("delivery", "post"),
        ("contact_id", "7"),
        ("contact_id", True),
        ("contact_id", 10**30),
        ("tags", "lida101-oeru-is"),
        ("tags", [1]),
        ("cohort", 20180314),
        ("reason", ["x"]),
    ],
)
def test_a_wrong_value_makes_the_entry_invalid_and_names_it(
    api: Api, name: str, value: Any
) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    before = api.wpms.state()
    (entry,) = api.write_back(api.row(ann), **{name: value})["invalid"]
    assert (entry["user_id"], next(iter(entry["problems"])).split(".")[0]) == (ann, name)
    assert api.wpms.state() == before


# learners


def test_what_a_learner_said_in_mautic_is_saved_and_makes_nothing_dirty(api: Api) -> None:
    ann = api.sign_up("ann@example.org")
    said = {
        "user_id": ann,
        "email_ok": False,
        "choices": [{"blog_id": 2, "choice": "20180314"}, {"blog_id": 3, "choice": "is"}],
    }
    answer = api.put("learners", [said, {"user_id": 99, "email_ok": True}]).json()
    assert answer == {
        "saved": [{"user_id": ann}, {"user_id": ann, "blog_id": 2}],
        "missing": [{"user_id": ann, "blog_id": 3}, {"user_id": 99}],
        "newer": [],
    }
    row = api.row(ann)
    assert (row["email_ok"], row["choice"], row["rev"]) == (False, "20180314", 1)
    assert api.dirty() == []


def test_a_later_word_in_wordpress_is_newer_and_stays(api: Api) -> None:
    api.put("courses/2/offers", offers("2018-03-01", offer("is"), offer("20180314")))
    ann = api.sign_up("ann@example.org")
    api.wpms.choose(ann, LIDA, "is")
    api.wpms.profile(ann, email_ok=False)
    said = {
        "user_id": ann,
        "email_ok": True,
        "choices": [{"blog_id": 2, "choice": "20180314"}],
    }
    newer = [{"user_id": ann}, {"user_id": ann, "blog_id": 2}]
    assert api.put("learners", [said]).json()["newer"] == newer
    assert (api.row(ann)["choice"], api.row(ann)["email_ok"]) == ("is", False)
    api.write_back(api.row(ann))
    assert api.put("learners", [said]).json()["saved"] == newer


def test_another_unsent_change_is_no_word_against_what_was_said_in_mautic(api: Api) -> None:
    ann = api.sign_up("ann@example.org")
    api.wpms.profile(ann, first_name="Ann")
    said = {"user_id": ann, "email_ok": False, "choices": [{"blog_id": 2, "choice": "is"}]}
    assert api.put("learners", [said]).json()["newer"] == []
    assert api.dirty() == [(2, ann)]


# me and the choice among the offers


def test_a_learner_sees_and_changes_their_own_preferences_on_any_site(api: Api) -> None:
    api.put("courses/2/offers", offers("2018-03-01", offer("is")))
    ann = api.sign_up("ann@example.org", first_name="Ann")
    me = of_learner(api.wpms, "ann@example.org")
    said = {
        "email_ok": False,
        "timezone": "UTC+5:30",
        "choices": [{"blog_id": 2, "choice": "is"}],
    }
    changed = me.call("PUT", "me", said, site="/ipm101").json()
    assert changed == me.get("me").json()
    assert (changed["user_id"], changed["email_ok"], changed["timezone"]) == (
        ann,
        False,
        "UTC+5:30",
    )
    (course,) = changed["courses"]
    assert (course["choice"], course["tags"], course["offers"]) == (
        "is",
        ["lida101-oeru-is"],
        [offer("is")],
    )
    assert api.dirty() == [(2, ann)]


def test_one_thing_refused_and_nothing_of_the_preferences_is_saved(api: Api) -> None:
    api.sign_up("ann@example.org")
    me = of_learner(api.wpms, "ann@example.org")
    before = api.wpms.state()
    said = {"email_ok": False, "choices": [{"blog_id": 2, "choice": "20180314"}]}
    refused(me.put("me", said), 400, "choices.0.choice")
    refused(me.put("me", {"email_ok": False, "timezone": "Mars/Base"}), 400, "timezone")
    refused(me.put("me", {"email_ok": "no"}), 400, "email_ok")
    assert api.wpms.state() == before


@pytest.mark.parametrize(
    ("now", "accepted"),
    [
        # 16 March ends in Auckland (UTC+13) at 11:00 UTC.
        ("2018-03-16T10:59:59", True),
        ("2018-03-16T11:00:00", False),
    ],
)
def test_join_until_counts_as_a_date_of_the_course_site(api: Api, now: str, accepted: bool) -> None:
    api.put("courses/2/offers", offers("2018-03-01", offer("20180314", "2018-03-16")))
    ann = api.sign_up("ann@example.org")
    me = of_learner(api.wpms, "ann@example.org")
    api.wpms.switch(now=now)
    answer = me.put("me", {"choices": [{"blog_id": 2, "choice": "20180314"}]})
    assert answer.status_code == (200 if accepted else 400)
    assert api.row(ann)["choice"] == ("20180314" if accepted else None)
    assert len(me.get("me").json()["courses"][0]["offers"]) == int(accepted)

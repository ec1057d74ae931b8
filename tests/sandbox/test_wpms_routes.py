"""Each route of the contract: what it answers, whom it lets in, what it refuses."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.runner import Wpms
from tests.sandbox.wpms_api import (
    IPM,
    LIDA,
    REST,
    Api,
    Plain,
    key_of,
    of_learner,
    of_worker,
    offer,
    offers,
    running,
    written_back,
)

NEXT = "X-Course-Sync-Next"
WORKER_ROUTES = [
    ("GET", "status"),
    ("GET", "courses"),
    ("PUT", "courses/2/offers"),
    ("GET", "enrolments"),
    ("PUT", "statuses"),
    ("PUT", "learners"),
    ("POST", "enrolments"),
    ("POST", "lookup"),
]


@pytest.fixture(scope="module")
def wpms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wpms]:
    with running(tmp_path_factory.mktemp("wpms")) as server:
        yield server


@pytest.fixture
def api(wpms: Wpms) -> Api:
    wpms.reset()
    return of_worker(wpms)


def refused(answer: requests.Response, status: int, naming: str = "") -> None:
    """Assert a WordPress error of that status."""
    body = answer.json()
    assert (answer.status_code, body["data"]["status"]) == (status, status), body
    assert body.keys() == {"code", "message", "data"}
    assert naming in body["message"]


def pages(api: Api, route: str) -> list[list[Plain]]:
    """All pages, following the header."""
    found, following = [], ""
    while True:
        answer = api.get(route + following)
        found.append(answer.json())
        if NEXT not in answer.headers:
            return found
        following = "&" + answer.headers[NEXT]


# Who may call


@pytest.mark.parametrize(("method", "route"), [*WORKER_ROUTES, ("GET", "me"), ("PUT", "me")])
def test_without_the_right_credentials_it_is_401(api: Api, method: str, route: str) -> None:
    api.wpms.register("ann@example.org")
    refused(requests.request(method, api.wpms.url + REST + route, timeout=10), 401)
    for user, password in [
        ("worker", "wrong"),
        ("nobody", api.password),
        ("ann@example.org", api.password),
    ]:
        refused(Api(api.wpms, user, password).call(method, route), 401)
    for header in ["Bearer x", "Basic x", "Basic ####", "Basic /w=="]:
        answer = requests.request(
            method, api.wpms.url + REST + route, headers={"Authorization": header}, timeout=10
        )
        refused(answer, 401)


@pytest.mark.parametrize(("method", "route"), WORKER_ROUTES)
def test_another_account_than_the_worker_gets_403(api: Api, method: str, route: str) -> None:
    api.wpms.register("ann@example.org")
    refused(of_learner(api.wpms, "ann@example.org").call(method, route), 403)


def test_an_application_password_is_taken_in_groups_as_wordpress_shows_it(api: Api) -> None:
    grouped = Api(api.wpms, api.user, "sandb oxpas sword")
    assert grouped.get("status").status_code == 200


def test_a_revoked_password_stays_refused_until_a_reset(api: Api) -> None:
    api.wpms.fault("expired_token")
    refused(api.get("status"), 401)
    refused(api.get("status"), 401)
    api.wpms.reset()
    assert api.get("status").status_code == 200


@pytest.mark.parametrize(
    ("method", "route", "site"),
    [
        ("GET", "nothing", ""),
        ("DELETE", "status", ""),
        ("PUT", "courses/x/offers", ""),
        ("GET", "status", "/lida101"),
        ("GET", "me", "/nowhere"),
        ("PUT", "courses/2/link", ""),
    ],
)
def test_what_the_plugin_does_not_have_is_404(api: Api, method: str, route: str, site: str) -> None:
    api.wpms.register("ann@example.org")
    refused(of_learner(api.wpms, "ann@example.org").call(method, route, site=site), 404)


# status, courses, offers


def test_status_counts_the_network(api: Api) -> None:
    api.wpms.enrol("ann@example.org", LIDA)
    status = api.get("status").json()
    assert list(status) == ["version", "courses", "dirty", "pending", "oldest_dirty_gmt"]
    assert (status["courses"], status["dirty"], status["pending"]) == (2, 1, 0)


def test_courses_tell_their_sites_links_and_numbers(api: Api) -> None:
    api.sign_up("ann@example.org")
    api.wpms.link(IPM, on=False)
    api.wpms.enrol("ann@example.org", IPM)
    lida, ipm = api.get("courses").json()
    assert lida == {
        "blog_id": 2,
        "path": LIDA,
        "url": api.wpms.url + LIDA,
        "title": "LiDA101",
        "link": "on",
        "offers": [],
        "as_of": None,
        "enrolled": 1,
        "pending": 0,
        "dirty": 0,
        "archived": False,
    }
    assert (ipm["link"], ipm["pending"], ipm["dirty"]) == ("off", 1, 0)
    first, second = pages(api, "courses?per_page=1")
    assert [*first, *second] == [lida, ipm]


def test_offers_are_stored_and_their_link_is_left_alone(api: Api) -> None:
    api.wpms.link(LIDA, on=False)
    new = offers("2018-03-01", offer("is"), offer("20180314", "2018-03-16"))
    answer = api.put("courses/2/offers", {**new, "link": "on"})
    assert answer.status_code == 200
    course = api.get("courses").json()[0]
    assert answer.json() == course
    assert (course["offers"], course["as_of"], course["link"]) == (
        new["offers"],
        "2018-03-01",
        "off",
    )


def test_older_offers_are_refused_with_409_and_change_nothing(api: Api) -> None:
    api.put("courses/2/offers", offers("2018-03-01", offer("is")))
    before = api.wpms.state()
    refused(api.put("courses/2/offers", offers("2018-02-28")), 409)
    assert api.wpms.state() == before
    assert api.put("courses/2/offers", offers("2018-03-01")).status_code == 200


def test_new_offers_make_the_waiting_rows_dirty_and_the_same_again_do_not(api: Api) -> None:
    waits = api.sign_up("waits@example.org")
    api.sign_up("linked@example.org")
    there = api.sign_up("there@example.org", IPM)
    for user_id, blog_id in ((waits, 2), (there, 3)):
        api.write_back(api.row(user_id, blog_id), state="waiting", delivery="cohort")
    new = offers("2018-03-01", offer("is"), offer("20180314"))
    api.put("courses/2/offers", new)
    assert api.dirty() == [(2, waits)]
    api.write_back(api.row(waits), state="waiting")
    api.put("courses/2/offers", {**new, "as_of": "2018-03-02"})
    assert api.dirty() == []


def test_offers_for_a_course_that_is_not_there_are_404(api: Api) -> None:
    for blog_id in (1, 4, 10**30):
        refused(api.put(f"courses/{blog_id}/offers", offers("2018-03-01")), 404)


# enrolments


def test_pages_follow_the_key_and_the_header_ends_with_the_last(api: Api) -> None:
    api.wpms.seed(learners=7)
    found = pages(api, "enrolments?per_page=3")
    assert [len(page) for page in found] == [3, 3, 1]
    keys = [key_of(row) for page in found for row in page]
    assert keys == sorted(set(keys))
    assert len(pages(api, "enrolments?per_page=7")) == 1


def test_rows_that_go_and_come_while_paging_make_no_gap_and_no_repetition(api: Api) -> None:
    api.wpms.seed(learners=10)
    before = {key_of(row) for row in api.wpms.rows()}
    first = api.get("enrolments?dirty=1&per_page=4")
    api.write_back(*first.json())
    api.wpms.enrol("late@example.org", LIDA)
    api.wpms.profile(first.json()[0]["user_id"], first_name="Again")
    rest = pages(api, "enrolments?dirty=1&per_page=4&" + first.headers[NEXT])
    keys = [key_of(row) for page in rest for row in page]
    assert len(keys) == len(set(keys))
    assert set(keys) >= before - {key_of(row) for row in first.json()}
    assert key_of(first.json()[0]) in api.dirty()


def test_the_snapshot_can_be_of_one_course_and_of_one_state(api: Api) -> None:
    ann = api.sign_up("ann@example.org")
    bob = api.wpms.enrol("bob@example.org", LIDA)
    api.wpms.enrol("bob@example.org", IPM)
    assert [key_of(row) for row in api.get("enrolments?state=linked").json()] == [(2, ann)]
    assert [key_of(row) for row in api.get("enrolments?state=pending&blog_id=3").json()] == [
        (3, bob)
    ]
    assert len(api.get("enrolments").json()) == 3


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("enrolments?per_page=1001", "per_page"),
        ("enrolments?per_page=0", "per_page"),
        ("enrolments?per_page=ten", "per_page"),
        ("enrolments?dirty=maybe", "dirty"),
        ("enrolments?state=lost", "state"),
        ("enrolments?blog_id=0", "blog_id"),
        ("enrolments?after_blog=-1", "after_blog"),
        (f"enrolments?after_user={10**30}", "after_user"),
        ("courses?after=x", "after"),
        ("courses?per_page=", "per_page"),
    ],
)
def test_a_wrong_parameter_is_400_and_named(api: Api, route: str, name: str) -> None:
    refused(api.get(route), 400, name)


def test_enrolling_an_existing_account_is_201_then_200(api: Api) -> None:
    ann = api.wpms.register("ann@example.org")
    first = api.post("enrolments", {"email": "ANN@example.org", "blog_id": 2})
    assert (first.status_code, key_of(first.json())) == (201, (2, ann))
    again = api.post("enrolments", {"email": "ann@example.org", "blog_id": 2})
    assert (again.status_code, again.json()["rev"]) == (200, 1)
    refused(api.post("enrolments", {"email": "bob@example.org", "blog_id": 2}), 404, "account")
    refused(api.post("enrolments", {"email": "ann@example.org", "blog_id": 9}), 404, "course")


def test_lookup_tells_who_has_an_account(api: Api) -> None:
    ann = api.wpms.register("ann@example.org")
    gone = api.wpms.register("gone@example.org")
    api.wpms.delete_account(gone)
    asked = ["Ann@example.org", "nobody@example.org", "gone@example.org"]
    assert api.post("lookup", {"emails": asked}).json() == [
        {"email": "Ann@example.org", "user_id": ann}
    ]


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


# Nonsense

SOMETHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["blog_id", "user_id", "rev", "email", "emails", "as_of", "choices", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
BODIES = ["courses/2/offers", "statuses", "learners", "enrolments", "lookup", "me"]


@given(route=st.sampled_from(BODIES), body=SOMETHING)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_answer_is_documented_and_an_error_changes_nothing(
    api: Api, route: str, body: Any
) -> None:
    api.wpms.enrol("ann@example.org", LIDA)
    before = api.wpms.state()
    method = "POST" if route in ("enrolments", "lookup") else "PUT"
    caller = of_learner(api.wpms, "ann@example.org") if route == "me" else api
    answer = caller.call(method, route, body)
    assert answer.status_code in (200, 201, 400, 404), answer.text
    if answer.status_code >= 400:
        refused(answer, answer.status_code)
    assert api.wpms.state() == before


@pytest.mark.parametrize(("method", "route"), [each for each in WORKER_ROUTES if each[0] != "GET"])
@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_400(api: Api, method: str, route: str, raw: bytes) -> None:
    answer = requests.request(
        method,
        api.wpms.url + REST + route,
        data=raw,
        auth=(api.user, api.password),
        timeout=10,
    )
    refused(answer, 400, "JSON")


@pytest.mark.parametrize(
    ("method", "route", "entry", "limit"),
    [
        ("PUT", "statuses", {"blog_id": 2, "user_id": 1, "rev": 1, "state": "linked"}, 1000),
        ("PUT", "learners", {"user_id": 1, "email_ok": False}, 500),
        ("POST", "lookup", "a@example.org", 1000),
    ],
)
def test_more_than_the_limit_is_413_and_nothing_is_changed(
    api: Api, method: str, route: str, entry: Any, limit: int
) -> None:
    api.wpms.enrol("ann@example.org", LIDA)
    before = api.wpms.state()

    def send(count: int) -> requests.Response:
        entries = [entry] * count
        return api.call(method, route, {"emails": entries} if route == "lookup" else entries)

    refused(send(limit + 1), 413, "emails" if route == "lookup" else "body")
    assert api.wpms.state() == before
    assert send(limit).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("as_of", "20180301"),
        ("as_of", "2018-02-30"),
        ("as_of", None),
        ("course", None),
        ("partner", 1),
        ("offers", {}),
        ("offers.0.key", "cohort"),
        ("offers.0.delivery", "cb"),
        ("offers.0.join_until", "2018-3-1"),
        ("offers.0.label", None),
    ],
)
def test_a_wrong_field_of_the_offers_is_400_and_named(api: Api, name: str, value: Any) -> None:
    new = offers("2018-03-01", offer("20180314"))
    *parents, last = name.split(".")
    (new["offers"][0] if parents else new)[last] = value
    before = api.wpms.state()
    refused(api.put("courses/2/offers", new), 400, name)
    assert api.wpms.state() == before

"""Each route of the contract: what it answers, whom it lets in, what it refuses."""

import pytest
import requests

from tests.sandbox.wpms.wpms_api import (
    IPM,
    LIDA,
    REST,
    Api,
    Plain,
    key_of,
    of_learner,
    offer,
    offers,
    refused,
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

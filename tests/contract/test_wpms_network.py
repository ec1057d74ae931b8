"""The network as a whole: its status, its course sites, and what they offer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.contract.network import Network
from tests.wpms_hook.deeds import COHORT, IPM, IS, LIDA, NOW, TODAY
from transport.errors import ApiOffError, NotFoundError
from wpms_hook.client import WpmsClient
from wpms_hook.courses import CourseSite, list_courses, put_offers, read_status
from wpms_hook.enrolments import Status, write_statuses


def site(network: Network, blog_id: int) -> CourseSite:
    (found,) = (course for course in list_courses(network.client) if course.blog_id == blog_id)
    return found


def offer_both(network: Network, as_of: date = TODAY) -> bool:
    return put_offers(network.worker, LIDA, as_of, "LiDA101", "OERu", [IS, COHORT])


def test_the_status_tells_the_version_and_how_many_course_sites(network: Network) -> None:
    status = read_status(network.client)
    assert status.version[:1].isdigit()
    assert status.courses == len(list_courses(network.client))
    assert status.oldest_dirty is not None or status.dirty == 0


def test_the_status_tells_what_is_out_of_step_and_since_when(network: Network) -> None:
    network.people.enrol("ann@example.org", LIDA)
    status = read_status(network.client)
    assert (status.dirty, status.pending) == (1, 0)
    assert status.oldest_dirty == datetime.fromisoformat(NOW).replace(tzinfo=UTC)


def test_enrolments_of_a_course_site_without_link_are_pending(network: Network) -> None:
    network.people.link(LIDA, on=False)
    network.people.enrol("ann@example.org", LIDA)
    status, course = read_status(network.client), site(network, LIDA)
    assert (status.dirty, status.pending) == (0, 1)
    assert (course.linked, course.enrolled, course.pending) == (False, 1, 1)


def test_course_sites_come_by_their_id_with_their_own_paths(network: Network) -> None:
    courses = list_courses(network.client)
    ids, paths = [course.blog_id for course in courses], [course.path for course in courses]
    assert ids == sorted(set(ids))
    assert len(set(paths)) == len(paths)
    assert all(path.startswith("/") and path.endswith("/") for path in paths)


def test_course_sites_come_in_pages_after_an_id(network: Network) -> None:
    first = network.course().blog_id
    ids = [course.blog_id for course in list_courses(network.client)]
    for after, expected in ((0, ids[:1]), (first, ids[1:2]), (ids[-1], [])):
        params = {"after": after, "per_page": 1}
        page = network.client.get("/courses", tried="read one course site", params=params).json
        assert [row["blog_id"] for row in page] == expected


def test_the_routes_are_on_the_main_site_only(network: Network) -> None:
    path = network.course().path.rstrip("/")
    elsewhere = WpmsClient(network.url + path, "", "")
    elsewhere.transport.session.auth = network.client.transport.session.auth
    with pytest.raises(ApiOffError):
        read_status(elsewhere)


def test_offers_are_kept_as_local_dates(network: Network) -> None:
    assert offer_both(network)
    course = site(network, LIDA)
    assert (course.as_of, course.offers) == (TODAY, (IS, COHORT))
    assert site(network, IPM).offers == ()


def test_offers_of_an_older_day_change_nothing(network: Network) -> None:
    """On a real network only a course site that has offers is asked, and with its own offers."""
    if network.stand_in:
        offer_both(network)
    having = [course for course in list_courses(network.client) if course.as_of]
    if not having:
        pytest.skip("No course site of this network has offers yet.")
    course = having[0]
    assert course.as_of is not None
    older = course.as_of - timedelta(days=1)
    assert not put_offers(
        network.client, course.blog_id, older, course.title, course.title, course.offers
    )
    after = site(network, course.blog_id)
    assert (after.as_of, after.offers) == (course.as_of, course.offers)


def test_the_same_offers_again_put_nobody_on_the_work_list(network: Network) -> None:
    waiting_learner(network)
    offer_both(network)
    write_back_waiting(network, rev=2)
    assert offer_both(network)
    assert offer_both(network, TODAY + timedelta(days=1))
    assert read_status(network.client).dirty == 0


def test_new_offers_put_those_who_wait_on_the_work_list_and_nobody_else(network: Network) -> None:
    waiting_learner(network)
    bob = network.people.enrol("bob@example.org", LIDA)
    write_statuses(network.client, [Status(LIDA, bob, 1, "linked")])
    assert read_status(network.client).dirty == 0
    offer_both(network)
    assert read_status(network.client).dirty == 1


def test_no_route_switches_the_link(network: Network) -> None:
    network.people.link(LIDA, on=False)
    body = {"as_of": "2018-12-05", "course": "LiDA101", "partner": "OERu", "offers": []}
    network.client.put(f"/courses/{LIDA}/offers", {**body, "link": "on"}, tried="set offers")
    assert not site(network, LIDA).linked


def test_offers_of_a_course_site_that_is_not_there_are_not_found(network: Network) -> None:
    with pytest.raises(NotFoundError):
        put_offers(network.worker, 99, TODAY, "LiDA101", "OERu", [IS])


def waiting_learner(network: Network) -> None:
    network.people.enrol("ann@example.org", LIDA)
    write_back_waiting(network, rev=1)


def write_back_waiting(network: Network, rev: int) -> None:
    ann = network.user("ann@example.org")
    written = write_statuses(network.client, [Status(LIDA, ann, rev, "waiting")])
    assert written.saved

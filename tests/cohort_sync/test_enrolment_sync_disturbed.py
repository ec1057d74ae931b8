import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from cohort_sync.enrolment_report import CourseReport
from cohort_sync.enrolment_sync import sync_course
from cohorts.names import day_code
from cohorts.rolling import standing
from mautic_hook.contacts import create_contacts
from tests.cohort_sync.mautics import client_of
from tests.cohort_sync.networks import Network
from tests.waiting import wait_until
from transport.errors import CallError
from wpms_hook.enrolments import Status, write_statuses


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "html_after", "truncate", "status"])
@pytest.mark.parametrize(
    "path", ["^/api/contacts/batch/new$", "^/wp-json/course-sync/v1/statuses$"]
)
def test_an_answer_lost_after_saving_doubles_nobody(network: Network, kind: str, path: str) -> None:
    network.wpms.seed(420)
    side = network.mautic if "/api/" in path else network.wpms
    more = {"status": 500, "after_commit": True} if kind == "status" else {}
    side.fault(kind, path=path, times=2, **more)
    network.sync()
    assert len(network.contacts()) == 420
    assert network.outcome()["in step"]


def test_the_two_requests_of_a_batch_are_in_flight_at_the_same_time(network: Network) -> None:
    network.wpms.seed(1200)  # 600 on each of two courses: requests of 200, 200; 200
    path = "/api/contacts/batch/new"
    network.mautic.fault("hold", path=f"^{path}$", times=0)

    def sent() -> int:
        return sum(entry["path"] == path for entry in network.mautic.requests())

    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(network.sync)
        wait_until(lambda: sent() == 2)
        network.mautic.clear_faults()
        run.result()
    assert sent() == 6
    assert len(network.contacts()) == 1200


def test_a_failed_read_removes_nobody(network: Network) -> None:
    network.wpms.seed(50)
    network.sync()
    before = network.outcome()
    for row in network.wpms.rows()[:3]:
        network.wpms.profile(row["user_id"], first_name="New")
    network.mautic.fault("status", path="^/api/contacts$", method="GET", times=0, status=503)
    with pytest.raises(CallError) as caught:
        network.sync()
    told = str(caught.value)
    assert told.startswith("LiDA101 by OERu, site 2: look up contacts")
    assert "GET /api/contacts answered 503" in told
    assert "A retry may help. If it goes on, the server's own log" in told
    network.mautic.clear_faults()
    assert network.sync() == {"updated": 3}
    assert network.outcome() == before


def test_a_row_changed_while_it_is_synced_ends_right(network: Network) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    network.mautic.fault("delay", path="^/api/contacts/batch/new$", seconds=0.5, after_commit=True)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(network.sync)
        wait_until(lambda: bool(network.mautic.state()["contacts"]))
        # The contact is made, its id not yet written back: the address must not make another.
        network.wpms.profile(ann, email="ann.new@example.org", first_name="Annabel")
        counts = run.result()
    assert counts["changed meanwhile"] == 1
    assert list(network.contacts()) == ["ann.new@example.org"]
    assert network.outcome()["in step"]


@pytest.mark.parametrize(("learners", "nth"), [(1100, 0), (1100, 4), (5000, 12)])
@pytest.mark.parametrize("after_commit", [False, True], ids=["before_saving", "after_saving"])
def test_killed_in_the_middle_and_run_again_it_ends_as_if_undisturbed(
    network: Network, learners: int, nth: int, after_commit: bool
) -> None:
    network.wpms.seed(learners)
    network.sync()
    undisturbed = network.outcome()
    network.begin()
    network.wpms.seed(learners)
    path = "^/api/contacts/batch/new$"
    # Both requests that are in flight hang when the worker is killed.
    network.mautic.fault("hold", path=path, skip=nth, times=2, after_commit=after_commit)
    mautic, wpms = network.mautic, network.wpms
    arguments = [mautic.url, mautic.client_id, mautic.client_secret]
    arguments += [wpms.url, wpms.user, wpms.password]
    process = subprocess.Popen([sys.executable, "-m", "tests.cohort_sync.sync_once", *arguments])
    wait_until(lambda: any(entry["fault"] == "hold" for entry in mautic.requests()))
    process.send_signal(signal.SIGKILL)
    process.wait()
    mautic.clear_faults()
    network.sync()
    assert network.outcome() == undisturbed
    sent = [e for e in mautic.requests() if e["path"] == "/api/contacts/batch/new"]
    courses = 2
    most_twice = 2  # a batch is two requests
    assert len(sent) <= courses * -(-learners // courses // 200) + most_twice, "one batch twice"


def test_two_runs_after_each_other_through_the_one_slot_pool_double_nobody(
    network: Network,
) -> None:
    network.wpms.seed(300)
    with ThreadPoolExecutor(1) as one_slot:
        runs = [one_slot.submit(network.sync) for _ in range(3)]
    assert [run.result()["signed up"] for run in runs] == [300, 0, 0]
    assert len(network.contacts()) == 300


@pytest.mark.parametrize("status", [400, 404])
def test_a_no_that_mautic_would_not_take_stays_on_the_list_and_stops_nobody(
    network: Network, status: int
) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    network.sync()
    network.wpms.profile(ann, email_ok=False)
    network.wpms.enrol("bea@example.org", "/lida101/")
    network.mautic.fault("status", path="^/api/contacts/1/dnc", status=status)
    assert network.sync() == {"failed": 1, "signed up": 1}
    assert not network.contacts()["ann@example.org"]["doNotContact"]
    network.sync()
    assert network.contacts()["ann@example.org"]["doNotContact"]
    assert network.outcome()["in step"]


def test_a_server_that_asks_for_hours_does_not_keep_the_one_slot(network: Network) -> None:
    network.wpms.enrol("ann@example.org", "/lida101/")
    headers = {"Retry-After": "7200"}
    path = "^/api/contacts/batch/new$"
    network.mautic.fault("status", path=path, status=503, headers=headers, times=0)
    with pytest.raises(CallError) as caught:
        network.sync()
    assert caught.value.retry_after == 7200
    network.mautic.clear_faults()


def sync_lida(network: Network, path: str, deed: Callable[[], None]) -> CourseReport:
    """Syncs LiDA101; something happens when Mautic has answered on a path for the first time."""
    mautic, left = client_of(network.mautic), [deed]

    def happens(response: requests.Response, *_: Any, **__: Any) -> None:
        if path in str(response.url) and left:
            left.pop()()

    mautic.transport.session.hooks["response"].append(happens)
    wpms, now = network.wpms_client(), datetime.now(UTC)
    return sync_course(mautic, wpms, network.calendar, 2, now, dry_run=False, everything=False)


def test_an_address_that_changes_just_after_the_contact_was_made_makes_no_second_one(
    network: Network,
) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    sync_lida(network, "/batch/new", lambda: network.wpms.profile(ann, email="ann.new@example.org"))
    assert list(network.contacts()) == ["ann.new@example.org"]
    assert network.outcome()["in step"]


def test_who_chooses_otherwise_while_it_is_sent_has_said_nothing_in_mautic(
    network: Network,
) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    network.sync()
    following = standing(network.calendar.offerings[0], datetime.now(UTC)).next
    assert following
    network.wpms.choose(ann, "/lida101/", day_code(following.start))
    report = sync_lida(network, "/batch/edit", lambda: network.wpms.choose(ann, "/lida101/", "is"))
    assert report.problems == []
    assert "lida101-oeru-is" in network.contacts()["ann@example.org"]["tags"]


def test_a_contact_whose_write_back_came_too_late_is_known_to_the_other_courses(
    network: Network,
) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    network.wpms.enrol("ann@example.org", "/ipm104/")
    (made,) = create_contacts(client_of(network.mautic), [{"email": "ann@example.org"}])
    assert made.thing
    late = Status(2, ann, rev=99, state="linked", contact_id=int(made.thing["id"]))
    assert write_statuses(network.wpms_client(), [late]).stale
    network.wpms.profile(ann, email="ann.new@example.org")
    network.sync_site(3)
    assert list(network.contacts()) == ["ann.new@example.org"]

"""The WordPress of `make wordpress` and of the tests: its addresses, its people, its end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ops import processes
from ops.ports import listens
from ops.running import read_state, stop_all
from ops.wordpress.stage import ACCOUNTS, PHP, Stage, bring_up
from sandbox.runner import Wpms, running_wpms
from sandbox.wpms.network import NotAllowedError
from sandbox.wpms.sites import sites_of_calendar
from tests.conftest import ROOT
from tests.services import free_port
from tests.wordpress.stages import COURSE_SITES, UNPACKED, handle, quiet, running_stage
from tests.wpms_hook.deeds import LIDA

DATABASES = ["sqlite", "mariadb"]
WORKER = (ACCOUNTS["worker"], ACCOUNTS["worker_password"])


@pytest.fixture(params=DATABASES)
def network(request: pytest.FixtureRequest) -> Wpms:
    """A network on each database, with nobody enrolled."""
    name = "wordpress" if request.param == "sqlite" else "wordpress_on_mariadb"
    found: Wpms = request.getfixturevalue(name)
    return found


@pytest.mark.parametrize("path", ["/", "/lida101/", "/wp-json/", "/lida101/wp-json/"])
def test_the_network_and_its_course_sites_have_their_own_addresses(stage: Stage, path: str) -> None:
    answer = requests.get(stage.url + path, timeout=60)
    assert answer.status_code == 200
    assert stage.url + path in answer.text.replace("\\/", "/")


def test_a_page_that_is_not_there_is_not_found(stage: Stage) -> None:
    assert requests.get(f"{stage.url}/lida101/nothing/", timeout=60).status_code == 404


@pytest.mark.parametrize("site", ["", "/lida101"])
@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/wp-includes/css/buttons.css", "text/css"),
        ("/wp-content/plugins/course-sync/blocks/offers/style.css", "text/css"),
        ("/wp-includes/js/underscore.min.js", "application/javascript"),
    ],
)
def test_the_sites_share_the_files_of_the_network(
    stage: Stage, site: str, file: str, kind: str
) -> None:
    answer = requests.get(stage.url + site + file, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(kind)


def test_no_file_outside_is_given(stage: Stage) -> None:
    target = f"/wp-includes/..%2f..%2f{stage.data.name}%2fstage.json"
    assert requests.get(stage.url + target, timeout=60).status_code == 404


@pytest.mark.parametrize(
    ("login", "page", "status"),
    [
        ("admin", "/wp-admin/network/", 200),
        ("admin", "/wp-admin/profile.php", 200),
        ("admin", "/lida101/wp-admin/", 200),
        ("course_admin", "/lida101/wp-admin/users.php", 200),
        ("course_admin", "/wp-admin/network/", 403),
    ],
)
def test_staff_sign_in_where_they_may(stage: Stage, login: str, page: str, status: int) -> None:
    with requests.Session() as browser:
        form = {"log": ACCOUNTS[login], "pwd": ACCOUNTS[f"{login}_password"], "testcookie": "1"}
        browser.cookies.set("wordpress_test_cookie", "WP Cookie check", domain="127.0.0.1")
        browser.post(f"{stage.url}/wp-login.php", form, timeout=60)
        answer = browser.get(stage.url + page, timeout=60)
    assert (answer.status_code, answer.url) == (status, stage.url + page)


def test_a_learner_signs_in_with_the_address_and_the_known_password(wordpress: Wpms) -> None:
    user_id = wordpress.register("ann@example.org")
    for password, expected in ((wordpress.learner_password, 200), ("another", 401)):
        answer = requests.get(
            f"{wordpress.url}/lida101/wp-json/wp/v2/users/me",
            auth=("ann@example.org", password),
            timeout=60,
        )
        assert answer.status_code == expected
        assert answer.json().get("id", user_id) == user_id


def test_a_reset_leaves_nothing_and_starts_the_numbers_again(network: Wpms) -> None:
    fresh = network.state()
    first = network.enrol("ann@example.org", LIDA, first_name="Ann", country="NZ")
    network.link(LIDA, on=False)
    network.switch(now="2018-12-05T09:00:00")
    assert network.state() != fresh
    network.reset()
    assert network.state() == fresh
    assert network.enrol("bob@example.org", LIDA) == first
    assert network.rows()[0]["enrolled_gmt"] > "2019"


def test_the_clock_stands_still_where_it_is_told_to(network: Wpms) -> None:
    network.switch(now="2018-12-05T09:00:00")
    network.enrol("ann@example.org", LIDA)
    assert network.rows()[0]["enrolled_gmt"] == "2018-12-05T09:00:00"


REFUSED: dict[str, Any] = {
    "an address in use": lambda wpms: wpms.register("ann@example.org"),
    "no address": lambda wpms: wpms.register("ann"),
    "no account": lambda wpms: wpms.leave("nobody@example.org", LIDA),
    "no course site": lambda wpms: wpms.enrol("ann@example.org", "/nothing/"),
    "the main site": lambda wpms: wpms.enrol("ann@example.org", 1),
    "not on offer": lambda wpms: wpms.choose("ann@example.org", LIDA, "is"),
    "no such field": lambda wpms: wpms.profile("ann@example.org", shoes=43),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_wordpress_does_not_let_a_person_do_is_refused(wordpress: Wpms, what: str) -> None:
    wordpress.enrol("ann@example.org", LIDA)
    before = wordpress.state()
    with pytest.raises(NotAllowedError):
        REFUSED[what](wordpress)
    assert wordpress.state() == before


@pytest.mark.parametrize(
    ("before", "answers"),
    [
        ("", True),
        ("$_SERVER['REMOTE_ADDR'] = '192.0.2.1';", False),
        ("define( 'WP_ENVIRONMENT_TYPE', 'production' );", False),
    ],
    ids=["here", "from elsewhere", "in production"],
)
def test_only_this_machine_lets_people_do_things(stage: Stage, before: str, answers: bool) -> None:
    asked = "echo json_encode( (bool) has_action( 'wp_loaded', 'Stage\\\\answer' ) );"
    code = f"{before} require getenv( 'WORDPRESS_CORE' ) . '/wp-load.php'; {asked}"
    printed = subprocess.run(
        [*PHP, "-r", code], env=stage.environment, capture_output=True, text=True, check=True
    )
    assert json.loads(printed.stdout) is answers


@pytest.fixture(scope="module", params=DATABASES)
def peopled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Wpms]:
    """The network that `make wordpress` starts."""
    sites = sites_of_calendar(ROOT / "include/cohort_calendar.yaml")
    folder = tmp_path_factory.mktemp("peopled")
    with running_stage(folder, sites, request.param, people=True) as stage:
        yield handle(stage)


def test_the_same_people_are_enrolled_as_on_the_stand_in(peopled: Wpms, tmp_path: Path) -> None:
    sites = sites_of_calendar(ROOT / "include/cohort_calendar.yaml")
    plain = [(site.path, site.title, site.zone, site.link) for site in sites]
    with running_wpms(tmp_path, plain, people=True) as stand_in:
        expected = stand_in.state()
    for found in (peopled.state(), reset(peopled)):
        assert comparable(found) == comparable(expected)


def reset(wpms: Wpms) -> dict[str, Any]:
    wpms.reset()
    return wpms.state()


def comparable(state: dict[str, Any]) -> dict[str, Any]:
    """Without moments, and with accounts by their addresses."""
    untimed = [
        {name: value for name, value in row.items() if not name.endswith("_gmt")} | {"user_id": 0}
        for row in state["enrolments"]
    ]
    people = ("email", "first_name", "last_name", "country", "timezone", "email_ok")
    accounts = [[account[name] for name in people] for account in state["accounts"]]
    return {**state, "accounts": accounts, "enrolments": sorted(untimed, key=str)}


def test_a_network_goes_on_with_its_data_on_another_port(tmp_path: Path) -> None:
    with running_stage(tmp_path, COURSE_SITES) as stage:
        handle(stage).enrol("ann@example.org", LIDA)
    moved = Stage(tmp_path, UNPACKED, free_port(), "sqlite", stage.sites, people=False)
    try:
        bring_up(moved, quiet)
        assert [row["email"] for row in handle(moved).rows()] == ["ann@example.org"]
        page = requests.get(f"{moved.url}/lida101/", timeout=60).text
        assert moved.url in page
        assert stage.url not in page
    finally:
        stop_all(tmp_path, tmp_path)


def test_a_second_start_reuses_what_runs_and_a_dead_server_is_replaced(tmp_path: Path) -> None:
    with running_stage(tmp_path, COURSE_SITES) as stage:
        first = read_state(tmp_path)
        bring_up(stage, quiet)
        assert read_state(tmp_path) == first
        assert first is not None
        processes.stop(first.servers, tmp_path)
        bring_up(stage, quiet)
        assert listens(stage.port)
        assert read_state(tmp_path) != first


def test_nothing_is_left_running_after_the_end(tmp_path: Path) -> None:
    """The web server's workers outlive it when it alone is ended."""
    with running_stage(tmp_path, COURSE_SITES, "mariadb") as stage:
        state = read_state(tmp_path)
        assert state is not None
        members = [each for one in state.servers for each in processes.members(one, tmp_path)]
        assert len(members) > 5
    assert not any(processes.is_running(each) for each in members)
    assert not listens(stage.port)

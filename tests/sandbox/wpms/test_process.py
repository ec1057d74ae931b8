"""The server as a whole: seeding, faults, pages, and being killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import requests

from sandbox.runner import Wpms, running_wpms
from tests.conftest import ROOT
from tests.sandbox.wpms.wpms_api import LIDA, SITES, Api, of_worker, offer, offers

Start = Callable[[], tuple[subprocess.Popen[str], Wpms]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `python -m sandbox` with both servers on the test's own folder."""
    processes: list[subprocess.Popen[str]] = []

    def run() -> tuple[subprocess.Popen[str], Wpms]:
        options = ["--port", "0", "--wpms-port", "0", "--state", str(tmp_path)]
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", *options],
            cwd=ROOT,
            env=os.environ | {"SANDBOX_WPMS_USER": "me", "SANDBOX_WPMS_PASSWORD": "mine"},
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        mautic, network = (process.stdout.readline() for _ in range(2))
        assert mautic.startswith("Sandbox Mautic listens on http://127.0.0.1:")
        assert network.startswith("Sandbox WPMS listens on http://127.0.0.1:")
        return process, Wpms(network.split()[-1], "me", "mine", "learner-password")

    yield run
    for process in processes:
        process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def test_the_first_start_has_a_site_for_each_offering_and_invented_people(start: Start) -> None:
    _, wpms = start()
    courses = of_worker(wpms).get("courses").json()
    assert [course["path"] for course in courses][:2] == ["/lida101/", "/lida102/"]
    assert courses[0]["title"] == "LiDA101: Digital literacies for online learning"
    assert [course["link"] for course in courses] == ["on"] * 7 + ["off"]
    assert all(course["enrolled"] == 4 for course in courses)
    assert courses[-1]["pending"] == 4
    rows = wpms.rows()
    assert {row["choice"] for row in rows} == {None, "is"}
    assert {row["email_ok"] for row in rows} == {True, False}
    assert all(row["email"].endswith("@example.org") for row in rows)


def test_a_killed_server_goes_on_with_what_it_had_answered(start: Start) -> None:
    process, wpms = start()
    api = of_worker(wpms)
    ann = api.sign_up("ann@example.org")
    wpms.switch(now="2018-03-14T00:00:00")
    wpms.link(LIDA, on=False)
    wpms.fault("hold", path="/wp-json/course-sync/v1/courses/2/offers", after_commit=True)
    with pytest.raises(requests.Timeout):
        requests.put(
            wpms.url + "/wp-json/course-sync/v1/courses/2/offers",
            json=offers("2018-03-01", offer("is")),
            auth=("me", "mine"),
            timeout=0.5,
        )
    before = wpms.state()
    process.send_signal(signal.SIGKILL)
    process.wait(10)

    _, again = start()
    assert again.state() == before
    assert of_worker(again).get("courses").json()[0]["as_of"] == "2018-03-01"
    again.profile(ann, first_name="Ann")
    assert of_worker(again).row(ann)["rev"] == 2
    assert again.enrol("new@example.org", LIDA) == max(a["id"] for a in before["accounts"]) + 1


def test_both_servers_stop_cleanly_when_told(start: Start) -> None:
    process, _ = start()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_running_again_on_a_folder_goes_on_with_its_data(tmp_path: Path) -> None:
    with running_wpms(tmp_path, SITES, people=True) as wpms:
        wpms.enrol("ann@example.org", LIDA)
        before = wpms.state()
    with running_wpms(tmp_path, SITES, people=True) as wpms:
        assert wpms.state() == before


def test_seeding_is_the_same_every_time_and_goes_on_where_it_ended(api: Api) -> None:
    api.wpms.switch(now="2018-03-14T00:00:00")
    api.wpms.seed(learners=30)
    api.wpms.seed(learners=20)
    first = api.wpms.state()
    assert len(first["accounts"]) == len(first["enrolments"]) == 50
    assert [course["enrolled"] for course in first["courses"]] == [25, 25]
    assert [row["user_id"] for row in api.wpms.rows() if not row["email_ok"]] == [50]
    api.wpms.reset()
    api.wpms.switch(now="2018-03-14T00:00:00")
    api.wpms.seed(learners=50)
    assert api.wpms.state() == first


@pytest.mark.parametrize(("kind", "is_done"), [("cut_before", False), ("cut_after", True)])
def test_a_cut_write_back_is_done_or_not_as_the_fault_says(
    api: Api, kind: str, is_done: bool
) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    row = api.row(ann)
    api.wpms.fault(kind, method="PUT", path="/wp-json/course-sync/v1/statuses")
    with pytest.raises(requests.ConnectionError):
        api.write_back(row)
    assert (api.row(ann)["synced_rev"] == 1) == is_done
    assert [each["fault"] for each in api.wpms.requests()] == [None, kind, None]


@pytest.mark.parametrize(("status", "code"), [(503, "internal_server_error"), (429, "too_many")])
def test_a_fault_answers_with_wordpress_json(api: Api, status: int, code: str) -> None:
    api.wpms.fault("status", status=status, headers={"Retry-After": "7"})
    answer = api.get("status")
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert answer.json()["code"].startswith(code)
    assert answer.json()["data"]["status"] == status


def test_the_switch_of_the_clock_takes_an_instant_and_nothing_else(api: Api) -> None:
    for nonsense in ("soon", 5, "2018-02-30T00:00:00"):
        with pytest.raises(requests.HTTPError):
            api.wpms.switch(now=nonsense)
    api.wpms.switch(now="2018-03-14T13:00:00+13:00")
    api.wpms.enrol("ann@example.org", LIDA)
    assert api.wpms.rows()[0]["enrolled_gmt"] == "2018-03-14T00:00:00"
    api.wpms.switch(now=None)
    api.wpms.enrol("bob@example.org", LIDA)
    assert api.wpms.rows()[1]["enrolled_gmt"] > "2018-03-14T00:00:00"


# The pages


class Outline(HTMLParser):
    """What of a page a screen reader depends on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.unlabelled: list[str] = []
        self.lang: str | None = None
        self._in_label = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = values.get("lang")
        if tag == "label":
            self._in_label = True
        if tag in ("input", "select") and values.get("type") != "hidden" and not self._in_label:
            self.unlabelled.append(str(values))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._in_label = False


def posted(api: Api, form: str, **values: object) -> requests.Response:
    return requests.post(f"{api.wpms.url}/page/{form}", data=values, timeout=10)


def test_everything_a_person_does_goes_through_the_forms(api: Api) -> None:
    api.put("courses/2/offers", offers("2018-03-01", offer("is")))
    page = posted(api, "enrol", email="ann@example.org", site=2)
    ann = int(page.url.rsplit("/", 1)[1])
    posted(api, "choose", learner=ann, site=2, choice="is")
    names = ("first_name", "last_name", "country", "timezone")
    profile = dict(zip(names, ("<Ann>", "Lee", "NZ", "Pacific/Auckland"), strict=True))
    page = posted(api, "profile", learner=ann, email="a@example.org", email_ok="no", **profile)
    assert "&lt;Ann&gt; Lee" in page.text
    row = api.row(ann)
    assert {name: row[name] for name in names} == profile
    assert (row["email"], row["email_ok"], row["choice"]) == ("a@example.org", False, "is")
    api.write_back(row, reason="said no")
    assert "said no" in requests.get(api.wpms.url + "/?course=2", timeout=10).text
    posted(api, "link", site=2, on="off")
    assert api.get("courses").json()[0]["link"] == "off"
    posted(api, "leave", learner=ann, site=2)
    assert not api.row(ann)["enrolled"]
    posted(api, "delete_account", learner=ann)
    assert requests.get(f"{api.wpms.url}/learner/{ann}", timeout=10).status_code == 404


def test_a_form_that_is_refused_says_why_and_changes_nothing(api: Api) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    before = api.wpms.state()
    for answer in (
        posted(api, "choose", learner=ann, site=2, choice="is"),
        posted(api, "enrol", email="nobody", site=2),
        posted(api, "enrol", email="bob@example.org", site="x"),
        posted(api, "leave", learner=99, site=2),
        posted(api, "leave", learner=10**30, site=2),
        posted(api, "profile", learner=ann),
    ):
        assert answer.status_code == 400
        assert "That was not done" in answer.text
    assert api.wpms.state() == before


def test_the_pages_can_be_used_with_a_keyboard_and_a_screen_reader(api: Api) -> None:
    api.put("courses/2/offers", offers("2018-03-01", offer("is")))
    ann = api.wpms.enrol("ann@example.org", LIDA)
    for address in ("/", "/?course=3", f"/?course={10**30}", f"/learner/{ann}"):
        page = Outline(requests.get(api.wpms.url + address, timeout=10).text)
        assert page.lang == "en"
        assert page.unlabelled == []
        assert page.tags.count("h1") == 1
        assert "script" not in page.tags


def test_a_page_shows_the_first_rows_of_many(api: Api) -> None:
    api.wpms.seed(learners=300)
    page = requests.get(api.wpms.url, timeout=10).text
    assert "The first 200 of 300." in page
    assert page.count("/learner/") == 200


def test_control_actions_are_not_logged_as_requests(api: Api) -> None:
    api.wpms.seed(learners=1)
    api.get("status")
    assert [each["path"] for each in api.wpms.requests()] == ["/wp-json/course-sync/v1/status"]
    assert json.dumps(api.wpms.state())

"""A real network of two courses beside a sandbox Mautic, and browsers for the people on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from playwright.sync_api import Browser, FloatRect, Locator, expect, sync_playwright

from ops.settings import MAUTIC_CONNECTION, WPMS_CONNECTION, connection
from ops.wordpress.stage import ACCOUNTS, Stage
from sandbox.runner import running_sandbox
from tests.cohort_sync.networks import Network
from tests.conftest import ROOT
from tests.services import missing
from tests.wordpress.browser.person import ANN, Person
from tests.wordpress.courses import CALENDAR, SITES, open_courses
from tests.wordpress.stages import complaints, handle, running_stage
from tests.wpms_hook.deeds import LIDA

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

CHROMIUM = Path("/usr/bin/chromium")
# It may be root's and in a container, and it calls nobody but the network: no avatars.
ARGUMENTS = [
    *"--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-component-update".split(),
    *("--disable-background-networking", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
CONTENTS = {
    "block": "<!-- wp:course-sync/offers /-->",
    "shortcode": "<!-- wp:shortcode -->[course_sync_offers]<!-- /wp:shortcode -->",
}
PICTURES = ROOT / "docs/pictures"
WIDTH, MARGIN, LARGEST = 1000, 10, 100_000
#: Milliseconds that a page may take on a busy machine.
PATIENCE = 30_000

expect.set_options(timeout=PATIENCE)


EnrolmentSync = Callable[[], dict[str, int]]
NewPerson = Callable[..., Person]
TakePicture = Callable[..., None]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    if not CHROMIUM.exists():
        missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("wordpress"), SITES) as stage:
        yield stage


@pytest.fixture(scope="package")
def one_network(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running_sandbox(tmp_path_factory.mktemp("mautic")) as mautic:
        yield Network(mautic, handle(stage), CALENDAR)


@pytest.fixture(scope="package")
def pages(stage: Stage) -> dict[str, int]:
    """The ids of pages that the course admin has published, `/lida101/block/` and so on."""
    staff = ACCOUNTS["course_admin"], ACCOUNTS["course_admin_password"]
    url = f"{stage.url}/lida101/wp-json/wp/v2/pages"
    ids = {}
    for name, content in CONTENTS.items():
        page = {"title": "Start here", "slug": name, "status": "publish", "content": content}
        answer = requests.post(url, json=page, auth=staff, timeout=60)
        answer.raise_for_status()
        ids[name] = answer.json()["id"]
    return ids


@pytest.fixture
def network(one_network: Network, stage: Stage) -> Iterator[Network]:
    """Both sides with segments and offers, and nobody enrolled; no page may make PHP complain."""
    open_courses(one_network)
    yield one_network
    assert complaints(stage) == []


@pytest.fixture
def person(chromium: Browser, network: Network) -> Iterator[NewPerson]:
    """Gives somebody a browser of their own; a learner's password is known."""
    with ExitStack() as stack:

        def sit_down(
            login: str, password: str = network.wpms.learner_password, *, javascript: bool = True
        ) -> Person:
            context = chromium.new_context(
                java_script_enabled=javascript, viewport={"width": WIDTH, "height": 800}
            )
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            return Person(context.new_page(), network.wpms.url, login, password)

        yield sit_down


@pytest.fixture
def ann(network: Network, person: NewPerson) -> Person:
    """A learner of LiDA101."""
    network.wpms.enrol(ANN, LIDA, first_name="Ann", last_name="Tane", country="NZ")
    return person(ANN)


@pytest.fixture
def course_admin(person: NewPerson) -> Person:
    """Who administers both courses."""
    return person(ACCOUNTS["course_admin"], ACCOUNTS["course_admin_password"])


@pytest.fixture
def picture(tmp_path: Path) -> TakePicture:
    """Takes a picture of parts of a page; with PICTURES=1 it is the one in the documentation."""

    def take(name: str, *parts: Locator) -> None:
        page = parts[0].page
        # So tall that nothing has to be scrolled.
        page.set_viewport_size({"width": WIDTH, "height": 4000})
        boxes = [box for part in parts if (box := part.bounding_box())]
        top = min(box["y"] for box in boxes) - MARGIN
        left = min(box["x"] for box in boxes) - MARGIN
        bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
        right = max(box["x"] + box["width"] for box in boxes) + MARGIN
        folder = PICTURES if os.environ.get("PICTURES") == "1" else tmp_path
        file = folder / f"{name}.png"
        clip: FloatRect = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        page.screenshot(path=file, clip=clip, animations="disabled")
        assert file.stat().st_size < LARGEST

    return take


@pytest.fixture
def enrolment_sync(
    dag_bag: DagBag, network: Network, monkeypatch: pytest.MonkeyPatch
) -> EnrolmentSync:
    """Runs the DAG of that name in this process; gives what became of the learners."""
    mautic, wpms = network.mautic, network.wpms
    known = connection("mautic", mautic.url, mautic.client_id, mautic.client_secret)
    monkeypatch.setenv(MAUTIC_CONNECTION, known)
    monkeypatch.setenv(WPMS_CONNECTION, connection("wpms", wpms.url, wpms.user, wpms.password))

    def run() -> dict[str, int]:
        ended = dag_bag.dags["enrolment_sync"].test()
        assert ended.state == "success"
        (report,) = (ti for ti in ended.get_task_instances() if ti.task_id == "report")
        became: dict[str, int] = report.xcom_pull(task_ids="report")["total"]
        return became

    return run

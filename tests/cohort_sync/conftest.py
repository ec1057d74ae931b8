from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cohorts.calendar_file import load_calendar
from cohorts.model import Calendar
from sandbox.runner import Sandbox, running_sandbox
from tests.cohort_sync.networks import Network, running_network


@pytest.fixture(scope="session", params=["5.2.0", "7.0.2"])
def one_sandbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("mautic"), request.param) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox) -> Sandbox:
    """An empty Mautic of each version."""
    one_sandbox.reset()
    return one_sandbox


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    """Just the dates of 2018."""
    return load_calendar(Path("tests/data/calendar_2018.yaml")).calendar


@pytest.fixture(scope="module")
def running_between_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running_network(tmp_path_factory.mktemp("network")) as network:
        yield network


@pytest.fixture
def network(running_between_tests: Network) -> Network:
    """Both stand-ins, empty but for segments and offers."""
    running_between_tests.begin()
    return running_between_tests

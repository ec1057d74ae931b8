"""Real networks, one for the whole run of the tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ops.wordpress.stage import Stage
from sandbox.runner import Wpms
from tests.wordpress.stages import COURSE_SITES, handle, running_stage


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A network on SQLite."""
    with running_stage(tmp_path_factory.mktemp("wordpress"), COURSE_SITES) as stage:
        yield stage


@pytest.fixture(scope="session")
def stage_on_mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A network on MariaDB."""
    with running_stage(tmp_path_factory.mktemp("mariadb"), COURSE_SITES, "mariadb") as stage:
        yield stage


@pytest.fixture
def wordpress(stage: Stage) -> Wpms:
    """The network on SQLite with nobody enrolled and its clock going."""
    found = handle(stage)
    found.reset()
    return found


@pytest.fixture
def wordpress_on_mariadb(stage_on_mariadb: Stage) -> Wpms:
    """The network on MariaDB with nobody enrolled and its clock going."""
    found = handle(stage_on_mariadb)
    found.reset()
    return found

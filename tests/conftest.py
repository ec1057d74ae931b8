"""What all tests share. Airflow reads its environment at its first import, so it is set here."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

ROOT = Path(__file__).parents[1]

AIRFLOW_HOME = tempfile.mkdtemp(prefix="airflow-of-tests-")
atexit.register(shutil.rmtree, AIRFLOW_HOME, ignore_errors=True)

os.environ.update(
    AIRFLOW_HOME=AIRFLOW_HOME,
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS="False",
)

#: They take minutes, and each file is for one worker only: begun last, it leaves the other idle.
LONGEST = (
    "tests/dags/test_backfill_on_a_scheduler.py",
    "tests/cohort_sync/test_state_machine.py",
)

# Machines differ in speed; a test is never about time.
settings.register_profile("cohorts", deadline=None)
settings.load_profile("cohorts")


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's metadata database, and the pool that the README tells to make."""
    for command in (["db", "migrate"], ["pools", "set", "mautic_write", "1", "one writer"]):
        arguments = [sys.executable, "-m", "airflow", *command]
        subprocess.run(arguments, check=True, capture_output=True)


@pytest.fixture
def dag_bag(airflow_database: None) -> DagBag:
    """The DAGs, to be run in this process."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files are begun first; the others stay as they are."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))

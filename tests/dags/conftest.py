from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cohorts.calendar_file import load_calendar
from ops.settings import MAUTIC_CONNECTION, WPMS_CONNECTION, connection
from sandbox.runner import Sandbox, Wpms, running_sandbox, running_wpms

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


@pytest.fixture(scope="session")
def database() -> None:
    """Airflow's metadata database, and the pool that the README tells to make."""
    for command in (["db", "migrate"], ["pools", "set", "mautic_write", "1", "one writer"]):
        arguments = [sys.executable, "-m", "airflow", *command]
        subprocess.run(arguments, check=True, capture_output=True)


@pytest.fixture
def dag_bag(database: None) -> DagBag:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """An empty Mautic, to which the connection of the DAGs leads."""
    with running_sandbox(tmp_path) as sandbox:
        known = connection("mautic", sandbox.url, sandbox.client_id, sandbox.client_secret)
        monkeypatch.setenv(MAUTIC_CONNECTION, known)
        yield sandbox


@pytest.fixture
def wpms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wpms]:
    """Course sites without learners, to which the connection of the DAGs leads."""
    sites = [(offering.site, offering.course) for offering in load_calendar().calendar.offerings]
    with running_wpms(tmp_path, sites) as wpms:
        known = connection("wpms", wpms.url, wpms.user, wpms.password)
        monkeypatch.setenv(WPMS_CONNECTION, known)
        yield wpms

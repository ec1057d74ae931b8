"""A sandbox for each test, and a folder of its own for Airflow, named before its first import."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

from mautic_hook.client import MauticClient
from sandbox.runner import Sandbox, running_sandbox
from tests.mautic_hook.servers import Pauses, hurried

if "AIRFLOW_HOME" not in os.environ:
    # Airflow reads these once, when it is imported.
    os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="airflow-for-tests-")
    os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for the whole run."""
    with running_sandbox(tmp_path_factory.mktemp("mautic"), "7.0.2") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The sandbox, empty."""
    running.clear_faults()
    running.reset()
    yield running
    running.clear_faults()


@pytest.fixture
def pauses() -> Pauses:
    """What the client asked to wait."""
    return Pauses()


@pytest.fixture
def client(sandbox: Sandbox, pauses: Pauses) -> MauticClient:
    """A client of the sandbox in a hurry."""
    return hurried(sandbox, pauses)

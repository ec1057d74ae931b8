"""An empty sandbox for each test, and a client of it in a hurry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mautic_hook.client import MauticClient
from sandbox.runner import Sandbox, running_sandbox
from tests.mautic_hook.servers import Pauses, hurried


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

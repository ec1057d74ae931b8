"""A stand-in WordPress network for each test, and a client in a hurry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.runner import Wpms, running_wpms
from sandbox.wpms.network import Credentials
from tests.mautic_hook.servers import Pauses
from tests.wpms_hook.deeds import PASSWORD, SITES
from tests.wpms_hook.hurry import hurried
from wpms_hook.client import WpmsClient


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wpms]:
    """One network for the whole run."""
    known = Credentials("worker", PASSWORD)
    with running_wpms(tmp_path_factory.mktemp("wpms"), SITES, known) as wpms:
        yield wpms


@pytest.fixture
def wpms(running: Wpms) -> Iterator[Wpms]:
    """The network with its course sites and nobody enrolled."""
    running.clear_faults()
    running.reset()
    yield running
    running.clear_faults()


@pytest.fixture
def pauses() -> Pauses:
    """What the client asked to wait."""
    return Pauses()


@pytest.fixture
def client(wpms: Wpms, pauses: Pauses) -> WpmsClient:
    """A client of the network in a hurry."""
    return hurried(wpms, pauses)

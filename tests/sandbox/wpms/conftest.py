"""One stand-in WPMS for a file of tests, empty for each of them."""

from collections.abc import Iterator

import pytest

from sandbox.runner import Wpms
from tests.sandbox.wpms.wpms_api import Api, of_worker, running


@pytest.fixture(scope="module")
def wpms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wpms]:
    """The network, without learners."""
    with running(tmp_path_factory.mktemp("wpms")) as server:
        yield server


@pytest.fixture
def api(wpms: Wpms) -> Api:
    """The worker's view of it."""
    wpms.reset()
    return of_worker(wpms)

"""Stand-in servers for the tests of the stand-in itself."""

from collections.abc import Callable, Iterator

import pytest
import requests

from sandbox.mautic.auth import Credentials
from sandbox.runner import Sandbox, running_sandbox
from tests.sandbox.sandbox_api import Api, signed_in
from tests.sandbox.sandbox_replay import VERSIONS, Replay


@pytest.fixture(scope="session")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Sandbox]]:
    """One stand-in of each version, for the whole run."""
    folders = {version: tmp_path_factory.mktemp("mautic") for version in VERSIONS}
    with (
        running_sandbox(folders["5.2.0"], "5.2.0") as old,
        running_sandbox(folders["7.0.2"], "7.0.2") as new,
    ):
        yield {"5.2.0": old, "7.0.2": new}


@pytest.fixture(params=VERSIONS)
def api(request: pytest.FixtureRequest, sandboxes: dict[str, Sandbox]) -> Api:
    """A client of an empty stand-in, once for each version."""
    sandbox = sandboxes[request.param]
    sandbox.reset()
    return signed_in(sandbox)


@pytest.fixture
def api_of(sandboxes: dict[str, Sandbox]) -> Callable[[str], Api]:
    """Makes a client of an empty stand-in of one version."""

    def make(version: str) -> Api:
        sandboxes[version].reset()
        return signed_in(sandboxes[version])

    return make


@pytest.fixture(scope="session")
def answers(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, dict[str, requests.Response]]:
    """The answers to the whole recorded story, by version and recording."""
    # The recorded client was called airflow, and its name is part of the answers.
    credentials = Credentials("airflow", "secret", "weak", "weak-secret")
    told = {}
    for version in VERSIONS:
        with running_sandbox(tmp_path_factory.mktemp("story"), version, credentials) as sandbox:
            replay = Replay(sandbox, version)
            replay.tell()
        told[version] = replay.answers
    return told

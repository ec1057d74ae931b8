"""The server as a process: it survives being killed, and stops when told."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from sandbox.runner import Sandbox
from tests.conftest import ROOT
from tests.sandbox.sandbox_api import Api, signed_in

Start = Callable[..., tuple[subprocess.Popen[str], Sandbox]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `python -m sandbox` on the test's own folder."""
    processes: list[subprocess.Popen[str]] = []

    def run(*options: str) -> tuple[subprocess.Popen[str], Sandbox]:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--port", "0", "--state", str(tmp_path), *options],
            cwd=ROOT,
            env=os.environ | {"SANDBOX_CLIENT_ID": "me", "SANDBOX_CLIENT_SECRET": "mine"},
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        return process, Sandbox(url, "me", "mine", "weak", "weak-secret")

    yield run
    for process in processes:
        process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def test_a_killed_server_goes_on_with_the_same_data_tokens_and_ids(start: Start) -> None:
    process, sandbox = start()
    api = signed_in(sandbox)
    api.post("/api/tags/new", {"tag": "kept"})
    api.post("/api/tags/new", {"tag": "deleted"})
    api.delete("/api/tags/2/delete")
    api.post("/api/contacts/new", {"email": "ann@example.org", "tags": ["kept"]})
    before = sandbox.state()
    process.send_signal(signal.SIGKILL)
    process.wait(10)

    _, again = start()
    assert again.state() == before
    same_token = Api(again, api.session)
    assert same_token.post("/api/tags/new", {"tag": "next"}).json()["tag"]["id"] == 3


def test_what_was_done_before_the_kill_is_there_although_no_answer_came(start: Start) -> None:
    process, sandbox = start()
    api = signed_in(sandbox)
    sandbox.fault("hold", path="/api/tags/new", after_commit=True)
    with pytest.raises(requests.Timeout):
        api.session.post(f"{sandbox.url}/api/tags/new", json={"tag": "x"}, timeout=0.3)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    _, again = start()
    assert [each["tag"] for each in again.state()["tags"]] == ["x"]


def test_it_stops_cleanly_when_told_even_with_a_request_held(start: Start) -> None:
    process, sandbox = start()
    sandbox.fault("hold")
    with pytest.raises(requests.Timeout):
        requests.get(f"{sandbox.url}/api/tags", timeout=0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_it_stands_in_for_the_version_asked_for_on_loopback_only(start: Start) -> None:
    _, sandbox = start("--mautic-version", "5.2.0")
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert signed_in(sandbox).get("/api/tags").headers["Mautic-Version"] == "5.2.0"

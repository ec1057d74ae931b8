"""Real processes, started and stopped as whole sessions."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ops import processes
from ops.processes import Server
from tests.waiting import wait_until

# A server with a child and a grandchild, as Airflow's scheduler has; it says when all are up.
FAMILY = """
import os, pathlib, time
for generation in range(2):
    if os.fork():
        break
else:
    pathlib.Path("up").touch()
time.sleep(300)
"""
DEAF = """
import pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path("up").touch()
time.sleep(300)
"""

StartServer = Callable[[str], Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartServer]:
    """Start a Python program as a server, wait until it is up, and leave nothing behind."""
    started: list[Server] = []

    def start_program(program: str) -> Server:
        command = [sys.executable, "-c", program]
        server = processes.start("family", command, os.environ, tmp_path, tmp_path / "log")
        started.append(server)
        wait_until((tmp_path / "up").exists)
        return server

    yield start_program
    processes.stop(started, tmp_path, patience=0.2)


def test_a_server_is_stopped_with_its_grandchildren(start: StartServer, tmp_path: Path) -> None:
    server = start(FAMILY)
    family = processes.members(server, tmp_path)
    assert len(family) == 3
    assert processes.stop([server], tmp_path) == ["family"]
    assert not any(processes.is_running(process) for process in family)


def test_orphans_are_stopped_when_the_parent_is_gone(start: StartServer, tmp_path: Path) -> None:
    """A scheduler that was killed leaves its workers behind."""
    server = start(FAMILY)
    family = processes.members(server, tmp_path)
    os.kill(server.pid, 9)
    wait_until(lambda: not processes.is_alive(server))
    os.waitpid(server.pid, 0)
    assert len(processes.members(server, tmp_path)) == 2
    assert processes.stop([server], tmp_path) == ["family"]
    assert not any(processes.is_running(process) for process in family)


def test_orphans_of_a_stranger_with_the_same_number_are_left_alone(
    start: StartServer, tmp_path: Path
) -> None:
    """After a restart of the machine a daemon's session may have the number of our server."""
    server = start(FAMILY)
    os.kill(server.pid, 9)
    os.waitpid(server.pid, 0)
    other_folder = tmp_path / "ours"
    assert processes.stop([server], other_folder) == []
    assert len(processes.members(server, tmp_path)) == 2


def test_a_recycled_pid_is_never_stopped(start: StartServer, tmp_path: Path) -> None:
    stranger = start(FAMILY)
    long_gone = dataclasses.replace(stranger, started=stranger.started - 1)
    assert not processes.is_alive(long_gone)
    assert processes.stop([long_gone], tmp_path) == []
    assert processes.is_alive(stranger)


def test_a_server_that_ignores_the_request_is_killed(start: StartServer, tmp_path: Path) -> None:
    server = start(DEAF)
    assert processes.stop([server], tmp_path, patience=0.2) == ["family"]
    assert not processes.is_alive(server)


def test_stopping_twice_is_harmless(start: StartServer, tmp_path: Path) -> None:
    server = start(FAMILY)
    processes.stop([server], tmp_path)
    assert processes.stop([server], tmp_path) == []


def test_a_neighbour_in_another_session_lives_on(start: StartServer, tmp_path: Path) -> None:
    server = start(FAMILY)
    sleep = [sys.executable, "-c", "import time; time.sleep(300)"]
    with subprocess.Popen(sleep, cwd=tmp_path) as neighbour:
        processes.stop([server], tmp_path)
        assert processes.is_running(psutil.Process(neighbour.pid))
        neighbour.kill()


def test_what_a_server_says_is_in_its_log(start: StartServer, tmp_path: Path) -> None:
    start("print('ready', flush=True); import pathlib; pathlib.Path('up').touch()")
    assert (tmp_path / "log").read_text() == "ready\n"

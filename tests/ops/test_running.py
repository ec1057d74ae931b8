"""The memory of what was started."""

import json
import sys
from pathlib import Path

import pytest

from ops import processes
from ops.running import Group, Running, read_state, stop_all, write_state
from ops.settings import CannotRunError

SLEEP = [sys.executable, "-c", "import time; time.sleep(300)"]


def test_nothing_was_started_before_the_first_run(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    assert stop_all(tmp_path, tmp_path) == []


def test_what_was_started_is_remembered_and_stopped_by_name(tmp_path: Path) -> None:
    server = processes.start("scheduler", SLEEP, {}, tmp_path, tmp_path / "log")
    write_state(tmp_path, Running("hash", [8080, 8081], [server]))

    assert read_state(tmp_path) == Running("hash", [8080, 8081], [server])
    assert stop_all(tmp_path, tmp_path) == ["scheduler"]
    assert not processes.is_alive(server)
    assert read_state(tmp_path) is None


def test_the_memory_holds_no_environment(tmp_path: Path) -> None:
    """`servers.json` is for everybody's eyes; connections hold passwords."""
    write_state(tmp_path, Running("hash", [8080], []))
    assert json.loads((tmp_path / "servers.json").read_text()).keys() == {
        "settings",
        "ports",
        "servers",
    }


def group(folder: Path, settings: str = "hash") -> Group:
    """One sleeping server."""
    return Group(folder, folder, ["sleeper"], settings, [], "make run")


def bring_up(servers: Group) -> list[str]:
    """Starts the server unless it can be reused; what was said."""
    said: list[str] = []
    servers.bring_up(lambda: servers.start("sleeper", SLEEP, {}), said.append)
    return said


def test_servers_that_run_are_reused_and_others_are_replaced(tmp_path: Path) -> None:
    try:
        assert bring_up(group(tmp_path)) == []
        first = read_state(tmp_path)
        assert bring_up(group(tmp_path)) == ["already running"]
        assert read_state(tmp_path) == first

        assert bring_up(group(tmp_path, "another hash")) != ["already running"]
        second = read_state(tmp_path)
        assert first is not None
        assert second is not None
        assert not processes.is_alive(first.servers[0])

        processes.stop(second.servers, tmp_path)
        assert bring_up(group(tmp_path, "another hash")) != ["already running"]
        third = read_state(tmp_path)
        assert third is not None
        assert processes.is_alive(third.servers[0])
    finally:
        group(tmp_path).stop()


def test_a_start_that_fails_leaves_nothing_running(tmp_path: Path) -> None:
    servers = group(tmp_path)
    started: list[Running] = []

    def start_one_and_fail() -> None:
        servers.start("sleeper", SLEEP, {})
        state = read_state(tmp_path)
        assert state is not None
        started.append(state)
        servers.start("second", ["false"], {})
        servers.wait_for("The second", lambda: False)

    with pytest.raises(CannotRunError, match="second ended during the start"):
        servers.bring_up(start_one_and_fail, print)
    assert read_state(tmp_path) is None
    assert not processes.is_alive(started[0].servers[0])

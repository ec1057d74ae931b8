"""Taken ports, and the memory of what was started."""

import json
import socket
import sys
from pathlib import Path

import pytest

from ops import processes
from ops.servers import (
    Running,
    listens,
    read_state,
    refuse_taken_ports,
    stop_all,
    write_state,
)
from ops.settings import CannotRunError, Settings

SLEEP = [sys.executable, "-c", "import time; time.sleep(300)"]


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotRunError) as refusal:
            refuse_taken_ports([port])
    sentence = str(refusal.value)
    assert f"Port {port} is taken" in sentence
    assert "make stop" in sentence
    assert "PORT=9090 make run" in sentence
    assert "\n" not in sentence


def test_a_port_taken_on_all_addresses_is_taken() -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken, pytest.raises(CannotRunError):
        refuse_taken_ports([taken.getsockname()[1]])


def test_a_free_port_is_accepted_and_stays_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens(port)
    refuse_taken_ports([port])
    assert not listens(port)


def test_nothing_was_started_before_the_first_run(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    assert stop_all(Settings(8080, real_server=False, apply=False, root=tmp_path)) == []


def test_what_was_started_is_remembered_and_stopped_by_name(tmp_path: Path) -> None:
    settings = Settings(8080, real_server=False, apply=False, root=tmp_path)
    server = processes.start("scheduler", SLEEP, {}, tmp_path, settings.log_file("scheduler"))
    write_state(settings.run_folder, Running("hash", [8080, 8081], [server]))

    assert read_state(settings.run_folder) == Running("hash", [8080, 8081], [server])
    assert stop_all(settings) == ["scheduler"]
    assert not processes.is_alive(server)
    assert read_state(settings.run_folder) is None


def test_the_memory_holds_no_environment(tmp_path: Path) -> None:
    """`.run/servers.json` is for everybody's eyes; connections hold passwords."""
    write_state(tmp_path, Running("hash", [8080], []))
    assert json.loads((tmp_path / "servers.json").read_text()).keys() == {
        "settings",
        "ports",
        "servers",
    }

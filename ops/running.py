"""Servers that outlive the command which started them: another one can reuse or end them."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ops import processes
from ops.logs import end_of
from ops.ports import refuse_taken_ports
from ops.processes import Server
from ops.settings import CannotRunError

SECONDS_TO_START = 120.0


@dataclass(frozen=True)
class Running:
    """What `servers.json` remembers: servers, and a hash of what they were started with."""

    settings: str
    ports: list[int]
    servers: list[Server]


@dataclass(frozen=True)
class Group:
    """Servers that start, are reused and end together.

    Their memory and their logs are in `folder`; they work in `home`. Another `settings`, a hash,
    would give other servers. `command` is what starts them.
    """

    folder: Path
    home: Path
    names: Sequence[str]
    settings: str
    ports: Sequence[int]
    command: str

    def bring_up(self, start_all: Callable[[], None], say: Callable[[str], None]) -> None:
        """Return when all are up: those that are, else those of `start_all`.

        Raises CannotRunError; then none is left running.
        """
        with only_one_at_a_time(self.folder / "lock"):
            running = read_state(self.folder)
            if running and self.can_be_reused(running):
                say("already running")
                return
            if running:
                # Look before ending anything: the old servers stay when the new ones cannot start.
                refuse_taken_ports(set(self.ports) - set(running.ports), self.command)
                say("starting anew: one has ended, or settings have changed …")
                self.stop()
            refuse_taken_ports(self.ports, self.command)
            try:
                start_all()
            except BaseException:
                self.stop()
                raise

    def can_be_reused(self, running: Running) -> bool:
        return (
            running.settings == self.settings
            and {server.name for server in running.servers} == set(self.names)
            and all(processes.is_alive(server) for server in running.servers)
        )

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start one server and remember it."""
        server = processes.start(name, command, environment, self.home, self.log_file(name))
        running = read_state(self.folder)
        servers = [*(running.servers if running else []), server]
        write_state(self.folder, Running(self.settings, list(self.ports), servers))

    def wait_for(self, what: str, is_ready: Callable[[], bool]) -> None:
        """Poll until ready; raises CannotRunError when a server has ended or time is up."""
        give_up = time.monotonic() + SECONDS_TO_START
        while not is_ready():
            running = read_state(self.folder)
            if not running:
                raise CannotRunError("The servers were stopped while they were starting.")
            for server in running.servers:
                if not processes.is_alive(server):
                    log = end_of(self.log_file(server.name))
                    raise CannotRunError(f"{server.name} ended during the start.\n{log}")
            if time.monotonic() > give_up:
                logs = self.folder / "logs"
                seconds = f"{SECONDS_TO_START:.0f} s"
                raise CannotRunError(f"{what} was not ready after {seconds}. Logs: {logs}")
            time.sleep(0.1)

    def stop(self) -> list[str]:
        """End all and forget them; returns the names of what was running."""
        return stop_all(self.folder, self.home)

    def log_file(self, server: str) -> Path:
        return self.folder / "logs" / f"{server}.log"


def stop_all(folder: Path, home: Path) -> list[str]:
    """End what is remembered in `folder` and works in `home`; returns the names."""
    running = read_state(folder)
    stopped = processes.stop(running.servers, home) if running else []
    state_file(folder).unlink(missing_ok=True)
    return stopped


def state_file(folder: Path) -> Path:
    return folder / "servers.json"


def read_state(folder: Path) -> Running | None:
    """What was started last; None when nothing was, or it was stopped."""
    file = state_file(folder)
    if not file.exists():
        return None
    state = json.loads(file.read_text())
    servers = [Server(**server) for server in state["servers"]]
    return Running(state["settings"], state["ports"], servers)


def write_state(folder: Path, running: Running) -> None:
    """Written whole or not at all: a half written list could not be stopped."""
    new = state_file(folder).with_suffix(".new")
    new.write_text(json.dumps(asdict(running), indent=2))
    os.replace(new, state_file(folder))


@contextmanager
def only_one_at_a_time(lock: Path) -> Iterator[None]:
    """Two commands at once would both start servers; the second waits for the first."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

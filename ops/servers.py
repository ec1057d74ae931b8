"""The servers of `make run`: reuse those that are up, start those that are not, stop all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ops import database, processes
from ops.airflow_api import AirflowApi
from ops.logs import end_of
from ops.processes import Server
from ops.settings import (
    SANDBOX_CLIENT,
    SANDBOX_PASSWORD,
    SANDBOX_SECRET,
    SANDBOX_WORKER,
    CannotRunError,
    Settings,
    airflow_environment,
    plain_environment,
)

SECONDS_TO_START = 120.0
SANDBOX = "sandbox"
# Started one by one rather than with `airflow standalone`, whose log servers listen on every
# network address. All of them run on this machine and read the logs from its disk.
AIRFLOW_COMMANDS = {
    "api-server": ["airflow", "api-server"],
    "dag-processor": ["airflow", "dag-processor"],
    "scheduler": ["airflow", "scheduler", "--skip-serve-logs"],
    "triggerer": ["airflow", "triggerer", "--skip-serve-logs"],
}
# Needed by deferred tasks only, so it starts when the others have stopped using both cores.
STARTS_LAST = "triggerer"

Say = Callable[[str, str], None]


@dataclass(frozen=True)
class Running:
    """What `.run/servers.json` remembers: servers, and a hash of what they were started with."""

    settings: str
    ports: list[int]
    servers: list[Server]


class Servers:
    """The sandbox and Airflow of one folder."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], say: Say) -> None:
        self._settings = settings
        self._say = say
        self._airflow_environment = airflow_environment(settings, environ)
        self._sandbox_environment = plain_environment(settings, environ) | {
            "SANDBOX_CLIENT_ID": SANDBOX_CLIENT,
            "SANDBOX_CLIENT_SECRET": SANDBOX_SECRET,
            "SANDBOX_WPMS_USER": SANDBOX_WORKER,
            "SANDBOX_WPMS_PASSWORD": SANDBOX_PASSWORD,
        }

    def bring_up(self, api: AirflowApi) -> None:
        """Return when Airflow is healthy and the sandbox listens; raises CannotRunError."""
        with only_one_at_a_time(self._settings.run_folder / "lock"):
            running = read_state(self._settings.run_folder)
            if running and self._can_be_reused(running):
                self._say("Servers", "already running")
                return
            if running:
                # Look before ending anything: the old servers stay when the new ones cannot start.
                refuse_taken_ports(set(self._settings.ports) - set(running.ports))
                self._say("Servers", "starting anew: one has ended, or settings have changed …")
                stop_all(self._settings)
            refuse_taken_ports(self._settings.ports)
            try:
                self._start_all(api)
            except BaseException:
                stop_all(self._settings)
                raise

    def _can_be_reused(self, running: Running) -> bool:
        wanted = set(AIRFLOW_COMMANDS) | (set() if self._settings.real_server else {SANDBOX})
        return (
            running.settings == self._fingerprint()
            and {server.name for server in running.servers} == wanted
            and all(processes.is_alive(server) for server in running.servers)
        )

    def _fingerprint(self) -> str:
        """Changes when another start would give other servers. A hash, as it covers secrets."""
        stamp = self._settings.root / ".venv" / ".installed"
        own = {k: v for k, v in self._airflow_environment.items() if k.startswith("AIRFLOW")}
        packages = stamp.read_text() if stamp.exists() else ""
        return hashlib.sha256(json.dumps([own, packages], sort_keys=True).encode()).hexdigest()

    def _start_all(self, api: AirflowApi) -> None:
        if not self._settings.real_server:
            command = [sys.executable, "-m", "sandbox", "--port", str(self._settings.sandbox_port)]
            state = str(self._settings.run_folder / "sandbox")
            command += ["--wpms-port", str(self._settings.sandbox_wpms_port), "--state", state]
            self._start(SANDBOX, command, self._sandbox_environment)
        if not database.is_prepared(self._settings):
            self._say("Airflow", "preparing its database …")
            database.prepare(self._settings, self._airflow_environment)
        if ended := database.end_unfinished_runs(self._settings):
            self._say("Airflow", f"{ended} unfinished run(s) of the last time marked as failed")
        began = datetime.now(UTC)
        self._say("Airflow", "starting …")
        for name, command in AIRFLOW_COMMANDS.items():
            if name != STARTS_LAST:
                self._start(name, command, self._airflow_environment)
        self._wait_for("Airflow", lambda: api.is_healthy_since(began))
        self._start(STARTS_LAST, AIRFLOW_COMMANDS[STARTS_LAST], self._airflow_environment)
        self._say("Airflow", f"healthy on {self._settings.airflow_url}")
        if not self._settings.real_server:
            self._wait_for("The sandbox", lambda: listens(self._settings.sandbox_port))
            self._wait_for("The sandbox", lambda: listens(self._settings.sandbox_wpms_port))
            self._say("Sandbox", f"Mautic's stand-in listens on {self._settings.sandbox_url}")
            self._say("Sandbox", f"WordPress's stand-in: {self._settings.sandbox_wpms_url}")

    def _start(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        root, log = self._settings.root, self._settings.log_file(name)
        server = processes.start(name, command, environment, root, log)
        running = read_state(self._settings.run_folder)
        servers = [*(running.servers if running else []), server]
        ports = self._settings.ports
        write_state(self._settings.run_folder, Running(self._fingerprint(), ports, servers))

    def _wait_for(self, what: str, is_ready: Callable[[], bool]) -> None:
        """Poll until ready; raises CannotRunError when a server has ended or time is up."""
        give_up = time.monotonic() + SECONDS_TO_START
        while not is_ready():
            running = read_state(self._settings.run_folder)
            if not running:
                raise CannotRunError("The servers were stopped while they were starting.")
            for server in running.servers:
                if not processes.is_alive(server):
                    log = self._settings.log_file(server.name)
                    raise CannotRunError(f"{server.name} ended during the start.\n{end_of(log)}")
            if time.monotonic() > give_up:
                logs = self._settings.run_folder / "logs"
                seconds = f"{SECONDS_TO_START:.0f} s"
                raise CannotRunError(f"{what} was not ready after {seconds}. Logs: {logs}")
            time.sleep(0.1)


def stop_all(settings: Settings) -> list[str]:
    """End what `make run` started and forget it; returns the names of what was running."""
    running = read_state(settings.run_folder)
    stopped = processes.stop(running.servers, settings.root) if running else []
    state_file(settings.run_folder).unlink(missing_ok=True)
    return stopped


def refuse_taken_ports(ports: Iterable[int]) -> None:
    """Raise CannotRunError with one sentence when another program listens on one of the ports."""
    for port in ports:
        with socket.socket() as probe:
            # What a stopped server leaves behind for a minute does not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                other = 9090 if port not in (9090, 9091) else 8080
                raise CannotRunError(
                    f"Port {port} is taken: if that is another `make run`, end it with "
                    f"`make stop` in its folder, else choose other ports: PORT={other} make run"
                ) from None


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def only_one_at_a_time(lock: Path) -> Iterator[None]:
    """Two `make run` at once would both start servers; the second waits for the first."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def state_file(run_folder: Path) -> Path:
    return run_folder / "servers.json"


def read_state(run_folder: Path) -> Running | None:
    """What was started last; None when nothing was, or it was stopped."""
    file = state_file(run_folder)
    if not file.exists():
        return None
    state = json.loads(file.read_text())
    servers = [Server(**server) for server in state["servers"]]
    return Running(state["settings"], state["ports"], servers)


def write_state(run_folder: Path, running: Running) -> None:
    """Written whole or not at all: a half written list could not be stopped."""
    new = state_file(run_folder).with_suffix(".new")
    new.write_text(json.dumps(asdict(running), indent=2))
    os.replace(new, state_file(run_folder))

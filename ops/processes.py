"""Start, recognise and stop processes that outlive the command which started them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

SECONDS_TO_END = 10.0


@dataclass(frozen=True)
class Server:
    """A process that leads its own session.

    `pid` alone may belong to a stranger by now; together with `started` (seconds between the
    machine's start and its own) it names one process.
    """

    name: str
    pid: int
    started: float


def start(
    name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
) -> Server:
    """Start a server in its own session, in `folder`, with all its output in a new `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Server(name, process.pid, seconds_after_boot(psutil.Process(process.pid)))


def seconds_after_boot(process: psutil.Process) -> float:
    """When a process started, counted so that a corrected clock does not move it."""
    return process.create_time() - psutil.boot_time()


def is_alive(server: Server) -> bool:
    """Whether that very process still runs."""
    try:
        process = psutil.Process(server.pid)
        return is_running(process) and is_same(server, process)
    except psutil.Error:
        return False


def is_same(server: Server, process: psutil.Process) -> bool:
    return abs(seconds_after_boot(process) - server.started) < 0.1


def is_running(process: psutil.Process) -> bool:
    """A process that has ended but whose parent has not asked for its status is not running."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def members(server: Server, folder: Path) -> list[psutil.Process]:
    """The running processes of the server's session, also when their parents are gone."""
    return [
        process
        for process in psutil.process_iter()
        if is_running(process) and is_member(process, server, folder)
    ]


def is_member(process: psutil.Process, server: Server, folder: Path) -> bool:
    try:
        if os.getsid(process.pid) != server.pid:
            return False
        if psutil.pid_exists(server.pid):
            return is_same(server, psutil.Process(server.pid))
        # The leader is gone. A stranger's session may by now have the same number, but it does
        # not work in our folder.
        return Path(process.cwd()) == folder
    except (psutil.Error, ProcessLookupError):
        return False


def stop(servers: Sequence[Server], folder: Path, patience: float = SECONDS_TO_END) -> list[str]:
    """End whole sessions: ask (SIGTERM), wait up to `patience` seconds, then SIGKILL.

    Returns the names of the servers that had anything running; repeating it is harmless.
    """
    stopped = [server.name for server in servers if members(server, folder)]
    for how in (signal.SIGTERM, signal.SIGKILL):
        for server in servers:
            for process in members(server, folder):
                with suppress(psutil.Error):
                    process.send_signal(how)
        ended_by = time.monotonic() + patience
        while any(members(server, folder) for server in servers):
            if time.monotonic() > ended_by:
                break
            time.sleep(0.1)
    return stopped

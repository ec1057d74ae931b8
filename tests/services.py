"""Real servers for tests: a PostgreSQL from Debian's packages, and an Airflow on it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from ops import processes
from ops.airflow_api import AirflowApi
from ops.logs import end_of
from ops.ports import listens
from ops.processes import Server
from ops.run import DAG_ID, WRITE_POOL, wait_for_dag
from ops.servers import AIRFLOW_COMMANDS
from ops.settings import WPMS_CONNECTION, Settings, airflow_environment
from tests.conftest import ROOT
from tests.waiting import LONG, wait_until


def free_port(following: int = 0) -> int:
    """A free port after which so many are free too; not of those that outgoing calls take."""
    while True:
        port = random.randint(20000, 32000)
        if not any(listens(port + n) for n in range(following + 1)):
            return port


def missing(package: str) -> None:
    """Skips the test for want of a Debian package; on CI that is a failure."""
    unavailable(f"needs apt-get install {package}")


def unavailable(why: str) -> NoReturn:
    """Skips the test; on CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{why}: CI runs every test")
    pytest.skip(why)


@contextmanager
def running_postgres() -> Iterator[str]:
    """An empty PostgreSQL on loopback; gives its address for Airflow."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        missing("postgresql")
    folder = Path(tempfile.mkdtemp(prefix="postgres-of-tests-"))
    # PostgreSQL does not run as root.
    become = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        become = ["runuser", "-u", "postgres", "--"]
    data, port = str(folder / "data"), free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"

    def run(program: str, *arguments: str) -> None:
        command = [*become, str(programs[-1] / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run("initdb", "-D", data, "-U", "airflow", "-A", "trust")
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg2://airflow@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def without_course_sites(environment: dict[str, str]) -> dict[str, str]:
    """The environment of an Airflow that knows a Mautic only."""
    return {name: value for name, value in environment.items() if name != WPMS_CONNECTION}


@contextmanager
def running_redis() -> Iterator[str]:
    """An empty Redis on loopback that keeps nothing on disk; gives its address for Celery."""
    if not shutil.which("redis-server"):
        missing("redis-server")
    folder, port = Path(tempfile.mkdtemp(prefix="redis-of-tests-")), free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    command += ["--save", "", "--appendonly", "no"]
    try:
        with running_servers({"redis": command}, os.environ, folder) as servers:
            wait_until(lambda: all_alive(servers, folder) and listens(port), LONG)
            yield f"redis://127.0.0.1:{port}/0"
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_servers(
    commands: Mapping[str, list[str]], environment: Mapping[str, str], root: Path
) -> Iterator[list[Server]]:
    """Servers by their names, started in `root`; each has its log in `.run/logs`."""
    servers: list[Server] = []
    try:
        for name, command in commands.items():
            log = log_file(name, root)
            servers.append(processes.start(name, command, environment, root, log))
        yield servers
    finally:
        processes.stop(servers, root)


def all_alive(servers: Sequence[Server], root: Path) -> bool:
    """Fails with the end of its log when a server has ended; else True."""
    for server in servers:
        assert processes.is_alive(server), f"{server.name}: {end_of(log_file(server.name, root))}"
    return True


def log_file(server: str, root: Path) -> Path:
    return root / ".run" / "logs" / f"{server}.log"


@contextmanager
def running_airflow(root: Path, database: str) -> Iterator[tuple[Settings, dict[str, str]]]:
    """The sandbox and an Airflow of the project in `root`; gives settings and environment.

    `root` is a copy of the project; its plugins go before those of the installed one.
    """
    settings = Settings(free_port(following=1), real_server=False, apply=False, root=root)
    environment = without_course_sites(airflow_environment(settings, os.environ)) | {
        "PYTHONPATH": str(root / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
    }
    commands = {
        "sandbox": [
            *(sys.executable, "-m", "sandbox", "--port", str(settings.sandbox_port)),
            *("--state", str(settings.run_folder / "sandbox")),
        ],
        # No task here defers, so no triggerer is needed.
        **{name: AIRFLOW_COMMANDS[name] for name in ("api-server", "dag-processor", "scheduler")},
    }
    subprocess.run(["airflow", "db", "migrate"], env=environment, check=True, capture_output=True)
    servers = []
    try:
        for name, command in commands.items():
            log = settings.log_file(name)
            servers.append(processes.start(name, command, environment, root, log))
        wait_until(lambda: listens(settings.port) and listens(settings.sandbox_port), LONG)
        api = AirflowApi(settings.airflow_url, DAG_ID)
        wait_for_dag(settings, api)
        api.ensure_pool(WRITE_POOL, "one writer")
        yield settings, environment
    finally:
        processes.stop(servers, root)


def copy_of_the_project(root: Path, calendar: Path) -> None:
    """What Airflow and the sandbox need, with another calendar."""
    for folder in ("dags", "plugins", "include", "sandbox"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(calendar, root / "include/cohort_calendar.yaml")
    (root / ".venv").symlink_to(ROOT / ".venv")

"""Both DAGs on a real CeleryExecutor, with PostgreSQL and Redis, between both stand-ins."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from sqlalchemy import create_engine, text

from ops import processes
from ops.airflow_api import AirflowApi
from ops.ports import listens
from ops.processes import Server
from ops.run import WRITE_POOL
from ops.servers import AIRFLOW_COMMANDS
from ops.settings import (
    MAUTIC_CONNECTION,
    SANDBOX_CLIENT,
    SANDBOX_SECRET,
    Settings,
    airflow_environment,
    connection,
)
from sandbox.runner import Sandbox, Wpms
from tests.compose.files import SERVICES
from tests.conftest import ROOT
from tests.services import (
    all_alive,
    copy_of_the_project,
    free_port,
    log_file,
    running_postgres,
    running_redis,
    running_servers,
)
from tests.waiting import LONG, wait_until

RESULTS = {"cohort_rollover": "ensure_in_mautic", "enrolment_sync": "report"}
# No task here defers, so no triggerer is needed.
AIRFLOW = {
    **{name: AIRFLOW_COMMANDS[name] for name in ("api-server", "dag-processor", "scheduler")},
    "worker": ["airflow", "celery", "worker", "--skip-serve-logs", "--concurrency", "2"],
}

# What the worker has stored as done. Airflow keeps Celery's id of each task instance.
DONE_BY_THE_WORKER = """
SELECT task_instance.dag_id, task_instance.task_id
FROM task_instance JOIN celery_taskmeta ON celery_taskmeta.task_id = external_executor_id
WHERE celery_taskmeta.status = 'SUCCESS'
"""


@dataclass(frozen=True)
class Lane:
    """An Airflow with a Celery worker between both stand-ins, after both DAGs have run."""

    root: Path
    settings: Settings
    environment: dict[str, str]
    database: str
    servers: list[Server]
    mautic: Sandbox
    wpms: Wpms
    states: dict[str, str]
    tasks: dict[str, Counter[str]]


@contextmanager
def running_stand_ins(root: Path) -> Iterator[tuple[Sandbox, Wpms]]:
    """Mautic and WPMS on ports that the system chooses."""
    ports = ["--port", "0", "--wpms-port", "0", "--state", str(root / "sandbox-state")]
    command = [sys.executable, "-m", "sandbox", *ports]
    log = log_file("sandbox", root)
    with running_servers({"sandbox": command}, os.environ, root) as servers:
        wait_until(
            lambda: all_alive(servers, root) and log.read_text().count("listens on") == 2, LONG
        )
        mautic, wpms = (line.split()[-1] for line in log.read_text().splitlines())
        yield (
            Sandbox(mautic, SANDBOX_CLIENT, SANDBOX_SECRET, "", ""),
            Wpms(wpms, "worker", "sandbox-password", ""),
        )


def lane_environment(
    settings: Settings, database: str, broker: str, mautic: Sandbox, wpms: Wpms
) -> dict[str, str]:
    """As `make run`, but with the executor and the connections of a Celery installation."""
    learners = connection("wpms", wpms.url, wpms.user, wpms.password)
    return airflow_environment(settings, os.environ) | {
        "PYTHONPATH": str(settings.root / "plugins"),
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL": broker,
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        # The test says what runs; a new segment would start the sync by itself.
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        MAUTIC_CONNECTION: connection("mautic", mautic.url, mautic.client_id, mautic.client_secret),
        "AIRFLOW_CONN_WPMS_DEFAULT": learners,
    }


def run(settings: Settings, dag_id: str) -> tuple[str, Counter[str]]:
    """Runs a DAG through the REST API; gives its last state, and how many instances a task had."""
    api = AirflowApi(settings.airflow_url, dag_id)
    wait_until(lambda: api.dag() is not None, LONG)
    run_id = api.trigger({})
    *_, last = api.wait(run_id, RESULTS[dag_id])
    tasks = api.tasks(run_id)
    for task in tasks:
        if task.state == "failed":
            print(task.name, *api.log(run_id, task)[-15:], sep="\n")
    return last["state"], Counter(task.task_id for task in tasks)


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lane]:
    root = tmp_path_factory.mktemp("lane")
    copy_of_the_project(root, ROOT / "include/cohort_calendar.yaml")
    with (
        running_postgres() as database,
        running_redis() as broker,
        running_stand_ins(root) as (mautic, wpms),
    ):
        settings = Settings(free_port(), real_server=False, apply=False, root=root)
        environment = lane_environment(settings, database, broker, mautic, wpms)
        migrate = ["airflow", "db", "migrate"]
        subprocess.run(migrate, env=environment, check=True, capture_output=True)
        with running_servers(AIRFLOW, environment, root) as servers:
            wait_until(lambda: all_alive(servers, root) and listens(settings.port), LONG)
            AirflowApi(settings.airflow_url, "").ensure_pool(WRITE_POOL, "one writer")
            ended = {dag_id: run(settings, dag_id) for dag_id in RESULTS}
            states = {dag_id: state for dag_id, (state, _) in ended.items()}
            tasks = {dag_id: tasks for dag_id, (_, tasks) in ended.items()}
            yield Lane(root, settings, environment, database, servers, mautic, wpms, states, tasks)


def test_rollover_and_sync_succeed(lane: Lane) -> None:
    assert lane.states == {"cohort_rollover": "success", "enrolment_sync": "success"}
    assert lane.mautic.state()["segments"]
    # The link of the last of the 8 courses is off.
    assert lane.tasks["enrolment_sync"]["sync_course"] == 7


def test_every_learner_of_a_linked_course_is_a_contact_exactly_once(lane: Lane) -> None:
    on = {site["blog_id"] for site in lane.wpms.state()["courses"] if site["link"] == "on"}
    rows = [row for row in lane.wpms.rows() if row["blog_id"] in on]
    contacts = lane.mautic.state()["contacts"]
    addresses = Counter(str(contact["email"]) for contact in contacts)
    assert addresses == Counter({row["email"] for row in rows})
    ids = {contact["email"]: contact["id"] for contact in contacts}
    assert {row["email"]: row["contact_id"] for row in rows} == ids
    assert all(row["rev"] == row["synced_rev"] for row in rows)


def test_every_task_was_done_by_the_celery_worker(lane: Lane) -> None:
    # A run may end a moment before the worker has stored its last result.
    wait_until(lambda: done_by_the_worker(lane.database) == lane.tasks, LONG)


def done_by_the_worker(database: str) -> dict[str, Counter[str]]:
    """How many instances of each task, by DAG, Celery knows to be done."""
    done: dict[str, Counter[str]] = {dag_id: Counter() for dag_id in RESULTS}
    with create_engine(database).connect() as connection:
        for dag_id, task_id in connection.execute(text(DONE_BY_THE_WORKER)):
            done[dag_id][task_id] += 1
    return done


def test_nothing_listens_to_the_network(lane: Lane) -> None:
    listening = [
        (server.name, connection.laddr.ip)
        for server in lane.servers
        for process in processes.members(server, lane.root)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert set(listening) == {("api-server", "127.0.0.1")}


@pytest.mark.parametrize("server", ["dag-processor", "worker"])
def test_the_health_check_of_the_compose_file_finds_it_healthy(lane: Lane, server: str) -> None:
    check = SERVICES[server]["healthcheck"]["test"]
    # Compose writes a plain dollar as two, and a container has its name in HOSTNAME.
    command = ["sh", "-c", check.replace("$$", "$")] if isinstance(check, str) else check[1:]
    environment = lane.environment | {"HOSTNAME": socket.gethostname()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_dags_a_backfill_and_manual_runs_at_once_make_no_two_contacts(lane: Lane) -> None:
    learners = 900
    lane.wpms.seed(learners)
    apis = {dag_id: AirflowApi(lane.settings.airflow_url, dag_id) for dag_id in RESULTS}
    wanted = [
        ("enrolment_sync", {}),
        ("cohort_rollover", {}),
        ("enrolment_sync", {"everything": True}),
    ]
    runs = [(dag_id, apis[dag_id].trigger(conf)) for dag_id, conf in wanted]
    backfill = ["airflow", "backfill", "create", "--dag-id", "cohort_rollover"]
    backfill += ["--from-date", "2018-12-04", "--to-date", "2018-12-06"]
    done = subprocess.run(backfill, env=lane.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    runs += [("cohort_rollover", f"backfill__2018-12-0{n}T00:00:00+00:00") for n in (4, 5, 6)]
    ended = [list(apis[dag_id].wait(run_id, RESULTS[dag_id]))[-1] for dag_id, run_id in runs]
    assert {last["state"] for last in ended} == {"success"}
    test_every_learner_of_a_linked_course_is_a_contact_exactly_once(lane)
    assert len(lane.mautic.state()["contacts"]) > learners * 7 // 8

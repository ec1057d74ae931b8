"""The compose file, without an engine: what it promises can be read from it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from house import MAUTIC_WRITE_POOL
from ops.settings import Settings, airflow_environment
from tests.compose.files import (
    COMPOSE,
    COMPOSE_TEXT,
    OUR_IMAGE,
    SECRET,
    SERVICES,
    VARIABLE,
    airflow_services,
    dockerfile,
    is_long_running,
    variables,
)
from tests.conftest import ROOT

THE_SAME_EVERYWHERE = (
    "AIRFLOW__API_AUTH__JWT_SECRET",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
)
# PostgreSQL's full versions have two numbers, all others have three.
FULL_VERSION = re.compile(r"postgres:\d+\.\d+-\w+|[a-z/-]+:(cli-)?\d+\.\d+\.\d+(-[\w.-]+)?")

# Named like a secret, and none: a file, a switch, and the order to make up a password.
NO_SECRETS = {
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE",
    "AIRFLOW__CORE__TEST_CONNECTION",
    "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS",
    "MARIADB_RANDOM_ROOT_PASSWORD",
}


def test_the_file_is_valid_by_the_compose_specification() -> None:
    check = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    command = [sys.executable, *check, str(ROOT / "docker-compose.yaml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_variable_is_demanded_with_advice_or_has_a_default() -> None:
    for name, operator, rest in VARIABLE.findall(COMPOSE_TEXT):
        assert operator, f"{name} is neither demanded nor has a default"
        assert rest, f"{name}: say what to put, or which default"
    assert not variables(":?") & variables(":-")


def test_no_secret_has_a_default() -> None:
    assert [name for name in variables(":-") if SECRET.search(name)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_stands_in_the_file(service: str) -> None:
    for name, value in SERVICES[service].get("environment", {}).items():
        if (SECRET.search(name) and name not in NO_SECRETS) or re.search(r"://\S*@", str(value)):
            assert any(found[1] == ":?" for found in VARIABLE.findall(value)), name


@pytest.mark.parametrize("service", SERVICES)
def test_every_image_has_a_full_version(service: str) -> None:
    assert FULL_VERSION.fullmatch(SERVICES[service]["image"])


def test_our_image_has_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"{project['name']}:{project['version']}" == OUR_IMAGE


@pytest.mark.parametrize("service", SERVICES)
def test_what_runs_on_has_a_health_check_and_starts_again(service: str) -> None:
    if is_long_running(SERVICES[service]):
        assert SERVICES[service]["healthcheck"]["test"]
        assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_waits_for_can_come(service: str) -> None:
    for name, wanted in SERVICES[service].get("depends_on", {}).items():
        needed = SERVICES[name]
        lasting = "service_healthy" if is_long_running(needed) else "service_completed_successfully"
        assert wanted["condition"] == lasting
        # What belongs to a profile is not there without it.
        assert wanted.get("required", True) == ("profiles" not in needed)


@pytest.mark.parametrize("service", SERVICES)
def test_ports_are_open_to_this_machine_only(service: str) -> None:
    for port in SERVICES[service].get("ports", []):
        assert port.startswith("127.0.0.1:")
    assert "network_mode" not in SERVICES[service]


def test_all_airflow_services_are_one_airflow() -> None:
    services = airflow_services()
    assert {"airflow-init", "api-server", "scheduler", "dag-processor", "worker"} < set(services)
    for setting in THE_SAME_EVERYWHERE:
        assert len({service["environment"][setting] for service in services.values()}) == 1
    for service in services.values():
        assert service["environment"]["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "True"
    port = services["api-server"]["ports"][0].rsplit(":", 1)[-1]
    url = services["worker"]["environment"]["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    assert url == f"http://api-server:{port}/execution/"


def test_a_worker_is_free_after_a_task_as_soon_as_with_make_run(tmp_path: Path) -> None:
    """With Airflow's defaults two tasks in five held their worker for 5 s after their end."""
    ours = airflow_environment(Settings(8080, real_server=False, apply=False, root=tmp_path), {})
    workers = {name: ours[name] for name in ours if name.startswith("AIRFLOW__WORKERS__")}
    assert workers["AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL"] == "1"
    for service in airflow_services().values():
        assert workers.items() <= service["environment"].items()


def test_the_first_start_makes_the_one_slot_pool_of_the_tasks() -> None:
    assert f"airflow pools set {MAUTIC_WRITE_POOL} 1 " in SERVICES["airflow-init"]["command"][-1]


def test_celery_is_a_choice() -> None:
    assert {name for name, one in SERVICES.items() if "profiles" in one} == {"redis", "worker"}
    environment = SERVICES["scheduler"]["environment"]
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "${AIRFLOW_EXECUTOR:-LocalExecutor}"


def test_every_volume_is_named_and_used() -> None:
    mounts = [mount for one in SERVICES.values() for mount in one.get("volumes", [])]
    assert {mount.split(":")[0] for mount in mounts} == set(COMPOSE["volumes"])


def test_volumes_of_ours_cover_folders_that_the_image_gives_to_its_user() -> None:
    made = " ".join(word for words in dockerfile("RUN") for word in words)
    for service in airflow_services().values():
        for mount in service["volumes"]:
            assert f" {mount.split(':')[1]}" in made


def test_configurations_named_are_in_the_file() -> None:
    used = {one["source"] for s in SERVICES.values() for one in s.get("configs", [])}
    assert used == set(COMPOSE["configs"])
    assert all(config["content"] for config in COMPOSE["configs"].values())

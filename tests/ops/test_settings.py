"""Ports, folders and the environment of the servers that `make run` starts."""

import json
from pathlib import Path

import pytest

from ops.settings import (
    MAUTIC_CONNECTION,
    WPMS_CONNECTION,
    CannotRunError,
    Settings,
    airflow_environment,
    plain_environment,
)

SECRET = "not-for-the-screen"


def sandbox_settings(root: Path, port: int = 8080) -> Settings:
    return Settings(port=port, real_server=False, apply=False, root=root)


def test_every_port_moves_with_the_first_one(tmp_path: Path) -> None:
    settings = sandbox_settings(tmp_path, port=9000)
    environment = airflow_environment(settings, {})
    assert settings.ports == [9000, 9001, 9002]
    assert environment["AIRFLOW__API__PORT"] == "9000"
    execution = environment["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    assert execution == "http://127.0.0.1:9000/execution/"
    assert json.loads(environment[MAUTIC_CONNECTION])["host"] == "http://127.0.0.1:9001"


@pytest.mark.parametrize("port", [0, 80, 65533, 65535, 100000])
def test_a_port_that_cannot_be_used_is_refused_with_the_range(port: int) -> None:
    with pytest.raises(CannotRunError, match=f"PORT={port} cannot be used: .* 1024 to 65532"):
        Settings.from_environment(port, {})


def test_the_sandbox_is_written_to() -> None:
    settings = Settings.from_environment(8080, {})
    assert not settings.real_server
    assert not settings.dry_run


def test_a_real_server_is_only_previewed() -> None:
    settings = Settings.from_environment(8080, {MAUTIC_CONNECTION: "{}"})
    assert settings.real_server
    assert settings.dry_run
    assert settings.ports == [8080]


def test_a_real_server_is_written_to_after_apply() -> None:
    assert not Settings.from_environment(8080, {MAUTIC_CONNECTION: "{}", "APPLY": "1"}).dry_run


def test_a_wordpress_takes_the_place_of_its_stand_in(tmp_path: Path) -> None:
    settings = Settings(9000, real_server=False, apply=False, wordpress=True, root=tmp_path)
    assert settings.ports == [9000, 9001]
    host = json.loads(airflow_environment(settings, {})[WPMS_CONNECTION])["host"]
    assert host == "http://127.0.0.1:9003"


@pytest.mark.parametrize(("word", "wanted"), [("wordpress", True), ("sandbox", False), ("", False)])
def test_wpms_says_which_course_sites(word: str, wanted: bool) -> None:
    assert Settings.from_environment(8080, {"WPMS": word}).wordpress is wanted


def test_course_sites_that_nobody_knows_are_refused() -> None:
    with pytest.raises(CannotRunError, match="WPMS=Wordpress is not known"):
        Settings.from_environment(8080, {"WPMS": "Wordpress"})


def test_invented_learners_do_not_get_into_a_real_mautic() -> None:
    with pytest.raises(CannotRunError, match=MAUTIC_CONNECTION):
        Settings.from_environment(8080, {MAUTIC_CONNECTION: "{}", "WPMS": "wordpress"})


@pytest.mark.parametrize("word", ["0", "no", "", "true"])
def test_only_apply_1_means_apply(word: str) -> None:
    assert Settings.from_environment(8080, {MAUTIC_CONNECTION: "{}", "APPLY": word}).dry_run


def test_the_users_connections_reach_airflow_unchanged(tmp_path: Path) -> None:
    settings = Settings(port=8080, real_server=True, apply=False, root=tmp_path)
    given = {MAUTIC_CONNECTION: SECRET, "AIRFLOW_CONN_WPMS_DEFAULT": "wordpress"}
    environment = airflow_environment(settings, given)
    assert given.items() <= environment.items()


def test_another_airflow_of_the_user_is_left_alone(tmp_path: Path) -> None:
    """A shell that exports a production database must not have it migrated by a try-out."""
    theirs = {
        "AIRFLOW_HOME": "/their/airflow",
        "AIRFLOW_CONFIG": "/their/airflow.cfg",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://production",
    }
    environment = airflow_environment(sandbox_settings(tmp_path), theirs)
    assert environment["AIRFLOW_HOME"] == str(tmp_path / ".run" / "airflow")
    assert "AIRFLOW_CONFIG" not in environment
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in environment


def test_no_schedule_writes_to_a_real_server_that_is_only_previewed(tmp_path: Path) -> None:
    """A scheduled run takes the DAG's own params, and those write."""
    real = Settings(port=8080, real_server=True, apply=False, root=tmp_path)
    schedule = "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE"
    assert airflow_environment(real, {})[schedule] == "False"
    assert airflow_environment(sandbox_settings(tmp_path), {})[schedule] == "True"


def test_airflow_is_reachable_from_this_machine_only(tmp_path: Path) -> None:
    environment = airflow_environment(sandbox_settings(tmp_path), {})
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_bytecode_may_be_written(tmp_path: Path) -> None:
    environment = plain_environment(sandbox_settings(tmp_path), {"PYTHONDONTWRITEBYTECODE": "1"})
    assert "PYTHONDONTWRITEBYTECODE" not in environment


def test_a_proxy_does_not_come_between_the_servers(tmp_path: Path) -> None:
    environment = plain_environment(sandbox_settings(tmp_path), {"no_proxy": "intranet"})
    assert environment["NO_PROXY"] == environment["no_proxy"] == "intranet,127.0.0.1,localhost"


def test_the_key_of_the_servers_is_long_private_and_kept(tmp_path: Path) -> None:
    settings = sandbox_settings(tmp_path)
    first = airflow_environment(settings, {})["AIRFLOW__API_AUTH__JWT_SECRET"]
    second = airflow_environment(settings, {})["AIRFLOW__API_AUTH__JWT_SECRET"]
    assert first == second
    assert len(first.encode()) >= 64
    assert (settings.run_folder / "jwt_secret").stat().st_mode & 0o077 == 0

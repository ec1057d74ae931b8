"""What is done to Airflow's database before a start."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ops import database
from ops.settings import CannotRunError, Settings

STATES = ("success", "running", "queued", "failed", "up_for_retry", "deferred", None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty folder, with Airflow's home in it."""
    settings = Settings(8080, real_server=False, apply=False, root=tmp_path)
    settings.airflow_home.mkdir(parents=True)
    return settings


def test_a_run_that_was_interrupted_is_not_taken_up_again(settings: Settings) -> None:
    """It would go on against whatever Mautic the next start is connected to."""
    file = database.database_file(settings)
    with closing(sqlite3.connect(file)) as connection, connection:
        for table in ("task_instance", "dag_run"):
            connection.execute(f"CREATE TABLE {table} (state TEXT)")
        connection.executemany("INSERT INTO task_instance VALUES (?)", [(s,) for s in STATES])
        runs = [("success",), ("running",), ("queued",)]
        connection.executemany("INSERT INTO dag_run VALUES (?)", runs)

    assert database.end_unfinished_runs(settings) == 2
    assert database.end_unfinished_runs(settings) == 0
    with closing(sqlite3.connect(file)) as connection:
        tasks = [state for (state,) in connection.execute("SELECT state FROM task_instance")]
    assert tasks == ["success", *["failed"] * 5, None]


def test_a_database_of_another_airflow_is_migrated(settings: Settings) -> None:
    database.database_file(settings).touch()
    assert not database.is_prepared(settings)
    database.version_stamp(settings).write_text("3.0.0")
    assert not database.is_prepared(settings)
    database.version_stamp(settings).write_text(database.airflow_version())
    assert database.is_prepared(settings)


def test_a_database_that_was_deleted_is_made_again(settings: Settings) -> None:
    database.version_stamp(settings).write_text(database.airflow_version())
    assert not database.is_prepared(settings)


def test_a_failed_migration_shows_the_end_of_its_log(settings: Settings, tmp_path: Path) -> None:
    airflow = tmp_path / "airflow"
    airflow.write_text("#!/bin/sh\necho the disk is full\nexit 1\n")
    airflow.chmod(0o755)
    with pytest.raises(CannotRunError, match="the disk is full"):
        database.prepare(settings, {"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert not database.is_prepared(settings)

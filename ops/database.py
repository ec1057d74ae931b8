"""Airflow's SQLite database: made once, and left without half-done runs before each start."""

from __future__ import annotations

import importlib.metadata
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from ops.logs import end_of
from ops.settings import CannotRunError, Settings

FINISHED = ("success", "failed", "skipped", "upstream_failed", "removed")


def is_prepared(settings: Settings) -> bool:
    """Whether the database was made by the Airflow that is installed now."""
    stamp = version_stamp(settings)
    if not (stamp.exists() and database_file(settings).exists()):
        return False
    return stamp.read_text() == airflow_version()


def prepare(settings: Settings, environment: Mapping[str, str]) -> None:
    """Create or migrate the database; raises CannotRunError with the end of the log."""
    log = settings.log_file("database")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        migrated = subprocess.run(
            ["airflow", "db", "migrate"],
            cwd=settings.root,
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if migrated.returncode != 0:
        raise CannotRunError(f"Airflow could not prepare its database.\n{end_of(log)}")
    version_stamp(settings).write_text(airflow_version())


def end_unfinished_runs(settings: Settings) -> int:
    """Mark as failed what was still going when the servers were stopped; returns how many runs.

    Otherwise Airflow takes them up again, now perhaps with another Mautic: a run that was to
    write to the sandbox would write to a real server that is only to be previewed. Only while no
    server runs, so nobody else has the database open.
    """
    marks = ", ".join("?" * len(FINISHED))
    with closing(sqlite3.connect(database_file(settings))) as connection, connection:
        for table in ("task_instance", "dag_run"):
            ended = connection.execute(
                f"UPDATE {table} SET state = 'failed' WHERE state NOT IN ({marks})",  # noqa: S608
                FINISHED,
            )
        return ended.rowcount


def database_file(settings: Settings) -> Path:
    return settings.airflow_home / "airflow.db"


def version_stamp(settings: Settings) -> Path:
    return settings.airflow_home / "database_version"


def airflow_version() -> str:
    return importlib.metadata.version("apache-airflow")

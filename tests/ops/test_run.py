"""What `make run` decides between start and report."""

import os
from datetime import UTC, datetime
from pathlib import Path

from house import MAUTIC_WRITE_POOL
from ops.run import WRITE_POOL, is_read_since, last_change
from ops.settings import Settings

CHANGED = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)


def test_the_pool_that_is_made_is_the_one_the_dags_name() -> None:
    """A task whose pool is missing waits for ever."""
    assert WRITE_POOL == MAUTIC_WRITE_POOL


def test_a_dag_that_was_read_before_the_last_change_is_read_again() -> None:
    dag = {"has_import_errors": False, "last_parsed_time": "2026-11-21T21:59:59Z"}
    assert not is_read_since(CHANGED, dag)
    assert is_read_since(CHANGED, dag | {"last_parsed_time": "2026-11-21T22:00:01Z"})


def test_a_dag_that_cannot_be_imported_or_was_never_read_does_not_count() -> None:
    dag = {"has_import_errors": True, "last_parsed_time": "2026-11-21T22:00:01Z"}
    assert not is_read_since(CHANGED, dag)
    assert not is_read_since(CHANGED, None)


def test_the_calendar_counts_as_part_of_the_dags(tmp_path: Path) -> None:
    for name, minute in (("dags/x.py", 1), ("plugins/p/y.py", 2), ("include/calendar.yaml", 3)):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.touch()
        moment = CHANGED.replace(minute=minute).timestamp()
        os.utime(file, (moment, moment))
    settings = Settings(8080, real_server=False, apply=False, root=tmp_path)
    assert last_change(settings) == CHANGED.replace(minute=3)

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from house import MAUTIC_WRITE_POOL, SEGMENTS
from sandbox.runner import Sandbox, Wpms
from tests.dags.runs import run

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


def test_it_runs_every_ten_minutes_and_after_new_segments(dag_bag: DagBag) -> None:
    dag = dag_bag.dags["enrolment_sync"]
    assert dag.doc_md
    assert "Sign learners up" in dag.doc_md
    schedule: Any = dag.timetable
    assert list(schedule.asset_condition.objects) == [SEGMENTS]
    assert schedule.timetable.run_immediately == timedelta(seconds=1)
    assert dag.max_active_runs == 1
    assert dag.get_task("sync_course").pool == MAUTIC_WRITE_POOL
    assert dag.get_task("let_go").pool == MAUTIC_WRITE_POOL
    assert "sync_course" in dag.get_task("let_go").downstream_task_ids


def test_after_a_rollover_learners_are_signed_up_and_the_second_run_has_nothing_to_do(
    dag_bag: DagBag, sandbox: Sandbox, wpms: Wpms
) -> None:
    rolled = run(dag_bag.dags["cohort_rollover"])
    assert rolled["push_offers"] == {"pushed": 8, "unchanged": 0, "not today": 0, "no site": 0}
    wpms.seed(24)
    first = run(dag_bag.dags["enrolment_sync"])
    assert first["state"] == "success"
    assert first["report"]["total"] == {"signed up": 24}
    assert len(sandbox.state()["contacts"]) == 24
    second = run(dag_bag.dags["enrolment_sync"])
    assert second["state"] == "success"
    assert second["find_work"]["blog_ids"] == []


def test_a_replay_of_the_past_leaves_the_offers_alone(
    dag_bag: DagBag, sandbox: Sandbox, wpms: Wpms
) -> None:
    rolled = run(dag_bag.dags["cohort_rollover"], as_of="2018-12-05", courses=["IPM104"])
    assert rolled["push_offers"]["not today"] == 1
    assert all(site["offers"] == [] for site in wpms.state()["courses"])


def test_a_dry_run_sends_nothing(dag_bag: DagBag, sandbox: Sandbox, wpms: Wpms) -> None:
    run(dag_bag.dags["cohort_rollover"])
    wpms.seed(8)
    ended = run(dag_bag.dags["enrolment_sync"], dry_run=True)
    assert ended["report"]["total"] == {"signed up": 8}
    assert sandbox.state()["contacts"] == []


def test_learners_of_a_deleted_site_are_let_go_and_the_report_tells(
    dag_bag: DagBag, sandbox: Sandbox, wpms: Wpms
) -> None:
    run(dag_bag.dags["cohort_rollover"], courses=["LiDA101"])
    wpms.enrol("ann@example.org", "/lida101/")
    run(dag_bag.dags["enrolment_sync"], dry_run=False)
    wpms.delete_site("/lida101/")
    for dry_run, tags in ((True, 2), (False, 0)):
        ended = run(dag_bag.dags["enrolment_sync"], dry_run=dry_run)
        assert ended["find_work"]["blog_ids"] == []
        assert ended["report"]["total"] == {"left": 1}
        assert [one["course"] for one in ended["report"]["courses"]] == ["deleted sites"]
        (contact,) = sandbox.state()["contacts"]
        assert len(contact["tags"]) == tags
    assert run(dag_bag.dags["enrolment_sync"], dry_run=False)["report"]["courses"] == []


def test_neither_logs_nor_the_metadata_database_hold_a_person_or_a_secret(
    dag_bag: DagBag, sandbox: Sandbox, wpms: Wpms, caplog: pytest.LogCaptureFixture
) -> None:
    run(dag_bag.dags["cohort_rollover"])
    wpms.enrol("canary.zebra@example.org", "/lida101/", first_name="Zebrina", last_name="Quagga")
    wpms.enrol("canary-zebra@", "/lida101/", first_name="Zebrina")
    ended = run(dag_bag.dags["enrolment_sync"])
    assert ended["report"]["total"] == {"signed up": 1, "failed": 1}
    home = Path(os.environ["AIRFLOW_HOME"])
    kept = [file.read_bytes() for file in home.rglob("*") if file.is_file()]
    assert any(b"enrolment_sync" in content for content in kept)
    told = b"".join(kept) + caplog.text.encode()
    for word in ("canary", "Zebrina", "Quagga", wpms.password, sandbox.client_secret):
        assert word.encode() not in told, word

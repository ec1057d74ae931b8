from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from house import MAUTIC_LOGS, MAUTIC_WRITE_POOL
from sandbox.runner import Sandbox, Wpms
from tests.dags.runs import run

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

EMAIL = "ann@example.org"


@pytest.fixture
def ticked(dag_bag: DagBag, sandbox: Sandbox, wpms: Wpms) -> int:
    """A learner who has ticked a cohort in Mautic; the id of the contact."""
    for name in ("cohort_rollover", "mautic_setup"):
        assert run(dag_bag.dags[name])["state"] == "success"
    wpms.enrol(EMAIL, "/lida101/")
    run(dag_bag.dags["enrolment_sync"])
    (contact,) = sandbox.state()["contacts"]
    (segment,) = (s for s in sandbox.state()["segments"] if s["alias"] == "lida101-oeru-preference")
    sandbox.save_preferences(contact["id"], [segment["id"]])
    return int(contact["id"])


@pytest.mark.parametrize("name", ["learner_status_sync", "mautic_setup"])
def test_it_waits_for_its_time_when_unpaused_and_writes_one_at_a_time(
    dag_bag: DagBag, name: str
) -> None:
    dag = dag_bag.dags[name]
    schedule: Any = dag.timetable
    assert dag.doc_md
    assert schedule.run_immediately == timedelta(seconds=1)
    assert dag.max_active_runs == 1
    assert {task.pool for task in dag.tasks} == {MAUTIC_WRITE_POOL}


def test_what_was_ticked_reaches_wordpress_and_is_remembered_as_read(
    dag_bag: DagBag, wpms: Wpms, ticked: int
) -> None:
    dag = dag_bag.dags["learner_status_sync"]
    first = run(dag)
    assert first["state"] == "success"
    assert first["sync_words"]["total"] == {"updated": 1}
    (row,) = wpms.rows()
    assert row["delivery"] == "cohort"
    second = run(dag)["sync_words"]
    assert second["why"] == "Mautic tells news of 1 contacts"  # our own writes
    assert second["total"] == {"unchanged": 1}
    third = run(dag)["sync_words"]
    assert (third["why"], third["total"]) == ("Mautic tells news of 0 contacts", {})
    assert run(dag, everybody=True)["sync_words"]["total"] == {"unchanged": 1}


def test_a_run_that_writes_nothing_or_is_for_some_courses_remembers_nothing(
    dag_bag: DagBag, ticked: int
) -> None:
    dag = dag_bag.dags["learner_status_sync"]
    run(dag, dry_run=True)
    run(dag, dry_run=False, courses=["IPM104"])
    # A DAG in this process keeps the parameters of its last run.
    assert run(dag, courses=[])["sync_words"]["total"] == {"updated": 1}


def test_the_logs_are_the_asset_that_keeps_how_far_they_were_read(dag_bag: DagBag) -> None:
    assert dag_bag.dags["learner_status_sync"].get_task("sync_words").inlets == [MAUTIC_LOGS]


def test_the_setup_makes_everything_once_and_then_finds_it(
    dag_bag: DagBag, sandbox: Sandbox
) -> None:
    dag = dag_bag.dags["mautic_setup"]
    assert run(dag)["set_up"] == {"created": 25}
    shown = [s["publicName"] for s in sandbox.state()["segments"] if s["isPreferenceCenter"]]
    assert len(shown) == len(set(shown)) == 8
    assert run(dag)["set_up"] == {"unchanged": 25}

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import RetryAction
from airflow.sdk.definitions.dag import DAG
from airflow.sdk.exceptions import AirflowNotFoundException

from cohort_sync.errors import FarDateError, FutureDateError, RefusedThingsError, UnknownCourseError
from cohorts.errors import CalendarError
from house import MAUTIC_WRITE_POOL, RETRY_POLICY, SEGMENTS_MADE, as_of
from sandbox.runner import Sandbox
from transport.errors import CredentialsError, DoubtfulWriteError, RefusedError, TransientError

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


@pytest.fixture
def dag(dag_bag: DagBag) -> DAG:
    assert dag_bag.import_errors == {}
    return dag_bag.dags["cohort_rollover"]


def test_the_dag_tells_people_what_it_is(dag: DAG) -> None:
    assert dag.doc_md
    assert "Roll the cohorts" in dag.doc_md
    assert set(dag.params) == {"as_of", "courses", "dry_run"}
    assert dag.tags == {"cohorts", "mautic"}
    assert {task.owner for task in dag.tasks} == {"data-ops"}


def test_only_one_task_writes_and_it_has_the_one_slot_pool(dag: DAG) -> None:
    assert dag.get_task("roll_cohorts").downstream_task_ids == {"ensure_in_mautic"}
    assert dag.get_task("ensure_in_mautic").downstream_task_ids == {
        "push_offers",
        "check_refusals",
    }
    pools = {task.task_id: task.pool for task in dag.tasks}
    assert pools == {
        "roll_cohorts": "default_pool",
        "push_offers": "default_pool",
        "ensure_in_mautic": MAUTIC_WRITE_POOL,
        "check_refusals": "default_pool",
    }
    assert dag.get_task("ensure_in_mautic").outlets == [SEGMENTS_MADE]
    assert dag.max_active_runs == 1


def test_a_task_is_tried_again_later_each_time(dag: DAG) -> None:
    for task in dag.tasks:
        assert task.retries == 4
        assert task.retry_exponential_backoff == 2.0
        assert task.max_retry_delay == timedelta(minutes=30)
        assert task.retry_policy


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (CalendarError("calendar", []), RetryAction.FAIL),
        (FutureDateError("x"), RetryAction.FAIL),
        (FarDateError("x"), RetryAction.FAIL),
        (AirflowNotFoundException("the connection isn't defined"), RetryAction.FAIL),
        (UnknownCourseError("x"), RetryAction.FAIL),
        (RefusedThingsError("x"), RetryAction.FAIL),
        (CredentialsError("t", "r", "s"), RetryAction.FAIL),
        (RefusedError("t", "r", "s"), RetryAction.FAIL),
        (TransientError("t", "r", "s"), RetryAction.DEFAULT),
        (DoubtfulWriteError("t", "r", "s"), RetryAction.DEFAULT),
        (OSError("anything else"), RetryAction.DEFAULT),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_no_retry_can_mend_fails_at_once(error: Exception, action: RetryAction) -> None:
    decision = RETRY_POLICY.evaluate(error, 1, 4)
    assert decision.action == action
    assert bool(decision.reason) == (action is RetryAction.FAIL)


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2200-01-01", "9999-12-31"])
def test_a_date_that_no_calendar_can_have_is_refused_for_good(day: str) -> None:
    with pytest.raises(FarDateError, match=f"{day} is out of range → a year from 1990 to 2199"):
        as_of({"params": {"as_of": day}})


@pytest.mark.parametrize("day", ["1990-01-01", "2018-12-05", "2199-12-31"])
def test_a_run_is_for_the_date_it_was_given(day: str) -> None:
    assert as_of({"params": {"as_of": day}}) == date.fromisoformat(day)


def run(dag: DAG, **conf: Any) -> dict[str, Any]:
    """Runs the DAG in this process; returns its state and the results of its tasks."""
    ended = dag.test(run_conf=conf)
    instances = {ti.task_id: ti for ti in ended.get_task_instances()}
    results = {name: ti.xcom_pull(task_ids=name) for name, ti in instances.items()}
    return {"state": str(ended.state), **results}


def test_a_run_makes_what_its_date_needs_and_a_second_one_nothing(
    dag: DAG, sandbox: Sandbox
) -> None:
    first = run(dag, as_of="2018-12-05", courses=["IPM104"])
    assert first["state"] == "success"
    # 5 December 2018 became current, and the one of June 2019 the next.
    assert first["roll_cohorts"] == {"offerings": 1, "rolled": 2}
    # Independent study of two years, the cohort, and the two that the rules give for 2019.
    assert first["ensure_in_mautic"]["counts"]["segment"]["created"] == 10
    aliases = {segment["alias"] for segment in sandbox.state()["segments"]}
    assert "ipm104-cohort-course-oeru-20181205-wp" in aliases
    second = run(dag, as_of="2018-12-05", courses=["IPM104"])
    assert not any(c["created"] for c in second["ensure_in_mautic"]["counts"].values())


def test_a_run_without_a_date_is_for_now(dag: DAG, sandbox: Sandbox) -> None:
    assert run(dag)["roll_cohorts"]["offerings"] == 8
    assert all(int(s["alias"].split("-")[-2][:4]) >= 2026 for s in sandbox.state()["segments"])


def test_a_dry_run_writes_nothing(dag: DAG, sandbox: Sandbox) -> None:
    ended = run(dag, dry_run=True)
    assert ended["ensure_in_mautic"]["dry_run"]
    assert sandbox.state()["tags"] == []


def test_a_refusal_fails_the_run_after_everything_else_was_made(dag: DAG, sandbox: Sandbox) -> None:
    from mautic_hook.hook import MauticHook

    run(dag, as_of="2018-11-01", courses=["IPM104"])
    client = MauticHook().get_client()
    client.patch("/api/segments/1/edit", {"isPublished": False}, tried="unpublish")
    ended = run(dag, as_of="2018-12-05", courses=["IPM104"])
    assert ended["state"] == "failed"
    assert ended["ensure_in_mautic"]["counts"]["segment"]["created"] > 0
    assert [item["kind"] for item in ended["ensure_in_mautic"]["refused"]] == [
        "segment",
        "campaign",
    ]

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import ParamValidationError

from house import MAUTIC_WRITE_POOL
from sandbox.runner import Sandbox, Wpms
from tests.dags.runs import run

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk.definitions.dag import DAG

EMAIL = "canary.zebra@example.org"


@pytest.fixture
def dag(dag_bag: DagBag) -> DAG:
    return dag_bag.dags["erase_learner"]


@pytest.fixture
def ann(dag_bag: DagBag, sandbox: Sandbox, wpms: Wpms) -> int:
    """A learner of two courses, signed up."""
    run(dag_bag.dags["cohort_rollover"], courses=["LiDA101", "IPM104"])
    for site in ("/lida101/", "/ipm104/"):
        user_id = wpms.enrol(EMAIL, site, first_name="Zebrina", last_name="Quagga")
    run(dag_bag.dags["enrolment_sync"], dry_run=False)
    return user_id


def receipt(user: int, **values: Any) -> dict[str, Any]:
    nothing = {"known": True, "marked": 0, "contact": "none", "dropped": 0, "left": 0, "reason": ""}
    return {"user": user, **nothing, **values}


def test_it_runs_when_asked_to_and_writes_one_at_a_time(dag: DAG) -> None:
    assert dag.doc_md
    assert dag.timetable.can_be_scheduled is False
    assert dag.max_active_runs == 1
    assert dag.get_task("erase").pool == MAUTIC_WRITE_POOL


def test_a_learner_is_erased_on_both_sides_with_a_receipt(
    dag: DAG, sandbox: Sandbox, wpms: Wpms, ann: int
) -> None:
    ended = run(dag, user_ids=[ann], dry_run=True)
    assert ended["erase"] == [receipt(ann, marked=2, contact="deleted", left=2)]
    assert len(sandbox.state()["contacts"]) == 1
    ended = run(dag, user_ids=[ann], dry_run=False)
    assert ended["state"] == "success"
    assert ended["erase"] == [receipt(ann, marked=2, contact="deleted", dropped=2)]
    assert (sandbox.state()["contacts"], wpms.rows()) == ([], [])
    assert run(dag, user_ids=[ann], dry_run=False)["erase"] == [receipt(ann)]


def test_who_is_not_there_is_told_at_the_end_when_all_else_is_done(
    dag: DAG, sandbox: Sandbox, wpms: Wpms, ann: int
) -> None:
    ended = run(dag, user_ids=[999, ann], dry_run=False)
    assert ended["state"] == "failed"
    assert ended["erase"] == [
        receipt(999, known=False),
        receipt(ann, marked=2, contact="deleted", dropped=2),
    ]


def test_whom_mautic_does_not_delete_is_left_and_the_next_sync_takes_them(
    dag: DAG, dag_bag: DagBag, sandbox: Sandbox, wpms: Wpms, ann: int
) -> None:
    sandbox.fault("status", path=".*/delete$", status=403)
    ended = run(dag, user_ids=[ann], dry_run=False)
    assert ended["state"] == "failed"
    (one,) = ended["erase"]
    assert (one["contact"], one["dropped"], one["left"]) == ("refused", 0, 2)
    assert "answered 403" in one["reason"]
    ended = run(dag_bag.dags["enrolment_sync"], dry_run=True)
    assert ended["let_go"]["erased"] == [receipt(ann, marked=2, contact="deleted", left=2)]
    ended = run(dag_bag.dags["enrolment_sync"], dry_run=False)
    assert ended["let_go"]["erased"] == [{"user": ann, "contact": "deleted", "left": 0}]
    assert (sandbox.state()["contacts"], wpms.rows()) == ([], [])


@pytest.mark.parametrize("user_ids", [["7"], [EMAIL], [0], list(range(1, 102))])
def test_only_so_many_user_numbers_are_taken(dag: DAG, user_ids: list[Any]) -> None:
    with pytest.raises(ParamValidationError):
        run(dag, user_ids=user_ids, dry_run=False)


def test_neither_logs_nor_the_metadata_database_hold_the_person(
    dag: DAG, ann: int, caplog: pytest.LogCaptureFixture
) -> None:
    run(dag, user_ids=[ann], dry_run=False)
    home = Path(os.environ["AIRFLOW_HOME"])
    kept = [file.read_bytes() for file in home.rglob("*") if file.is_file()]
    assert any(b"erase_learner" in content for content in kept)
    told = b"".join(kept) + caplog.text.encode()
    for word in ("canary", "Zebrina", "Quagga"):
        assert word.encode() not in told, word

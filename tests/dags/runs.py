"""A run of a DAG in this process."""

from __future__ import annotations

from typing import Any

from airflow.sdk.definitions.dag import DAG


def run(dag: DAG, **conf: Any) -> dict[str, Any]:
    """Runs it to its end; the state of the run, and what each task returned."""
    ended = dag.test(run_conf=conf)
    results = {ti.task_id: ti.xcom_pull(task_ids=ti.task_id) for ti in ended.get_task_instances()}
    return {"state": str(ended.state), **results}

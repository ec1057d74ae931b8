"""The few calls to Airflow's REST API that `make run` needs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

SECONDS_TO_ANSWER = 30.0
TRIES_OF_A_WRITE = 5


class AirflowError(Exception):
    """Airflow refused a call or did not answer; the text says which call and why."""


@dataclass(frozen=True)
class TaskState:
    """Where one task of a run stands; `state` is None before it is scheduled.

    `label` is what the DAG calls a mapped task, once it has begun.
    """

    task_id: str
    map_index: int
    state: str | None
    try_number: int
    label: str | None = None

    @property
    def name(self) -> str:
        if self.map_index < 0:
            return self.task_id
        return f"{self.task_id}[{self.label or self.map_index}]"


class AirflowApi:
    """Talks to one Airflow on this machine, about one DAG. No login: it admits local users."""

    def __init__(self, airflow_url: str, dag_id: str) -> None:
        self._airflow_url = airflow_url
        self.dag_id = dag_id
        self._session = requests.Session()
        # Proxies and .netrc are for the outside world.
        self._session.trust_env = False

    def is_healthy_since(self, moment: datetime) -> bool:
        """Whether scheduler and DAG processor gave a sign of life after `moment`.

        An earlier sign may come from servers that have been stopped since.
        """
        try:
            health = self._call("GET", "/monitor/health").json()
        except AirflowError:
            return False
        return all(
            health[part]["status"] == "healthy"
            and datetime.fromisoformat(health[part][f"latest_{part}_heartbeat"]) > moment
            for part in ("scheduler", "dag_processor")
        )

    def dag(self) -> dict[str, Any] | None:
        """What Airflow knows about the DAG; None until it has read the file once."""
        answer = self._call("GET", f"/dags/{self.dag_id}", also_fine=(404,))
        return None if answer.status_code == 404 else answer.json()

    def read_again(self, dag: dict[str, Any]) -> None:
        """Ask Airflow to read the DAG's file now instead of at its next turn."""
        # 409: it was asked already.
        self._call("PUT", f"/parseDagFile/{dag['file_token']}", also_fine=(409,))

    def import_error_since(self, moment: datetime) -> str | None:
        """Why Airflow, after `moment`, could not read the DAG's file; None when it could."""
        for error in self._call("GET", "/importErrors").json()["import_errors"]:
            is_new = datetime.fromisoformat(error["timestamp"]) > moment
            if is_new and error["filename"] == f"{self.dag_id}.py":
                return str(error["stack_trace"])
        return None

    def ensure_pool(self, name: str, description: str) -> None:
        """A pool of one slot. A task that names a pool which is missing never starts."""
        body = {"name": name, "slots": 1, "description": description}
        # 409: it is there.
        self._call("POST", "/pools", body=body, also_fine=(409,))

    def trigger(self, conf: dict[str, Any]) -> str:
        """Start a run with these params and return its id."""
        body = {"logical_date": None, "conf": conf}
        path = f"/dags/{self.dag_id}/dagRuns"
        for _ in range(TRIES_OF_A_WRITE):
            # SQLite has one writer: while another server writes, the answer may be 500, not done.
            answer = self._call("POST", path, body=body, also_fine=(500,))
            if answer.ok:
                return str(answer.json()["dag_run_id"])
            time.sleep(1)
        raise AirflowError(f"Airflow refused POST {path}: {answer.status_code} {answer.text[:500]}")

    def newest_asset_run(self) -> str | None:
        """The id of the last run that an asset started; None when there is none."""
        query = "?run_type=asset_triggered&order_by=-run_after&limit=1"
        runs = self._call("GET", f"/dags/{self.dag_id}/dagRuns{query}").json()["dag_runs"]
        return str(runs[0]["dag_run_id"]) if runs else None

    def wait(self, run_id: str, result_task: str) -> Iterator[dict[str, Any]]:
        """The state of the run, twice a second until it ends.

        Each item is `{"state": …}`; the last one also has `"results": {result_task: …}`, with None
        when that task gave no result.
        """
        path = f"{self._run_path(run_id)}/wait?interval=0.5&result={result_task}"
        with self._call("GET", path, stream=True) as answer:
            try:
                for line in answer.iter_lines():
                    yield json.loads(line)
            except requests.RequestException as problem:
                raise AirflowError(f"Airflow stopped answering during the run: {problem}") from None

    def tasks(self, run_id: str) -> list[TaskState]:
        """The tasks of the run, those that started first at the front."""
        answer = self._call("GET", f"{self._run_path(run_id)}/taskInstances?limit=1000")
        tasks = answer.json()["task_instances"]
        tasks.sort(key=lambda task: task["start_date"] or "9999")
        return [
            TaskState(
                task["task_id"],
                task["map_index"],
                task["state"],
                task["try_number"],
                task.get("rendered_map_index"),
            )
            for task in tasks
        ]

    def log(self, run_id: str, task: TaskState) -> list[str]:
        """The log of a task's last try as plain lines: time, level, text."""
        path = f"{self._run_path(run_id)}/taskInstances/{task.task_id}/logs/{task.try_number}"
        query = f"?full_content=true&map_index={task.map_index}"
        content = self._call("GET", path + query).json()["content"]
        return [line for message in content for line in plain_lines(message)]

    def dag_address(self) -> str:
        """Where a person sees the DAG and all its runs."""
        return f"{self._airflow_url}/dags/{self.dag_id}"

    def run_address(self, run_id: str) -> str:
        """Where a person sees the run."""
        return f"{self.dag_address()}/runs/{quote(run_id, safe=':+')}"

    def _run_path(self, run_id: str) -> str:
        return f"/dags/{self.dag_id}/dagRuns/{quote(run_id, safe='')}"

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        also_fine: tuple[int, ...] = (),
        stream: bool = False,
    ) -> requests.Response:
        url = f"{self._airflow_url}/api/v2{path}"
        try:
            answer = self._session.request(
                method,
                url,
                json=body,
                headers={"Accept": "application/json"},
                timeout=SECONDS_TO_ANSWER,
                stream=stream,
            )
        except requests.RequestException as problem:
            raise AirflowError(f"Airflow does not answer {method} {path}: {problem}") from None
        if not answer.ok and answer.status_code not in also_fine:
            reason = f"{answer.status_code} {answer.text[:500]}"
            raise AirflowError(f"Airflow refused {method} {path}: {reason}")
        return answer


def plain_lines(message: dict[str, Any] | str) -> list[str]:
    """One structured log message as text; Airflow's own grouping marks are dropped."""
    if isinstance(message, str):
        return message.splitlines()
    if message["event"].startswith("::") or "timestamp" not in message:
        return []
    moment = message["timestamp"][11:19]
    lines = [f"{moment} {message.get('level', 'info').upper():<8}{message['event']}"]
    for error in message.get("error_detail") or []:
        lines += [f"  at {f['filename']}:{f['lineno']} {f['name']}" for f in error["frames"][-3:]]
        lines.append(f"  {error['exc_type']}: {error['exc_value']}")
    return [part for line in lines for part in line.splitlines()]

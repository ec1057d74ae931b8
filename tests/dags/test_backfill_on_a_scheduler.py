"""A real scheduler backfills the year 2018, with many runs at once."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from ops.airflow_api import AirflowApi
from ops.run import DAG_ID
from ops.settings import SANDBOX_CLIENT, SANDBOX_SECRET, Settings
from sandbox.runner import Sandbox
from tests.cohort_sync.mautics import calendar_year_2018
from tests.conftest import ROOT
from tests.services import copy_of_the_project, running_airflow, running_postgres
from tests.waiting import LONG, wait_until

AUCKLAND = ZoneInfo("Pacific/Auckland")


@dataclass(frozen=True)
class Network:
    """A copy of the project with the calendar of 2018, and its running servers."""

    settings: Settings
    environment: dict[str, str]

    def backfill(self, first: str, last: str, *options: str) -> None:
        """Starts a backfill on the command line, as the README says; one at a time is allowed."""
        wait_until(lambda: not self.backfilling(), LONG)
        command = ["airflow", "backfill", "create", "--dag-id", DAG_ID]
        command += ["--from-date", first, "--to-date", last, *options]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def backfilling(self) -> bool:
        url = f"{self.settings.airflow_url}/api/v2/backfills"
        found = requests.get(url, params={"dag_id": DAG_ID}, timeout=30).json()["backfills"]
        return any(backfill["completed_at"] is None for backfill in found)

    def runs(self) -> list[dict[str, Any]]:
        url = f"{self.settings.airflow_url}/api/v2/dags/{DAG_ID}/dagRuns"
        found: list[dict[str, Any]] = []
        while True:
            asked: dict[str, int | str] = {"limit": 100, "offset": len(found), "order_by": "id"}
            page = requests.get(url, params=asked, timeout=30).json()
            found += page["dag_runs"]
            if len(found) >= page["total_entries"]:
                return found

    def wait_until_all_succeeded(self) -> list[dict[str, Any]]:
        wait_until(lambda: self.unfinished() == 0, LONG)
        runs = self.runs()
        assert [run["dag_run_id"] for run in runs if run["state"] == "failed"] == []
        return runs

    def unfinished(self) -> int:
        """How many runs have not ended. Only counted: all of them cost Airflow 0.1 s a reading."""
        url = f"{self.settings.airflow_url}/api/v2/dags/{DAG_ID}/dagRuns"
        asked: dict[str, int | list[str]] = {"state": ["queued", "running"], "limit": 1}
        return int(requests.get(url, params=asked, timeout=30).json()["total_entries"])

    def made(self) -> dict[str, list[str]]:
        """The names in Mautic but for today's.

        After a backfill the scheduler also runs the last midnight, as it does after every gap;
        that run makes independent study of this year.
        """
        sandbox = Sandbox(self.settings.sandbox_url, SANDBOX_CLIENT, SANDBOX_SECRET, "", "")
        state = sandbox.state()
        kinds = ("segments", "campaigns")
        names = {kind: sorted(one["name"] for one in state[kind]) for kind in kinds}
        todays = re.compile(rf"Independent Study .* for OERu {datetime.now(AUCKLAND).year}\d{{4}}")
        return {kind: [n for n in of if not todays.search(n)] for kind, of in names.items()}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    root = tmp_path_factory.mktemp("network")
    copy_of_the_project(root, ROOT / "tests/data/calendar_2018.yaml")
    with running_postgres() as database, running_airflow(root, database) as running:
        yield Network(*running)


def most_at_once(runs: list[dict[str, Any]]) -> int:
    """How many runs were going on at the same time."""
    # Airflow can tell that a run has succeeded before it tells when it ended.
    dated = [run for run in runs if run["start_date"] and run["end_date"]]
    steps = [(run["start_date"], 1) for run in dated] + [(run["end_date"], -1) for run in dated]
    going, most = 0, 0
    for _, step in sorted(steps):
        going += step
        most = max(most, going)
    return most


def test_a_backfill_with_many_runs_at_once_makes_exactly_the_year(network: Network) -> None:
    api = AirflowApi(network.settings.airflow_url, DAG_ID)
    network.backfill("2018-09-01", "2018-12-31", "--run-backwards", "--max-active-runs", "8")
    for day in ("2018-12-05", "2018-10-01"):
        api.trigger({"as_of": day})
    runs = network.wait_until_all_succeeded()
    assert len([run for run in runs if run["run_type"] == "backfill"]) == 122
    assert most_at_once(runs) > 4
    assert network.made() == calendar_year_2018()

    # Midnight UTC ends the range, and the run of that day is at midnight: it is the last one.
    logical = sorted(run["logical_date"] for run in runs if run["run_type"] == "backfill")
    assert (logical[0], logical[-1]) == ("2018-09-01T00:00:00Z", "2018-12-31T00:00:00Z")

    again = ("--reprocess-behavior", "completed", "--max-active-runs", "8")
    network.backfill("2018-12-01", "2018-12-06", *again)
    network.wait_until_all_succeeded()
    assert network.made() == calendar_year_2018()


def test_no_log_of_these_runs_holds_the_secret_or_a_token(network: Network) -> None:
    with sqlite3.connect(network.settings.run_folder / "sandbox" / "mautic.sqlite") as state:
        tokens = [token for (token,) in state.execute("SELECT token FROM tokens")]
    assert tokens
    logs = [file for file in network.settings.run_folder.rglob("*.log") if file.is_file()]
    assert len(logs) > 300
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert SANDBOX_SECRET not in text, log
        assert not any(token in text for token in tokens), log

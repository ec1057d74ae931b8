"""`python -m ops.run --port 8080`: start what is needed, run the rollover once, show its report."""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from typing import Any

from cohort_sync.enrolment_report import print_enrolments
from cohort_sync.report import print_report
from cohorts.calendar_file import load_calendar
from cohorts.show import cohort_table
from ops.airflow_api import AirflowApi, AirflowError, TaskState
from ops.servers import Servers
from ops.settings import CannotRunError, Settings
from ops.show import Show
from ops.wordpress import stage

DAG_ID = "cohort_rollover"
RESULT_TASK = "ensure_in_mautic"
LEARNERS_DAG_ID = "enrolment_sync"
LEARNERS_RESULT_TASK = "report"
WRITE_POOL = "mautic_write"
SECONDS_TO_READ_DAG = 60.0
LOG_LINES = 15
MOST_NAMES = 8
LONGEST_SILENCE = 10.0  # seconds
PREVIEW = "Preview only; nothing is written. APPLY=1 make run writes"
STATES_TO_SHOW = ("running", "success", "failed", "up_for_retry", "upstream_failed")


def main() -> int:
    """Status 0 when the run succeeded, else 1."""
    parser = argparse.ArgumentParser(prog="python -m ops.run")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    show = Show()
    try:
        settings = Settings.from_environment(options.port, os.environ)
        api = AirflowApi(settings.airflow_url, DAG_ID)
        say_what_will_be_written(settings, show)
        if settings.wordpress:
            stage.bring_up(stage.of_calendar(settings, os.environ), show.line)
        Servers(settings, os.environ, show.line).bring_up(api)
        learners = AirflowApi(settings.airflow_url, LEARNERS_DAG_ID)
        for each in (api, learners):
            wait_for_dag(settings, each)
        return run_all(settings, api, learners, show)
    except (CannotRunError, AirflowError) as problem:
        show.text(str(problem))
        return 1
    except KeyboardInterrupt:
        show.text("Interrupted. `make stop` ends the servers that are still running.")
        return 1


def say_what_will_be_written(settings: Settings, show: Show) -> None:
    if settings.dry_run:
        show.line("Mautic", PREVIEW)
    elif settings.real_server:
        show.line("Mautic", "your server; the run WRITES to it (APPLY=1)")


def wait_for_dag(settings: Settings, api: AirflowApi) -> None:
    """Return when Airflow has read the DAG as it is on disk now; raises CannotRunError."""
    changed = last_change(settings)
    give_up = time.monotonic() + SECONDS_TO_READ_DAG
    asked = False
    while not is_read_since(changed, dag := api.dag()):
        if error := api.import_error_since(changed):
            raise CannotRunError(f"Airflow cannot read dags/{api.dag_id}.py:\n{error}")
        if time.monotonic() > give_up:
            log = settings.log_file("dag-processor")
            raise CannotRunError(f"Airflow has not read dags/{api.dag_id}.py. Its log: {log}")
        if dag and not asked:
            api.read_again(dag)
            asked = True
        time.sleep(0.2)
    if dag and dag["is_paused"]:
        raise CannotRunError(f"{api.dag_id} is paused: switch it on at {api.dag_address()}")


def last_change(settings: Settings) -> datetime:
    """When a file that DAGs are made of was last written."""
    folders = [settings.root / name for name in ("dags", "plugins", "include")]
    files = [f for folder in folders for f in folder.rglob("*") if f.suffix in (".py", ".yaml")]
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC)


def is_read_since(changed: datetime, dag: dict[str, Any] | None) -> bool:
    return (
        dag is not None
        and not dag["has_import_errors"]
        and datetime.fromisoformat(dag["last_parsed_time"]) > changed
    )


def run_all(settings: Settings, rollover: AirflowApi, learners: AirflowApi, show: Show) -> int:
    """Roll the cohorts, then sign the learners up; status 0 when both succeeded, else 1."""
    rollover.ensure_pool(WRITE_POOL, "One writer to Mautic at a time")
    before = learners.newest_asset_run()
    run_id = rollover.trigger({"dry_run": settings.dry_run})
    succeeded, report = follow(rollover, run_id, RESULT_TASK, show)
    if report:
        show.console.print(cohort_table(load_calendar().calendar, datetime.now(UTC)))
        print_report(report, show.console, most=MOST_NAMES)
    show.text(f"The run in Airflow: {rollover.run_address(run_id)}")
    if succeeded and settings.has_wpms:
        made = bool(report and report["counts"]["segment"]["created"])
        run_id = learners_run(settings, learners, before, made)
        succeeded, enrolments = follow(learners, run_id, LEARNERS_RESULT_TASK, show)
        if enrolments:
            print_enrolments(enrolments, show.console)
        show.text(f"The run in Airflow: {learners.run_address(run_id)}")
    if settings.dry_run:
        show.text(f"{PREVIEW}.")
    show.text("The servers keep running; `make stop` ends them.")
    return 0 if succeeded else 1


def learners_run(
    settings: Settings, learners: AirflowApi, before: str | None, made_segments: bool
) -> str:
    """The run that signs learners up: the one that new segments started, else a new one."""
    if not made_segments or settings.real_server:
        return learners.trigger({"dry_run": settings.dry_run})
    give_up = time.monotonic() + SECONDS_TO_READ_DAG
    while (newest := learners.newest_asset_run()) == before or newest is None:
        if time.monotonic() > give_up:
            raise CannotRunError("The new segments started no run of enrolment_sync.")
        time.sleep(0.2)
    return newest


def follow(
    api: AirflowApi, run_id: str, result_task: str, show: Show
) -> tuple[bool, dict[str, Any] | None]:
    """Show a run's progress to its end; whether it succeeded, and the result of a task."""
    show.line("Run", f"{api.dag_id} started")
    last: dict[str, Any] = {}
    said: dict[str, tuple[str, int]] = {}
    for state in api.wait(run_id, result_task):
        last = state
        show_progress(api, run_id, said, show)
    succeeded = last.get("state") == "success"
    if not succeeded:
        show_failure(api, run_id, show)
    return succeeded, last.get("results", {}).get(result_task)


def show_progress(
    api: AirflowApi, run_id: str, said: dict[str, tuple[str, int]], show: Show
) -> None:
    """Say which tasks have changed their state; `said` remembers what was said last."""
    tasks = api.tasks(run_id)
    for task in tasks:
        news = (task.state, task.try_number)
        # A mapped task has its label when it has ended; until then its number says nothing.
        mapped = task.map_index >= 0 and task.label in (None, str(task.map_index))
        nameless = mapped and task.state == "running"
        if nameless or task.state not in STATES_TO_SHOW or said.get(task.name) == news:
            continue
        said[task.name] = (task.state, task.try_number)
        show.line(task.name, task.state)
        if task.state == "up_for_retry":
            show.text(f"         {reason(api.log(run_id, task))}")
    if show.seconds_of_silence() > LONGEST_SILENCE:
        show.line("Run", what_takes_long(api, run_id, tasks))


def reason(log: list[str]) -> str:
    """The exception that ended a task's try: the last indented line of its log."""
    return next((line.strip() for line in reversed(log) if line.startswith(" ")), "")


def what_takes_long(api: AirflowApi, run_id: str, tasks: list[TaskState]) -> str:
    """Why nothing has changed for a while."""
    for task in tasks:
        if task.state == "running":
            last_line = "".join(api.log(run_id, task)[-1:])
            return f"{task.name} is still running; its log ends with: {last_line}"
        if task.state == "up_for_retry":
            return f"{task.name} waits for its next try"
    return f"waiting for its turn; another run is going on: {api.dag_address()}"


def show_failure(api: AirflowApi, run_id: str, show: Show) -> None:
    """The first task that failed, and the end of its log."""
    failed = [task for task in api.tasks(run_id) if task.state == "failed"]
    if not failed:
        show.text("No single task failed; the run's page tells more.")
        return
    show.text(f"The task {failed[0].name} failed. The end of its log:")
    for line in api.log(run_id, failed[0])[-LOG_LINES:]:
        show.text(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())

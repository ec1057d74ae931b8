"""The client, against a small HTTP server that answers like Airflow 3.3.2."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ops.airflow_api import AirflowApi, AirflowError, TaskState, plain_lines

RUN = "manual__2026-11-21T22:42:17.844369+00:00"
RUN_PATH = "/api/v2/dags/cohort_rollover/dagRuns/manual__2026-11-21T22%3A42%3A17.844369%2B00%3A00"
FAILED_LOG = [
    {"event": "::group::Log message source details"},
    {"event": "/logs/attempt=1.log"},
    {"timestamp": "2026-11-21T22:42:18.646124Z", "event": "dry_run True", "level": "info"},
    {
        "timestamp": "2026-11-21T22:42:18.646472Z",
        "event": "Task failed with exception",
        "level": "error",
        "error_detail": [
            {
                "exc_type": "ValueError",
                "exc_value": "Mautic answered 403",
                "frames": [{"filename": "dags/x.py", "lineno": 22, "name": "ensure_in_mautic"}],
            }
        ],
    },
]

Answers = dict[str, Any]


@pytest.fixture
def answers() -> Answers:
    """By method and path: a list is sent line by line, a number is a status."""
    return {}


@pytest.fixture
def api(answers: Answers) -> Iterator[AirflowApi]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answers.setdefault("bodies", []).append(json.loads(body or "null"))
            known = answers.get(f"{self.command} {self.path.split('?')[0]}")
            status = 404 if known is None else known if isinstance(known, int) else 200
            lines = known if isinstance(known, list) else [known]
            self.send_response(status)
            self.end_headers()
            self.wfile.write("\n".join(json.dumps(line) for line in lines).encode())

        do_GET = do_POST = answer  # noqa: N815  http.server looks for these names

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield AirflowApi(f"http://127.0.0.1:{server.server_port}", "cohort_rollover")
        server.shutdown()
        thread.join()


def health(heartbeat: str) -> dict[str, Any]:
    return {
        "scheduler": {"status": "healthy", "latest_scheduler_heartbeat": heartbeat},
        "dag_processor": {"status": "healthy", "latest_dag_processor_heartbeat": heartbeat},
        "triggerer": {"status": None, "latest_triggerer_heartbeat": None},
    }


def test_a_sign_of_life_of_earlier_servers_is_not_health(api: AirflowApi, answers: Answers) -> None:
    """Airflow calls servers healthy for 30 s after they were killed."""
    began = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
    answers["GET /api/v2/monitor/health"] = health("2026-11-21T21:59:50+00:00")
    assert not api.is_healthy_since(began)
    answers["GET /api/v2/monitor/health"] = health("2026-11-21T22:00:09+00:00")
    assert api.is_healthy_since(began)


def test_an_airflow_that_does_not_listen_yet_is_not_healthy() -> None:
    api = AirflowApi("http://127.0.0.1:1", "cohort_rollover")
    assert not api.is_healthy_since(datetime.now(UTC))


def test_a_dag_that_was_not_read_yet_is_none(api: AirflowApi) -> None:
    assert api.dag() is None


def test_a_run_is_triggered_without_a_logical_date(api: AirflowApi, answers: Answers) -> None:
    """Airflow answers 422 when the key is absent."""
    answers["POST /api/v2/dags/cohort_rollover/dagRuns"] = {"dag_run_id": RUN}
    assert api.trigger({"dry_run": True}) == RUN
    assert answers["bodies"] == [{"logical_date": None, "conf": {"dry_run": True}}]


def test_a_pool_that_is_there_already_is_fine(api: AirflowApi, answers: Answers) -> None:
    answers["POST /api/v2/pools"] = 409
    api.ensure_pool("mautic_write", "one writer")
    assert answers["bodies"][0]["slots"] == 1


def test_waiting_gives_each_state_and_the_result_at_the_end(
    api: AirflowApi, answers: Answers
) -> None:
    stream = [{"state": "running"}, {"state": "success", "results": {"ensure": {"created": 3}}}]
    answers[f"GET {RUN_PATH}/wait"] = stream
    assert list(api.wait(RUN, "ensure")) == stream


def test_a_refused_call_names_the_call_and_the_answer(api: AirflowApi) -> None:
    with pytest.raises(AirflowError, match="refused POST /dags/cohort_rollover/dagRuns: 404"):
        api.trigger({})


def test_the_log_of_a_failed_task_ends_with_its_error(api: AirflowApi, answers: Answers) -> None:
    path = f"GET {RUN_PATH}/taskInstances/ensure_in_mautic/logs/2"
    answers[path] = {"content": FAILED_LOG}
    assert api.log(RUN, TaskState("ensure_in_mautic", -1, "failed", 2)) == [
        "22:42:18 INFO    dry_run True",
        "22:42:18 ERROR   Task failed with exception",
        "  at dags/x.py:22 ensure_in_mautic",
        "  ValueError: Mautic answered 403",
    ]


def test_a_log_that_airflow_could_not_parse_is_shown_as_it_is() -> None:
    assert plain_lines("one\ntwo") == ["one", "two"]


def test_an_error_of_before_the_change_is_forgotten(api: AirflowApi, answers: Answers) -> None:
    answers["GET /api/v2/importErrors"] = {
        "import_errors": [
            {
                "filename": "cohort_rollover.py",
                "timestamp": "2026-11-21T22:00:00Z",
                "stack_trace": "SyntaxError",
            }
        ]
    }
    assert api.import_error_since(datetime(2026, 11, 21, 23, tzinfo=UTC)) is None
    assert api.import_error_since(datetime(2026, 11, 21, 21, tzinfo=UTC)) == "SyntaxError"


def test_the_address_of_a_run_is_the_one_of_the_page(api: AirflowApi) -> None:
    assert api.run_address(RUN).endswith(f"/dags/cohort_rollover/runs/{RUN}")

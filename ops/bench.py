"""`make bench`: ratios measured in one run, since machines differ and are noisy."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import yaml
from dateutil.rrule import rrulestr
from rich.console import Console
from rich.table import Table

from cohort_sync.rollover import roll_over
from cohorts import entries, expansion
from cohorts.calendar_file import read_calendar
from mautic_hook.client import MauticClient
from ops.bench_learners import learner_rows, status_rows
from ops.bench_wordpress import wordpress_rows
from ops.settings import ROOT
from sandbox.runner import running_sandbox

FROM, TO = date(2026, 1, 1), date(2027, 12, 31)
ROUNDS = 3
EMPTY_DAG = """
from airflow.sdk import dag, task


@dag(schedule=None)
def empty():
    @task
    def nothing():
        pass

    nothing()


empty()
"""
PARSE = """
import json, sys, time
from airflow.dag_processing.dagbag import DagBag
start = time.perf_counter()
bag = DagBag(sys.argv[1])
seconds = time.perf_counter() - start
assert bag.dags and not bag.import_errors, bag.import_errors
print(json.dumps(seconds))
"""


def main() -> int:
    table = Table("Measured", "ours", "beside", "ratio", "aim", title="Bench", title_justify="left")
    console = Console(width=110)
    measures = (expansion_rows, parse_rows, unchanged_rows)
    for measure in (*measures, learner_rows, status_rows, wordpress_rows):
        console.print(f"{measure.__doc__} …", style="dim")
        for cells in measure():
            table.add_row(*cells)
    console.print(table)
    return 0


def expansion_rows() -> list[tuple[str, ...]]:
    """Expanding 10,000 distinct offerings over two years, file load included"""
    text = calendar_text(10_000)

    def ours() -> int:
        calendar = read_calendar(text).calendar
        return sum(len(expansion.cohorts_of(o, FROM, TO)) for o in calendar.offerings)

    def plain() -> int:
        span = (
            datetime.combine(FROM, datetime.min.time()),
            datetime.combine(TO, datetime.min.time()),
        )
        return sum(
            len(rrulestr(rule["rule"], dtstart=datetime(2025, 1, 1)).between(*span, inc=True))
            for offering in yaml.safe_load(text)["offerings"]
            for rule in offering["rules"]
        )

    assert ours() == plain()
    pairs = []
    for _ in range(ROUNDS):
        # Nothing may be remembered from the round before.
        for cache in (expansion.parsed_rule, expansion._days_of_year, entries._rule_text):
            cache.cache_clear()
        pairs.append((seconds(ours), seconds(plain)))
    rules = len({line for line in text.splitlines() if "rule:" in line})
    return [row(f"10,000 offerings ({rules:,} rules): load, expand", pairs, "≤ 0.25")]


def parse_rows() -> list[tuple[str, ...]]:
    """Parsing the DAG folder against an empty DAG"""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "empty.py").write_text(EMPTY_DAG)
        pairs = [(parse(ROOT / "dags"), parse(Path(folder))) for _ in range(ROUNDS)]
    whole, alone = ([(ours[n], empty[n]) for ours, empty in pairs] for n in (0, 1))
    what = "DAG folder parsed; beside: an empty DAG"
    return [row(what, whole, "≤ 1.3"), row("… without the start of Python and Airflow", alone, "–")]


def unchanged_rows() -> list[tuple[str, ...]]:
    """Requests of an unchanged rollover"""
    counts = [unchanged_requests(offerings) for offerings in (10, 200)]
    ratio = f"{counts[1] / counts[0]:.2f}"
    what = "requests, unchanged: 200 offerings; beside: 10"
    return [(what, str(counts[1]), str(counts[0]), ratio, "–")]


def unchanged_requests(offerings: int) -> int:
    calendar = read_calendar(calendar_text(offerings)).calendar
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder, running_sandbox(folder) as sandbox:

        def roll() -> None:
            # A client of its own each time: the token counts.
            access = (sandbox.url, sandbox.client_id, sandbox.client_secret)
            roll_over(MauticClient.with_oauth(*access), calendar, now, now, dry_run=False)

        roll()
        sandbox.forget_requests()
        roll()
        return len(sandbox.requests())


def calendar_text(offerings: int) -> str:
    """A calendar of so many offerings with rules as different as two cohorts a year can be."""
    head = ["defaults: {zone: Pacific/Auckland}", "partners: {OERu: OERu}", "courses:"]
    head += [f"  C{n}: Course {n}" for n in range(offerings)]
    return "\n".join([*head, "offerings:", *(offering_text(n) for n in range(offerings)), ""])


def offering_text(n: int) -> str:
    weekday = "MO TU WE TH FR SA SU".split()[n // 48 % 7]
    months = f"{n % 12 + 1},{(n % 12 + 1 + n // 336 % 11) % 12 + 1}"
    return (
        f"  - course: C{n}\n    partner: OERu\n    site: /c{n}/\n    rules:\n"
        f"      - rule: FREQ=YEARLY;BYMONTH={months};BYDAY={n // 12 % 4 + 1}{weekday}\n"
        f"        from: 2025-{n % 12 + 1:02}-01"
    )


def parse(folder: Path) -> tuple[float, float]:
    """Seconds to parse a DAG folder: the whole new process, and in it the parsing alone."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "AIRFLOW_HOME": home,
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }
        command = [sys.executable, "-c", PARSE, str(folder)]
        start = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        whole = time.perf_counter() - start
    return whole, float(json.loads(done.stdout.splitlines()[-1]))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def row(what: str, pairs: list[tuple[float, float]], aim: str) -> tuple[str, ...]:
    ours, beside = (median(side) for side in zip(*pairs, strict=True))
    ratio = median(one / other for one, other in pairs)
    return what, f"{ours:.3f} s", f"{beside:.3f} s", f"{ratio:.2f}", aim


if __name__ == "__main__":
    sys.exit(main())

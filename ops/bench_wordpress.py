"""The plugin's part of `make bench`: 100,000 enrolments on 100 course sites of a real WordPress.

On SQLite, or on MariaDB with WORDPRESS_DB=mariadb. Beside it stands what WordPress itself offers
for the same, on the same data.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl

import requests

from ops.settings import ROOT, CannotRunError
from ops.wordpress import packages
from ops.wordpress.stage import ACCOUNTS, DATABASES, PHP, Stage, bring_up
from sandbox.wpms.network import Site

SITES, ENROLMENTS = 100, 100_000
PAGE_SIZES = (100, 500, 1_000)
#: So many rows measure one way of reading or writing, so many sites WordPress's own route.
SAMPLE, SAMPLE_SITES = 10_000, 3
#: Rounds of enrolments, each with the plugin and without; the second is what `bench.php` enrols.
ROUNDS, A_ROUND = 3, 200
UNPACKED = ROOT / ".run" / "wordpress"
ROUTES, NEXT = "/wp-json/course-sync/v1", "X-Course-Sync-Next"
Row = dict[str, Any]


def wordpress_rows() -> Iterator[tuple[str, ...]]:
    """100,000 enrolments on a real WordPress: taken in, read, written back, and one more"""
    try:
        with network() as stage:
            yield from measured(stage)
    except CannotRunError as problem:
        yield f"WordPress: {problem}", "", "", "", ""


@contextmanager
def network() -> Iterator[Stage]:
    """A new network on a free port; raises CannotRunError."""
    sites = tuple(Site(f"/c{number}/", f"Course {number}") for number in range(SITES))
    database = os.environ.get("WORDPRESS_DB") or "sqlite"
    if database not in DATABASES:
        raise CannotRunError(f"WORDPRESS_DB={database} is not known.")
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), UNPACKED, free_port(), database, sites, people=False)
        bring_up(stage, lambda *said: None)
        try:
            yield stage
        finally:
            stage.servers.stop()


def measured(stage: Stage) -> Iterator[tuple[str, ...]]:
    at_first = php(stage, "listing")["ours"]
    newcomer = php(stage, "make_members", ENROLMENTS, 2 * ROUNDS * A_ROUND)
    taken_in = ENROLMENTS / php(stage, "seed")
    what = f"WordPress on {DATABASES[stage.database]}: members taken in at the start"
    yield what, a_second(taken_in), "", "", "–"
    users = users_a_second(stage)
    yield from reading_rows(stage, "all dirty", {"dirty": 1}, users)
    yield "… written back, 1,000 a call", a_second(written_back_a_second(stage)), "", "", "–"
    php(stage, "put_in_step")
    yield from reading_rows(stage, "snapshot", {}, users)
    yield changes_row(stage, users)
    yield enrolment_row(stage, newcomer)
    yield from listing_rows(at_first, php(stage, "listing"))


def reading_rows(
    stage: Stage, what: str, query: dict[str, int], users: float
) -> Iterator[tuple[str, ...]]:
    for size in PAGE_SIZES:
        rows, seconds = read(stage, {**query, "per_page": size})
        rate = rows / seconds
        cells = a_second(rate), a_second(users), f"{rate / users:.1f}×", "–"
        yield f"… {what}, {size:,} a page; beside: wp/v2/users, 100 a page", *cells


def changes_row(stage: Stage, users: float) -> tuple[str, ...]:
    """Finding what changed; where nothing tells of that, everybody has to be read."""
    changed = php(stage, "touch", 100)
    rows, seconds = read(stage, {"dirty": 1, "per_page": 1_000})
    assert rows == changed
    everybody = ENROLMENTS / users
    what = f"{changed:,} changes found and read; beside: everybody through wp/v2/users, modelled"
    return what, f"{seconds:.2f} s", f"{everybody:,.0f} s", f"{everybody / seconds:,.0f}×", "–"


def read(stage: Stage, query: dict[str, int]) -> tuple[int, float]:
    """How many rows were read in how many seconds, by pages."""
    began, rows = time.perf_counter(), 0
    for page in pages(stage, query):
        rows += len(page)
        if rows >= SAMPLE:
            break
    return rows, time.perf_counter() - began


def pages(stage: Stage, query: dict[str, Any]) -> Iterator[list[Row]]:
    """The route `enrolments`, page by page."""
    session = signed_in("worker")
    following: str | None = ""
    while following is not None:
        asked = {**query, **dict(parse_qsl(following))}
        answer = session.get(f"{stage.url}{ROUTES}/enrolments", params=asked, timeout=300)
        answer.raise_for_status()
        yield answer.json()
        following = answer.headers.get(NEXT)


def written_back_a_second(stage: Stage) -> float:
    """Somebody is signed up, many times."""
    parts = list(islice(pages(stage, {"per_page": 1_000}), SAMPLE // 1_000))
    session, began = signed_in("worker"), time.perf_counter()
    for rows in parts:
        statuses = [status_of(row) for row in rows]
        answer = session.put(f"{stage.url}{ROUTES}/statuses", json=statuses, timeout=300)
        answer.raise_for_status()
        assert len(answer.json()["saved"]) == len(rows)
    return SAMPLE / (time.perf_counter() - began)


def status_of(row: Row) -> Row:
    number = row["blog_id"]
    return {
        **{name: row[name] for name in ("blog_id", "user_id", "rev")},
        "state": "linked",
        "delivery": "is",
        "cohort": None,
        "segment": f"c{number}-is-course-oeru-20260101-wp",
        "contact_id": row["user_id"],
        "tags": [f"c{number}-oeru-is", f"c{number}-is-course-oeru-20260101-wp"],
        "reason": None,
    }


def users_a_second(stage: Stage) -> float:
    """What WordPress itself offers: the members of one site after the other, at most 100 a page."""
    php(stage, "let_admin_in")
    session, began, users = signed_in("admin"), time.perf_counter(), 0
    for site in stage.sites[:SAMPLE_SITES]:
        url, page, last = f"{stage.url}{site.path}wp-json/wp/v2/users", 1, 1
        while page <= last:
            asked: dict[str, Any] = {"context": "edit", "per_page": 100, "page": page}
            answer = session.get(url, params=asked, timeout=300)
            answer.raise_for_status()
            users += len(answer.json())
            page, last = page + 1, int(answer.headers["X-WP-TotalPages"])
    return users / (time.perf_counter() - began)


def enrolment_row(stage: Stage, newcomer: int) -> tuple[str, ...]:
    """By turns with and without the plugin: machines are noisy."""
    taken: dict[str, list[float]] = {"with_plugin": [], "without_plugin": []}
    for number in range(ROUNDS):
        for turn, name in enumerate(taken):
            taken[name] += php(stage, name, newcomer + A_ROUND * (2 * number + turn))
    ours, core = (median(times) for times in taken.values())
    what = "one enrolment; beside: without the plugin"
    return what, f"{ours:.1f} ms", f"{core:.1f} ms", f"+{ours - core:.1f} ms", "–"


def listing_rows(at_first: Row, now: Row) -> Iterator[tuple[str, ...]]:
    ours, beside = now["ours"], now["beside"]
    assert ours["found"] == beside["found"] == SITES
    what = f"queries to list {SITES} courses; beside: a loop over the sites"
    yield what, *counts(ours["queries"], beside["queries"]), "–"
    what = "queries of a sync without news; beside: with nobody enrolled"
    yield what, *counts(ours["queries"], at_first["queries"]), "constant"


def a_second(rate: float) -> str:
    return f"{rate:,.0f}/s"


def counts(ours: int, beside: int) -> tuple[str, str, str]:
    return str(ours), str(beside), f"{ours / beside:.2f}"


def signed_in(name: str) -> requests.Session:
    session = requests.Session()
    session.auth = ACCOUNTS[name], ACCOUNTS[f"{name}_password"]
    return session


def php(stage: Stage, name: str, *arguments: int) -> Any:
    """What a function of `bench.php` returns."""
    script = str(packages.PHP_FILES / "bench.php")
    command = [*PHP, script, name, *map(str, arguments)]
    done = subprocess.run(command, env=stage.environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{name}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

"""The learners' part of `make bench`, on the stand-ins, with a stated model of Mautic's speed.

The stand-in answers much faster than a Mautic, so requests are counted and priced: what they take
on the measured servers (two cores, OAuth2). Our own time is the whole run on the stand-ins.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cohort_sync.enrolment_sync import find_work, sync_course
from cohort_sync.offer_push import push_offers
from cohort_sync.preference_setup import set_up
from cohort_sync.rollover import roll_over
from cohort_sync.stats_cursor import Cursor
from cohort_sync.status_sync import look, sync_words
from cohorts.calendar_file import load_calendar
from cohorts.model import Calendar
from mautic_hook.client import MauticClient
from mautic_hook.contacts import edit_contacts
from sandbox.runner import Sandbox, Wpms, running_sandbox, running_wpms
from wpms_hook.client import WpmsClient

LEARNERS, HEARD = 20_000, 50_000
#: Seconds on the measured servers: a row of a batch of 200 with two such requests in flight
#: (75-87/s), one create a request with OAuth2 (12-20/s) and with Basic (2/s), any other request.
BATCH_ROW, ONE_CREATE, ONE_CREATE_BASIC, REQUEST = 1 / 81, 1 / 15, 1 / 2, 0.03
BATCH = "/api/contacts/batch/new"

PEAK = """
import resource, sys
from ops.bench_learners import sync
from sandbox.runner import Sandbox, Wpms
sync(Sandbox(*sys.argv[1:4], "", ""), Wpms(*sys.argv[4:7], ""), dry_run=True)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def learner_rows() -> Iterator[tuple[str, ...]]:
    """Signing up 20,000 learners, a run without news, one with 1% changed, peak memory"""
    with network() as (mautic, wpms):
        wpms.seed(LEARNERS)
        began = time.perf_counter()
        sync(mautic, wpms)
        own = time.perf_counter() - began
        assert len(mautic.state()["contacts"]) == LEARNERS
        everybody = requests_of(mautic, wpms)
        others = everybody - batches_of(mautic)
        priced, allowed = LEARNERS * BATCH_ROW + REQUEST * others + own, LEARNERS * BATCH_ROW
        what = f"{LEARNERS:,} sign-ups, modelled; beside: one request each"
        for how, seconds in (("OAuth2", ONE_CREATE), ("Basic", ONE_CREATE_BASIC)):
            yield f"{what}, {how}", *times_faster(priced, LEARNERS * seconds), "≥ 8×"
        yield "… beside: what two requests in flight allow", *compared(priced, allowed), "≥ 0.9"
        forget(mautic, wpms)
        sync(mautic, wpms)
        yield "requests of a run without news", str(requests_of(mautic, wpms)), "", "", "constant"
        yield changed_row(mautic, wpms, everybody)
    yield memory_row()


def changed_row(mautic: Sandbox, wpms: Wpms, everybody: int) -> tuple[str, ...]:
    for row in wpms.rows()[:: LEARNERS // 200]:
        wpms.profile(row["user_id"], first_name="Changed")
    forget(mautic, wpms)
    sync(mautic, wpms)
    what = f"requests with 1% ({LEARNERS // 100}) changed; beside: with all new"
    return what, *compared_counts(requests_of(mautic, wpms), everybody), "in proportion"


def status_rows() -> Iterator[tuple[str, ...]]:
    """Hearing what 50,000 learners say in Mautic: nothing new, and 1% of them"""
    with network() as (mautic, wpms):
        wpms.seed(HEARD)
        sync(mautic, wpms)
        hear(mautic, wpms, {})
        forget(mautic, wpms)
        cursors = hear(mautic, wpms, {})
        everybody = requests_of(mautic, wpms)
        forget(mautic, wpms)
        cursors = hear(mautic, wpms, cursors)
        yield (
            "requests of a status run without news",
            str(requests_of(mautic, wpms)),
            "",
            "",
            ("constant"),
        )
        changed = [{"id": 1 + 100 * n, "tags": ["lida101-oeru-cb"]} for n in range(HEARD // 100)]
        edit_contacts(mautic_client(mautic), changed)
        forget(mautic, wpms)
        hear(mautic, wpms, cursors)
        what = f"… with 1% ({len(changed)}) retagged in Mautic; beside: looking at everybody"
        yield what, *compared_counts(requests_of(mautic, wpms), everybody), "in proportion"


def memory_row() -> tuple[str, ...]:
    peaks = []
    for learners in (LEARNERS, 10 * LEARNERS):
        with network() as (mautic, wpms):
            wpms.seed(learners)
            arguments = [mautic.url, mautic.client_id, mautic.client_secret]
            arguments += [wpms.url, wpms.user, wpms.password]
            command = [sys.executable, "-c", PEAK, *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            peaks.append(int(done.stdout) / 1024)
    small, large = peaks
    ratio = f"{large / small:.2f}"
    what = "peak memory, dry run of 200,000 learners; beside: 20,000"
    return what, f"{large:.0f} MB", f"{small:.0f} MB", ratio, "≤ 1.2"


@contextmanager
def network() -> Iterator[tuple[Sandbox, Wpms]]:
    """Both stand-ins with one course, its segments and its offers."""
    calendar = one_course()
    sites = [(offering.site, offering.course) for offering in calendar.offerings]
    with (
        tempfile.TemporaryDirectory() as folder,
        running_sandbox(Path(folder)) as mautic,
        running_wpms(Path(folder), sites) as wpms,
    ):
        now = datetime.now(UTC)
        roll_over(mautic_client(mautic), calendar, now, now, dry_run=False)
        set_up(mautic_client(mautic), calendar, now)
        push_offers(wpms_client(wpms), calendar, now, now, dry_run=False)
        forget(mautic, wpms)
        yield mautic, wpms


def sync(mautic: Sandbox, wpms: Wpms, *, dry_run: bool = False) -> None:
    """One whole run, as the DAG does it."""
    calendar, client = one_course(), wpms_client(wpms)
    for blog_id in find_work(client, calendar, everything=False).blog_ids:
        sync_course(
            mautic_client(mautic),
            client,
            calendar,
            blog_id,
            datetime.now(UTC),
            dry_run=dry_run,
            everything=False,
        )


def hear(mautic: Sandbox, wpms: Wpms, cursors: Mapping[str, Cursor]) -> Mapping[str, Cursor]:
    """One whole status sync, as the DAG does it; the cursors to go on from."""
    client, calendar = mautic_client(mautic), one_course()
    found = look(client, cursors)
    now = datetime.now(UTC)
    sync_words(client, wpms_client(wpms), calendar, found.contacts, now, dry_run=False)
    return found.cursors


def one_course() -> Calendar:
    return load_calendar().calendar.only(("LiDA101",))


def mautic_client(mautic: Sandbox) -> MauticClient:
    return MauticClient.with_oauth(mautic.url, mautic.client_id, mautic.client_secret)


def wpms_client(wpms: Wpms) -> WpmsClient:
    return WpmsClient(wpms.url, wpms.user, wpms.password)


def requests_of(*sides: Sandbox | Wpms) -> int:
    return sum(1 for side in sides for entry in side.requests() if counts(entry))


def batches_of(mautic: Sandbox) -> int:
    return sum(entry["path"] == BATCH for entry in mautic.requests())


def counts(entry: dict[str, Any]) -> bool:
    return not str(entry["path"]).startswith("/_sandbox")


def forget(*sides: Sandbox | Wpms) -> None:
    for side in sides:
        side.forget_requests()


def times_faster(ours: float, beside: float) -> tuple[str, str, str]:
    return f"{ours:,.0f} s", f"{beside:,.0f} s", f"{beside / ours:.1f}×"


def compared(ours: float, beside: float) -> tuple[str, str, str]:
    return f"{ours:,.0f} s", f"{beside:,.0f} s", f"{beside / ours:.2f}"


def compared_counts(ours: int, beside: int) -> tuple[str, str, str]:
    return str(ours), str(beside), f"{ours / beside:.2f}"

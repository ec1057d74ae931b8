import signal
import subprocess
import sys

import pytest

from cohort_sync.rollover import roll_over
from cohorts.model import Calendar
from sandbox.runner import Sandbox
from tests.cohort_sync.mautics import client_of, content
from tests.cohort_sync.test_rollover import DECEMBER_5, NOW
from tests.waiting import wait_until

#: One write for all tags and one for the category; then segments, drafts and campaigns.
WRITES = 1 + 1 + 6 + 2 + 3


def writes(sandbox: Sandbox) -> int:
    posts = [entry for entry in sandbox.requests() if entry["method"] == "POST"]
    return len([entry for entry in posts if entry["path"].startswith("/api/")])


@pytest.mark.parametrize("after_commit", [False, True], ids=["before_saving", "after_saving"])
@pytest.mark.parametrize("nth", range(WRITES))
def test_killed_at_any_write_and_run_again_it_ends_as_if_undisturbed(
    sandbox: Sandbox, calendar: Calendar, nth: int, after_commit: bool
) -> None:
    one = calendar.only(("IPM104",))
    roll_over(client_of(sandbox), one, DECEMBER_5, NOW, dry_run=False)
    undisturbed = content(sandbox)
    assert writes(sandbox) == WRITES
    sandbox.reset()

    sandbox.fault("hold", method="POST", path="^/api/", skip=nth, after_commit=after_commit)
    arguments = [sandbox.url, sandbox.client_id, sandbox.client_secret]
    process = subprocess.Popen([sys.executable, "-m", "tests.cohort_sync.roll_once", *arguments])
    wait_until(lambda: any(entry["fault"] == "hold" for entry in sandbox.requests()))
    process.send_signal(signal.SIGKILL)
    process.wait()
    sandbox.clear_faults()

    roll_over(client_of(sandbox), one, DECEMBER_5, NOW, dry_run=False)
    assert content(sandbox) == undisturbed

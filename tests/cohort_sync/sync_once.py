"""One enrolment sync in a process of its own, so that a test can kill it."""

import sys
from pathlib import Path

from cohorts.calendar_file import load_calendar
from sandbox.runner import Sandbox, Wpms
from tests.cohort_sync.networks import Network

if __name__ == "__main__":
    mautic_url, client_id, client_secret, wpms_url, user, password = sys.argv[1:]
    mautic = Sandbox(mautic_url, client_id, client_secret, "", "")
    wpms = Wpms(wpms_url, user, password, "")
    calendar = load_calendar(Path("include/cohort_calendar.yaml")).calendar
    Network(mautic, wpms, calendar.only(("LiDA101", "IPM104"))).sync()

"""One rollover in a process of its own, so that a test can kill it. Arguments: the address."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from cohort_sync.rollover import roll_over
from cohorts.calendar_file import load_calendar
from mautic_hook.client import MauticClient

if __name__ == "__main__":
    url, client_id, client_secret = sys.argv[1:]
    calendar = load_calendar(Path("tests/data/calendar_2018.yaml")).calendar.only(("IPM104",))
    client = MauticClient.with_oauth(url, client_id, client_secret)
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    roll_over(client, calendar, date(2018, 12, 5), now, dry_run=False)

"""Two courses with cohorts that start soon, whatever day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from cohort_sync.offer_push import push_offers
from cohort_sync.rollover import roll_over
from cohorts.calendar_file import read_calendar
from cohorts.model import local_date
from sandbox.wpms.network import Site
from tests.cohort_sync.mautics import client_of
from tests.cohort_sync.networks import Network

ZONE = "Pacific/Auckland"
SITES = [
    Site("/lida101/", "LiDA101: Digital literacies for online learning"),
    Site("/ipm101/", "IPM101: Introduction to project management"),
]
#: The first days of the cohorts of each course, and the last day on which the first may be joined.
FIRST = local_date(datetime.now(UTC), ZONE) + timedelta(days=2)
SECOND = FIRST + timedelta(weeks=4)
JOIN_UNTIL = FIRST + timedelta(days=2)
#: An instant at which the first may be joined no more.
CLOSED = f"{JOIN_UNTIL + timedelta(days=1)}T12:00"
CALENDAR = read_calendar(
    f"""
defaults: {{zone: {ZONE}, length: 3 weeks, cut_off: 2 days, create_before: 8 weeks}}
partners: {{OERu: OER universitas}}
courses: {{LiDA101: Digital literacies, IPM101: Project management}}
offerings:
  - {{course: LiDA101, partner: OERu, site: /lida101/, exceptions: &cohorts
      [{{add: {FIRST}}}, {{add: {SECOND}}}]}}
  - {{course: IPM101, partner: OERu, site: /ipm101/, exceptions: *cohorts}}
"""
).calendar


def open_courses(network: Network) -> None:
    """Empties both sides, makes the segments and pushes the offers."""
    network.mautic.reset()
    network.wpms.reset()
    now = datetime.now(UTC)
    roll_over(client_of(network.mautic), network.calendar, now, now, dry_run=False)
    push_offers(network.wpms_client(), network.calendar, now, now, dry_run=False)


def offer(start: date) -> str:
    """What a learner reads to choose the cohort that starts on a day."""
    return f"Cohort starting {start:%A} {start.day} {start:%B} {start.year}"


def in_words(day: date) -> str:
    """A day as WordPress writes it."""
    return f"{day:%B} {day.day}, {day.year}"

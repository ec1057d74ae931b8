"""A course network to play on: both stand-ins with one stepped clock, faults, and syncs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from cohort_sync.enrolment_sync import find_work, sync_course
from cohort_sync.offer_push import push_offers
from cohort_sync.preference_setup import set_up
from cohort_sync.rollover import roll_over
from cohort_sync.stats_cursor import Cursor
from cohort_sync.status_sync import look, sync_words
from cohorts.calendar_file import read_calendar
from cohorts.model import Calendar, local_date
from mautic_hook.client import MauticClient
from mautic_hook.contacts import create_contacts
from sandbox.runner import (
    Sandbox,
    Wpms,
    build_mautic,
    build_wpms,
    credentials_from_environment,
    wpms_credentials_from_environment,
)
from sandbox.wpms.network import Site
from tests.cohort_sync.both_sides import Files
from tests.cohort_sync.in_process import InProcess
from tests.cohort_sync.mautics import HASTY
from transport.errors import CallError
from wpms_hook.client import WpmsClient

START = datetime(2018, 11, 26, 0, 0, tzinfo=UTC)

#: Cohorts that overlap, one that is over soon, and an offering that runs out of them.
CALENDAR = """
defaults: {zone: Pacific/Auckland, length: 3 weeks, cut_off: 2 days, create_before: 8 weeks,
           independent_study: true, publish: false}
partners: {OERu: OER universitas}
courses: {LiDA101: Digital literacies, IPM104: Project management}
offerings:
  - course: LiDA101
    partner: OERu
    site: /lida101/
    exceptions: [{add: 2018-12-05}, {add: 2018-12-19}, {add: 2019-02-06}, {add: 2019-05-08}]
  - course: IPM104
    partner: OERu
    site: /ipm104/
    exceptions: [{add: 2018-11-14}, {add: 2018-12-12}]
"""


class KilledError(Exception):
    """The worker was killed."""


class Clock:
    """The clock of both servers. Each look at it takes a second, so that no two are equal."""

    def __init__(self) -> None:
        self.now = START

    def look(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def _stepped(clock: Clock) -> type[datetime]:
    class Stepped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return clock.look().astimezone(tz)

    return Stepped


@dataclass
class Played:
    """Both sides, the calendar, and what the syncs keep from one run to the next."""

    mautic: Sandbox
    wpms: Wpms
    files: Files
    clock: Clock
    calendar: Calendar
    session: Callable[[], requests.Session]
    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    steps: int = 0
    syncs: int = 0
    dies: bool = False
    _rolled: tuple[Calendar, date] | None = None

    def begin(self) -> None:
        """Both sides as they are with segments, offers and the preference centre, and nobody."""
        self.calm()
        self.clock.now, self.calendar, self.cursors = START, first_calendar(), {}
        self._mautic = MauticClient.with_oauth(
            self.mautic.url,
            self.mautic.client_id,
            self.mautic.client_secret,
            session=self.session(),
            patience=HASTY,
            pause=self._pause,
        )
        user, password = self.wpms.user, self.wpms.password
        self._wpms = WpmsClient(
            self.wpms.url, user, password, self.session(), patience=HASTY, pause=self._pause
        )
        if self._rolled is None:
            self.roll()
            self.files.remember()
        else:
            self.files.bring_back()
        self._rolled = (self.calendar, self.today)

    def _pause(self, seconds: float) -> None:
        if self.dies:
            raise KilledError

    @property
    def today(self) -> date:
        return local_date(self.clock.now, "Pacific/Auckland")

    def roll(self) -> None:
        """The rollover of the day and the offers; nothing when that is done."""
        if self._rolled == (self.calendar, self.today):
            return
        now = self.clock.now
        roll_over(self._mautic, self.calendar, now, now, dry_run=False)
        set_up(self._mautic, self.calendar, now)
        push_offers(self._wpms, self.calendar, now, now, dry_run=False)
        self._rolled = (self.calendar, self.today)

    def add_cohort(self, start: date) -> None:
        """A cohort of IPM104 is put into the calendar."""
        lida, ipm = self.calendar.offerings
        if start not in {cohort.start for cohort in ipm.added}:
            longer = replace(ipm, added=(*ipm.added, ipm.cohort_from(start)))
            self.calendar = replace(self.calendar, offerings=(lida, longer))

    def bring_enrolments(self, *, everything: bool = False) -> None:
        """One enrolment sync, as the DAG does it."""
        self.syncs += 1
        work = find_work(self._wpms, self.calendar, everything=everything)
        for blog in work.blog_ids:
            sync_course(
                self._mautic,
                self._wpms,
                self.calendar,
                blog,
                self.clock.now,
                dry_run=False,
                everything=everything,
            )

    def make_contact(self, email: str) -> None:
        """Somebody registers in Mautic."""
        create_contacts(self._mautic, [{"email": email}])

    def hear(self) -> None:
        """One status sync; its cursors are kept when it is through."""
        self.syncs += 1
        found = look(self._mautic, self.cursors)
        now = self.clock.now
        sync_words(self._mautic, self._wpms, self.calendar, found.contacts, now, dry_run=False)
        self.cursors = found.cursors

    def calm(self) -> None:
        """No fault any more, and nothing is held back."""
        self.dies = False
        self.mautic.clear_faults()
        self.wpms.clear_faults()
        self.mautic.release()

    def writes(self, run: Callable[[], None]) -> list[str]:
        """What a run writes."""
        self.mautic.forget_requests()
        self.wpms.forget_requests()
        run()
        asked = [*self.mautic.requests(), *self.wpms.requests()]
        return [
            f"{entry['method']} {entry['path']}"
            for entry in asked
            if entry["method"] != "GET" and "/oauth/" not in entry["path"]
        ]

    @contextmanager
    def in_the_middle(self, after: int, deed: Callable[[], object]) -> Iterator[None]:
        """Somebody does something when so many requests of a run are answered."""
        left = [after]

        def count(response: requests.Response, *_: Any, **__: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                deed()

        sessions = (self._mautic.transport.session, self._wpms.transport.session)
        for session in sessions:
            session.hooks["response"].append(count)
        try:
            yield
        finally:
            for session in sessions:
                session.hooks["response"].remove(count)


def first_calendar() -> Calendar:
    return read_calendar(CALENDAR).calendar


FAILURES = (CallError, KilledError)


@contextmanager
def played_network(folder: Path) -> Iterator[Played]:
    """Two courses on stand-ins of this process, which keep the stepped clock."""
    clock = Clock()
    here, there = credentials_from_environment(), wpms_credentials_from_environment()
    sites = [Site(offering.site, offering.course) for offering in first_calendar().offerings]
    mautic = Sandbox(
        "http://mautic.test",
        here.client_id,
        here.client_secret,
        here.weak_client_id,
        here.weak_client_secret,
    )
    wpms = Wpms("http://wpms.test", there.user, there.password, there.learner_password)
    ways = {
        mautic.url: InProcess(build_mautic(folder, "7.0.2", here)),
        wpms.url: InProcess(build_wpms(folder, sites, there, people=False)),
    }

    def session() -> requests.Session:
        made = requests.Session()
        made.trust_env = False
        for url, way in ways.items():
            made.mount(url, way)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sandbox.mautic.answers.datetime", _stepped(clock))
        patch.setattr("sandbox.wpms.network.datetime", _stepped(clock))
        patch.setattr("sandbox.runner.requests", session())
        files = Files(folder)
        yield Played(mautic, wpms, files, clock, first_calendar(), session)
        files.close()
    for way in ways.values():
        way.close()

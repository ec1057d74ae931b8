"""A small course network for tests: both stand-ins, with segments made and offers pushed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cohort_sync.deleted_sites import leave_deleted_sites
from cohort_sync.enrolment_report import CourseReport
from cohort_sync.enrolment_sync import find_work, sync_course
from cohort_sync.erasing import Erased, erase_marked
from cohort_sync.offer_push import push_offers
from cohort_sync.preference_setup import set_up
from cohort_sync.rollover import roll_over
from cohort_sync.stats_cursor import Cursor
from cohort_sync.status_sync import Look, look, sync_words
from cohorts.calendar_file import load_calendar
from cohorts.model import Calendar
from cohorts.names import preference_alias
from sandbox.runner import Sandbox, Wpms, running_sandbox, running_wpms
from tests.cohort_sync.mautics import HASTY, client_of
from wpms_hook.client import WpmsClient

#: The paths of what a sync asks for, beside tokens and what a test does.
CALLS = re.compile("^/(api|wp-json)/")


@dataclass(frozen=True)
class Network:
    """Both sides, and the calendar between them."""

    mautic: Sandbox
    wpms: Wpms
    calendar: Calendar

    def begin(self) -> None:
        """Empties both sides, makes the segments and pushes the offers."""
        self.mautic.reset()
        self.wpms.reset()
        now = datetime.now(UTC)
        roll_over(client_of(self.mautic), self.calendar, now, now, dry_run=False)
        push_offers(self.wpms_client(), self.calendar, now, now, dry_run=False)
        self.mautic.forget_requests()
        self.wpms.forget_requests()

    def wpms_client(self) -> WpmsClient:
        return WpmsClient(self.wpms.url, self.wpms.user, self.wpms.password, patience=HASTY)

    def sync(self, *, dry_run: bool = False, everything: bool = False) -> Counter[str]:
        """One whole run, as the DAG does it; what became of the learners."""
        total = Counter[str]()
        for report in self.reports(dry_run=dry_run, everything=everything):
            total.update(report.counts)
        return total

    def reports(self, *, dry_run: bool = False, everything: bool = False) -> list[CourseReport]:
        work = find_work(self.wpms_client(), self.calendar, everything=everything)
        if work.dirty and not dry_run:
            self.erase()
        deleted = [self.leave_deleted_sites(dry_run=dry_run)] if work.deleted_sites else []
        return deleted + [
            self.sync_site(blog_id, dry_run=dry_run, everything=everything)
            for blog_id in work.blog_ids
        ]

    def sync_site(
        self, blog_id: int, *, dry_run: bool = False, everything: bool = False
    ) -> CourseReport:
        """The sync of one course site."""
        return sync_course(
            client_of(self.mautic),
            self.wpms_client(),
            self.calendar,
            blog_id,
            datetime.now(UTC),
            dry_run=dry_run,
            everything=everything,
        )

    def requests_of(self, run: Callable[[], object]) -> dict[str, int]:
        """How many requests a run sends to each side."""
        sides = {"mautic": self.mautic, "wpms": self.wpms}
        for side in sides.values():
            side.forget_requests()
        run()
        paths = {name: [one["path"] for one in side.requests()] for name, side in sides.items()}
        return {name: len([*filter(CALLS.match, each)]) for name, each in paths.items()}

    def erase(self) -> list[Erased]:
        """Erases who is marked, as the DAGs do."""
        return erase_marked(client_of(self.mautic), self.wpms_client())

    def leave_deleted_sites(self, *, dry_run: bool = False) -> CourseReport:
        """Lets go of the learners of deleted course sites."""
        return leave_deleted_sites(client_of(self.mautic), self.wpms_client(), dry_run=dry_run)

    def set_up(self) -> None:
        """Makes what learners need to speak in Mautic."""
        made = set_up(client_of(self.mautic), self.calendar, datetime.now(UTC))
        assert not [one for one in made if one.reason]

    def look(self, cursors: Mapping[str, Cursor], *, everybody: bool = False) -> Look:
        """At whom a status sync would look."""
        return look(client_of(self.mautic), cursors, everybody=everybody)

    def hear(self) -> Counter[str]:
        """One whole status sync that looks at everybody."""
        total = Counter[str]()
        for report in self.hear_contacts(None):
            total.update(report.counts)
        return total

    def hear_contacts(
        self, contacts: Sequence[int] | None, *, dry_run: bool = False
    ) -> list[CourseReport]:
        mautic, wpms = client_of(self.mautic), self.wpms_client()
        now = datetime.now(UTC)
        return sync_words(mautic, wpms, self.calendar, contacts, now, dry_run=dry_run)

    def ticks(self) -> dict[str, set[str]]:
        """By address the courses whose segment of the preference centre a contact is in."""
        emails = {contact["id"]: contact["email"] for contact in self.mautic.state()["contacts"]}
        found: dict[str, set[str]] = {email: set() for email in emails.values()}
        for offering in self.calendar.offerings:
            for contact in self.preference(offering.course)["contacts"]:
                found[emails[contact]].add(offering.course)
        return found

    def preference(self, course: str) -> dict[str, Any]:
        """The segment of the preference centre of a course."""
        alias = preference_alias(course, "OERu")
        segments: list[dict[str, Any]] = self.mautic.state()["segments"]
        return next(segment for segment in segments if segment["alias"] == alias)

    def contacts(self) -> dict[str, dict[str, Any]]:
        """Mautic's contacts by address; fails where an address has two."""
        contacts = self.mautic.state()["contacts"]
        found = {str(contact["email"]).lower(): contact for contact in contacts}
        assert len(found) == len(contacts), "two contacts for one address"
        return found

    def outcome(self) -> dict[str, Any]:
        """Both sides in a form that two networks can be compared in."""
        contacts = {
            email: (sorted(contact["tags"]), bool(contact["doNotContact"]))
            for email, contact in self.contacts().items()
        }
        kept = ("email", "state", "delivery", "cohort", "segment", "reason")
        rows = [{name: row[name] for name in kept} for row in self.wpms.rows()]
        in_step = all(row["rev"] == row["synced_rev"] for row in self.wpms.rows())
        return {"contacts": contacts, "rows": rows, "in step": in_step}


@contextmanager
def running_network(folder: Path) -> Iterator[Network]:
    """Two courses of the shipped calendar: LiDA101 and IPM104."""
    calendar = load_calendar().calendar.only(("LiDA101", "IPM104"))
    sites = [(offering.site, offering.course) for offering in calendar.offerings]
    with running_sandbox(folder) as mautic, running_wpms(folder, sites) as wpms:
        yield Network(mautic, wpms, calendar)

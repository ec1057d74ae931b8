"""What both sides hold, read straight from the files of the stand-ins, and what must hold there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cohorts.model import Calendar, Offering, local_date

OURS = "said no in WordPress"
BOUNCED, MANUAL = 2, 3


class Key(NamedTuple):
    """A row: a course site and a learner."""

    blog: int
    user: int


@dataclass(frozen=True)
class Row:
    """A row of WordPress with the account and the link of the site."""

    key: Key
    email: str
    first_name: str
    email_ok: bool
    enrolled: bool
    linked: bool
    in_step: bool
    signed_up: bool
    state: str
    choice: str | None
    delivery: str | None
    cohort: str | None
    segment: str | None
    contact: int | None
    tags: frozenset[str]
    reason: str | None

    @property
    def is_kept(self) -> bool:
        """Whether both sides must say the same of it."""
        return self.enrolled and self.linked and self.state != "error"


@dataclass(frozen=True)
class Mark:
    """A do-not-contact mark for e-mail."""

    reason: int
    comment: str
    at: datetime

    @property
    def is_lasting(self) -> bool:
        """Whether only staff may take it away: a bounce, or their own."""
        return self.reason == BOUNCED or (self.reason == MANUAL and self.comment != OURS)


@dataclass(frozen=True)
class Contact:
    """A contact of Mautic; `segments` by alias."""

    id: int
    email: str
    firstname: str
    tags: frozenset[str]
    mark: Mark | None
    segments: frozenset[str]


class Files:
    """The data files of both stand-ins; a look takes a thousandth of asking a server."""

    def __init__(self, folder: Path) -> None:
        self.wpms = _open(folder / "wpms.sqlite")
        self.mautic = _open(folder / "mautic.sqlite")
        self._kept = [(file, sqlite3.connect(":memory:")) for file in (self.wpms, self.mautic)]

    def close(self) -> None:
        for file, copy in self._kept:
            file.close()
            copy.close()

    def remember(self) -> None:
        """Keep a copy of both files."""
        for file, copy in self._kept:
            file.backup(copy)

    def bring_back(self) -> None:
        """Both files as they were remembered, ten times faster than making it all anew."""
        for file, copy in self._kept:
            copy.backup(file)

    def rows(self) -> dict[Key, Row]:
        sql = (
            "SELECT e.*, a.email, a.first_name, a.email_ok, c.link FROM enrolments e"
            " JOIN accounts a ON a.id = e.user_id JOIN courses c USING (blog_id)"
            " ORDER BY blog_id, user_id"
        )
        rows = map(_row, self.wpms.execute(sql))
        return {row.key: row for row in rows}

    def accounts(self) -> dict[int, str]:
        """The address of each account that is not deleted."""
        sql = "SELECT id, email FROM accounts WHERE NOT deleted ORDER BY id"
        return {row["id"]: row["email"].lower() for row in self.wpms.execute(sql)}

    def marks(self) -> dict[int, Mark]:
        """The e-mail mark by contact."""
        sql = "SELECT * FROM lead_donotcontact WHERE channel = 'email'"
        return {row["lead_id"]: _mark(row) for row in self.mautic.execute(sql)}

    def contacts(self) -> dict[int, Contact]:
        tags: dict[int, set[str]] = {}
        for row in self.mautic.execute(
            "SELECT contact_id, tag FROM contact_tags JOIN tags ON tags.id = tag_id"
        ):
            tags.setdefault(row["contact_id"], set()).add(row["tag"])
        segments: dict[int, set[str]] = {}
        for row in self.mautic.execute(
            "SELECT lead_id, alias FROM lead_lists_leads JOIN segments ON id = leadlist_id"
            " WHERE NOT manually_removed"
        ):
            segments.setdefault(row["lead_id"], set()).add(row["alias"])
        marks = self.marks()
        return {
            row["id"]: Contact(
                row["id"],
                (row["email"] or "").lower(),
                row["firstname"] or "",
                frozenset(tags.get(row["id"], ())),
                marks.get(row["id"]),
                frozenset(segments.get(row["id"], ())),
            )
            for row in self.mautic.execute("SELECT * FROM contacts ORDER BY id")
        }


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def _row(row: sqlite3.Row) -> Row:
    return Row(
        Key(row["blog_id"], row["user_id"]),
        row["email"].lower(),
        row["first_name"],
        bool(row["email_ok"]),
        bool(row["enrolled"]),
        row["link"] == "on",
        row["rev"] == row["synced_rev"],
        bool(row["signed_up"]),
        row["state"],
        row["choice"],
        row["delivery"],
        row["cohort"],
        row["segment"],
        row["contact_id"],
        frozenset(json.loads(row["tags"])),
        row["reason"],
    )


def _mark(row: sqlite3.Row) -> Mark:
    return Mark(row["reason"], row["comments"], datetime.fromisoformat(row["date_added"]))


class Both:
    """Both sides at one moment. Each method asserts something that holds at a quiet point."""

    def __init__(self, files: Files, calendar: Calendar, now: datetime) -> None:
        self.rows = files.rows()
        self.contacts = files.contacts()
        self.offerings: Mapping[int, Offering] = dict(enumerate(calendar.offerings, 2))
        self.now = now

    def contact(self, row: Row) -> Contact | None:
        """The contact of the ledger."""
        return self.contacts.get(row.contact) if row.contact else None

    def assert_nobody_is_lost_or_doubled(self) -> None:
        emails = [contact.email for contact in self.contacts.values()]
        assert len(emails) == len(set(emails)), "two contacts for one address"
        for row in self._kept():
            assert emails.count(row.email) == 1, f"{row} has no contact"
        owners = [(row.key.blog, row.contact) for row in self._kept()]
        assert len(owners) == len(set(owners)), "two learners of a course share a contact"

    def assert_in_step(self) -> None:
        for row in self._kept():
            assert row.in_step, f"{row} is still dirty"
            assert row.state in ("linked", "waiting", "optedout"), row
            there = self._there(row)
            assert there.email == row.email, (row, there)
            assert not row.first_name or there.firstname == row.first_name, (row, there)
            assert row.email_ok == (there.mark is None), (row, there)
            assert row.email_ok or row.state in ("optedout", "waiting"), row
        for row in self.rows.values():
            if row.state == "error" and row.enrolled and row.linked:
                others = [c for c in self.contacts.values() if c.email == row.email]
                taken = [one for one in others if one.id != row.contact]
                assert row.reason, row
                assert taken, f"{row} is refused without need"

    def assert_status_is_one(self) -> None:
        """Tags, ticks, segments, ledger and choice say the same."""
        for row in self._kept():
            there, offering = self._there(row), self.offerings[row.key.blog]
            has_cohort = row.delivery == "cohort"
            prefix = f"{offering.course}-{offering.partner}".lower()
            status = [tag for tag in there.tags if tag.lower() in (f"{prefix}-is", f"{prefix}-cb")]
            assert status == [f"{prefix}-{'cb' if has_cohort else 'is'}"], (row, there)
            wanted = {*status, *([row.segment] if row.segment else [])}
            assert row.tags == wanted <= there.tags, (row, there)
            assert self.running(there, offering) == wanted - set(status), (row, there)
            assert row.segment is None or row.segment in there.segments, (row, there)
            assert (f"{prefix}-preference" in there.segments) == has_cohort, (row, there)
            if row.cohort and row.segment:
                assert f"-cohort-course-oeru-{row.cohort}-" in row.segment, row
            assert (row.state == "waiting") == (has_cohort and row.cohort is None), row
            assert row.choice is None or (row.choice != "is") == has_cohort, row
            assert row.choice != "cohort" or row.state == "waiting", row

    def assert_gone_where_left(self, tagged: set[int]) -> None:
        """Who left has no tags of the course; `tagged` are contacts that staff tagged since."""
        for row in self.rows.values():
            if row.enrolled or row.contact in tagged:
                continue
            assert row.in_step or not row.signed_up, f"the leave of {row} is not through"
            there = self.contact(row)
            if there is None or self._owned(there, row.key.blog):
                continue
            offering = self.offerings[row.key.blog]
            assert not self.course_tags(there, offering), (row, there)

    def assert_pending_is_unsent(self, known: set[str], tagged: set[int]) -> None:
        """Nothing was sent of who never was in a linked course; `known` are addresses that were
        sent, or that staff made contacts for."""
        for row in self.rows.values():
            if not row.enrolled or row.linked or row.signed_up or row.state != "pending":
                continue
            named = [c for c in self.contacts.values() if c.email == row.email]
            assert not named or row.email in known, f"{row} was sent"
            for there in named:
                if there.id not in tagged and not self._owned(there, row.key.blog):
                    assert not self.course_tags(there, self.offerings[row.key.blog]), (row, there)

    def assert_noes_went(self) -> None:
        """A no goes whatever the link says."""
        for row in self.rows.values():
            there = self.contact(row)
            if row.enrolled and row.signed_up and not row.email_ok and there:
                assert there.mark, f"the no of {row} did not go"

    def course_tags(self, contact: Contact, offering: Offering) -> set[str]:
        """Status tags and running memberships of an offering."""
        prefix = f"{offering.course}-{offering.partner}".lower()
        status = {tag for tag in contact.tags if tag.lower() in (f"{prefix}-is", f"{prefix}-cb")}
        return status | self.running(contact, offering)

    def running(self, contact: Contact, offering: Offering) -> set[str]:
        """The memberships of an offering but those of past cohorts."""
        course, partner = offering.course.lower(), offering.partner.lower()
        study = f"{course}-is-course-{partner}-"
        cohort = f"{course}-cohort-course-{partner}-"
        today = local_date(self.now, offering.zone)
        found = {tag for tag in contact.tags if tag.startswith(study)}
        for tag in (tag for tag in contact.tags if tag.startswith(cohort)):
            start = date.fromisoformat(tag.removeprefix(cohort)[:8])
            if start + offering.length - timedelta(days=1) >= today:
                found.add(tag)
        return found

    def _kept(self) -> list[Row]:
        kept = (row for row in self.rows.values() if row.is_kept)
        return [row for row in kept if row.in_step or not self._is_kept_out(row)]

    def _is_kept_out(self, row: Row) -> bool:
        """Whether its address is still that of a contact whose own learner gave it up."""
        named = {c.id for c in self.contacts.values() if c.email == row.email} - {row.contact}
        owners = (one for one in self.rows.values() if one.contact in named and one.enrolled)
        return any(one.key.user != row.key.user and one.email != row.email for one in owners)

    def _there(self, row: Row) -> Contact:
        there = self.contact(row)
        assert there, f"the contact of {row} is gone"
        return there

    def _owned(self, contact: Contact, blog: int) -> bool:
        rows = (row for row in self.rows.values() if row.key.blog == blog)
        return any(row.enrolled and row.contact == contact.id for row in rows)


def as_data(both: Both) -> dict[str, Any]:
    """For a message: who is where."""
    return {"rows": list(both.rows.values()), "contacts": list(both.contacts.values())}

"""A model of what learners said, on which side and when; and which of it must have won."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from tests.cohort_sync.both_sides import OURS, Both, Contact, Key, Row

Side = Literal["WordPress", "Mautic"]
#: Said at once: which word is the later one is not told within it.
AT_ONCE = timedelta(seconds=20)
#: Longer than any sync.
A_SYNC = timedelta(minutes=5)


@dataclass
class Word:
    """`what` is `is` or `cohort`, or yes or no about e-mail; `key` the cohort that was chosen."""

    side: Side
    what: str
    at: datetime
    key: str | None = None
    #: Of which contact it was said in Mautic.
    contact: int | None = None
    #: A sync failed, or ran while it was said: Mautic may hold half of it.
    half_sent: bool = False

    def is_of_another(self, row: Row) -> bool:
        """Whether it was said of another contact than the row has by now."""
        return self.contact not in (None, row.contact)


@dataclass
class Words:
    """What was said since a row was last seen in step."""

    status: dict[Key, list[Word]] = field(default_factory=lambda: defaultdict(list))
    mail: dict[int, list[Word]] = field(default_factory=lambda: defaultdict(list))
    #: How a row was when both sides were last equal.
    before: dict[Key, Row] = field(default_factory=dict)
    mail_before: dict[int, bool] = field(default_factory=dict)
    #: What happened to them leaves open which word counts.
    open_status: set[Key] = field(default_factory=set)
    open_mail: set[int] = field(default_factory=set)
    #: When others than the sync last changed a contact, and when a learner said yes to e-mail.
    touched: dict[int, datetime] = field(default_factory=dict)
    yes: dict[int, datetime] = field(default_factory=dict)

    def a_sync_failed(self) -> None:
        """Half of what was said may have been sent."""
        for words in (*self.status.values(), *self.mail.values()):
            for word in words:
                word.half_sent = True

    def forget(self, row: Row) -> None:
        """A row begins anew."""
        self.status.pop(row.key, None)
        self.before.pop(row.key, None)
        self.open_status.discard(row.key)

    def leave_open(self, rows: dict[Key, Row], contacts: set[int]) -> None:
        """Something befell these contacts: what their learners said there may be lost."""
        for row in rows.values():
            if row.contact in contacts:
                self.open_status.add(row.key)
                self.open_mail.add(row.key.user)

    def in_mautic(self, row: Row, what: str, at: datetime) -> None:
        """A status was said in Mautic. What the ledger says already is no word."""
        if row.delivery is None or (what == row.delivery and self.status[row.key]):
            self.open_status.add(row.key)
        elif what != row.delivery:
            self.status[row.key].append(Word("Mautic", what, at))

    def wanted_status(self, row: Row) -> Word | None:
        """The word that must have won; None when none was said or it is open."""
        words = self.status.get(row.key, [])
        if not words or row.key in self.open_status:
            return None
        last, here = words[-1], [word for word in words if word.side == "WordPress"]
        there = [word for word in words if word.side == "Mautic"]
        touched = self.touched.get(row.contact or 0)
        if any(word.half_sent for word in words) and (there or touched):
            return None
        if len({word.what for word in there}) > 1:
            return None
        if not here or not there:
            return last
        if len({word.what for word in words}) == 1:
            return last
        spoke = max(there[-1].at, touched or there[-1].at)
        if last.side == "WordPress":
            return last if last.at > spoke + AT_ONCE else None
        return last if last.at > here[-1].at + AT_ONCE else None

    def assert_the_last_word_won(self, both: Both) -> None:
        """The latest word about the status; without a word nothing changed."""
        for row in both.rows.values():
            if not row.is_kept or not row.in_step:
                continue
            word, before = self.wanted_status(row), self.before.get(row.key)
            if word:
                assert row.delivery == word.what, (word, row, self.status[row.key])
                if word.key and word.side == "WordPress" and not _is_over(word.key, both, row):
                    assert row.cohort == word.key, (word, row)
            elif before and not self.status.get(row.key) and row.key not in self.open_status:
                assert row.delivery == before.delivery, (before, row)

    def assert_mail_is_as_said(self, both: Both) -> None:
        """A no of WordPress stands; a yes of it lifts what it may; Mautic's no is heard."""
        for row in both.rows.values():
            user, there = row.key.user, both.contact(row)
            if not row.is_kept or not row.in_step or there is None:
                continue
            words = self.mail.get(user, [])
            here = [word.what for word in words if word.side == "WordPress"]
            elsewhere = [word.what for word in words if word.side == "Mautic"]
            if here and here[-1] == "no":
                assert not row.email_ok, (row, words)
            elif user in self.open_mail or any(word.is_of_another(row) for word in words):
                continue
            elif here and not elsewhere and row.key in self.before:
                # Of a row that is new WordPress does not tell a yes from the yes of every account.
                lasting = there.mark is not None and there.mark.is_lasting
                assert row.email_ok != lasting, (row, there, words)
            elif not here and elsewhere and elsewhere[-1] == "no":
                assert not row.email_ok, (row, words)
            elif not here and not elsewhere and user in self.mail_before:
                assert row.email_ok == self.mail_before[user], (row, words)

    def begin_anew(self, both: Both) -> None:
        """Forget what is settled."""
        for row in both.rows.values():
            if row.is_kept and row.in_step:
                self.status.pop(row.key, None)
                self.open_status.discard(row.key)
                self.before[row.key] = row
                self.mail.pop(row.key.user, None)
                self.open_mail.discard(row.key.user)
                self.mail_before[row.key.user] = row.email_ok
                self.touched.pop(row.contact or 0, None)


def _is_over(key: str, both: Both, row: Row) -> bool:
    offering = both.offerings[row.key.blog]
    cohorts = {f"{c.start:%Y%m%d}": c for c in offering.added}
    return key not in cohorts or cohorts[key].end < both.now.date() + timedelta(days=1)


def lifted_without_a_yes(
    words: Words, before: dict[int, Contact], after: dict[int, Contact], rows: dict[Key, Row]
) -> list[object]:
    """Marks that a sync took away though no learner said yes in WordPress since they were made."""
    wrong: list[object] = []
    for contact in before.values():
        mark, there = contact.mark, after.get(contact.id)
        if mark is None or there is None or there.mark is not None:
            continue
        users = {row.key.user for row in rows.values() if row.contact == contact.id}
        said = [words.yes[user] for user in users if user in words.yes]
        # A sync may bring a no to Mautic after the yes was said that it has not read yet.
        since = mark.at.replace(tzinfo=UTC) - (A_SYNC if mark.comment == OURS else timedelta())
        if mark.is_lasting or not any(at > since for at in said):
            wrong.append((contact, there))
    return wrong

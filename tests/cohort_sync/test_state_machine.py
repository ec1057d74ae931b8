"""Learners, course admins, staff, days, syncs, faults and kills in any order; in the end both sides
agree, nobody is lost, and no no to e-mail was overwritten.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sandbox.wpms.network import NotAllowedError
from tests.cohort_sync.both_sides import BOUNCED, MANUAL, Both, Contact, Row
from tests.cohort_sync.played_network import FAILURES, Played, played_network
from tests.cohort_sync.words import Word, Words, lifted_without_a_yes

#: A step takes 4 ms; `make soak` plays more of them, from other seeds.
STEPS, FIRST_SEED = (int(os.environ.get(n, d)) for n, d in (("STEPS", 50_000), ("SEED", 1)))
STEPS_OF_A_GAME = 400
#: From the tenth on hypothesis only varies what it has played.
GAMES_OF_A_SEED = 9
#: A sync costs as much as ten other steps, and a quiet point several syncs.
SYNC_AFTER, SETTLE_AFTER = 15, 100

ADDRESSES = [f"learner{number}@example.org" for number in range(8)]
SITES = {2: "/lida101/", 3: "/ipm104/"}
COURSES = {2: "lida101-oeru", 3: "ipm104-oeru"}
#: Any of those that are there: taken modulo their number.
ANY = st.integers(0, 23)
SITE = st.sampled_from(sorted(SITES))
MOST_ROUNDS = 6
#: Reports ask staff to run everything once more; a row may have to wait for one that has to wait.
STAFF_TRIES = 3
rarely = precondition(lambda self: self.taken % 4 == 0)


class Game(RuleBasedStateMachine):
    """One network from its beginning. A rule that finds nothing to do is no step."""

    played: ClassVar[Played]

    @initialize()
    def begin(self) -> None:
        self.net = self.played
        self.net.begin()
        self.words = Words()
        self.names = itertools.count(1)
        self.known: set[str] = set()
        self.tagged: set[int] = set()
        self.taken = self.since_sync = self.since_quiet = 0

    # What happens in WordPress

    @rule(which=ANY, blog=SITE)
    def enrol(self, which: int, blog: int) -> None:
        email = ADDRESSES[which % len(ADDRESSES)]
        if any(r.email == email and r.enrolled and r.key.blog == blog for r in self.rows()):
            return
        user = self.net.wpms.enrol(email, blog)
        self.words.forget(self.row(blog, user))
        self.step()

    @rule(which=ANY, as_staff=st.booleans())
    def leave(self, which: int, as_staff: bool) -> None:
        if row := self.learner(which):
            if as_staff:
                self.net.wpms.role(row.key.user, row.key.blog, "editor")
            else:
                self.net.wpms.leave(row.key.user, row.key.blog)
            self.words.forget(row)
            self.step()

    @rarely
    @rule(which=ANY)
    def delete_account(self, which: int) -> None:
        if row := self.learner(which):
            self.net.wpms.delete_account(row.key.user)
            for each in self.rows():
                if each.key.user == row.key.user:
                    self.words.forget(each)
            self.step()

    @rule(which=ANY)
    def change_name(self, which: int) -> None:
        if row := self.learner(which):
            self.net.wpms.profile(row.key.user, first_name=f"Name {next(self.names)}")
            self.step()

    @rule(which=ANY, to=ANY)
    def change_address(self, which: int, to: int) -> None:
        email = ADDRESSES[to % len(ADDRESSES)]
        if row := self.learner(which):
            self.try_to(lambda: self.net.wpms.profile(row.key.user, email=email))

    @rule(which=ANY, offer=ANY)
    def choose(self, which: int, offer: int) -> None:
        if row := self.learner(which):
            self.choose_for(row, offer)

    @rule(which=ANY, offer=ANY)
    def choose_once_more(self, which: int, offer: int) -> None:
        self.choose(which, offer)

    def choose_for(self, row: Row, offer: int) -> None:
        sql = "SELECT offers FROM courses WHERE blog_id = ?"
        offers = json.loads(self.net.files.wpms.execute(sql, [row.key.blog]).fetchone()[0])
        key = offers[offer % len(offers)]["key"]
        if key == row.choice:
            return
        if self.try_to(lambda: self.net.wpms.choose(row.key.user, row.key.blog, key)):
            what = "is" if key == "is" else "cohort"
            word = Word("WordPress", what, self.net.clock.now, key)
            self.words.status[row.key].append(word)

    @rule(which=ANY)
    def say_about_mail(self, which: int) -> None:
        if row := self.learner(which):
            self.say_for(row, not row.email_ok)

    def say_for(self, row: Row, yes: bool) -> None:
        self.net.wpms.profile(row.key.user, email_ok=yes)
        word = Word("WordPress", "yes" if yes else "no", self.net.clock.now)
        self.words.mail[row.key.user].append(word)
        if yes:
            self.words.yes[row.key.user] = self.net.clock.look()
        self.step()

    @rarely
    @rule(blog=SITE, on=st.sampled_from([True, True, False]))
    def switch_link(self, blog: int, on: bool) -> None:
        sql = "SELECT link = 'on' FROM courses WHERE blog_id = ?"
        if on != bool(self.net.files.wpms.execute(sql, [blog]).fetchone()[0]):
            self.net.wpms.link(blog, on)
            self.step()

    # What happens in Mautic

    @rule(which=ANY)
    def tick(self, which: int) -> None:
        if (row := self.learner(which)) and (contact := self.contact_of(row)):
            self.tick_for(row, contact)

    def tick_for(self, row: Row, contact: Contact) -> None:
        """The page comes with what it knows, and one tick is changed."""
        alias = f"{COURSES[row.key.blog]}-preference"
        ticks = {one for one in contact.segments if one.endswith("-preference")} ^ {alias}
        ids = [self.segment_id(one) for one in sorted(ticks)]
        yes = contact.mark is None
        self.net.mautic.save_preferences(contact.id, ids, email=yes)
        said = "cohort" if alias in ticks else "is"
        self.say_in_mautic(row, contact, said)
        if not yes:
            self.touch_mail(contact, "no")

    @rule(which=ANY)
    def say_about_mail_on_the_page(self, which: int) -> None:
        if contact := self.some_contact(which):
            yes = contact.mark is not None
            ids = [self.segment_id(s) for s in contact.segments if s.endswith("-preference")]
            self.net.mautic.save_preferences(contact.id, ids, email=yes)
            self.touch_mail(contact, "yes" if yes else "no")

    @rule(
        which=ANY,
        how=st.sampled_from(["add", "swap", "remove", "both"]),
        spelling=st.sampled_from([str.lower, str.upper, str.title]),
    )
    def change_tags(self, which: int, how: str, spelling: Callable[[str], str]) -> None:
        if (row := self.learner(which)) and (contact := self.contact_of(row)):
            self.tag_for(row, contact, how, spelling)

    def tag_for(self, row: Row, contact: Contact, how: str, spelling: Callable[[str], str]) -> None:
        """Staff change status tags: to the other one, or none, or both."""
        course = COURSES[row.key.blog]
        status = {f"{course}-is": "is", f"{course}-cb": "cohort"}
        there = [tag for tag in contact.tags if tag.lower() in status]
        has = {tag.lower() for tag in there}
        other = next((tag for tag in status if tag not in has), f"{course}-is")
        add = {"add": [other], "swap": [other], "both": list(status), "remove": []}[how]
        spelled = [spelling(tag) for tag in add]
        gone = [tag for tag in there if tag not in spelled] if how in ("swap", "remove") else []
        tags = [*spelled, *(f"-{tag}" for tag in gone)]
        self.net.mautic.edit_contact(contact.id, tags=tags)
        self.tagged.add(contact.id)
        said = {status[tag] for tag in add} - ({row.delivery} if row.delivery else set())
        if self.words.status.get(row.key) and not said:
            # What was said before may be undone by this.
            self.words.open_status.add(row.key)
        if said:
            self.say_in_mautic(row, contact, said.pop())
        else:
            self.touch(contact)

    @rule(which=ANY, bounce=st.booleans())
    def stop_mail(self, which: int, bounce: bool) -> None:
        if contact := self.some_contact(which):
            reason, comment = (BOUNCED, "mailbox full") if bounce else (MANUAL, "by phone")
            self.net.mautic.stop_mail(contact.id, reason, comment)
            if self.net.files.marks()[contact.id] != contact.mark:
                self.touch_mail(contact, "no")

    @rule(which=ANY)
    def allow_mail(self, which: int) -> None:
        contact = self.some_contact(which)
        if contact and contact.mark:
            self.net.mautic.allow_mail(contact.id)
            self.touch_mail(contact, "yes")

    @rarely
    @rule(which=ANY, tag=st.sampled_from(["", "lida101-oeru-cb", "IPM104-OERu-IS"]))
    def make_contact(self, which: int, tag: str) -> None:
        """Somebody is in Mautic before they have an account."""
        email = ADDRESSES[which % len(ADDRESSES)]
        if all(contact.email != email for contact in self.contacts()):
            self.net.make_contact(email)
            self.known.add(email)
            made = next(contact for contact in self.contacts() if contact.email == email)
            if tag:
                self.net.mautic.edit_contact(made.id, tags=[tag])
                self.tagged.add(made.id)
            self.step()

    @rarely
    @rule(which=ANY)
    def delete_contact(self, which: int) -> None:
        if contact := self.some_contact(which):
            self.words.leave_open(self.net.files.rows(), {contact.id})
            self.net.mautic.delete_contact(contact.id)
            self.step()

    @rarely
    @rule(which=ANY, into=ANY)
    def merge_contacts(self, which: int, into: int) -> None:
        """Staff merge two contacts, perhaps those of two learners."""
        loser, winner = self.some_contact(which), self.some_contact(into)
        if loser and winner and loser.id != winner.id:
            self.words.leave_open(self.net.files.rows(), {loser.id, winner.id})
            self.net.mautic.merge_contacts(loser.id, winner.id)
            self.tagged.add(winner.id)
            self.step()

    # Time

    @rule(minutes=st.integers(1, 60))
    def wait(self, minutes: int) -> None:
        self.net.clock.now += timedelta(minutes=minutes)
        self.step()

    @rarely
    @rule(days=st.sampled_from([1, 3, 9, 20]), rolls=st.booleans())
    def let_days_pass(self, days: int, rolls: bool) -> None:
        self.net.clock.now += timedelta(days=days)
        if rolls:
            self.net.roll()
        self.step()

    @rarely
    @rule(days=st.integers(15, 60))
    def put_cohort_into_the_calendar(self, days: int) -> None:
        self.net.add_cohort(self.net.today + timedelta(days=days))
        self.step()

    # Syncs

    @precondition(lambda self: self.since_sync >= SYNC_AFTER)
    @rule(everything=st.booleans())
    def sync_enrolments(self, everything: bool) -> None:
        self.sync(lambda: self.net.bring_enrolments(everything=everything))

    @precondition(lambda self: self.since_sync >= SYNC_AFTER)
    @rule()
    def sync_status(self) -> None:
        self.sync(self.net.hear)

    @precondition(lambda self: self.since_sync >= SYNC_AFTER)
    @rule(
        hears=st.booleans(),
        here=st.booleans(),
        kind=st.sampled_from(
            ["cut_before", "cut_after", "status", "html", "html_after", "truncate", "rate_limit"]
        ),
        skip=st.integers(0, 9),
        times=st.sampled_from([0, 0, 1, 2]),
        method=st.sampled_from([None, "POST", "PATCH", "PUT"]),
        dies=st.booleans(),
    )
    def sync_with_fault(
        self,
        hears: bool,
        here: bool,
        kind: str,
        skip: int,
        times: int,
        method: str | None,
        dies: bool,
    ) -> None:
        """A fault that passes or lasts; or the worker is killed when it meets it."""
        side, path = (self.net.wpms, "^/wp-json/") if here else (self.net.mautic, "^/api/")
        more = {"status": 500, "after_commit": skip % 2 == 0} if kind == "status" else {}
        side.fault(kind, path=path, skip=skip, times=times, method=method, **more)
        self.net.dies = dies
        self.sync(self.net.hear if hears else self.net.bring_enrolments)
        self.net.calm()

    @precondition(lambda self: self.since_sync >= SYNC_AFTER)
    @rule(
        hears=st.booleans(),
        after=st.integers(1, 20),
        which=ANY,
        deed=st.sampled_from(
            ["leave", "choose", "mail", "name", "address", "tick", "tags", "link"]
        ),
    )
    def sync_with_a_change(self, hears: bool, after: int, which: int, deed: str) -> None:
        """Something is said while a sync runs.

        A mark that is set in Mautic between the look and the lifting is lifted, since Mautic
        lifts whatever is there; so marks are not changed here.
        """
        row = self.learner(which)
        if row is None:
            return
        contact = self.contact_of(row)
        deeds: dict[str, Callable[[], object]] = {
            "leave": lambda: self.leave(which, as_staff=False),
            "choose": lambda: self.choose_for(row, which),
            "mail": lambda: self.say_for(row, not row.email_ok),
            "name": lambda: self.change_name(which),
            "address": lambda: self.change_address(which, which + 1),
            "link": lambda: self.switch_link(row.key.blog, on=not row.linked),
        }
        if contact:
            deeds["tags"] = lambda: self.tag_for(row, contact, "swap", str.upper)
        if contact and contact.mark is None:
            deeds["tick"] = lambda: self.tick_for(row, contact)
        if deed not in deeds:
            return
        with self.net.in_the_middle(after, deeds[deed]):
            self.sync(self.net.hear if hears else self.net.bring_enrolments)
        self.words.a_sync_failed()
        self.words.open_status.add(row.key)

    @rarely
    @rule(lost=st.booleans())
    def lose_the_cursor(self, lost: bool) -> None:
        """It is lost, or the newest rows of a log are seen late."""
        if lost:
            self.net.cursors = {}
        else:
            self.net.mautic.hold_back("audit_log")
        self.step()

    @precondition(lambda self: self.since_quiet >= SETTLE_AFTER)
    @rule()
    def settle(self) -> None:
        """The quiet point."""
        self.net.calm()
        self.net.roll()
        for _ in range(STAFF_TRIES):
            self.sync(lambda: self.net.bring_enrolments(everything=True))
        for _ in range(MOST_ROUNDS):
            writes = self.net.writes(lambda: self.sync(self.both_syncs, may_fail=False))
            if not writes:
                break
        assert not writes, f"it does not come to rest: {writes}"
        both = Both(self.net.files, self.net.calendar, self.net.clock.now)
        both.assert_nobody_is_lost_or_doubled()
        both.assert_in_step()
        both.assert_status_is_one()
        both.assert_noes_went()
        both.assert_gone_where_left(self.tagged)
        both.assert_pending_is_unsent(self.known, self.tagged)
        self.words.assert_the_last_word_won(both)
        self.words.assert_mail_is_as_said(both)
        self.words.begin_anew(both)
        self.since_quiet = 0

    def teardown(self) -> None:
        if hasattr(self, "names"):
            self.settle()

    def both_syncs(self) -> None:
        self.net.bring_enrolments()
        self.net.hear()

    def sync(self, run: Callable[[], None], *, may_fail: bool = True) -> None:
        """A sync, which may fail. Whatever it does: no no is taken away without a yes."""
        start, before, rows = self.net.clock.now, self.net.files.contacts(), self.net.files.rows()
        self.known |= {row.email for row in self.rows() if row.linked}
        try:
            run()
        except FAILURES:
            assert may_fail
            self.words.a_sync_failed()
            # Contacts that were written to and no row was told. If the account now changes its
            # address, they are nobody's, and whoever takes the address joins them.
            named = {row.contact for row in self.rows()}
            now = self.net.files.contacts().values()
            self.tagged |= {one.id for one in now if before.get(one.id) != one} - named
        else:
            made = self.net.files.contacts().keys() - before.keys()
            assert made <= {row.contact for row in self.rows()}, f"made for nobody: {made}"
        self.known |= {row.email for row in self.rows() if row.linked}
        after, rows_after = self.net.files.contacts(), self.net.files.rows()
        wrong = lifted_without_a_yes(self.words, before, after, rows | rows_after)
        assert not wrong, f"a no was lifted: {wrong}"
        for key in rows.keys() & rows_after.keys():
            said_yes = self.words.yes.get(key.user, start) > start
            there = rows_after[key]
            assert rows[key].email_ok or not there.email_ok or said_yes, there
        self.since_sync = 0
        self.step()

    # What is there

    def step(self) -> None:
        self.net.steps += 1
        self.taken += 1
        self.since_sync += 1
        self.since_quiet += 1

    def try_to(self, deed: Callable[[], None]) -> bool:
        try:
            deed()
        except NotAllowedError:
            return False
        self.step()
        return True

    def rows(self) -> list[Row]:
        return list(self.net.files.rows().values())

    def row(self, blog: int, user: int) -> Row:
        return next(row for row in self.rows() if row.key == (blog, user))

    def learner(self, which: int) -> Row | None:
        rows = [row for row in self.rows() if row.enrolled]
        return rows[which % len(rows)] if rows else None

    def contacts(self) -> list[Contact]:
        return list(self.net.files.contacts().values())

    def some_contact(self, which: int) -> Contact | None:
        contacts = self.contacts()
        return contacts[which % len(contacts)] if contacts else None

    def contact_of(self, row: Row) -> Contact | None:
        return next((one for one in self.contacts() if one.id == row.contact), None)

    def segment_id(self, alias: str) -> int:
        sql = "SELECT id FROM segments WHERE alias = ?"
        return int(self.net.files.mautic.execute(sql, [alias]).fetchone()[0])

    def say_in_mautic(self, row: Row, contact: Contact, what: str) -> None:
        self.words.in_mautic(row, what, self.net.clock.now)
        for other in self.rows():
            is_other = other.key != row.key and other.key.blog == row.key.blog
            if is_other and other.contact == contact.id:
                self.words.open_status.add(other.key)
        self.touch(contact)

    def touch(self, contact: Contact) -> None:
        self.words.touched[contact.id] = self.net.clock.now
        self.step()

    def touch_mail(self, contact: Contact, what: str) -> None:
        for user in {row.key.user for row in self.rows() if row.contact == contact.id}:
            word = Word("Mautic", what, self.net.clock.now, contact=contact.id)
            self.words.mail[user].append(word)
        self.touch(contact)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with played_network(tmp_path_factory.mktemp("played")) as network:
        yield network


@pytest.fixture
def same_games_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed gives the same games whatever is loaded.

    Hypothesis also draws numbers that it reads in the modules that are loaded by then.
    """
    monkeypatch.setattr(providers, "_get_local_constants", Constants)


def play(network: Played, number: int, games: int = GAMES_OF_A_SEED) -> None:
    """Plays games of one seed; what breaks is made as short as it gets and printed."""
    game = type("Game", (Game,), {"played": network})
    seed(number)(game)
    try:
        run_state_machine_as_test(
            game,
            settings=settings(
                max_examples=games,
                stateful_step_count=STEPS_OF_A_GAME,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except BaseException as error:
        error.add_note(f"seed {number}")
        raise


@pytest.mark.usefixtures("same_games_everywhere")
def test_whatever_happens_both_sides_end_up_equal(played: Played) -> None:
    for number in itertools.count(FIRST_SEED):
        if played.steps >= STEPS:
            break
        play(played, number)
    print(f"{played.steps} steps, {played.syncs} syncs, seeds {FIRST_SEED} to {number - 1}")
    assert played.steps >= STEPS

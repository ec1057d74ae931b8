"""Which word of a learner counts: what changed since the last sync, and where it was said later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_sync.learner_wish import wish_of
from cohort_sync.learner_word import (
    SAID_NO,
    Held,
    depends_on_time,
    in_conflict,
    mail_deed,
    mautic_word,
    wordpress_word,
)
from mautic_hook.contacts import Refusal
from tests.cohort_sync.learners import CB, COURSE, IS, NOW, ROW, STUDY
from wpms_hook.enrolments import Enrolment

EARLIER = NOW - timedelta(hours=1)
STUDIES = replace(
    ROW, state="linked", delivery="is", contact_id=11, tags=(IS, STUDY), synced_gmt=EARLIER
)
IN_COHORT = replace(STUDIES, delivery="cohort", cohort="20181205", tags=(CB,))


def held(*tags: str, **more: Any) -> Held:
    return Held(frozenset(tags), **{"known": True, **more})


def chose(row: Enrolment, key: str, at: datetime = NOW) -> Enrolment:
    return replace(row, choice=key, choice_gmt=at)


@pytest.mark.parametrize(
    ("row", "tags", "word"),
    [
        (STUDIES, [IS], None),
        (STUDIES, [CB], "cohort"),
        (STUDIES, [CB.upper()], "cohort"),
        (STUDIES, [IS, CB], "cohort"),
        (STUDIES, [], None),
        (IN_COHORT, [CB], None),
        (IN_COHORT, [IS], "is"),
        (IN_COHORT, [IS, CB], "is"),
        (IN_COHORT, [], None),
        (ROW, [CB], None),
    ],
)
def test_a_status_tag_that_the_ledger_does_not_know_is_a_word(
    row: Enrolment, tags: list[str], word: str | None
) -> None:
    assert mautic_word(row, held(*tags), COURSE) == word


@pytest.mark.parametrize(
    ("row", "tag", "ticked", "word"),
    [
        (STUDIES, IS, True, "cohort"),
        (STUDIES, IS, False, None),
        (STUDIES, IS, None, None),
        (IN_COHORT, CB, True, None),
        (IN_COHORT, CB, False, "is"),
        (IN_COHORT, CB, None, None),
    ],
)
def test_a_tick_that_was_set_or_taken_away_is_a_word_and_one_never_set_is_none(
    row: Enrolment, tag: str, ticked: bool | None, word: str | None
) -> None:
    assert mautic_word(row, held(tag, ticked=ticked), COURSE) == word


def test_what_our_own_sync_wrote_is_no_word() -> None:
    for row, tag, ticked in ((STUDIES, IS, False), (IN_COHORT, CB, True)):
        assert mautic_word(row, held(tag, ticked=ticked), COURSE) is None
        assert wordpress_word(row) is None


def test_a_choice_is_a_word_until_it_is_written_back() -> None:
    assert wordpress_word(chose(STUDIES, "20181205")) == "20181205"
    assert wordpress_word(chose(STUDIES, "20181205", EARLIER - timedelta(days=1))) is None
    assert wordpress_word(chose(STUDIES, "is", EARLIER)) is None
    assert wordpress_word(chose(STUDIES, "20181205", EARLIER)) == "20181205"


def test_a_choice_made_again_after_a_lost_write_back_goes_before_our_own_echo() -> None:
    # A sync had brought the cohort to Mautic and was killed; then the learner chose otherwise.
    row = chose(STUDIES, "is")
    echo = held(CB, changed=None)
    assert in_conflict(row, echo, COURSE)
    assert wish_of(row, echo, COURSE).delivery == "is"


@pytest.mark.parametrize(
    ("minutes", "delivery"), [(-10, "is"), (10, "cohort"), (0, "cohort"), (None, "is")]
)
def test_of_two_words_the_later_counts_and_of_words_at_once_the_cohort(
    minutes: int | None, delivery: str
) -> None:
    changed = None if minutes is None else NOW + timedelta(minutes=minutes)
    wish = wish_of(chose(STUDIES, "is"), held(CB, changed=changed), COURSE)
    assert wish.delivery == delivery
    side = "Mautic" if delivery == "cohort" else "WordPress"
    assert wish.note.endswith(f"what was said in {side} counts")


def test_a_cohort_chosen_in_wordpress_and_untagged_in_mautic_at_once_stays_a_cohort() -> None:
    wish = wish_of(chose(IN_COHORT, "20190206"), held(IS, changed=NOW), COURSE)
    assert (wish.delivery, wish.note != "") == ("cohort", True)


def test_the_same_word_on_both_sides_is_no_conflict_and_wordpress_names_the_cohort() -> None:
    row = chose(STUDIES, "20190206")
    assert not in_conflict(row, held(CB), COURSE)
    wish = wish_of(row, held(CB), COURSE)
    assert (str(wish.cohort), wish.note) == ("2019-02-06", "")


@given(
    tags=st.sets(st.sampled_from([IS, CB, IS.upper(), "something-else"])),
    ticked=st.sampled_from([True, False, None]),
    choice=st.sampled_from([None, "is", "20181205", "20190206"]),
    row=st.sampled_from([ROW, STUDIES, IN_COHORT]),
)
def test_a_word_is_never_what_the_ledger_says_already(
    tags: set[str], ticked: bool | None, choice: str | None, row: Enrolment
) -> None:
    row = chose(row, choice) if choice else row
    word = mautic_word(row, held(*tags, ticked=ticked), COURSE)
    assert word is None or word != row.delivery
    # Without a word on either side the learner stays what they are.
    if word is None and wordpress_word(row) is None and row.delivery:
        assert wish_of(row, held(*tags, ticked=ticked), COURSE).delivery == row.delivery


def test_what_another_contact_has_is_no_word_of_the_learner() -> None:
    assert mautic_word(IN_COHORT, held(IS, ticked=False, known=False), COURSE) is None


BY_THEM, BY_US = Refusal("email", 1, ""), Refusal("email", 3, SAID_NO)
BOUNCE, BY_STAFF = Refusal("email", 2, "550"), Refusal("email", 3, "asked by phone")
SAID_YES = replace(STUDIES, state="optedout", rev=2, synced_rev=1)
WAITS = replace(IN_COHORT, state="waiting", cohort=None, rev=2, synced_rev=1)
NO_MAIL = replace(STUDIES, email_ok=False)


@pytest.mark.parametrize(
    ("row", "refusal", "deed"),
    [
        (STUDIES, None, None),
        (NO_MAIL, BY_US, None),
        (NO_MAIL, BOUNCE, None),
        (NO_MAIL, None, "stop"),
        (STUDIES, BY_THEM, "tell"),
        (STUDIES, BOUNCE, "tell"),
        (STUDIES, BY_STAFF, "tell"),
        (replace(STUDIES, rev=2, synced_rev=1), BY_THEM, "tell"),
        (ROW, BY_THEM, "tell"),
        (replace(STUDIES, rev=2, synced_rev=1), BY_US, "lift"),
        (SAID_YES, BY_US, "lift"),
        (SAID_YES, BY_THEM, "lift"),
        (SAID_YES, BOUNCE, "stands"),
        (SAID_YES, BY_STAFF, "stands"),
    ],
)
def test_a_no_stands_unless_the_learner_takes_their_own_back_in_wordpress(
    row: Enrolment, refusal: Refusal | None, deed: str | None
) -> None:
    before = EARLIER - timedelta(minutes=1)
    assert mail_deed(row, held(IS, refusal=refusal, refused=before)) == deed


@pytest.mark.parametrize("row", [WAITS, SAID_YES], ids=["waits", "said yes"])
@pytest.mark.parametrize(("minutes", "deed"), [(-1, "lift"), (1, "tell"), (None, "tell")])
def test_a_no_that_is_newer_than_the_ledger_is_news_and_stands(
    row: Enrolment, minutes: int | None, deed: str
) -> None:
    refused = None if minutes is None else EARLIER + timedelta(minutes=minutes)
    no = held(CB, refusal=BY_THEM, refused=refused)
    assert depends_on_time(row, no)
    assert mail_deed(row, no) == deed

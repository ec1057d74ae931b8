from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_sync.learner_word import SAID_NO, wordpress_word
from cohort_sync.planned_learner import PlannedLearner
from mautic_hook.contacts import Contact, Refusal
from tests.cohort_sync.learners import (
    CB,
    COURSE,
    DECEMBER_5,
    FEBRUARY,
    IS,
    NOW,
    PROFILE,
    ROW,
    SEPTEMBER,
    STUDY,
    TAGS,
    chose,
    contact,
    plan,
    tag,
)
from tests.cohorts.offerings import with_starts
from wpms_hook.enrolments import Enrolment
from wpms_hook.learners import Learner

EARLIER = NOW - timedelta(hours=1)


def test_before_the_segment_is_made_the_row_stays_on_the_list() -> None:
    no_segments = replace(COURSE, tags=frozenset(), study={})
    planned = plan(ROW, course=no_segments)
    assert (planned.deed, planned.status, planned.write) == ("not ready", None, {})


def test_a_no_to_email_is_sent_and_never_taken_back() -> None:
    said_no = replace(ROW, email_ok=False)
    assert plan(said_no).write["doNotContact"][0]["channel"] == "email"
    known = plan(said_no, contact())
    assert known.stop_mail
    assert "doNotContact" not in known.write
    assert known.status
    assert known.status.state == "optedout"
    unsubscribed = replace(contact(IS, STUDY), no_email=True, refusals=(Refusal("email", 1, ""),))
    planned = plan(ROW, unsubscribed)
    assert planned.write == {}
    assert not planned.stop_mail
    assert planned.said == Learner(7, email_ok=False)
    assert planned.status
    assert planned.status.state == "optedout"


def test_leaving_takes_status_and_running_membership_and_leaves_the_contact() -> None:
    gone = replace(ROW, enrolled=False, contact_id=11)
    planned = plan(gone, contact(CB, tag(SEPTEMBER), tag(DECEMBER_5), "newsletter"))
    assert planned.write == {"id": 11, "tags": [f"-{tag(DECEMBER_5)}", f"-{CB}"]}
    assert planned.status
    assert planned.status.state == "left"


def test_of_a_course_whose_link_is_off_nothing_but_leaves_and_a_no_goes() -> None:
    off = replace(COURSE, linked=False)
    said_no = replace(ROW, email_ok=False, contact_id=11, first_name="Changed")
    planned = plan(said_no, contact(IS, STUDY), off)
    assert planned.write == {}
    assert planned.stop_mail
    assert plan(replace(ROW, contact_id=11, first_name="X"), contact(), off).write == {}


@pytest.mark.parametrize("email", ["", "qxz", "qxz@", "ünï@example.org", "a" * 200 + "@x.org"])
def test_an_impossible_address_is_an_error_on_the_row(email: str) -> None:
    planned = plan(replace(ROW, email=email))
    assert planned.deed == "failed"
    assert planned.status
    assert planned.status.state == "error"
    assert planned.status.reason
    assert email not in planned.status.reason or not email


def test_what_mautic_would_refuse_is_left_out_and_said_while_the_sign_up_goes() -> None:
    planned = plan(replace(ROW, timezone="Mars/Olympus", country="ZZ", first_name="A" * 300))
    assert planned.deed == "signed up"
    assert "timezone" not in planned.write
    assert len(planned.write["firstname"]) == 191
    assert len(planned.notes) == 3


def test_a_no_to_email_goes_whatever_becomes_of_the_rest() -> None:
    bad_address = replace(ROW, email="ünï@example.org", email_ok=False, contact_id=11)
    planned = plan(bad_address, contact(IS, STUDY))
    assert (planned.deed, planned.stop_mail) == ("failed", 11)
    no_segments = replace(COURSE, tags=frozenset(), study={})
    planned = plan(replace(ROW, email_ok=False), contact(), no_segments)
    assert (planned.deed, planned.stop_mail) == ("not ready", 11)


def test_while_the_link_is_off_a_row_with_more_to_send_stays_on_the_list() -> None:
    off = replace(COURSE, linked=False)
    more = replace(chose("20190206"), email_ok=False, contact_id=11, delivery="is", synced_gmt=NOW)
    planned = plan(more, contact(IS, STUDY), off)
    assert (dict(planned.write), planned.status, planned.stop_mail) == ({}, None, 11)


def test_who_asks_in_mautic_for_a_cohort_when_none_is_on_offer_is_told_so_in_wordpress() -> None:
    none_ahead = replace(COURSE, offering=with_starts(SEPTEMBER))
    studies = replace(
        ROW, state="linked", delivery="is", contact_id=11, choice="is", choice_gmt=EARLIER,
        synced_gmt=EARLIER,
    )  # fmt: skip
    planned = plan(studies, contact(CB), none_ahead)
    assert planned.deed == "waiting"
    assert planned.said == Learner(7, choices={2: "cohort"})


def test_who_waited_for_any_cohort_is_told_which_one_they_join() -> None:
    waits = replace(
        ROW, state="waiting", delivery="cohort", contact_id=11, choice="cohort",
        choice_gmt=EARLIER, synced_gmt=NOW,
    )  # fmt: skip
    assert plan(waits, contact(CB)).said == Learner(7, choices={2: "20190206"})
    chosen = replace(waits, choice="20190206")
    assert plan(chosen, contact(CB)).said is None


@pytest.mark.parametrize("at", [NOW, NOW + timedelta(minutes=1)])
def test_the_wish_for_any_cohort_is_no_news_once_it_is_synced(at: datetime) -> None:
    row = replace(ROW, delivery="cohort", choice="cohort", choice_gmt=NOW, synced_gmt=at)
    assert wordpress_word(row) is None


def test_no_printed_plan_holds_an_address_or_a_name() -> None:
    told = repr(plan(ROW, contact())) + repr(contact())
    assert "example.org" not in told
    assert "Tane" not in told


def applied(planned: PlannedLearner, found: Contact | None) -> tuple[Enrolment, Contact]:
    """Row and contact after everything was sent and written back."""
    before = found.tags if found else frozenset()
    changes = planned.write.get("tags", [])
    gone = {change[1:] for change in changes if change.startswith("-")}
    tags = (before | {change for change in changes if not change.startswith("-")}) - gone
    fields = dict(found.fields if found else {}) | {
        name: value for name, value in planned.write.items() if name in PROFILE
    }
    no_email = bool(found and found.no_email) or planned.stop_mail is not None
    no_email = no_email or "doNotContact" in planned.write
    refusals = (Refusal("email", 3, SAID_NO),) if no_email else ()
    after = Contact(11, str(fields["email"]), fields, frozenset(tags), no_email, refusals)
    status = planned.status
    assert status
    row = replace(
        planned.row,
        synced_rev=planned.row.rev,
        synced_gmt=NOW + timedelta(minutes=1),
        state=status.state,
        delivery=status.delivery,
        cohort=status.cohort,
        segment=status.segment,
        contact_id=11,
    )
    return row, after


SOME_TAGS = st.sets(st.sampled_from([*sorted(TAGS), "newsletter"]))


@given(
    SOME_TAGS,
    st.sampled_from([None, "is", "20181205", "20190206", "20180905", "20170101"]),
    st.booleans(),
    st.booleans(),
)
def test_a_plan_after_its_application_is_empty_and_tags_agree(
    tags: set[str], choice: str | None, email_ok: bool, known: bool
) -> None:
    row = replace(ROW, choice=choice, choice_gmt=NOW if choice else None, email_ok=email_ok)
    found = contact(*tags) if known else None
    planned = plan(row, found)
    after_row, after = applied(planned, found)
    assert len({IS, CB} & after.tags) == 1
    assert planned.status
    assert set(planned.status.tags) <= after.tags
    running = [t for t in after.tags if t in {STUDY, tag(DECEMBER_5), tag(FEBRUARY)}]
    assert len(running) <= 1
    again = plan(after_row, after)
    assert (dict(again.write), again.stop_mail) == ({}, None)
    assert again.status
    assert replace(again.status, reason=None) == replace(planned.status, contact_id=11, reason=None)

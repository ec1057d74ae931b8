from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohort_sync.enrolment_plan import PlannedLearner, plan_batch
from cohort_sync.learner_wish import Course
from cohorts.model import Intake
from cohorts.names import segment_alias, study_days
from mautic_hook.contacts import Contact
from tests.cohorts.offerings import with_starts
from wpms_hook.enrolments import Enrolment

NOW = datetime(2018, 12, 6, 0, 0, tzinfo=UTC)  # 13:00 on 6 December in Auckland
DECEMBER_5 = date(2018, 12, 5)
FEBRUARY = date(2019, 2, 6)
SEPTEMBER = date(2018, 9, 5)
OFFERING = with_starts(SEPTEMBER, DECEMBER_5, FEBRUARY)


def tag(day: date, delivery: str = "cohort", source: str = "wp") -> str:
    intake = Intake("LiDA101", "OERu", delivery, day)  # type: ignore[arg-type]
    return segment_alias(intake, source)  # type: ignore[arg-type]


STUDY = tag(date(2018, 3, 1), "is")
IS, CB = "lida101-oeru-is", "lida101-oeru-cb"
TAGS = frozenset([STUDY, tag(SEPTEMBER), tag(DECEMBER_5), tag(FEBRUARY), IS, CB])
COURSE = Course(OFFERING, True, NOW, TAGS, study_days(TAGS))
ROW = Enrolment(
    blog_id=2,
    user_id=7,
    email="ann@example.org",
    first_name="Ann",
    last_name="Tane",
    country="NZ",
    timezone="Pacific/Auckland",
    email_ok=True,
    enrolled=True,
    enrolled_gmt=NOW - timedelta(hours=1),
    left_gmt=None,
    choice=None,
    choice_gmt=None,
    rev=1,
    synced_rev=0,
    state="pending",
    delivery=None,
    cohort=None,
    segment=None,
    contact_id=None,
    tags=(),
    reason=None,
    synced_gmt=None,
)
PROFILE = {
    "email": "ann@example.org",
    "firstname": "Ann",
    "lastname": "Tane",
    "country": "New Zealand",
    "timezone": "Pacific/Auckland",
}


def contact(*tags: str, **fields: str) -> Contact:
    values = {**PROFILE, **fields}
    return Contact(11, values["email"], values, frozenset(tags), no_email=False)


def plan(row: Enrolment, found: Contact | None = None, course: Course = COURSE) -> PlannedLearner:
    by_id = {found.id: found} if found and row.contact_id == found.id else {}
    by_email = {found.email: [found]} if found else {}
    (planned,) = plan_batch([row], by_id, by_email, course)
    return planned


def chose(key: str, at: datetime = NOW) -> Enrolment:
    return replace(ROW, choice=key, choice_gmt=at)


def test_whoever_chose_nothing_studies_independently() -> None:
    planned = plan(ROW)
    assert planned.write == {**PROFILE, "tags": [STUDY, IS]}
    assert planned.status
    assert (planned.status.state, planned.status.delivery) == ("linked", "is")
    assert planned.deed == "signed up"


def test_a_chosen_cohort_is_joined() -> None:
    planned = plan(chose("20190206"))
    assert planned.write["tags"] == [tag(FEBRUARY), CB]
    assert planned.status
    assert (planned.status.cohort, planned.status.segment) == ("20190206", tag(FEBRUARY))


@pytest.mark.parametrize(
    ("said", "joined"),
    [
        # 7 December in Auckland ends at 11:00 UTC.
        (datetime(2018, 12, 7, 10, 59, tzinfo=UTC), DECEMBER_5),
        (datetime(2018, 12, 7, 11, 1, tzinfo=UTC), FEBRUARY),
    ],
)
def test_a_choice_made_before_the_cut_off_counts_even_when_synced_after_it(
    said: datetime, joined: date
) -> None:
    ten_days_later = replace(COURSE, now=NOW + timedelta(days=10))
    planned = plan(chose("20181205", said), course=ten_days_later)
    assert planned.write["tags"] == [tag(joined), CB]
    assert bool(planned.notes) == (joined == FEBRUARY)


def test_a_cohort_that_does_not_exist_becomes_the_next_one_and_is_said() -> None:
    planned = plan(chose("20181111"))
    assert planned.write["tags"] == [tag(FEBRUARY), CB]
    assert planned.notes == ("the cohort 20181111 was not on offer when it was chosen",)


def test_status_tags_that_are_there_win_over_the_default() -> None:
    planned = plan(ROW, contact(CB))
    assert planned.write == {"tags": [tag(FEBRUARY)], "id": 11}
    assert planned.status
    assert planned.status.delivery == "cohort"


def test_a_choice_wins_over_the_tags_that_are_there() -> None:
    planned = plan(chose("is"), contact(CB, tag(FEBRUARY)))
    assert planned.write["tags"] == [STUDY, IS, f"-{tag(FEBRUARY)}", f"-{CB}"]


def test_of_both_status_tags_cohort_counts_and_the_stray_one_goes() -> None:
    planned = plan(ROW, contact(IS, CB, STUDY))
    assert planned.write["tags"] == [tag(FEBRUARY), f"-{STUDY}", f"-{IS}"]
    assert planned.notes == ("both status tags were there; the cohort counts",)


def test_choosing_otherwise_leaves_past_cohorts_as_history() -> None:
    planned = plan(chose("is"), contact(CB, tag(SEPTEMBER), tag(DECEMBER_5)))
    assert planned.write["tags"] == [STUDY, IS, f"-{tag(DECEMBER_5)}", f"-{CB}"]


def test_whose_cohort_is_over_is_not_put_into_the_next_one() -> None:
    synced = replace(
        ROW, state="linked", delivery="cohort", cohort="20180905", contact_id=11, synced_gmt=NOW
    )
    planned = plan(synced, contact(CB, tag(SEPTEMBER)))
    assert planned.write == {}
    assert planned.deed == "unchanged"


def test_a_cohort_learner_without_a_cohort_to_join_waits_and_joins_the_next_one_made() -> None:
    none_ahead = replace(COURSE, offering=with_starts(SEPTEMBER))
    waiting = plan(ROW, contact(CB), none_ahead)
    assert waiting.deed == "waiting"
    assert waiting.status
    assert waiting.status.state == "waiting"
    row = replace(ROW, state="waiting", delivery="cohort", contact_id=11, synced_gmt=NOW)
    assert plan(row, contact(CB)).write["tags"] == [tag(FEBRUARY)]


def test_who_registered_in_mautic_stays_in_that_source() -> None:
    registered = contact(IS, tag(date(2018, 3, 1), "is", "mautic"))
    assert plan(ROW, registered).write == {}
    moved = plan(chose("20190206"), registered)
    assert tag(FEBRUARY, source="mautic") in moved.write["tags"]


def test_who_is_released_from_pending_belongs_to_the_year_of_the_release() -> None:
    long_ago = replace(ROW, enrolled_gmt=datetime(2017, 5, 1, tzinfo=UTC))
    assert plan(long_ago).write["tags"] == [STUDY, IS]


def test_who_enrolled_on_new_years_eve_belongs_to_the_old_year() -> None:
    # Synced for the first time, ten minutes later: the row is new, so its state is `pending`.
    new_study = tag(date(2019, 1, 1), "is")
    tags = TAGS | {new_study}
    course = replace(
        COURSE, now=datetime(2019, 1, 2, tzinfo=UTC), tags=tags, study=study_days(tags)
    )
    # 10:59 UTC is the last minute of the year in Auckland.
    row = replace(ROW, enrolled_gmt=datetime(2018, 12, 31, 10, 59, tzinfo=UTC))
    assert STUDY in plan(row, course=course).write["tags"]
    row = replace(row, enrolled_gmt=datetime(2018, 12, 31, 11, 0, tzinfo=UTC))
    assert new_study in plan(row, course=course).write["tags"]


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
    unsubscribed = replace(contact(IS, STUDY), no_email=True)
    planned = plan(ROW, unsubscribed)
    assert planned.write == {}
    assert not planned.stop_mail


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


def test_a_changed_address_moves_the_contact() -> None:
    row = replace(ROW, email="new@example.org", contact_id=11)
    (planned,) = plan_batch([row], {11: contact(IS, STUDY)}, {}, COURSE)
    assert planned.write == {"email": "new@example.org", "id": 11}


def test_a_changed_address_that_belongs_to_somebody_else_is_reported_not_merged() -> None:
    row = replace(ROW, email="new@example.org", contact_id=11)
    other = replace(contact(email="new@example.org"), id=12)
    (planned,) = plan_batch([row], {11: contact(IS)}, {"new@example.org": [other]}, COURSE)
    assert (planned.deed, planned.write) == ("failed", {})
    assert planned.status
    assert planned.status.state == "error"
    assert "belongs to another contact" in str(planned.status.reason)


def test_one_address_in_two_cases_is_signed_up_once_and_reported() -> None:
    two = [ROW, replace(ROW, user_id=8, email="Ann@Example.org")]
    first, second = plan_batch(two, {}, {}, COURSE)
    assert first.deed == "signed up"
    assert second.notes == ("another account of this course has the same address",)


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


def test_a_contact_of_another_row_is_left_to_that_row_first() -> None:
    leaving = replace(ROW, user_id=6, enrolled=False, contact_id=11)
    moving = replace(leaving, enrolled=True, email="ann2@example.org", delivery="is")
    for before in (leaving, moving):
        (_, newcomer) = plan_batch(
            [before, ROW], {11: contact(IS, STUDY)}, {"ann@example.org": [contact()]}, COURSE
        )
        assert newcomer.again
        assert (dict(newcomer.write), newcomer.status) == ({}, None)


def test_an_address_that_its_owner_gives_up_in_the_same_batch_is_waited_for() -> None:
    bea = replace(contact(IS, email="bea@example.org"), id=12)
    by_id = {11: contact(IS), 12: bea}
    ann_row = replace(ROW, contact_id=11, email="bea@example.org")
    bea_row = replace(ROW, user_id=8, contact_id=12, email="bea.new@example.org")
    ann_plan, bea_plan = plan_batch([ann_row, bea_row], by_id, {"bea@example.org": [bea]}, COURSE)
    assert ann_plan.again
    assert bea_plan.write["email"] == "bea.new@example.org"
    swapping = replace(bea_row, email="ann@example.org")
    named = {"bea@example.org": [bea], "ann@example.org": [contact(IS)]}
    for planned in plan_batch([ann_row, swapping], by_id, named, COURSE):
        assert planned.deed == "failed"
        assert "two accounts exchanged their addresses" in planned.notes[0]


def test_a_moved_cohort_takes_its_learners_along_and_a_cancelled_one_gives_them_the_next() -> None:
    week_later = OFFERING.cohort_from(date(2019, 2, 13))
    moved = replace(
        COURSE,
        offering=replace(OFFERING, added=OFFERING.added[:2], moved={FEBRUARY: week_later}),
        tags=TAGS | {tag(date(2019, 2, 13))},
    )
    held = contact(CB, tag(FEBRUARY))
    row = replace(ROW, delivery="cohort", cohort="20190206", synced_gmt=NOW, contact_id=11)
    planned = plan(row, held, moved)
    assert planned.write["tags"] == [tag(date(2019, 2, 13)), f"-{tag(FEBRUARY)}"]
    assert planned.notes == ("its cohort was moved to 2019-02-13",)
    cancelled = replace(
        COURSE, offering=replace(OFFERING, added=OFFERING.added[:2]), now=NOW + timedelta(days=4)
    )
    planned = plan(row, held, cancelled)
    assert planned.deed == "waiting"
    assert planned.notes == ("its cohort of 2019-02-06 was cancelled",)


def test_an_error_on_the_row_does_not_bring_an_old_choice_back() -> None:
    old = replace(
        chose("20190206", NOW - timedelta(days=9)),
        delivery="is",
        synced_gmt=NOW - timedelta(days=5),
        contact_id=11,
    )
    failed = plan(replace(old, email="qxz"), contact(IS, STUDY))
    assert failed.status
    assert failed.status.delivery == "is"
    mended = replace(old, state="error", synced_gmt=NOW)
    assert plan(mended, contact(IS, STUDY)).write == {}


def test_where_independent_study_is_not_offered_the_next_cohort_is_the_default() -> None:
    cohorts_only = replace(COURSE, offering=replace(OFFERING, independent_study=False))
    assert plan(ROW, course=cohorts_only).write["tags"] == [tag(FEBRUARY), CB]


def test_a_choice_that_came_too_late_takes_nobody_out_of_a_running_cohort() -> None:
    planned = plan(chose("20180905"), contact(CB, tag(DECEMBER_5)))
    assert planned.write == {}
    assert planned.notes == ("the cohort 20180905 is over",)


def test_a_cohort_that_is_over_when_the_link_is_switched_on_is_not_joined_any_more() -> None:
    planned = plan(chose("20180905", datetime(2018, 9, 5, tzinfo=UTC)))
    assert planned.write["tags"] == [tag(FEBRUARY), CB]
    assert planned.notes == ("the cohort 20180905 is over",)


def test_tags_typed_by_hand_in_other_letters_count_and_are_put_right() -> None:
    planned = plan(ROW, contact("LiDA101-OERu-CB"))
    assert planned.write["tags"] == [tag(FEBRUARY), CB, "-LiDA101-OERu-CB"]


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
    after = Contact(11, str(fields["email"]), fields, frozenset(tags), no_email)
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

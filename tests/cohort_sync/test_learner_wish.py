from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cohorts.names import study_days
from tests.cohort_sync.learners import (
    CB,
    COURSE,
    DECEMBER_5,
    FEBRUARY,
    IS,
    NOW,
    OFFERING,
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

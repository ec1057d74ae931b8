from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given

from cohorts.model import Offering
from cohorts.rolling import offers, standing, transitions
from tests.cohorts.offerings import DAYS, offering, offerings, with_starts

DECEMBER_5 = date(2018, 12, 5)


def keys(made: Offering, on: date) -> list[str]:
    return [offer.key for offer in offers(made, standing(made, on))]


@given(offerings(), DAYS)
def test_every_cohort_stands_in_exactly_one_place(made: Offering, on: date) -> None:
    at = standing(made, on)
    places = [*at.past, *at.current, *([at.next] if at.next else []), *at.later]
    assert sorted(places) == list(at.cohorts())
    assert all(c.end < on for c in at.past)
    assert all(c.start <= on <= c.end for c in at.current)
    assert all(c.start > on for c in (at.next, *at.later) if c)
    assert [c.start for c in at.current] == sorted((c.start for c in at.current), reverse=True)


@given(offerings(), DAYS)
def test_a_cohort_is_offered_until_its_join_date_and_never_after(made: Offering, on: date) -> None:
    at = standing(made, on)
    offered = {offer.cohort for offer in offers(made, at) if offer.cohort}
    assert offered == {c for c in at.cohorts() if on <= c.join_until}
    assert ("is" in keys(made, on)) == made.independent_study


@given(offerings(), DAYS)
def test_rolling_day_by_day_tells_what_rolling_at_once_tells(made: Offering, on: date) -> None:
    days = [on + timedelta(days=n) for n in range(12)]
    steps = [t for a, b in pairwise(days) for t in transitions(made, a, b)]
    walked = {t.cohort.start: t.after for t in steps}
    at_once = {t.cohort.start: t.after for t in transitions(made, days[0], days[-1])}
    assert at_once.items() <= walked.items()


def test_the_cut_off_day_itself_still_lets_learners_join() -> None:
    made = with_starts(DECEMBER_5)
    assert keys(made, date(2018, 12, 7)) == ["is", "20181205"]
    assert keys(made, date(2018, 12, 8)) == ["is"]


def test_a_cut_off_longer_than_the_cohort_ends_with_the_cohort() -> None:
    made = with_starts(DECEMBER_5, length=timedelta(days=3), cut_off=timedelta(days=30))
    assert made.added[0].join_until == made.added[0].end == date(2018, 12, 7)


def test_without_cohorts_there_is_no_next_and_independent_study_is_offered() -> None:
    at = standing(offering(), DECEMBER_5)
    assert (at.past, at.current, at.next, at.later) == ((), (), None, ())
    assert keys(offering(), DECEMBER_5) == ["is"]


def test_of_several_future_cohorts_the_first_is_next_and_all_are_offered() -> None:
    starts = [date(2019, 2, 6), date(2019, 4, 3), date(2019, 6, 5)]
    at = standing(with_starts(*starts), DECEMBER_5)
    assert at.next
    assert at.next.start == starts[0]
    assert [c.start for c in at.later] == starts[1:]
    assert keys(with_starts(*starts), DECEMBER_5) == ["is", "20190206", "20190403", "20190605"]


def test_of_overlapping_cohorts_the_latest_start_comes_first() -> None:
    made = with_starts(date(2018, 12, 1), DECEMBER_5)
    assert [c.start for c in standing(made, DECEMBER_5).current] == [DECEMBER_5, date(2018, 12, 1)]


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2018, 12, 30), "next"),
        (date(2018, 12, 31), "current"),
        (date(2019, 1, 1), "current"),
        (date(2019, 1, 20), "current"),
        (date(2019, 1, 21), "past"),
    ],
)
def test_a_cohort_rolls_across_the_turn_of_the_year(on: date, state: str) -> None:
    made = with_starts(date(2018, 12, 31))
    assert standing(made, on).state_of(date(2018, 12, 31)) == state


def test_a_cohort_that_starts_on_a_leap_day_ends_three_weeks_later() -> None:
    (cohort,) = with_starts(date(2020, 2, 29)).added
    assert cohort.end == date(2020, 3, 20)


def test_one_instant_is_another_date_in_auckland_and_in_los_angeles() -> None:
    instant = datetime(2018, 12, 4, 12, 0, tzinfo=UTC)
    auckland = with_starts(DECEMBER_5)
    los_angeles = with_starts(DECEMBER_5, zone="America/Los_Angeles")
    assert standing(auckland, instant).state_of(DECEMBER_5) == "current"
    assert standing(los_angeles, instant).state_of(DECEMBER_5) == "next"


def test_the_day_a_cohort_starts_and_the_day_after_it_ends_are_told_as_transitions() -> None:
    made = with_starts(DECEMBER_5, date(2019, 1, 9))

    def told(on: date) -> list[tuple[date, str | None, str]]:
        day_before = on - timedelta(days=1)
        return [(t.cohort.start, t.before, t.after) for t in transitions(made, day_before, on)]

    assert told(date(2018, 12, 4)) == []
    assert told(DECEMBER_5) == [
        (DECEMBER_5, "next", "current"),
        (date(2019, 1, 9), "later", "next"),
    ]
    assert told(date(2018, 12, 26)) == [(DECEMBER_5, "current", "past")]

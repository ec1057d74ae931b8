from datetime import date, timedelta

from hypothesis import given

from cohorts.intakes import dated, wanted_intakes
from cohorts.model import Intake, Offering
from cohorts.rolling import offers, standing
from tests.cohorts.offerings import DAYS, offering, offerings, with_starts

STUDY_2018 = Intake("LiDA101", "OERu", "is", date(2018, 1, 1))


def study_years(on: date) -> list[int]:
    return [wanted.intake.day.year for wanted in wanted_intakes(offering(), on)]


@given(offerings(), DAYS)
def test_whatever_is_offered_has_segments(made: Offering, on: date) -> None:
    offered = {offer.cohort.start for offer in offers(made, standing(made, on)) if offer.cohort}
    current = {cohort.start for cohort in standing(made, on).current}
    wanted = [w.intake for w in wanted_intakes(made, on)]
    assert {i.day for i in wanted if i.delivery == "cohort"} == offered | current
    assert len(wanted) == len(set(wanted))


def test_the_coming_years_independent_study_is_made_in_december() -> None:
    assert study_years(date(2018, 11, 30)) == [2018]
    assert study_years(date(2018, 12, 1)) == [2018, 2019]
    assert study_years(date(2018, 12, 31)) == [2018, 2019]
    assert study_years(date(2019, 1, 1)) == [2019]


def test_a_campaign_is_made_eight_weeks_before_its_cohort() -> None:
    start = date(2018, 12, 5)
    eight_weeks = timedelta(weeks=8)

    def campaigns(on: date) -> list[bool]:
        made = with_starts(start, independent_study=False)
        return [wanted.campaign for wanted in wanted_intakes(made, on)]

    assert campaigns(start - eight_weeks - timedelta(days=1)) == [False]
    assert campaigns(start - eight_weeks) == [True]
    assert campaigns(start + timedelta(days=20)) == [True]
    assert campaigns(start + timedelta(days=21)) == []


def test_independent_study_is_dated_the_day_it_is_really_made() -> None:
    assert dated(STUDY_2018, {}, date(2018, 12, 5)).day == date(2018, 12, 5)


def test_replayed_in_another_year_independent_study_is_dated_1_january() -> None:
    assert dated(STUDY_2018, {}, date(2026, 11, 21)).day == date(2018, 1, 1)


def test_independent_study_that_exists_for_the_year_keeps_its_day() -> None:
    existing = {("lida101", "oeru", 2018): date(2018, 3, 1), ("lida101", "oeru", 2017): date.min}
    assert dated(STUDY_2018, existing, date(2018, 12, 5)).day == date(2018, 3, 1)


def test_a_cohort_is_always_dated_its_start() -> None:
    cohort = Intake("LiDA101", "OERu", "cohort", date(2018, 12, 5))
    assert dated(cohort, {("lida101", "oeru", 2018): date(2018, 3, 1)}, date(2018, 1, 1)) == cohort

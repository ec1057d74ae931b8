from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from hypothesis import given

from cohorts.expansion import HORIZON, cohorts_at, cohorts_of, fires_at_all, rule_days
from cohorts.model import Cohort, Offering, Rule
from tests.cohorts.offerings import DAYS, offering, offerings, rules, with_starts


@given(rules(), DAYS, DAYS)
def test_a_rule_fires_on_the_days_that_dateutil_says(rule: Rule, one: date, two: date) -> None:
    since, until = sorted((one, two))
    plain = rrulestr(rule.text, dtstart=datetime.combine(rule.since, time()))
    last = min(until, rule.until) if rule.until else until
    expected = [
        moment.date()
        for moment in plain.between(
            datetime.combine(since, time()), datetime.combine(last, time()), inc=True
        )
    ]
    assert list(rule_days(rule, since, until)) == expected


@given(offerings(), DAYS)
def test_cohorts_are_in_order_and_start_on_a_day_of_their_own(made: Offering, on: date) -> None:
    starts = [cohort.start for cohort in cohorts_at(made, on)]
    assert starts == sorted(set(starts))


@given(offerings(), DAYS, DAYS, DAYS)
def test_a_longer_span_has_the_cohorts_of_its_parts(
    made: Offering, one: date, two: date, three: date
) -> None:
    first, middle, last = sorted((one, two, three))
    parts = cohorts_of(made, first, middle) + cohorts_of(made, middle + timedelta(1), last)
    assert cohorts_of(made, first, last) == parts


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    leap = Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2019, 1, 1))
    days = list(rule_days(leap, None, date(2029, 1, 1)))
    assert days == [date(2020, 2, 29), date(2024, 2, 29), date(2028, 2, 29)]


def test_a_rule_that_never_fires_is_found_out() -> None:
    # Every third month from November: February, May, August; never January.
    assert not fires_at_all(
        Rule("FREQ=MONTHLY;BYMONTH=1;BYMONTHDAY=31;INTERVAL=3", date(2020, 11, 8))
    )
    assert not fires_at_all(Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", date(2019, 1, 1)))
    assert not fires_at_all(
        Rule("FREQ=YEARLY;BYMONTH=3;BYDAY=2WE", date(2019, 4, 1), date(2020, 2, 1))
    )
    assert fires_at_all(Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=3", date(2019, 1, 1)))


def test_cancelled_and_moved_cohorts_do_not_start_on_their_old_day() -> None:
    rule = Rule("FREQ=YEARLY;BYMONTH=3;BYDAY=2WE", date(2019, 1, 1), date(2021, 12, 31))
    moved_to = Cohort(date(2020, 3, 18), date(2020, 4, 1), date(2020, 3, 20))
    made = offering(
        rules=(rule,),
        cancelled=frozenset({date(2019, 3, 13)}),
        moved={date(2020, 3, 11): moved_to},
    )
    found = cohorts_of(made, None, date(2022, 1, 1))
    assert [cohort.start for cohort in found] == [date(2020, 3, 18), date(2021, 3, 10)]
    assert found[0] == moved_to


def test_the_next_cohort_is_found_however_far_it_is() -> None:
    leap = offering(rules=(Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2019, 1, 1)),))
    assert cohorts_at(leap, date(2020, 3, 1))[-1].start == date(2024, 2, 29)


def test_a_cohort_added_by_hand_is_seen_beyond_the_horizon() -> None:
    on = date(2018, 1, 1)
    far = on + 3 * HORIZON
    assert [c.start for c in cohorts_at(with_starts(on, far), on)] == [on, far]

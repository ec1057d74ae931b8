import random
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cohort_sync.mautic_state import MauticState
from cohort_sync.rollover_plan import RolloverPlan, plan_rollover
from cohorts.model import Calendar, Offering
from mautic_hook.campaigns import Campaign
from mautic_hook.categories import Category
from mautic_hook.segments import Segment
from tests.cohorts.offerings import DAYS, offerings, with_starts

NOTHING = MauticState({}, (), (), ())
DECEMBER_5 = date(2018, 12, 5)
TODAY = date(2026, 11, 21)


def calendar_of(*made: Offering) -> Calendar:
    codes = [f"LiDA10{n}" for n in range(len(made))]
    named = (replace(o, course=c, site=f"/{c}/") for c, o in zip(codes, made, strict=True))
    return Calendar({"OERu": "OERu"}, {code: code for code in codes}, tuple(named))


CALENDARS = st.lists(offerings(), min_size=1, max_size=3).map(lambda made: calendar_of(*made))
CALENDAR = calendar_of(with_starts(DECEMBER_5))


def applied(plan: RolloverPlan, state: MauticState) -> MauticState:
    """What Mautic holds after everything missing was made: the plan's own meaning."""
    tags = dict(state.tags)
    for tag in plan.tags:
        tags.setdefault(tag.name, len(tags) + 1)
    categories = [*state.categories]
    for planned in plan.categories:
        if planned.verdict == "missing":
            categories.append(Category(len(categories) + 1, planned.name))
    segments, campaigns = [*state.segments], [*state.campaigns]
    for intake in plan.intakes:
        for one in intake.segments:
            if one.state.verdict == "missing":
                ids = frozenset({tags[one.alias]})
                segments.append(Segment(len(segments) + 1, one.name, one.alias, True, ids))
        sources = frozenset(
            s.id for s in segments if s.alias in {one.alias for one in intake.segments}
        )
        if intake.campaign and intake.campaign.verdict == "missing":
            campaigns.append(Campaign(len(campaigns) + 1, intake.campaign.name, sources, 1))
    return MauticState(tags, tuple(categories), tuple(segments), tuple(campaigns))


def missing(plan: RolloverPlan) -> list[str]:
    return [thing.name for thing in plan.things() if thing.verdict == "missing"]


@given(CALENDARS, DAYS)
def test_a_plan_after_its_application_is_empty(calendar: Calendar, on: date) -> None:
    first = plan_rollover(calendar, on, TODAY, NOTHING)
    second = plan_rollover(calendar, on, TODAY, applied(first, NOTHING))
    assert {thing.verdict for thing in second.things()} <= {"unchanged"}


@given(CALENDARS, st.lists(DAYS, max_size=4), st.randoms())
def test_the_order_of_days_does_not_matter(
    calendar: Calendar, days: list[date], chance: random.Random
) -> None:
    def rolled(order: list[date]) -> tuple[set[str], set[str], set[str]]:
        state = NOTHING
        for day in order:
            state = applied(plan_rollover(calendar, day, TODAY, state), state)
        segments, campaigns = state.segments, state.campaigns
        return set(state.tags), {s.alias for s in segments}, {c.name for c in campaigns}

    other = list(days)
    chance.shuffle(other)
    assert rolled(days) == rolled(other)


@given(CALENDARS, DAYS)
def test_nothing_is_planned_twice(calendar: Calendar, on: date) -> None:
    things = [(t.kind, t.name) for t in plan_rollover(calendar, on, TODAY, NOTHING).things()]
    assert len(things) == len(set(things))


def whole() -> MauticState:
    return applied(plan_rollover(CALENDAR, DECEMBER_5, TODAY, NOTHING), NOTHING)


def refusals(state: MauticState) -> list[str]:
    things = plan_rollover(CALENDAR, DECEMBER_5, TODAY, state).things()
    return [f"{thing.name}: {thing.reason}" for thing in things if thing.verdict == "refused"]


def test_a_twin_segment_is_refused_and_so_is_its_campaign() -> None:
    state = whole()
    twin = replace(state.segments[0], id=99)
    found = refusals(replace(state, segments=(*state.segments, twin)))
    assert found == [
        "lida100-is-course-oeru-20180101-wp: 2 segments have this alias (ids 1, 99); "
        "delete all but one",
        "LiDA100 Independent Study Announcements for OERu 20180101: its segment "
        "lida100-is-course-oeru-20180101-wp was refused; see there",
    ]


def test_a_segment_with_another_filter_is_refused_not_changed() -> None:
    state = whole()
    other = replace(state.segments[0], tag_ids=None)
    found = refusals(replace(state, segments=(other, *state.segments[1:])))
    assert "segment 1 has another filter; it must be: Tags including" in found[0]


def test_a_campaign_fed_by_one_source_only_is_refused() -> None:
    state = whole()
    half = replace(state.campaigns[0], segment_ids=frozenset({1}))
    (found,) = refusals(replace(state, campaigns=(half, *state.campaigns[1:])))
    assert "campaign 1 is not fed by the segments of both sources" in found


def test_a_campaign_without_events_is_refused_as_half_made() -> None:
    state = whole()
    half = replace(state.campaigns[0], events=0)
    (found,) = refusals(replace(state, campaigns=(half, *state.campaigns[1:])))
    assert "campaign 1 has no events; delete it and run again" in found


def test_a_twin_campaign_is_refused() -> None:
    state = whole()
    twin = replace(state.campaigns[0], id=99)
    (found,) = refusals(replace(state, campaigns=(*state.campaigns, twin)))
    assert "2 campaigns are the same (ids 1, 99); delete all but one" in found


def test_another_campaign_of_staff_with_the_same_sources_is_no_trouble() -> None:
    state = whole()
    reminder = replace(state.campaigns[0], id=99, name="Reminder")
    assert refusals(replace(state, campaigns=(reminder, *state.campaigns))) == []


def test_a_campaign_that_staff_renamed_is_not_made_again() -> None:
    state = whole()
    renamed = replace(state.campaigns[0], name="Spring")
    plan = plan_rollover(CALENDAR, DECEMBER_5, TODAY, replace(state, campaigns=(renamed,)))
    assert state.campaigns[0].name not in missing(plan)


def test_a_campaign_of_staff_with_more_sources_does_not_stand_in_for_ours() -> None:
    state = whole()
    ours = state.campaigns[0]
    newsletter = replace(ours, name="Newsletter", segment_ids=ours.segment_ids | {99})
    plan = plan_rollover(CALENDAR, DECEMBER_5, TODAY, replace(state, campaigns=(newsletter,)))
    assert ours.name in missing(plan)


def test_our_campaign_to_which_staff_added_a_source_stays_ours() -> None:
    state = whole()
    more = replace(state.campaigns[0], segment_ids=state.campaigns[0].segment_ids | {99})
    plan = plan_rollover(CALENDAR, DECEMBER_5, TODAY, replace(state, campaigns=(more,)))
    assert more.name not in missing(plan)


def test_of_several_renamed_campaigns_the_oldest_is_ours() -> None:
    """The newer one is empty, so it would be refused if it were taken for ours."""
    state = whole()
    old = replace(state.campaigns[0], name="Spring")
    new = replace(old, id=99, name="Autumn", events=0)
    assert refusals(replace(state, campaigns=(new, old, *state.campaigns[1:]))) == []


def test_after_a_kill_between_tag_and_segment_the_tag_tells_the_day() -> None:
    only_tags = MauticState({"lida100-is-course-oeru-20181120-wp": 1}, (), (), ())
    plan = plan_rollover(CALENDAR, date(2018, 12, 5), date(2018, 12, 5), only_tags)
    assert "lida100-is-course-oeru-20181120-mautic" in missing(plan)
    assert not any("20181205" in name and "-is-" in name for name in missing(plan))

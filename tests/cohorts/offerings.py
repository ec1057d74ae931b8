"""Offerings for tests, and hypothesis strategies that make them."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from cohorts.model import Offering, Rule

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def offering(**settings: object) -> Offering:
    """An offering of LiDA101 by OERu with just these settings."""
    defaults: dict[str, object] = {"zone": "Pacific/Auckland"}
    return Offering("LiDA101", "OERu", "/lida101/", **{**defaults, **settings})  # type: ignore[arg-type]


def with_starts(*starts: date, **settings: object) -> Offering:
    """An offering with cohorts on just these days."""
    bare = offering(**settings)
    return offering(added=tuple(bare.cohort_from(start) for start in starts), **settings)


@st.composite
def rule_texts(draw: st.DrawFn) -> str:
    """RFC 5545 rules of every kind a calendar may hold."""
    nth = draw(st.sampled_from(["", "1", "2", "3", "-1"]))
    weekday = draw(st.sampled_from(WEEKDAYS))
    months = ",".join(
        str(m) for m in sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=4)))
    )
    interval = draw(st.sampled_from(["", ";INTERVAL=2", ";INTERVAL=3"]))
    return draw(
        st.sampled_from(
            [
                f"FREQ=YEARLY;BYMONTH={months};BYDAY={nth}{weekday}{interval}",
                f"FREQ=MONTHLY;BYDAY={nth}{weekday}{interval}",
                f"FREQ=MONTHLY;BYMONTH={months};BYMONTHDAY=31{interval}",
                f"FREQ=YEARLY{interval}",
                f"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29{interval}",
                f"FREQ=YEARLY;BYWEEKNO=1,53;BYDAY={weekday}",
                f"FREQ=YEARLY;BYYEARDAY=1,366,-1{interval}",
                f"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1{interval}",
                f"FREQ=WEEKLY;BYDAY={weekday}{interval}",
                f"FREQ=YEARLY;BYMONTH={months};BYDAY={weekday};COUNT=7",
            ]
        )
    )


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """A rule in force from some day, with or without an end."""
    since = draw(DAYS)
    until = draw(st.none() | st.integers(0, 3000).map(lambda days: since + timedelta(days=days)))
    return Rule(draw(rule_texts()), since, until)


def _surely_fires(rule: Rule) -> bool:
    return "BYMONTHDAY" not in rule.text and "BYWEEKNO" not in rule.text


@st.composite
def offerings(draw: st.DrawFn) -> Offering:
    """Any offering: rules, added, moved and cancelled cohorts, overlapping or none at all."""
    bare = offering(
        # Rules that never fire are refused with the calendar, so no offering has one.
        rules=tuple(draw(st.lists(rules().filter(_surely_fires), max_size=2))),
        length=timedelta(days=draw(st.integers(1, 200))),
        cut_off=timedelta(days=draw(st.integers(0, 30))),
        create_before=timedelta(days=draw(st.integers(0, 100))),
        independent_study=draw(st.booleans()),
        zone=draw(st.sampled_from(["Pacific/Auckland", "America/Los_Angeles", "UTC"])),
    )
    added = draw(st.lists(DAYS, max_size=4, unique=True))
    return offering(
        rules=bare.rules,
        length=bare.length,
        cut_off=bare.cut_off,
        create_before=bare.create_before,
        independent_study=bare.independent_study,
        zone=bare.zone,
        added=tuple(bare.cohort_from(day) for day in added),
        cancelled=frozenset(draw(st.lists(DAYS, max_size=2))),
    )

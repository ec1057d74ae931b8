"""Whatever stands in a calendar file, reading it ends, with a calendar or a `CalendarError`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cohorts.calendar_file import read_calendar
from cohorts.entries import CalendarEntry, OfferingEntry
from cohorts.errors import CalendarError
from cohorts.problems import known_keys
from tests.cohorts.offerings import WEEKDAYS

ODD_NUMBERS = st.sampled_from([0, 1, -1, 2, 5, 6, -6, 12, 13, 31, 53, 54, -53, 366, 9999, 10**30])
WORDS = st.sampled_from(
    "2018-06-13 2018-02-30 1999-01-04 2199-12-31 0001-01-01T00:00:00+14:00 "
    "2199-12-31T23:59:59-12:00 9999-12-31T23:59:59-12:00 LiDA101 OERu /lida101/ UTC".split()
) | st.sampled_from(["3 weeks", "0 days", "99999999 weeks", "Wed 2018-06-13", "FREQ=DAILY"])
KEYS = st.sampled_from(
    known_keys(CalendarEntry)
    + known_keys(OfferingEntry)
    + "rule from until add cancel move to end email template".split()
)


@st.composite
def rule_texts(draw: st.DrawFn) -> str:
    """Rules whose numbers may be anything, right ones among them."""
    keys = "INTERVAL COUNT BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYSETPOS".split()
    numbers = draw(st.dictionaries(st.sampled_from(keys), ODD_NUMBERS, max_size=2))
    frequency = draw(st.sampled_from("YEARLY MONTHLY WEEKLY DAILY HOURLY".split()))
    day = draw(ODD_NUMBERS.map(str) | st.just("")) + draw(st.sampled_from([*WEEKDAYS, "XX"]))
    parts = [f"{key}={number}" for key, number in numbers.items()]
    return ";".join([f"FREQ={frequency}", *parts, *draw(st.sampled_from([[], [f"BYDAY={day}"]]))])


SCALARS = (
    st.none() | st.booleans() | ODD_NUMBERS | st.floats() | st.text(max_size=5) | WORDS
) | rule_texts()
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS | st.text(max_size=3) | st.floats(), inner, max_size=3)
    ),
    max_leaves=8,
)
DAYS = WORDS | ANYTHING
RULES = st.fixed_dictionaries({"rule": rule_texts(), "from": WORDS}, optional={"until": WORDS})
EXCEPTIONS = (
    st.fixed_dictionaries({"add": DAYS}, optional={"end": DAYS})
    | st.fixed_dictionaries({"cancel": DAYS})
    | st.fixed_dictionaries({"move": DAYS, "to": DAYS})
)
OFFERINGS = st.fixed_dictionaries(
    {"course": st.just("LiDA101"), "partner": st.just("OERu"), "site": st.just("/lida101/")},
    optional={
        "zone": ANYTHING,
        "length": ANYTHING,
        "rules": st.lists(RULES, max_size=2) | ANYTHING,
        "exceptions": st.lists(EXCEPTIONS | ANYTHING, max_size=2) | ANYTHING,
    },
)


def read(data: Any) -> None:
    """Reads the data as a calendar file; any exception but `CalendarError` comes through."""
    text = yaml.safe_dump(data, allow_unicode=True)
    with suppress(CalendarError):
        read_calendar(text)


@settings(max_examples=100)
@given(st.dictionaries(KEYS, ANYTHING, max_size=4) | ANYTHING)
def test_any_file_is_a_calendar_or_an_error_of_the_calendar(data: Any) -> None:
    read(data)


@settings(max_examples=150)
@given(OFFERINGS | st.dictionaries(KEYS, ANYTHING, max_size=4))
def test_any_offering_is_one_of_the_calendar_or_an_error_of_it(offering: Any) -> None:
    read(
        {
            "defaults": {"zone": "Pacific/Auckland"},
            "partners": {"OERu": "OER universitas"},
            "courses": {"LiDA101": "One"},
            "offerings": [offering],
        }
    )

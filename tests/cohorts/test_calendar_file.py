import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from cohorts.calendar_file import CALENDAR_PATH, load_calendar, overlaps, read_calendar
from cohorts.errors import CalendarError
from cohorts.expansion import cohorts_of
from cohorts.rolling import standing

HEAD = """\
defaults: {zone: Pacific/Auckland, length: 2 weeks}
partners: {OERu: OER universitas}
courses: {LiDA101: One, LiDA102: Two}
offerings:
  - course: LiDA101
    partner: OERu
    site: /lida101/
"""


def errors(text: str) -> list[str]:
    with pytest.raises(CalendarError) as caught:
        read_calendar(text)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("    lenght: 3 weeks", "line 8: offerings[0].lenght (LiDA101 by OERu): unknown key 'lenght' → did you mean 'length'?"),
        ("    length: 0 weeks", "line 8: offerings[0].length (LiDA101 by OERu): a cohort of zero length → at least '1 day'"),
        ("    length: three weeks", "'three weeks' is not a length of time → whole days or weeks, like '3 weeks'"),
        ("    zone: Pacific/Aukland", "unknown zone 'Pacific/Aukland' → Pacific/Auckland?"),
        ("    exceptions: [{add: Wed 2018-06-12}]", "2018-06-12 is a Tuesday, not a Wed → Wed 2018-06-13, or Tue 2018-06-12"),
        ("    exceptions: [{add: 2018-06-13, end: 2018-06-12}]", "the end 2018-06-12 is before the start 2018-06-13 → a later end"),
        ("    exceptions: [{add: 2018-06-13}, {add: 2018-06-13}]", "offerings[0].exceptions[1].add (LiDA101 by OERu): 2018-06-13 is added twice"),
        ("    exceptions: [{add: 2018-02-30}]", "2018-02-30 is not a day of the calendar"),
        ("    exceptions: [{add: 2018-06-13 09:00}]", "'2018-06-13 09:00' is not a local date → a date like"),
        ("    exceptions: [{on: 2018-06-13}]", "an exception that says neither what nor when → add: DATE"),
        ("    exceptions: [{add: 2018-06-13, too: 2018-06-14}]", "unknown key 'too' → did you mean 'to'?"),
        ("    exceptions: [{cancel: 2018-06-13}]", "no rule has a cohort on 2018-06-13"),
        ("    rules: [{rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', from: 2018-01-01}]", "never fires from 2018-01-01"),
        ("    rules: [{rule: 'FREQ=YEARLY;BYMONTH=3;BYDAY=2WE', from: 2018-01-01, until: 2017-01-01}]", "2017-01-01 is before 2018-01-01"),
        ("    rules: [{rule: 'FREQ=YEARLY;BYMONHT=3', from: 2018-01-01}]", "'BYMONHT=3' is no part of a rule → BYMONTH=…"),
        ("    rules: [{rule: 'FREQ=HOURLY', from: 2018-01-01}]", "a rule needs FREQ= → FREQ=YEARLY, MONTHLY, WEEKLY or DAILY"),
        ("    rules: [{rule: 'FREQ=YEARLY;UNTIL=20200101', from: 2018-01-01}]", "UNTIL inside the rule → the key `until:` beside `rule:`"),
        ("    rules: [{rule: 'FREQ=YEARLY;BYDAY=2XX', from: 2018-01-01}]", "the rule cannot be read"),
        ("    rules: [{rule: 'FREQ=YEARLY;BYMONTH=3'}]", "offerings[0].rules[0].from (LiDA101 by OERu): 'from' is missing → add `from: …`"),
        ("  - {course: LiDA102, partner: OERu, site: /lida101/}", "line 8: offerings[1].site (LiDA102 by OERu): the site /lida101/ is already that of LiDA101 by OERu"),
        ("  - {course: LiDA101, partner: OERu, site: /other/}", "LiDA101 by OERu is offered twice"),
        ("  - {course: lida102, partner: OERu, site: /x/}", "unknown course 'lida102' → did you mean 'LiDA102'?"),
        ("  - {course: LiDA102, partner: Otago, site: /x/}", "unknown partner 'Otago' → add it to `partners:`"),
        ("  - {course: LiDA102, partner: OERu, site: lida102}", "'lida102' does not fit → a path of the network in lower case, like /lida101/"),
        ("    publish: maybe", "'maybe' does not fit"),
    ],
)  # fmt: skip
def test_an_error_names_line_course_field_what_is_wrong_and_what_would_be_right(
    more: str, expected: str
) -> None:
    found = errors(HEAD + more + "\n")
    assert len(found) == 1
    assert expected in found[0]
    assert found[0].startswith("line 8: ")
    assert "→" in found[0]


def test_codes_that_differ_only_in_case_are_an_error() -> None:
    found = errors(HEAD.replace("LiDA102: Two", "lida101: Two"))
    assert found == [
        "line 3: courses.lida101: 'lida101' and 'LiDA101' differ only in case, "
        "so their tags would be equal → one code"
    ]


def test_a_key_said_twice_is_an_error_at_its_second_line() -> None:
    assert errors(HEAD + "    site: /other/\n") == [
        "line 8: file: the key 'site' is said twice → say it once"
    ]


def test_text_that_is_no_yaml_is_an_error_with_its_line() -> None:
    (found,) = errors(HEAD + "    rules: [}\n")
    assert found.startswith("line 8: file: not YAML")


def test_every_error_of_a_file_is_said_at_once() -> None:
    text = HEAD.replace("site: /lida101/", "site: lida101") + "    zone: Nowhere/Land\n    x: 1\n"
    assert len(errors(text)) == 3


def test_a_missing_file_is_an_error_of_the_calendar(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match="cannot be read"):
        load_calendar(tmp_path / "none.yaml")


def test_an_empty_file_is_an_error_of_the_calendar() -> None:
    assert errors("")


def test_a_zone_must_be_said_somewhere() -> None:
    (found,) = errors(HEAD.replace("zone: Pacific/Auckland, ", ""))
    assert "no zone is said → `zone:` here or under `defaults:`" in found


def test_an_absolute_instant_is_taken_as_its_local_date_and_warned_about() -> None:
    loaded = read_calendar(HEAD + "    exceptions: [{add: '2018-12-04T11:00:00Z'}]\n")
    (cohort,) = loaded.calendar.offerings[0].added
    assert cohort.start == date(2018, 12, 5)
    (warning,) = loaded.warnings
    assert "line 8" in str(warning)
    assert "an absolute instant; in Pacific/Auckland it is 2018-12-05" in str(warning)


def test_overlapping_cohorts_are_a_warning_not_an_error() -> None:
    text = HEAD + "    exceptions: [{add: 2018-12-05}, {add: 2018-12-12}]\n"
    loaded = read_calendar(text)
    assert loaded.warnings == ()
    (warning,) = overlaps(text, loaded.calendar, date(2019, 1, 1))
    assert "2018-12-05 (until 2018-12-18) and 2018-12-12 overlap" in str(warning)


def test_an_offering_overrides_the_defaults_and_the_defaults_override_the_house() -> None:
    text = HEAD + "    length: 5 days\n    cut_off: 0 days\n    announcement: {email: Hello}\n"
    made = read_calendar(text).calendar.offerings[0]
    assert made.length == timedelta(days=5)
    assert made.cut_off == timedelta(0)
    assert made.create_before == timedelta(weeks=8)
    assert made.announcement.email == "Hello"
    assert read_calendar(HEAD).calendar.offerings[0].length == timedelta(weeks=2)


def test_a_moved_cohort_keeps_its_length() -> None:
    text = HEAD + (
        "    rules: [{rule: 'FREQ=YEARLY;BYMONTH=3;BYDAY=2WE', from: 2019-01-01}]\n"
        "    exceptions: [{move: Wed 2019-03-13, to: Thu 2019-03-21}]\n"
    )
    made = read_calendar(text).calendar.offerings[0]
    (cohort,) = cohorts_of(made, None, date(2019, 12, 31))
    assert (cohort.start, cohort.end) == (date(2019, 3, 21), date(2019, 4, 3))


def test_the_shipped_calendar_has_the_dates_of_2018_and_goes_on() -> None:
    loaded = load_calendar()
    assert loaded.warnings == ()
    first = {o.course: o.added[0].start.isoformat() for o in loaded.calendar.offerings}
    assert first == {
        "LiDA101": "2018-03-14",
        "LiDA102": "2018-04-04",
        "LiDA103": "2018-05-09",
        "LiDA104": "2018-06-13",
        "IPM101": "2018-09-19",
        "IPM102": "2018-10-17",
        "IPM103": "2018-11-14",
        "IPM104": "2018-12-05",
    }
    for year in range(2026, 2036):
        assert all(standing(o, date(year, 11, 21)).next for o in loaded.calendar.offerings)


def test_the_shipped_calendar_names_its_schema_in_its_first_line() -> None:
    first = CALENDAR_PATH.read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert named
    assert (CALENDAR_PATH.parent / named[1]).is_file()

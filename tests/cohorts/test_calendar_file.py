import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import ryaml

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


CASES = ryaml.loads(Path("tests/data/calendar_errors.yaml").read_text(encoding="utf-8"))


def errors(text: str) -> list[str]:
    with pytest.raises(CalendarError) as caught:
        read_calendar(text)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["more"].strip())
def test_an_error_names_line_course_field_what_is_wrong_and_what_would_be_right(
    case: dict[str, str],
) -> None:
    found = errors(HEAD + case["more"] + "\n")
    assert len(found) == 1
    assert case["says"] in found[0]
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


@pytest.mark.parametrize(
    ("text", "wrong"), [("", "is empty"), ("# soon\n", "is empty"), ("hello", "has no keys")]
)
def test_a_file_without_content_is_told_what_it_needs(text: str, wrong: str) -> None:
    assert errors(text) == [
        f"line 1: file: the file {wrong} → it needs `partners:`, `courses:`, `offerings:`"
    ]


def test_a_day_long_before_the_rule_is_none_of_its_days() -> None:
    more = (
        "    rules: [{rule: FREQ=WEEKLY;BYDAY=MO, from: 2190-01-01}]\n"
        "    exceptions: [{cancel: 1999-01-04}]\n"
    )
    (found,) = errors(HEAD + more)
    assert "no rule has a cohort on 1999-01-04" in found


def test_a_list_as_a_key_is_an_error_with_its_line() -> None:
    assert errors(HEAD + "? [1, 2]\n: 3\n") == [
        "line 8: file: a key is itself a list or a mapping → a word as key"
    ]


@pytest.mark.parametrize("more", ["[" * 30_000, "&itself [*itself]", "{? [1] : 2}"])
def test_a_key_said_twice_is_found_in_a_file_with_other_oddities(more: str) -> None:
    (found,) = errors(f"courses: {{}}\ncourses: {{}}\nmore: {more}\n")
    assert "the key 'courses' is said twice" in found


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

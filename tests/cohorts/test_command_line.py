import json
from pathlib import Path

import pytest

from cohorts.__main__ import main

CALENDAR_2018 = "tests/data/calendar_2018.yaml"


def show(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["show", "--file", CALENDAR_2018, *arguments]) == 0
    return capsys.readouterr().out


def test_show_gives_programs_the_agreed_json(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--as-of", "2018-12-05", "--course", "ipm104", "--json")
    study = ("is", "Independent Study", ["20180101", "20190101"])
    cohort = ("cohort", "Cohort", ["20181205"])
    intakes = [(*kind[:2], day) for kind in (study, cohort) for day in kind[2]]
    assert json.loads(show(capsys, *asked)) == {
        "as_of": "2018-12-05",
        "offerings": [
            {
                "course": "IPM104",
                "partner": "OERu",
                "past": [],
                "current": [{"start": "2018-12-05", "end": "2018-12-25"}],
                "next": None,
                "later": [],
                "offers": [
                    {
                        "key": "is",
                        "label": "Independent study, start at any time",
                        "delivery": "is",
                        "start": None,
                        "end": None,
                        "join_until": None,
                    },
                    {
                        "key": "20181205",
                        "label": "Cohort starting Wednesday 5 December 2018",
                        "delivery": "cohort",
                        "start": "2018-12-05",
                        "end": "2018-12-25",
                        "join_until": "2018-12-07",
                    },
                ],
                "segments": [
                    {
                        "name": f"IPM104 {words} Course for OERu {day} via {via}",
                        "alias": f"ipm104-{delivery}-course-oeru-{day}-{via.lower()}",
                    }
                    for delivery, words, day in intakes
                    for via in ("WP", "Mautic")
                ],
                "campaigns": [
                    {"name": f"IPM104 {words} Announcements for OERu {day}", "category": "IPM104"}
                    for _, words, day in intakes
                ],
            }
        ],
    }


def test_show_gives_people_a_table_and_what_rolled(capsys: pytest.CaptureFixture[str]) -> None:
    shown = show(capsys, "--as-of", "2018-12-05")
    assert "no cohort scheduled" in shown
    assert "IPM104 OERu: cohort of 2018-12-05 next → current" in shown


def test_show_of_an_unknown_course_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--file", CALENDAR_2018, "--course", "LiDA999"]) == 2
    assert "no offering of 'LiDA999'" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["5.12.2018", "2018-02-30", "9999-12-31"])
def test_a_date_that_cannot_be_is_a_usage_error(
    day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["show", "--as-of", day])
    assert caught.value.code == 2
    assert day in capsys.readouterr().err


def test_check_says_every_error_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "calendar.yaml"
    wrong.write_text("partners: {}\ncourses: {}\noffering: []\n")
    assert main(["check", str(wrong)]) == 1
    said = capsys.readouterr().err
    assert "line 3: offering: unknown key 'offering' → did you mean 'offerings'?" in said
    assert "'offerings' is missing" in said


def test_check_of_the_shipped_calendar_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "no errors, 0 warnings" in capsys.readouterr().out

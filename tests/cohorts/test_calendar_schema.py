import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import ryaml

from cohorts.calendar_file import CALENDAR_PATH
from cohorts.calendar_schema import schema_text

SCHEMA_PATH = CALENDAR_PATH.with_name("cohort_calendar.schema.json")


def complaints(calendar: Any) -> list[str]:
    schema = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    return [error.message for error in validator.iter_errors(calendar)]


def test_the_committed_schema_is_current() -> None:
    assert SCHEMA_PATH.read_text(encoding="utf-8") == schema_text(), (
        "run: .venv/bin/python -m cohorts schema > include/cohort_calendar.schema.json"
    )


@pytest.mark.parametrize("path", [CALENDAR_PATH, Path("tests/data/calendar_2018.yaml")])
def test_the_schema_takes_the_calendars_we_ship(path: Path) -> None:
    assert complaints(ryaml.loads(path.read_text(encoding="utf-8"))) == []


def test_the_schema_shows_an_editor_what_is_wrong() -> None:
    calendar = ryaml.loads(CALENDAR_PATH.read_text(encoding="utf-8"))
    calendar["offerings"][0]["lenght"] = "3 weeks"
    calendar["offerings"][1]["length"] = "three weeks"
    calendar["offerings"][2]["exceptions"] = [{"add": "12.6.2018"}]
    assert len(complaints(calendar)) == 3

"""The JSON Schema of the calendar, with which an editor completes and checks the file."""

from __future__ import annotations

import json

from cohorts.entries import CalendarEntry


def schema_text() -> str:
    """The schema as it is kept in `include/cohort_calendar.schema.json`."""
    schema = CalendarEntry.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Cohort calendar"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import ryaml

from cohorts.calendar_file import load_calendar
from cohorts.rolling import offers, standing

GOLDEN = ryaml.loads(Path("tests/data/golden_standings.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("answer", GOLDEN, ids=lambda a: f"{a['course']} on {a['on']}")
def test_a_course_stands_where_a_wall_calendar_says(answer: dict[str, Any]) -> None:
    calendar = load_calendar(Path(answer["calendar"])).calendar.only((answer["course"],))
    (offering,) = calendar.offerings
    at = standing(offering, date.fromisoformat(answer["on"]))
    past = [cohort.start.isoformat() for cohort in at.past]
    if "past" in answer:
        assert past == answer["past"]
    else:
        assert (len(past), past[-1]) == (answer["past_count"], answer["last_past"])
    assert [cohort.start.isoformat() for cohort in at.current] == answer["current"]
    assert (at.next.start.isoformat() if at.next else None) == answer["next"]
    assert [cohort.start.isoformat() for cohort in at.later] == answer["later"]
    assert [offer.key for offer in offers(offering, at)] == answer["offers"]

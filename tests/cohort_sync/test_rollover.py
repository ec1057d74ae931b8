import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cohort_sync.errors import FutureDateError
from cohort_sync.report import RolloverReport
from cohort_sync.rollover import roll_over
from cohorts.model import Announcement, Calendar, Moment
from sandbox.runner import Sandbox
from tests.cohort_sync.mautics import calendar_year_2018, client_of, content

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEPTEMBER_TO_DECEMBER = [date(2018, 9, 1) + timedelta(days=n) for n in range(122)]
DECEMBER_5 = date(2018, 12, 5)


def roll(
    sandbox: Sandbox,
    calendar: Calendar,
    on: Moment = DECEMBER_5,
    *,
    today: Moment = NOW,
    dry_run: bool = False,
) -> RolloverReport:
    return roll_over(client_of(sandbox), calendar, on, today, dry_run=dry_run)


def names(sandbox: Sandbox) -> dict[str, list[str]]:
    state = sandbox.state()
    return {kind: sorted(one["name"] for one in state[kind]) for kind in ("segments", "campaigns")}


def shuffled(days: list[date]) -> list[date]:
    return random.Random(7).sample(days, len(days))


@pytest.mark.parametrize(
    "in_order",
    [list, lambda days: days[::-1], shuffled, lambda days: days + days],
    ids=["forwards", "backwards", "shuffled", "twice"],
)
def test_a_backfill_of_2018_makes_exactly_its_segments_and_campaigns(
    sandbox: Sandbox, calendar: Calendar, in_order: Callable[[list[date]], list[date]]
) -> None:
    client = client_of(sandbox)
    for day in in_order(SEPTEMBER_TO_DECEMBER):
        roll_over(client, calendar, day, NOW, dry_run=False)
    assert names(sandbox) == calendar_year_2018()


def test_segments_and_campaigns_are_whole(sandbox: Sandbox, calendar: Calendar) -> None:
    roll(sandbox, calendar.only(("IPM104",)), date(2018, 11, 1))
    alias = "ipm104-cohort-course-oeru-20181205"
    made = content(sandbox)
    segment = "IPM104 Cohort Course for OERu 20181205 via WP"
    assert (f"{alias}-wp", segment, True, [[f"{alias}-wp"]]) in made["segments"]
    assert (
        "IPM104 Cohort Announcements for OERu 20181205",
        False,
        "IPM104",
        [f"{alias}-mautic", f"{alias}-wp"],
        [("IPM104 cohort announcement for OERu", "marketing")],
    ) in made["campaigns"]
    assert {"ipm104-oeru-is", "ipm104-oeru-cb"} <= set(made["tags"])


def test_the_second_run_changes_nothing_and_says_so(sandbox: Sandbox, calendar: Calendar) -> None:
    first = roll(sandbox, calendar)
    before = content(sandbox)
    sandbox.forget_requests()
    second = roll(sandbox, calendar)
    assert content(sandbox) == before
    assert all(entry["method"] == "GET" for entry in sandbox.requests() if "/api/" in entry["path"])
    for kind, counts in first.counts.items():
        unchanged = 0 if kind == "email" else counts["created"]
        assert second.counts[kind] == {"created": 0, "unchanged": unchanged, "refused": 0}
    assert "unchanged: everything was in place" in second.text()


def test_a_dry_run_says_what_would_be_made_and_writes_nothing(
    sandbox: Sandbox, calendar: Calendar
) -> None:
    foreseen = roll(sandbox, calendar, dry_run=True)
    assert not any(content(sandbox).values())
    made = roll(sandbox, calendar)
    assert foreseen.created["segment"] == made.created["segment"]
    assert foreseen.created["campaign"] == made.created["campaign"]
    assert "preview, nothing was written" in foreseen.text()


def test_only_a_dry_run_may_look_into_the_future(sandbox: Sandbox, calendar: Calendar) -> None:
    tomorrow = date(2026, 11, 23)
    with pytest.raises(FutureDateError, match="as_of 2026-11-23 lies after today, 2026-11-22"):
        roll(sandbox, calendar, tomorrow)
    assert sandbox.state()["tags"] == []
    assert roll(sandbox, calendar, tomorrow, dry_run=True).dry_run


def test_independent_study_is_dated_the_day_of_its_creation_and_found_ever_after(
    sandbox: Sandbox, calendar: Calendar
) -> None:
    one = calendar.only(("IPM104",))
    created = datetime(2018, 11, 20, 12, tzinfo=UTC)
    roll(sandbox, one, created, today=created)
    later = datetime(2018, 12, 1, 12, tzinfo=UTC)
    roll(sandbox, one, later, today=later)
    study = [s["name"] for s in sandbox.state()["segments"] if "Independent" in s["name"]]
    # 12:00 UTC is already the next day in Auckland.
    assert sorted(study) == [
        f"IPM104 Independent Study Course for OERu {day} via {via}"
        for day in ("20181121", "20190101")
        for via in ("Mautic", "WP")
    ]


def test_what_staff_renamed_is_the_same_thing(sandbox: Sandbox, calendar: Calendar) -> None:
    roll(sandbox, calendar)
    client = client_of(sandbox)
    for path in ("/api/segments/1/edit", "/api/campaigns/1/edit"):
        client.patch(path, {"name": "Renamed by staff"}, tried="rename")
    report = roll(sandbox, calendar)
    assert report.created["segment"] == report.created["campaign"] == []
    assert report.refused == []


def test_an_unpublished_segment_is_refused_with_its_campaign_and_the_rest_goes_on(
    sandbox: Sandbox, calendar: Calendar
) -> None:
    one = calendar.only(("IPM104",))
    roll(sandbox, one, date(2018, 11, 1))
    client_of(sandbox).patch("/api/segments/1/edit", {"isPublished": False}, tried="unpublish")
    report = roll(sandbox, one, DECEMBER_5)
    assert [item["name"] for item in report.refused] == [
        "ipm104-is-course-oeru-20180101-wp",
        "IPM104 Independent Study Announcements for OERu 20180101",
    ]
    assert "segment 1 is unpublished; publish it" in report.refused[0]["reason"]
    assert report.created["campaign"] == [
        "IPM104 Independent Study Announcements for OERu 20190101"
    ]
    assert len(sandbox.state()["segments"]) == 6


def test_a_calendar_may_name_an_email_that_staff_made(sandbox: Sandbox, calendar: Calendar) -> None:
    def announcing(email: str) -> Calendar:
        one = calendar.only(("IPM104",)).offerings[0]
        said = replace(one, announcement=Announcement(email), publish=True)
        return replace(calendar, offerings=(said,))

    body = {"name": "Hello", "subject": "Hello", "emailType": "template", "isPublished": True}
    client_of(sandbox).post("/api/emails/new", body, tried="make an e-mail")
    refused = roll(sandbox, announcing("Hallo")).refused
    assert "Mautic has no e-mails named 'Hallo'" in refused[0]["reason"]
    assert sandbox.state()["campaigns"] == []
    assert roll(sandbox, announcing("Hello")).refused == []
    assert {(c[1], tuple(c[4])) for c in content(sandbox)["campaigns"]} == {
        (True, (("Hello", "marketing"),))
    }


def test_a_missing_template_refuses_the_campaigns_and_says_which_file(
    sandbox: Sandbox, calendar: Calendar
) -> None:
    one = calendar.only(("IPM104",)).offerings[0]
    said = replace(one, announcement=Announcement(template="none"))
    report = roll(sandbox, replace(calendar, offerings=(said,)))
    assert all("none.yaml: make it, or change `template:`" in r["reason"] for r in report.refused)
    assert report.counts["segment"]["created"] == 6


def test_what_rolled_that_day_is_reported(sandbox: Sandbox, calendar: Calendar) -> None:
    assert roll(sandbox, calendar, dry_run=True).transitions == [
        {
            "course": course,
            "partner": "OERu",
            "cohort": start,
            "before": before,
            "after": after,
        }
        for course, start, before, after in (
            ("IPM103", "2018-11-14", "current", "past"),
            ("IPM104", "2018-12-05", "next", "current"),
        )
    ]


def test_runs_one_after_another_from_many_clients_make_everything_once(
    sandbox: Sandbox, calendar: Calendar
) -> None:
    undisturbed = roll(sandbox, calendar)
    expected = content(sandbox)
    sandbox.reset()
    with ThreadPoolExecutor(1) as one_slot:
        runs = [one_slot.submit(roll, sandbox, calendar) for _ in range(4)]
    created = [run.result().counts["segment"]["created"] for run in runs]
    assert created == [undisturbed.counts["segment"]["created"], 0, 0, 0]
    assert content(sandbox) == expected

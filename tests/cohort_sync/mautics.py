"""A Mautic's content in a form in which two can be compared: names instead of ids, sorted."""

from __future__ import annotations

from typing import Any

from mautic_hook.client import MauticClient
from sandbox.runner import Sandbox
from transport.delays import Patience

HASTY = Patience(connect=2, read=5, tries=4, first_wait=0.001)


def client_of(sandbox: Sandbox) -> MauticClient:
    """A client that does not wait long."""
    return MauticClient.with_oauth(
        sandbox.url, sandbox.client_id, sandbox.client_secret, patience=HASTY
    )


def content(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Everything that a rollover makes. Twins are two entries."""
    state = sandbox.state()
    tags = {tag["id"]: tag["tag"] for tag in state["tags"]}
    aliases = {segment["id"]: segment["alias"] for segment in state["segments"]}
    titles = {category["id"]: category["title"] for category in state["categories"]}
    emails = {email["id"]: email["name"] for email in state["emails"]}
    return {
        "tags": sorted(tags.values()),
        "categories": sorted((c["title"], c["bundle"]) for c in state["categories"]),
        "emails": sorted((e["name"], e["isPublished"]) for e in state["emails"]),
        "segments": sorted(
            (
                segment["alias"],
                segment["name"],
                segment["isPublished"],
                [[tags[int(t)] for t in f["properties"]["filter"]] for f in segment["filters"]],
            )
            for segment in state["segments"]
        ),
        "campaigns": sorted(
            (
                campaign["name"],
                campaign["isPublished"],
                titles[campaign["category"]],
                sorted(aliases[one] for one in campaign["lists"]),
                [
                    (emails[event["properties"]["email"]], event["properties"]["email_type"])
                    for event in campaign["events"]
                ],
            )
            for campaign in state["campaigns"]
        ),
    }


def calendar_year_2018() -> dict[str, list[str]]:
    """The names that September to December 2018 must make, written out of the requirement."""
    courses = ["LiDA101", "LiDA102", "LiDA103", "LiDA104", "IPM101", "IPM102", "IPM103", "IPM104"]
    starts = {"IPM101": 20180919, "IPM102": 20181017, "IPM103": 20181114, "IPM104": 20181205}
    study = [(course, "Independent Study", day) for course in courses for day in _STUDY_DAYS]
    cohorts = [(course, "Cohort", day) for course, day in starts.items()]
    return {
        "segments": sorted(
            f"{course} {words} Course for OERu {day} via {via}"
            for course, words, day in [*study, *cohorts]
            for via in ("WP", "Mautic")
        ),
        "campaigns": sorted(
            f"{course} {words} Announcements for OERu {day}"
            for course, words, day in [*study, *cohorts]
        ),
    }


_STUDY_DAYS = (20180101, 20190101)

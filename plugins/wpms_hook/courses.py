"""The network as a whole, its course sites, and what each offers its learners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from transport.errors import RefusedError, TransientError
from wpms_hook.client import ROUTES, WpmsClient
from wpms_hook.shapes import (
    Delivery,
    day_or_none,
    delivery,
    flag,
    list_of,
    moment_or_none,
    number,
    shape_of,
    text,
)

_PAGE = 100


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    """How far the network is in step. `oldest_dirty` is when the oldest dirty row became so."""

    version: str
    courses: int
    dirty: int
    pending: int
    oldest_dirty: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a learner may choose: `is`, or a cohort by its start as `YYYYMMDD`; local dates."""

    key: str
    label: str
    delivery: Delivery
    start: date | None = None
    end: date | None = None
    join_until: date | None = None


@dataclass(frozen=True, slots=True)
class CourseSite:
    """A course site.

    `linked` is the course admin's switch, off while archived; `as_of` the date of its offers.
    """

    blog_id: int
    path: str
    url: str
    title: str
    linked: bool
    offers: tuple[Offer, ...]
    as_of: date | None
    enrolled: int
    pending: int
    dirty: int
    archived: bool


def read_status(client: WpmsClient) -> NetworkStatus:
    """The plugin's version and counts over the whole network."""
    tried = "read the status of the network"
    answer = client.get("/status", tried=tried)
    with shape_of(answer, "a status", tried=tried, route=f"GET {ROUTES}/status") as row:
        return NetworkStatus(
            version=text(row["version"]),
            courses=number(row["courses"]),
            dirty=number(row["dirty"]),
            pending=number(row["pending"]),
            oldest_dirty=moment_or_none(row["oldest_dirty_gmt"]),
        )


def list_courses(client: WpmsClient, count: int | None = None) -> list[CourseSite]:
    """All course sites, by their id. Only an empty page ends the list, never a short one.

    `count` is how many there are, as the status told: with so many the list is at its end as well,
    which saves a request.
    """
    tried, route = "read all course sites", f"GET {ROUTES}/courses"
    found: list[CourseSite] = []
    while True:
        after = found[-1].blog_id if found else 0
        params = {"after": after, "per_page": _PAGE}
        answer = client.get("/courses", tried=tried, params=params)
        with shape_of(answer, "a list of course sites", tried=tried, route=route) as rows:
            page = [_course(row) for row in list_of(rows)]
        if not page:
            return found
        ids = [after, *(course.blog_id for course in page)]
        if ids != sorted(set(ids)):
            said = f"the page after site {after} does not go on from there"
            raise TransientError(tried, route, said)
        found += page
        if len(found) == count:
            return found


def put_offers(
    client: WpmsClient,
    blog_id: int,
    as_of: date,
    course: str,
    partner: str,
    offers: Sequence[Offer],
) -> bool:
    """Sets what a course site offers, and the course code and partner it shows.

    False when the site has offers of a later `as_of` already; nothing is changed then.
    """
    body = {
        "as_of": as_of.isoformat(),
        "course": course,
        "partner": partner,
        "offers": [_offer_body(offer) for offer in offers],
    }
    try:
        client.put(f"/courses/{blog_id}/offers", body, tried=f"set the offers of site {blog_id}")
    except RefusedError as error:
        if error.status == 409:
            return False
        raise
    return True


def _course(row: Mapping[str, Any]) -> CourseSite:
    return CourseSite(
        blog_id=number(row["blog_id"]),
        path=text(row["path"]),
        url=text(row["url"]),
        title=text(row["title"]),
        linked={"on": True, "off": False}[row["link"]] and not flag(row["archived"]),
        offers=tuple(_offer(offer) for offer in list_of(row["offers"])),
        as_of=day_or_none(row["as_of"]),
        enrolled=number(row["enrolled"]),
        pending=number(row["pending"]),
        dirty=number(row["dirty"]),
        archived=flag(row["archived"]),
    )


def _offer(row: Mapping[str, Any]) -> Offer:
    return Offer(
        key=text(row["key"]),
        label=text(row["label"]),
        delivery=delivery(row["delivery"]),
        start=day_or_none(row["start"]),
        end=day_or_none(row["end"]),
        join_until=day_or_none(row["join_until"]),
    )


def _offer_body(offer: Offer) -> dict[str, str | None]:
    return {
        "key": offer.key,
        "label": offer.label,
        "delivery": offer.delivery,
        "start": offer.start.isoformat() if offer.start else None,
        "end": offer.end.isoformat() if offer.end else None,
        "join_until": offer.join_until.isoformat() if offer.join_until else None,
    }

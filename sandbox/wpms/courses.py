"""Course sites: what they offer, and whether they are linked to Mautic."""

import json
from datetime import date
from typing import Any

from sandbox.store import Row
from sandbox.wpms.answers import RefusedError, error, no_course
from sandbox.wpms.checks import Offers
from sandbox.wpms.enrolments import change_rows
from sandbox.wpms.network import Network, NotAllowedError, Site

Plain = dict[str, Any]

# Rows that wait for the link: the course admin has switched it off.
COUNTS = (
    "SELECT blog_id, sum(enrolled) AS enrolled,"
    " sum(enrolled AND state = 'pending' AND link = 'off') AS pending,"
    " sum(rev > synced_rev AND outstanding) AS dirty FROM ledger GROUP BY blog_id"
)
# A deleted site may have left rows, and its id is not given out again.
LAST_ID = (
    "SELECT max(blog_id) FROM"
    " (SELECT blog_id FROM courses UNION ALL SELECT blog_id FROM enrolments)"
)


def add_site(network: Network, site: Site) -> None:
    """Make a course site unless its path exists. Site 1 is the network's main site."""
    if network.store.row("SELECT 1 FROM courses WHERE path = ?", site.path) is None:
        last = network.store.value(LAST_ID) or 1
        network.store.insert(
            "courses",
            blog_id=last + 1,
            path=site.path,
            title=site.title,
            zone=site.zone,
            link=site.link,
        )


def courses_json(network: Network, base_url: str, after: int, limit: int) -> list[Plain]:
    """Course sites by id, with what they offer and the numbers of their learners."""
    counts = {row["blog_id"]: row for row in network.store.rows(COUNTS)}
    rows = network.store.rows(
        "SELECT * FROM courses WHERE blog_id > ? ORDER BY blog_id LIMIT ?", after, limit
    )
    return [_course_json(row, counts.get(row["blog_id"]), base_url) for row in rows]


def _course_json(row: Row, count: Row | None, base_url: str) -> Plain:
    return {
        "blog_id": row["blog_id"],
        "path": row["path"],
        "url": base_url + row["path"],
        "title": row["title"],
        "link": row["link"],
        "offers": json.loads(row["offers"]),
        "as_of": row["as_of"],
        "enrolled": count["enrolled"] if count else 0,
        "pending": count["pending"] if count else 0,
        "dirty": count["dirty"] if count else 0,
        "archived": bool(row["archived"]),
    }


def course_or_404(network: Network, blog_id: int) -> Row:
    """A course site, else the refusal that there is none."""
    row = network.store.row("SELECT * FROM courses WHERE blog_id = ?", blog_id)
    if row is None:
        raise RefusedError(no_course(blog_id))
    return row


def store_offers(network: Network, blog_id: int, new: Offers) -> None:
    """Take over what the course offers. Refuses an older `as_of` than the stored one with 409.

    Learners who wait for a cohort may have one now, so new offers put their rows on the work list;
    the same offers again do not.
    """
    course = course_or_404(network, blog_id)
    if course["as_of"] is not None and new.as_of < course["as_of"]:
        text = f"The offers are already as of {course['as_of']}."
        raise RefusedError(error(409, "course_sync_older", text, as_of=course["as_of"]))
    offers = json.dumps([offer.model_dump() for offer in new.offers], ensure_ascii=False)
    network.store.run(
        "UPDATE courses SET as_of = ?, course = ?, partner = ?, offers = ? WHERE blog_id = ?",
        new.as_of,
        new.course,
        new.partner,
        offers,
        blog_id,
    )
    if json.loads(offers) != json.loads(course["offers"]):
        change_rows(network, "blog_id = ? AND state = 'waiting' AND enrolled", (blog_id,))


def open_offers(network: Network, course: Row) -> list[Plain]:
    """What may be chosen today, the date of the course site; `join_until` is the last day."""
    today = network.today(course["zone"])
    return [
        offer
        for offer in json.loads(course["offers"])
        if offer["join_until"] is None or today <= date.fromisoformat(offer["join_until"])
    ]


def switch_link(network: Network, blog_id: int, on: bool) -> None:
    """The course admin's switch. What is outstanding shows by itself once the link is on."""
    network.store.run(
        "UPDATE courses SET link = ? WHERE blog_id = ?", "on" if on else "off", blog_id
    )


def archive(network: Network, blog_id: int, archived: bool) -> None:
    """The network admin's: an archived site counts as one whose link is off."""
    network.store.run("UPDATE courses SET archived = ? WHERE blog_id = ?", archived, blog_id)


def delete_site(network: Network, blog_id: int) -> None:
    """The network admin's: all members leave first. Rows stay of whom Mautic must let go."""
    store = network.store
    change_rows(network, "blog_id = ? AND enrolled", (blog_id,), enrolled=0, left_gmt=network.gmt())
    store.run("DELETE FROM courses WHERE blog_id = ?", blog_id)
    store.run(
        "DELETE FROM enrolments WHERE NOT (enrolled OR signed_up OR erase)"
        " AND blog_id NOT IN (SELECT blog_id FROM courses)"
    )


def course_at(network: Network, site: int | str) -> Row:
    """A course site by id or path. Raises NotAllowedError when there is none."""
    row = network.store.row("SELECT * FROM courses WHERE blog_id = ? OR path = ?", site, site)
    if row is None:
        raise NotAllowedError(f"there is no course site {site!r}")
    return row

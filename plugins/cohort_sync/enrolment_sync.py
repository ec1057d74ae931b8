"""Brings the enrolments of a course site to Mautic: batch by batch read, plan, send, write back.

The dirty rows are the work list and the write-back is the commit: whatever is interrupted is
still dirty, and reading the contacts again shows what was done already.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from cohort_sync.calendars import chosen
from cohort_sync.enrolment_batch import MOST_IN_A_BATCH, Again, Batch
from cohort_sync.enrolment_report import CourseReport
from cohort_sync.errors import GoneSiteError
from cohort_sync.synced_course import Course
from cohorts.model import Calendar, Offering
from cohorts.names import preference_alias, status_tag, study_days
from mautic_hook.client import MauticClient
from mautic_hook.segments import find_segments
from mautic_hook.tags import ensure_tags, list_tags
from transport.errors import told_of
from transport.pieces import pieces
from wpms_hook.client import WpmsClient
from wpms_hook.courses import CourseSite, list_courses, read_status
from wpms_hook.enrolments import Enrolment, Status, read_enrolments

log = logging.getLogger(__name__)


#: A row that changes again while it is synced again is left for the next run after so many rounds.
_MOST_ROUNDS_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Work:
    """The course sites with something to do, and what does not fit together.

    `dirty` counts the rows of all sites, also of those that no offering of the calendar has or that
    were deleted. `deleted_sites` says whether there may be rows of such sites among them.
    """

    dirty: int
    deleted_sites: bool
    blog_ids: list[int]
    pending: dict[str, int]
    problems: list[str]


def find_work(
    client: WpmsClient, calendar: Calendar, courses: Sequence[str] = (), *, everything: bool
) -> Work:
    """Which sites have rows to sync; a list of sites is all that is read, and how much is dirty.

    `courses` (codes; none: all) narrows the work, not what is said about sites and offerings.
    Raises `UnknownCourseError`.

    Sites without an offering and offerings without a site are told, and the rest goes on.
    """
    network = read_status(client)
    there = list_courses(client, network.courses)
    # The list has no deleted sites, the status counts their rows too. What changed between the two
    # requests makes a difference as well: then there is a look for nothing, or in the next run.
    deleted = network.dirty != sum(site.dirty for site in there)
    # Who left an archived site must still be let go of.
    sites = [site for site in there if not site.archived or site.dirty]
    offered = {offering.site: offering for offering in calendar.offerings}
    known = {site.path: site for site in sites}
    problems = [
        f"site {site.path} has {site.enrolled} learners but no offering in the calendar; add one"
        for site in sites
        if site.path not in offered and site.enrolled
    ]
    problems += [
        f"{offering.course} by {offering.partner} has no site at {path}; "
        "make the site, or correct `site:` in the calendar"
        for path, offering in offered.items()
        if path not in known
    ]
    asked = {offering.site for offering in chosen(calendar, courses).offerings}
    sites = [site for site in sites if site.path in asked]
    work = [site for site in sites if site.dirty or (everything and site.linked)]
    pending = {offered[site.path].course: site.pending for site in sites if site.pending}
    return Work(network.dirty, deleted, [site.blog_id for site in work], pending, problems)


def sync_course(
    mautic: MauticClient,
    wpms: WpmsClient,
    calendar: Calendar,
    blog_id: int,
    now: datetime,
    *,
    dry_run: bool,
    everything: bool,
) -> CourseReport:
    """Syncs the dirty rows (with `everything` all rows) of one course site.

    Raises the errors of `transport.errors`; what is not written back then is still dirty. One
    learner that Mautic refuses is written back as `error` with the reason and stops nobody.
    """
    site, offering = _site_and_offering(wpms, calendar, blog_id)
    with told_of(f"{offering.course} by {offering.partner}, site {blog_id}"):
        return _sync_site(mautic, wpms, offering, site, now, dry_run=dry_run, everything=everything)


def _sync_site(
    mautic: MauticClient,
    wpms: WpmsClient,
    offering: Offering,
    site: CourseSite,
    now: datetime,
    *,
    dry_run: bool,
    everything: bool,
) -> CourseReport:
    log.info("%s by %s, site %d: syncing", offering.course, offering.partner, site.blog_id)
    course = read_course(mautic, offering, site, now, dry_run=dry_run)
    batch = Batch(mautic, wpms, course, CourseReport(offering.course), dry_run)
    # While the link is off only what must go is on the list, also when everything is asked for.
    only_dirty = not everything or not site.linked
    sync_rows(batch, site.blog_id, read_enrolments(wpms, dirty=only_dirty, blog_id=site.blog_id))
    return batch.report


def sync_rows(batch: Batch, blog_id: int, pages: Iterable[Sequence[Enrolment]]) -> None:
    """Syncs rows of one course site, and again those that change meanwhile.

    Rows of learners to be erased are left to `erasing`.
    """
    again: Again = {}
    for rows in chain.from_iterable(pieces(page, MOST_IN_A_BATCH) for page in pages):
        again |= batch.sync([row for row in rows if not row.erase and (row.enrolled or row.dirty)])
        log.info("%s: %s", batch.report.course, dict(batch.report.counts))
    for _ in range(_MOST_ROUNDS_AGAIN):
        again = _sync_again(batch, blog_id, again)
    for key in again:
        reasons = ["it changed again and again, or waits for another row; the next run takes it"]
        batch.report.add(key.user_id, "not ready", reasons)


def _sync_again(batch: Batch, blog_id: int, again: Again) -> Again:
    """Syncs rows that changed meanwhile at once, while it is known what was written for them.

    Of what could not be written back WordPress keeps only the contact.
    """
    if not again:
        return {}
    rows = [
        _as_written(row, again[row.key])
        for page in read_enrolments(batch.wpms, dirty=True, blog_id=blog_id)
        for row in page
        if row.key in again and not row.erase
    ]
    still: Again = {}
    for part in pieces(rows, MOST_IN_A_BATCH):
        still |= batch.sync(part)
    return still


def _as_written(row: Enrolment, written: Status | None) -> Enrolment:
    """The row with the ledger as Mautic has it by now, so that our own write is no news."""
    if written is None:
        return row
    return replace(row, delivery=written.delivery, cohort=written.cohort)


def _site_and_offering(
    wpms: WpmsClient, calendar: Calendar, blog_id: int
) -> tuple[CourseSite, Offering]:
    for site in list_courses(wpms):
        for offering in calendar.offerings:
            if site.blog_id == blog_id and site.path == offering.site:
                return site, offering
    raise GoneSiteError(f"site {blog_id} went away, or its offering, since the work was listed")


def read_course(
    mautic: MauticClient, offering: Offering, site: CourseSite, now: datetime, *, dry_run: bool
) -> Course:
    """What a sync must know of a course; sees to its status tags."""
    tags = list_tags(mautic)
    if not dry_run:
        status = [status_tag(offering.course, offering.partner, d) for d in ("is", "cohort")]
        ensure_tags(mautic, status, tags)
    made = find_segments(mautic, preference_alias(offering.course, offering.partner))
    preference = next((segment.id for segment in made if segment.published), None)
    return Course(offering, site.linked, now, frozenset(tags), study_days(tags), preference)

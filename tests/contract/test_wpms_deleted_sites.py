"""A course site that is deleted in WordPress: who of its learners is left, and how they go."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cohort_sync.deleted_sites import leave_deleted_sites
from cohort_sync.enrolment_sync import find_work
from cohorts.calendar_file import load_calendar
from mautic_hook.contacts import create_contacts, find_by_id
from tests.contract.network import Network
from tests.contract.place import Place
from tests.wpms_hook.deeds import LIDA
from wpms_hook.courses import list_courses, read_status
from wpms_hook.enrolments import Enrolment, Status, read_enrolments, write_statuses
from wpms_hook.learners import erase_learner

ANN, BEN, CAT, DAN = (f"{name}@example.org" for name in ("ann", "ben", "cat", "dan"))


@pytest.fixture
def gone(network: Network) -> int:
    """A course site that is to be deleted."""
    return network.people.add_site("/gone101/", "GONE101")


def work_list(network: Network) -> dict[str, Enrolment]:
    """The dirty rows, by address."""
    pages = read_enrolments(network.client, dirty=True)
    return {row.email: row for page in pages for row in page}


def sign_up(network: Network, email: str, blog_id: int) -> int:
    """A learner whose row is in step."""
    user_id = network.people.enrol(email, blog_id)
    written = write_statuses(network.client, [Status(blog_id, user_id, 1, "linked", contact_id=7)])
    assert len(written.saved) == 1
    return user_id


def dirty_on_listed_sites(network: Network) -> int:
    return sum(site.dirty for site in list_courses(network.client))


def test_a_deleted_site_is_not_listed_and_only_whom_mautic_must_let_go_is_left(
    network: Network, gone: int
) -> None:
    ann, ben = sign_up(network, ANN, gone), sign_up(network, BEN, gone)
    network.people.enrol(CAT, gone)
    erase_learner(network.client, ben)
    network.people.enrol(DAN, LIDA)
    network.people.delete_site(gone)
    assert gone not in [site.blog_id for site in list_courses(network.client)]
    left = work_list(network)
    assert left.keys() == {DAN, ANN, BEN}
    assert (left[ANN].blog_id, left[ANN].user_id, left[ANN].enrolled) == (gone, ann, False)
    assert (left[BEN].erase, left[ANN].erase) == (True, False)
    assert CAT not in [row["email"] for row in network.people.rows()]


def test_who_is_left_counts_in_the_status_until_it_is_written_back(
    network: Network, gone: int
) -> None:
    sign_up(network, ANN, gone)
    network.people.delete_site(gone)
    assert (read_status(network.client).dirty, dirty_on_listed_sites(network)) == (1, 0)
    row = work_list(network)[ANN]
    written = write_statuses(network.client, [Status(*row.key, row.rev, "left")])
    assert written.saved == {row.key}
    assert (read_status(network.client).dirty, work_list(network)) == (0, {})


def test_while_no_site_is_deleted_the_status_counts_what_the_listed_sites_count(
    network: Network, gone: int
) -> None:
    """`gone` is archived here, and the other site is linked or not."""
    erased, opted_out = sign_up(network, ANN, gone), sign_up(network, BEN, gone)
    left, deleted = sign_up(network, CAT, gone), sign_up(network, DAN, gone)
    for email in (ANN, BEN, CAT, "eve@example.org"):
        network.people.enrol(email, LIDA)
    network.people.enrol("fay@example.org", gone)
    erase_learner(network.client, erased)
    network.people.profile(opted_out, email_ok=False)
    network.people.leave(left, gone)
    network.people.delete_account(deleted)
    counts = []
    for archived, linked in ((False, True), (True, True), (True, False), (False, False)):
        network.people.archive(gone, archived)
        network.people.link(LIDA, on=linked)
        counts.append((read_status(network.client).dirty, dirty_on_listed_sites(network)))
    assert counts == [(9, 9), (8, 8), (5, 5), (6, 6)]


def test_the_sync_takes_their_tags_away_in_mautic(
    network: Network, gone: int, open_place: Callable[[str], Place]
) -> None:
    place = open_place("7.0.2")
    user_id = network.people.enrol(ANN, gone)
    ours, other = f"{place.run}-is", f"{place.run}-other"
    fields = {"email": f"ann{place.run}@example.org", "tags": [ours, other]}
    (made,) = create_contacts(place.client, [fields])
    contact = made.thing["id"] if made.thing else 0
    linked = Status(gone, user_id, 1, "linked", contact_id=contact, tags=(ours,))
    write_statuses(network.client, [linked])
    network.people.delete_site(gone)
    calendar = load_calendar().calendar
    work = find_work(network.client, calendar, everything=False)
    assert (work.deleted_sites, work.dirty, work.blog_ids) == (True, 1, [])
    report = leave_deleted_sites(place.client, network.client, dry_run=False)
    assert report.counts == {"left": 1}
    assert find_by_id(place.client, [contact])[contact].tags == {other}
    work = find_work(network.client, calendar, everything=False)
    assert (work.deleted_sites, work.dirty) == (False, 0)

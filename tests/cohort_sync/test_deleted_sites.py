"""Learners of course sites that were deleted in WordPress: the tags first, the rows last, and the
same end however often it is broken off."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from cohort_sync import deleted_sites
from cohort_sync.contact_sending import Sent, send
from cohort_sync.enrolment_sync import find_work
from tests.cohort_sync.mautics import client_of
from tests.cohort_sync.networks import CALLS, Network
from transport.errors import CallError
from wpms_hook.enrolments import Status, read_enrolments, write_statuses
from wpms_hook.learners import erase_learner

ANN, BEN, CAT, DAN = (f"{name}@example.org" for name in ("ann", "ben", "cat", "dan"))
LIDA, IPM = "/lida101/", "/ipm104/"


@pytest.fixture
def learners(network: Network) -> dict[str, int]:
    """Ann takes both courses, Ben the one that is to be deleted, Cat the other one."""
    ids = {email: network.wpms.enrol(email, LIDA) for email in (ANN, BEN)}
    for email in (ANN, CAT):
        ids[email] = network.wpms.enrol(email, IPM)
    network.sync()
    return ids


def tags(network: Network) -> dict[str, set[str]]:
    """Which courses the tags of each contact are of."""
    contacts = network.contacts().items()
    return {email: {tag.split("-")[0] for tag in one["tags"]} for email, one in contacts}


def row_of(network: Network, email: str, **values: Any) -> dict[str, Any]:
    (row,) = (
        row
        for row in network.wpms.rows()
        if row["email"] == email and values.items() <= row.items()
    )
    return row


def test_they_lose_the_tags_of_that_course_and_nobody_loses_another(
    network: Network, learners: dict[str, int]
) -> None:
    network.wpms.delete_site(LIDA)
    assert network.sync() == {"left": 2}
    assert tags(network) == {ANN: {"ipm104"}, BEN: set(), CAT: {"ipm104"}}
    assert network.outcome()["in step"]
    assert row_of(network, BEN)["state"] == "left"
    assert network.sync() == {}


def test_who_took_several_courses_that_were_deleted_is_let_go_of_all(
    network: Network, learners: dict[str, int]
) -> None:
    for site in (LIDA, IPM):
        network.wpms.delete_site(site)
    assert network.sync() == {"left": 4}
    assert tags(network) == {ANN: set(), BEN: set(), CAT: set()}


def test_a_tag_that_staff_spelt_anew_goes_too(network: Network, learners: dict[str, int]) -> None:
    contact = network.contacts()[BEN]
    held = [tag for tag in contact["tags"] if tag != "lida101-oeru-is"]
    assert len(held) == 1
    network.mautic.edit_contact(contact["id"], tags=["-lida101-oeru-is", "LiDA101-OERu-is"])
    assert "LiDA101-OERu-is" in network.contacts()[BEN]["tags"]
    network.wpms.delete_site(LIDA)
    network.sync()
    assert tags(network)[BEN] == set()


def test_who_enrols_on_a_site_that_is_made_meanwhile_stays(
    network: Network, learners: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of sites is older than the rows: here it has none at all."""
    network.wpms.profile(ANN, first_name="Anna")
    monkeypatch.setattr(deleted_sites, "list_courses", lambda wpms: [])
    assert network.leave_deleted_sites().counts == {}
    assert tags(network)[ANN] == {"lida101", "ipm104"}
    assert network.sync() == {"updated": 1, "unchanged": 1}


def test_it_is_found_by_two_requests_when_nothing_else_is_dirty(
    network: Network, learners: dict[str, int]
) -> None:
    erase_learner(network.wpms_client(), learners[BEN])
    network.wpms.delete_site(LIDA)
    network.wpms.forget_requests()
    work = find_work(network.wpms_client(), network.calendar, everything=False)
    assert len(network.wpms.requests()) == 2
    assert (work.dirty, work.deleted_sites, work.blog_ids) == (2, True, [])


def test_without_deleted_sites_nobody_looks_for_them(
    network: Network, learners: dict[str, int]
) -> None:
    erase_learner(network.wpms_client(), learners[BEN])
    network.wpms.leave(ANN, LIDA)
    network.wpms.link(IPM, on=False)
    network.wpms.leave(CAT, IPM)
    network.wpms.archive(LIDA)
    work = find_work(network.wpms_client(), network.calendar, everything=False)
    assert (work.dirty, work.deleted_sites) == (3, False)


def test_who_is_to_be_erased_is_erased_on_a_deleted_site_too(
    network: Network, learners: dict[str, int]
) -> None:
    erase_learner(network.wpms_client(), learners[BEN])
    network.wpms.delete_site(LIDA)
    network.mautic.fault("status", path=".*/delete$", status=403)
    assert network.sync() == {"left": 1}
    assert row_of(network, BEN)["erase"], "who could not be erased is still to be"
    network.sync()
    assert tags(network) == {ANN: {"ipm104"}, CAT: {"ipm104"}}
    assert BEN not in [row["email"] for row in network.wpms.rows()]


def test_tags_that_another_row_of_the_contact_holds_stay(
    network: Network, learners: dict[str, int]
) -> None:
    """The site was made anew, and the same learner was signed up there before the old row went."""
    network.wpms.delete_site(LIDA)
    again = network.wpms.add_site(LIDA, "LiDA101")
    network.wpms.enrol(ANN, LIDA)
    assert network.sync_site(again).counts == {"unchanged": 1}
    held = network.contacts()[ANN]["tags"]
    assert network.leave_deleted_sites().counts == {"left": 2}
    assert network.contacts()[ANN]["tags"] == held
    assert tags(network)[BEN] == set()


@pytest.mark.parametrize("site", [IPM, LIDA], ids=["another course", "the same course anew"])
def test_what_another_account_has_of_the_contact_stays(
    network: Network, learners: dict[str, int], site: str
) -> None:
    network.wpms.profile(BEN, email_ok=False)
    network.wpms.delete_site(LIDA)
    network.wpms.delete_account(BEN)
    again = network.wpms.add_site(LIDA, "LiDA101")
    network.wpms.enrol(BEN, site)
    contact = network.contacts()[BEN]["id"]
    ((row,),) = read_enrolments(
        network.wpms_client(), blog_id=again if site == LIDA else 3, user_ids=[4]
    )
    mine = f"{site[1:-1]}-oeru-is"
    network.mautic.edit_contact(contact, tags=[mine])
    status = Status(*row.key, row.rev, "linked", delivery="is", contact_id=contact, tags=(mine,))
    assert write_statuses(network.wpms_client(), [status]).saved
    network.leave_deleted_sites()
    assert mine in network.contacts()[BEN]["tags"]
    assert tags(network)[BEN] == {site[1:-1]}
    assert not network.contacts()[BEN]["doNotContact"]


def test_a_contact_that_is_gone_is_no_error(network: Network, learners: dict[str, int]) -> None:
    network.mautic.delete_contact(row_of(network, BEN)["contact_id"])
    network.wpms.delete_site(LIDA)
    assert network.sync() == {"left": 2}
    assert tags(network) == {ANN: {"ipm104"}, CAT: {"ipm104"}}
    assert network.outcome()["in step"]


def test_of_a_contact_that_was_merged_the_one_with_the_address_loses_the_tags(
    network: Network, learners: dict[str, int]
) -> None:
    mautic = client_of(network.mautic)
    made = mautic.post("/api/contacts/new", {"firstname": "Ben"}, tried="register")
    winner, loser = made.json["contact"]["id"], row_of(network, BEN)["contact_id"]
    network.mautic.merge_contacts(loser, winner)
    assert tags(network)[BEN] == {"lida101"}
    network.wpms.delete_site(LIDA)
    network.sync()
    assert tags(network)[BEN] == set()


def test_a_no_to_email_goes_along(network: Network, learners: dict[str, int]) -> None:
    network.wpms.profile(BEN, email_ok=False)
    network.wpms.delete_site(LIDA)
    network.sync()
    assert network.contacts()[BEN]["doNotContact"]
    assert not network.contacts()[ANN]["doNotContact"]


def test_the_account_may_be_deleted_too_and_then_the_row_goes(
    network: Network, learners: dict[str, int]
) -> None:
    network.wpms.delete_account(BEN)
    network.wpms.delete_site(LIDA)
    network.sync()
    assert tags(network)[BEN] == set()
    assert BEN not in [row["email"] for row in network.wpms.rows()]


def test_whom_mautic_refuses_stays_on_the_list_and_stops_nobody(
    network: Network, learners: dict[str, int]
) -> None:
    network.wpms.profile(BEN, email_ok=False)
    network.wpms.delete_site(LIDA)
    network.mautic.fault("status", path=".*/dnc/email/add$", status=400)
    (report,) = network.reports()
    assert report.counts == {"failed": 1, "left": 1}
    (problem,) = report.problems
    assert problem["user"] == learners[BEN]
    assert problem["what"].startswith("site 2: ")
    assert "answered 400" in problem["what"]
    assert network.sync() == {"left": 1}
    assert network.contacts()[BEN]["doNotContact"]


def test_after_a_lost_answer_it_looks_and_goes_on(
    network: Network, learners: dict[str, int]
) -> None:
    network.wpms.delete_site(LIDA)
    network.mautic.fault("cut_after", path=".*/batch/edit$")
    assert network.sync() == {"left": 2}
    assert network.outcome()["in step"]


def test_who_changes_meanwhile_is_taken_by_the_next_run(
    network: Network, learners: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_late(*planned: Any) -> list[Sent]:
        sent = send(*planned)
        network.wpms.profile(BEN, first_name="Benjamin")
        return sent

    network.wpms.delete_site(LIDA)
    with monkeypatch.context() as patch:
        patch.setattr(deleted_sites, "send", send_late)
        assert network.sync() == {"left": 1, "not ready": 1}
    assert row_of(network, BEN)["state"] == "linked"
    assert network.sync() == {"left": 1}
    assert network.outcome()["in step"]


def test_an_error_says_which_deleted_site_it_was_about(
    network: Network, learners: dict[str, int]
) -> None:
    network.wpms.delete_site(LIDA)
    network.mautic.fault("status", status=500, path=".*/batch/edit$", times=0)
    with pytest.raises(CallError, match=r"^deleted site 2: write 2 contacts: .* answered 500"):
        network.sync()


def test_many_learners_of_several_sites_go_in_batches(network: Network) -> None:
    network.wpms.seed(900)
    network.sync()
    for site in (LIDA, IPM):
        network.wpms.delete_site(site)
    network.mautic.forget_requests()
    assert network.sync() == {"left": 900}
    edits = [one for one in network.mautic.requests() if one["path"].endswith("/batch/edit")]
    assert len(edits) == 6
    assert all(not one["tags"] for one in network.contacts().values())


def test_a_dry_run_tells_and_writes_nothing(network: Network, learners: dict[str, int]) -> None:
    network.wpms.delete_site(LIDA)
    before = (network.mautic.state(), network.wpms.state())
    assert network.sync(dry_run=True) == {"left": 2}
    assert (network.mautic.state(), network.wpms.state()) == before


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
@pytest.mark.parametrize("side", ["mautic", "wpms"])
def test_broken_off_at_any_request_and_run_again_it_ends_the_same(
    network: Network, learners: dict[str, int], side: str, kind: str
) -> None:
    network.wpms.profile(BEN, email_ok=False)
    network.wpms.delete_site(LIDA)
    count = network.requests_of(network.sync)[side]
    assert count >= 3
    for nth in range(count):
        network.wpms.profile(BEN, email_ok=True)
        network.mautic.allow_mail(network.contacts()[BEN]["id"])
        network.wpms.add_site(LIDA, "LiDA101")
        for email in (ANN, BEN):
            network.wpms.enrol(email, LIDA)
        network.sync()
        assert tags(network)[BEN] == {"lida101"}
        network.wpms.profile(BEN, email_ok=False)
        network.wpms.delete_site(LIDA)
        server: Any = getattr(network, side)
        server.fault(kind, skip=nth, times=0, path=CALLS.pattern)
        with pytest.raises(CallError):
            network.sync()
        server.clear_faults()
        network.sync()
        assert tags(network) == {ANN: {"ipm104"}, BEN: set(), CAT: {"ipm104"}}, nth
        assert network.contacts()[BEN]["doNotContact"], nth
        assert network.outcome()["in step"]


def test_nothing_that_is_told_holds_a_person(
    network: Network, learners: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    network.wpms.profile(BEN, email_ok=False)
    network.wpms.delete_site(LIDA)
    network.mautic.fault("status", path=".*/dnc/email/add$", status=400)
    told = repr(network.reports()) + caplog.text
    assert "example" not in told

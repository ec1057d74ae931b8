"""Learners to be erased: the contact first, the rows last, and the same end however often it is
broken off."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from typing import Any

import pytest

from cohort_sync.erasing import Erased, preview
from tests.cohort_sync.mautics import client_of
from tests.cohort_sync.networks import CALLS, Network
from tests.waiting import wait_until
from transport.errors import CallError
from wpms_hook.learners import erase_learner

ANN, BOB, CAT, DAN = (f"{name}@example.org" for name in ("ann", "bob", "cat", "dan"))
LIDA, IPM = "/lida101/", "/ipm104/"


@pytest.fixture
def learners(network: Network) -> dict[str, int]:
    """Ann takes two courses, Bob has left one, Cat has just enrolled, Dan is to stay."""
    ids = {email: network.wpms.enrol(email, LIDA) for email in (ANN, BOB, DAN)}
    network.wpms.enrol(ANN, IPM)
    network.sync()
    network.wpms.leave(BOB, LIDA)
    network.sync()
    ids[CAT] = network.wpms.enrol(CAT, LIDA)
    return ids


def erase(network: Network, *user_ids: int) -> list[Erased]:
    for user_id in user_ids:
        erase_learner(network.wpms_client(), user_id)
    return network.erase()


def left_over(network: Network) -> tuple[list[str], list[str]]:
    """Who is there in Mautic, and whose rows are there in WordPress."""
    return sorted(network.contacts()), sorted(row["email"] for row in network.wpms.rows())


def contact_of(network: Network, email: str) -> int:
    return int(network.contacts()[email]["id"])


def test_contact_and_rows_go_and_nobody_elses(network: Network, learners: dict[str, int]) -> None:
    ann, bob, cat = (learners[email] for email in (ANN, BOB, CAT))
    assert erase(network, ann, bob, cat) == [
        Erased(ann, "deleted", left=0),
        Erased(bob, "deleted", left=0),
        Erased(cat, "none", left=0),
    ]
    assert left_over(network) == ([DAN], [DAN])
    assert network.sync() == {}


def test_a_leave_alone_and_a_deleted_account_alone_keep_the_contact_without_the_courses_tags(
    network: Network, learners: dict[str, int]
) -> None:
    network.wpms.delete_account(learners[ANN])
    network.sync()
    assert left_over(network) == ([ANN, BOB, CAT, DAN], [BOB, CAT, DAN])
    assert network.contacts()[ANN]["tags"] == network.contacts()[BOB]["tags"] == []


def test_an_erasure_outlives_the_account(network: Network, learners: dict[str, int]) -> None:
    erase_learner(network.wpms_client(), learners[ANN])
    network.wpms.delete_account(learners[ANN])
    network.sync()
    assert left_over(network) == ([BOB, CAT, DAN], [BOB, CAT, DAN])


def test_it_goes_whatever_the_link_says(network: Network, learners: dict[str, int]) -> None:
    network.wpms.link(LIDA, on=False)
    erase(network, learners[ANN])
    assert ANN not in network.contacts()


def test_a_contact_that_the_ledger_does_not_name_goes_by_its_address(
    network: Network, learners: dict[str, int]
) -> None:
    mautic = client_of(network.mautic)
    mautic.post("/api/contacts/new", {"email": CAT, "firstname": "Registered"}, tried="register")
    assert erase(network, learners[CAT]) == [Erased(learners[CAT], "deleted", left=0)]
    assert CAT not in network.contacts()


def test_who_enrols_again_before_the_sync_is_deleted_first_and_starts_anew(
    network: Network, learners: dict[str, int]
) -> None:
    before = contact_of(network, ANN)
    erase_learner(network.wpms_client(), learners[ANN])
    network.wpms.enrol(ANN, LIDA)
    network.sync()
    assert contact_of(network, ANN) != before
    (row,) = (row for row in network.wpms.rows() if row["email"] == ANN)
    assert (row["state"], row["erase"], row["contact_id"]) == (
        "linked",
        False,
        contact_of(network, ANN),
    )
    assert network.outcome()["in step"]


def test_who_is_marked_while_being_signed_up_is_erased_by_the_next_run(
    network: Network, learners: dict[str, int]
) -> None:
    network.wpms.fault("hold", path=".*/statuses$")
    process = a_sync(network)
    wait_until(lambda: any(one["fault"] for one in network.wpms.requests()))
    erase_learner(network.wpms_client(), learners[CAT])
    network.wpms.clear_faults()
    assert process.wait() == 0
    assert contact_of(network, CAT)
    network.sync()
    assert left_over(network) == ([ANN, BOB, DAN], [ANN, ANN, BOB, DAN])


def test_a_contact_that_another_account_uses_is_kept_without_the_tags_of_the_erased(
    network: Network, learners: dict[str, int]
) -> None:
    erase_learner(network.wpms_client(), learners[ANN])
    network.wpms.delete_account(learners[ANN])
    network.mautic.fault("status", path=".*/delete$", status=403)
    network.wpms.enrol(ANN, LIDA)  # a new account with the same address
    network.sync()
    (one,) = network.erase()
    assert (one.user_id, one.contact, one.left) == (learners[ANN], "kept", 0)
    assert one.reason.startswith("another account uses the contact 1;")
    tags = network.contacts()[ANN]["tags"]
    assert tags
    assert all(tag.startswith("lida101") for tag in tags)
    assert network.sync(everything=True)["unchanged"] > 0
    assert network.contacts()[ANN]["tags"] == tags


def test_whom_mautic_does_not_delete_stays_marked_and_stops_nobody(
    network: Network, learners: dict[str, int]
) -> None:
    path = f"^/api/contacts/{contact_of(network, ANN)}/delete$"
    for fault in ({"status": 403}, {"status": 400}, {"status": 500}):
        network.mautic.fault("status", path=path, times=0, **fault)
        ann, *others = erase(network, learners[ANN], learners[BOB])
        assert (ann.contact, ann.left) == ("refused", 2)
        assert f"answered {fault['status']}" in ann.reason
        assert all(one.contact == "deleted" for one in others)
        assert network.sync()["failed"] == 0
        network.mautic.clear_faults()
    network.sync()
    assert left_over(network) == ([CAT, DAN], [CAT, DAN])


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
@pytest.mark.parametrize("side", ["mautic", "wpms"])
def test_broken_off_at_any_request_and_run_again_it_ends_the_same(
    network: Network, learners: dict[str, int], side: str, kind: str
) -> None:
    count = network.requests_of(lambda: erase(network, learners[ANN], learners[BOB]))[side]
    undisturbed = left_over(network)
    assert undisturbed == ([DAN], [CAT, DAN])
    assert count >= 6
    for nth in range(count):
        for email in (ANN, BOB):
            network.wpms.enrol(email, LIDA)
        network.sync()
        erased = [learners[ANN], learners[BOB]]
        server: Any = getattr(network, side)
        server.fault(kind, skip=nth, times=0, path=CALLS.pattern)
        with pytest.raises(CallError):
            erase(network, *erased)
        server.clear_faults()
        erase(network, *erased)
        contacts, rows = left_over(network)
        assert (contacts, rows) == ([CAT, DAN], [CAT, DAN]), nth
        assert network.outcome()["in step"]


@pytest.mark.parametrize("after_commit", [False, True], ids=["before", "after"])
def test_killed_while_mautic_deletes_it_goes_on_with_the_next_run(
    network: Network, learners: dict[str, int], after_commit: bool
) -> None:
    for email in (ANN, BOB):
        erase_learner(network.wpms_client(), learners[email])
    path = "^/api/contacts/[0-9]+/delete$"
    network.mautic.fault("hold", path=path, after_commit=after_commit)
    process = a_sync(network)
    wait_until(lambda: any(one["fault"] == "hold" for one in network.mautic.requests()))
    process.send_signal(signal.SIGKILL)
    process.wait()
    network.mautic.clear_faults()
    assert {ANN, BOB} <= {row["email"] for row in network.wpms.rows()}, "the ledger goes last"
    network.sync()
    assert left_over(network) == ([CAT, DAN], [CAT, DAN])


def a_sync(network: Network) -> subprocess.Popen[bytes]:
    """A whole sync in a process of its own."""
    mautic, wpms = network.mautic, network.wpms
    known = [mautic.url, mautic.client_id, mautic.client_secret, wpms.url, wpms.user, wpms.password]
    return subprocess.Popen([sys.executable, "-m", "tests.cohort_sync.sync_once", *known])


def test_a_preview_tells_and_writes_nothing(network: Network, learners: dict[str, int]) -> None:
    before = (network.mautic.state(), network.wpms.state())
    mautic, wpms = client_of(network.mautic), network.wpms_client()
    assert preview(mautic, wpms, [learners[ANN], learners[CAT], 999]) == [
        Erased(learners[ANN], "deleted", left=2),
        Erased(learners[CAT], "none", left=1),
    ]
    assert preview(mautic, wpms, None) == []
    assert (network.mautic.state(), network.wpms.state()) == before


def test_without_anybody_to_erase_nothing_but_the_list_is_read(network: Network) -> None:
    network.wpms.seed(10)
    network.sync()
    network.mautic.forget_requests()
    assert network.erase() == []
    assert network.mautic.requests() == []


def test_nothing_that_is_told_holds_a_person(
    network: Network, learners: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    network.mautic.fault("status", path=".*/delete$", status=400, times=1)
    told = repr(erase(network, learners[ANN], learners[BOB])) + caplog.text
    assert "example" not in told

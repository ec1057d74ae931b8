import logging
from datetime import UTC, datetime

import pytest

from cohort_sync.enrolment_sync import find_work
from cohorts.calendar_file import load_calendar
from cohorts.names import day_code
from cohorts.rolling import standing
from tests.cohort_sync.networks import Network
from transport.errors import CallError
from wpms_hook.mapping import Mapped


def writes(network: Network) -> list[str]:
    entries = [*network.mautic.requests(), *network.wpms.requests()]
    return [e["path"] for e in entries if e["method"] != "GET" and "oauth" not in e["path"]]


def test_everybody_who_enrolled_is_signed_up_and_a_second_sync_sends_nothing(
    network: Network,
) -> None:
    network.wpms.seed(450)
    assert network.sync() == {"signed up": 450}
    assert len(network.contacts()) == 450
    assert network.outcome()["in step"]
    network.mautic.forget_requests()
    network.wpms.forget_requests()
    assert network.sync() == {}
    assert writes(network) == []
    assert network.mautic.requests() == []
    assert len(network.wpms.requests()) <= 2


def test_one_change_costs_one_write_on_each_side(network: Network) -> None:
    network.wpms.seed(300)
    network.sync()
    network.mautic.forget_requests()
    network.wpms.forget_requests()
    network.wpms.profile(network.wpms.rows()[0]["user_id"], first_name="Changed")
    assert network.sync() == {"updated": 1}
    assert [path for path in writes(network) if "_sandbox" not in path] == [
        "/api/contacts/batch/edit",
        "/wp-json/course-sync/v1/statuses",
    ]


def test_a_learner_chooses_a_cohort_leaves_and_comes_back(network: Network) -> None:
    ann = network.wpms.enrol("ann@example.org", "/ipm104/")
    network.sync()
    following = standing(network.calendar.offerings[1], datetime.now(UTC)).next
    assert following
    network.wpms.choose(ann, "/ipm104/", day_code(following.start))
    assert network.sync() == {"updated": 1}
    tags = set(network.contacts()["ann@example.org"]["tags"])
    assert tags == {
        "ipm104-oeru-cb",
        f"ipm104-cohort-course-oeru-{day_code(following.start)}-wp",
    }
    network.wpms.leave(ann, "/ipm104/")
    assert network.sync() == {"left": 1}
    assert network.contacts()["ann@example.org"]["tags"] == []
    network.wpms.enrol("ann@example.org", "/ipm104/")
    assert network.sync() == {"signed up": 1}
    assert len(network.contacts()["ann@example.org"]["tags"]) == 2


def test_while_the_link_is_off_nothing_is_sent_and_on_again_all_outstanding_goes(
    network: Network,
) -> None:
    network.wpms.link("/lida101/", False)
    network.wpms.enrol("ann@example.org", "/lida101/")
    network.wpms.enrol("bea@example.org", "/lida101/")
    assert network.sync() == {}
    assert network.contacts() == {}
    work = find_work(network.wpms_client(), network.calendar.only(("LiDA101",)), everything=True)
    assert work.pending == {"LiDA101": 2}
    assert work.blog_ids == []
    network.wpms.link("/lida101/", True)
    assert network.sync() == {"signed up": 2}


def test_leaves_and_a_no_to_email_go_even_while_the_link_is_off(network: Network) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    bea = network.wpms.enrol("bea@example.org", "/lida101/")
    network.sync()
    network.wpms.link("/lida101/", False)
    network.wpms.leave(ann, "/lida101/")
    network.wpms.profile(bea, email_ok=False, first_name="Sent later")
    network.sync()
    contacts = network.contacts()
    assert contacts["ann@example.org"]["tags"] == []
    assert contacts["bea@example.org"]["doNotContact"]
    assert contacts["bea@example.org"]["tags"]
    assert "Sent later" not in str(contacts)
    network.wpms.link("/lida101/", True)
    network.sync()
    assert "Sent later" in str(network.contacts())
    assert network.outcome()["in step"]


def test_a_changed_address_moves_the_contact_and_a_deleted_account_keeps_it(
    network: Network,
) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    network.sync()
    network.wpms.profile(ann, email="ann.new@example.org")
    assert network.sync() == {"updated": 1}
    assert list(network.contacts()) == ["ann.new@example.org"]
    network.wpms.delete_account(ann)
    assert network.sync() == {"left": 1}
    assert network.contacts()["ann.new@example.org"]["tags"] == []
    assert network.wpms.rows() == []


def test_one_impossible_learner_stops_nobody_and_has_the_reason_on_the_row(
    network: Network,
) -> None:
    network.wpms.enrol("ann@example.org", "/lida101/")
    network.wpms.enrol("ünï@example.org", "/lida101/")
    network.wpms.enrol("bea@example.org", "/lida101/", timezone="Mars/Olympus", country="XX")
    assert network.sync() == {"signed up": 2, "failed": 1}
    errors = [row for row in network.wpms.rows() if row["state"] == "error"]
    assert [row["email"] for row in errors] == ["ünï@example.org"]
    assert errors[0]["reason"]
    assert network.sync() == {}


def test_a_dry_run_says_what_would_be_sent_and_writes_nothing(network: Network) -> None:
    network.wpms.seed(30)
    network.wpms.forget_requests()
    assert network.sync(dry_run=True) == {"signed up": 30}
    assert network.contacts() == {}
    assert writes(network) == []
    assert network.sync() == {"signed up": 30}


def test_everything_looks_at_every_row_and_changes_none_that_is_right(network: Network) -> None:
    network.wpms.seed(30)
    network.sync()
    before = network.outcome()
    assert network.sync(everything=True) == {"unchanged": 30}
    assert network.outcome() == before


def test_sites_and_offerings_that_do_not_fit_together_are_told(network: Network) -> None:
    whole = load_calendar().calendar
    network.wpms.enrol("ann@example.org", "/ipm104/")
    client = network.wpms_client()
    lacking = find_work(client, whole, everything=False).problems
    assert lacking[0] == (
        "LiDA102 by OERu has no site at /lida102/; "
        "make the site, or correct `site:` in the calendar"
    )
    (told,) = find_work(client, whole.only(("LiDA101",)), everything=False).problems
    assert told == "site /ipm104/ has 1 learners but no offering in the calendar; add one"
    narrowed = find_work(client, network.calendar, ("LiDA101",), everything=False)
    assert (narrowed.problems, narrowed.blog_ids) == ([], [])


def test_no_log_and_no_report_holds_personal_data(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    canary = "canary.zebra@example.org"
    network.wpms.enrol(canary, "/lida101/", first_name="Zebrina", last_name="Quagga")
    network.wpms.enrol("canary zebra@", "/lida101/", first_name="Zebrina")
    network.mautic.fault("status", path="^/api/contacts/batch/new$", status=502, times=1)
    told = str([report.as_data() for report in network.reports()]) + caplog.text
    network.wpms.profile(canary, last_name="Okapi")
    network.mautic.fault("status", path="^/api/contacts/batch/edit$", status=500, times=0)
    with pytest.raises(CallError) as caught:
        network.sync()
    network.mautic.clear_faults()
    told += str(caught.value) + repr(caught.value) + caplog.text
    for word in ("canary", "Zebrina", "Quagga", "Okapi", network.wpms.password):
        assert word not in told


def test_a_profile_field_that_this_mautic_refuses_is_left_out_and_the_sign_up_goes(
    network: Network,
) -> None:
    # The stand-in refuses country codes of two letters as Mautic refuses unknown countries.
    network.wpms.enrol("ann@example.org", "/lida101/", country="NZ", timezone="Europe/Paris")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cohort_sync.enrolment_plan.country_name", lambda code: Mapped(code))
        assert network.sync() == {"signed up": 1}
    (row,) = network.wpms.rows()
    assert (row["state"], row["reason"]) == (
        "linked",
        "Mautic refused country, which was left out",
    )
    assert network.contacts()["ann@example.org"]["timezone"] == "Europe/Paris"


def test_everything_does_not_swallow_who_is_pending_behind_a_link_that_is_off(
    network: Network,
) -> None:
    zed = network.wpms.enrol("zed@example.org", "/lida101/")
    network.sync()
    network.wpms.link("/lida101/", False)
    network.wpms.enrol("ann@example.org", "/lida101/")
    network.wpms.leave(zed, "/lida101/")
    network.sync(everything=True)
    assert list(network.contacts()) == ["zed@example.org"]
    network.wpms.link("/lida101/", True)
    assert network.sync() == {"signed up": 1}


def test_an_account_deleted_and_registered_again_is_signed_up(network: Network) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    network.sync()
    network.wpms.delete_account(ann)
    network.wpms.enrol("ann@example.org", "/lida101/")
    network.sync()
    assert "lida101-oeru-is" in network.contacts()["ann@example.org"]["tags"]
    assert network.outcome()["in step"]
    assert network.sync() == {}


def test_a_newcomer_with_an_address_that_another_gave_up_gets_a_contact_of_their_own(
    network: Network,
) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/", first_name="Ann")
    network.sync()
    network.wpms.profile(ann, email="ann2@example.org")
    network.wpms.enrol("ann@example.org", "/lida101/", first_name="Nina")
    network.sync()
    names = {email: one["firstname"] for email, one in network.contacts().items()}
    assert names == {"ann2@example.org": "Ann", "ann@example.org": "Nina"}
    assert network.outcome()["in step"]


def test_who_leaves_an_archived_site_is_let_go_and_nobody_is_signed_up_there(
    network: Network,
) -> None:
    ann = network.wpms.enrol("ann@example.org", "/lida101/")
    network.sync()
    network.wpms.archive("/lida101/")
    network.wpms.leave(ann, "/lida101/")
    network.wpms.enrol("ben@example.org", "/lida101/")
    assert network.sync() == {"left": 1}
    (contact,) = network.contacts().values()
    assert contact["tags"] == []
    work = find_work(network.wpms_client(), network.calendar, everything=False)
    assert (work.blog_ids, work.dirty) == ([], 0)

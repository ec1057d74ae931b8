"""What learners say in Mautic reaches WordPress and the tags, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests

from cohort_sync.stats_cursor import Cursor
from cohort_sync.status_sync import sync_words
from mautic_hook.contacts import create_contacts, edit_contacts, stop_mail
from mautic_hook.tags import ensure_tags
from tests.cohort_sync.mautics import client_of
from tests.cohort_sync.networks import Network

ANN, BEN = "ann@example.org", "ben@example.org"
IS, CB = "lida101-oeru-is", "lida101-oeru-cb"
SITE = "/lida101/"


@pytest.fixture
def ann(network: Network) -> int:
    """A learner of LiDA101 who studies independently, in step; the number of the account."""
    network.set_up()
    user = network.wpms.enrol(ANN, SITE)
    network.sync()
    return user


def row(network: Network, email: str = ANN) -> dict[str, Any]:
    return next(row for row in network.wpms.rows() if row["email"] == email)


def contact(network: Network, email: str = ANN) -> dict[str, Any]:
    return network.contacts()[email]


def tag(network: Network, *changes: str, email: str = ANN) -> None:
    """Staff change the tags of a contact."""
    mautic = client_of(network.mautic)
    ensure_tags(mautic, [change for change in changes if not change.startswith("-")])
    edit_contacts(mautic, [{"id": contact(network, email)["id"], "tags": list(changes)}])


def next_cohort(network: Network) -> str:
    offers = next(site for site in network.wpms.state()["courses"] if site["path"] == SITE)
    return str(next(one["key"] for one in offers["offers"] if one["delivery"] == "cohort"))


def status_tags(network: Network, email: str = ANN) -> set[str]:
    return {tag for tag in contact(network, email)["tags"] if tag.lower() in (IS, CB)}


def assert_studies(network: Network, delivery: str, email: str = ANN) -> None:
    """Both sides say the same of the learner: row, ledger, status tag, membership and tick."""
    there, ledger = contact(network, email), row(network, email)
    is_cohort = delivery == "cohort"
    assert status_tags(network, email) == {CB if is_cohort else IS}
    assert (ledger["delivery"], ledger["rev"]) == (delivery, ledger["synced_rev"])
    assert ledger["segment"] in there["tags"]
    assert f"-{'cohort' if is_cohort else 'is'}-course-" in ledger["segment"]
    assert network.ticks()[email] == ({"LiDA101"} if is_cohort else set())


def test_ticking_is_studying_with_the_next_cohort(network: Network, ann: int) -> None:
    segment = network.preference("LiDA101")
    assert segment["publicName"].startswith("Study LiDA101 with a cohort, next start ")
    network.mautic.save_preferences(contact(network)["id"], [segment["id"]])
    assert network.hear() == {"updated": 1}
    assert_studies(network, "cohort")
    assert row(network)["choice"] == next_cohort(network)
    assert network.hear() == {"unchanged": 1}


def test_unticking_is_studying_independently(network: Network, ann: int) -> None:
    network.wpms.choose(ann, SITE, next_cohort(network))
    network.sync()
    assert_studies(network, "cohort")
    network.mautic.save_preferences(contact(network)["id"], [])
    network.hear()
    assert_studies(network, "is")
    assert row(network)["choice"] == "is"


@pytest.mark.parametrize("text", [CB, CB.upper(), "LiDA101-oeru-CB"])
def test_a_status_tag_typed_by_staff_in_any_case_is_a_word(
    network: Network, ann: int, text: str
) -> None:
    tag(network, text, f"-{IS}")
    network.hear()
    assert_studies(network, "cohort")


def test_of_both_status_tags_the_added_one_counts_and_the_other_goes(
    network: Network, ann: int
) -> None:
    tag(network, CB)
    network.hear()
    assert_studies(network, "cohort")
    tag(network, IS)
    network.hear()
    assert_studies(network, "is")


def test_tags_that_were_all_taken_away_come_back(network: Network, ann: int) -> None:
    tag(network, f"-{IS}")
    network.hear()
    assert_studies(network, "is")


def test_a_tick_set_for_someone_who_chose_in_wordpress_is_no_word(
    network: Network, ann: int
) -> None:
    network.wpms.choose(ann, SITE, next_cohort(network))
    network.sync()
    assert network.hear() == {"unchanged": 1}
    assert_studies(network, "cohort")


def test_who_ticked_nothing_before_there_was_a_preference_centre_has_said_nothing(
    network: Network,
) -> None:
    user = network.wpms.enrol(ANN, SITE)
    network.wpms.choose(user, SITE, next_cohort(network))
    network.sync()
    network.set_up()
    assert network.hear() == {"updated": 1}
    assert_studies(network, "cohort")


def test_what_is_said_later_in_wordpress_wins(network: Network, ann: int) -> None:
    tag(network, CB, f"-{IS}")
    network.hear()
    network.wpms.choose(ann, SITE, "is")
    network.sync()
    assert_studies(network, "is")
    network.hear()
    assert_studies(network, "is")


@pytest.mark.parametrize(("ahead", "said", "studies"), [(10, -1, "cohort"), (-10, 1, "is")])
def test_which_word_is_later_is_told_though_the_clocks_differ_by_minutes(
    network: Network, ahead: int, said: int, studies: str
) -> None:
    """`said`: so many minutes after the word in Mautic, by a clock that is `ahead`."""
    now = datetime.now(UTC)

    def clock(minutes: int) -> datetime:
        return now + timedelta(minutes=ahead + minutes)

    def tells_its_time(response: requests.Response, *_: Any, **__: Any) -> None:
        response.headers["Date"] = format_datetime(clock(0), usegmt=True)

    network.set_up()
    network.wpms.switch(now=clock(-5).isoformat())
    user = network.wpms.enrol(ANN, SITE)
    network.sync()
    network.wpms.switch(now=clock(said).isoformat())
    network.wpms.choose(user, SITE, "is")
    network.mautic.edit_contact(contact(network)["id"], tags=[CB, f"-{IS}"])
    network.wpms.switch(now=clock(2).isoformat())
    mautic, wpms = client_of(network.mautic), network.wpms_client()
    wpms.transport.session.hooks["response"].append(tells_its_time)
    sync_words(mautic, wpms, network.calendar, None, now, dry_run=False)
    assert_studies(network, studies)


@pytest.mark.parametrize("blank", ["", None])
def test_a_contact_that_lost_its_address_gets_it_back(
    network: Network, ann: int, blank: str | None
) -> None:
    lost = contact(network)["id"]
    network.mautic.edit_contact(lost, email=blank, overwriteWithBlank=True)
    assert ANN not in network.contacts()
    assert network.hear() == {"updated": 1}
    assert contact(network)["id"] == lost


def no_of_the_learner(network: Network, contact_id: int) -> None:
    network.mautic.save_preferences(contact_id, [], email=False)


def no_of_staff(network: Network, contact_id: int) -> None:
    stop_mail(client_of(network.mautic), contact_id, "asked by phone")


@pytest.mark.parametrize("say_no", [no_of_the_learner, no_of_staff])
def test_a_no_to_e_mail_in_mautic_is_seen_in_wordpress(
    network: Network, ann: int, say_no: Callable[[Network, int], None]
) -> None:
    say_no(network, contact(network)["id"])
    network.hear()
    assert (row(network)["email_ok"], row(network)["state"]) == (False, "optedout")
    assert network.hear() == {"unchanged": 1}


def test_a_yes_in_wordpress_lifts_the_learners_own_no_and_none_of_staff(
    network: Network, ann: int
) -> None:
    for say_no, allowed in ((no_of_the_learner, True), (no_of_staff, False)):
        say_no(network, contact(network)["id"])
        network.hear()
        network.wpms.profile(ann, email_ok=True)
        network.sync()
        assert (contact(network)["doNotContact"] == {}) is allowed
        assert row(network)["email_ok"] is allowed
        assert row(network)["rev"] == row(network)["synced_rev"]
        assert network.hear() == {"unchanged": 1}


def test_a_no_of_wordpress_that_was_lifted_in_mautic_stands(network: Network, ann: int) -> None:
    network.wpms.profile(ann, email_ok=False)
    network.sync()
    network.mautic.save_preferences(contact(network)["id"], [], email=True)
    (report,) = network.hear_contacts([contact(network)["id"]])
    assert "lifted in Mautic" in report.problems[0]["what"]
    assert contact(network)["doNotContact"] == {"email": 3}
    assert not row(network)["email_ok"]


def test_a_course_whose_link_is_off_is_left_alone(network: Network, ann: int) -> None:
    network.wpms.link(SITE, on=False)
    tag(network, CB, f"-{IS}")
    before = network.outcome()
    network.hear()
    assert network.outcome() == before
    network.wpms.link(SITE, on=True)
    network.hear()
    assert_studies(network, "cohort")


def test_a_merged_contact_is_found_by_its_address(network: Network, ann: int) -> None:
    mautic, loser = client_of(network.mautic), contact(network)["id"]
    edit_contacts(mautic, [{"id": loser, "email": BEN}])
    create_contacts(mautic, [{"email": ANN}])
    winner = contact(network)["id"]
    network.mautic.merge_contacts(loser, winner)
    network.hear_contacts([loser])
    (there,) = network.contacts().values()
    assert row(network)["contact_id"] == winner
    assert IS in there["tags"]


def test_a_deleted_contact_is_made_anew_and_said(network: Network, ann: int) -> None:
    gone = contact(network)["id"]
    network.mautic.delete_contact(gone)
    (report,) = network.hear_contacts([gone])
    assert report.problems[0]["what"] == "the contact was gone; made anew"
    assert row(network)["contact_id"] == contact(network)["id"] != gone
    assert_studies(network, "is")


def test_only_contacts_with_news_are_looked_at(network: Network, ann: int) -> None:
    network.wpms.enrol(BEN, SITE)
    network.sync()
    first = network.look({})
    assert (first.why, first.contacts) == ("there is no cursor yet", None)
    second = network.look(first.cursors)
    tag(network, CB, email=BEN)
    third = network.look(second.cursors)
    assert third.contacts == [contact(network, BEN)["id"]]
    assert network.look(third.cursors).contacts == []


def test_a_row_that_turns_up_late_is_not_missed(network: Network, ann: int) -> None:
    network.wpms.enrol(BEN, SITE)
    network.sync()
    cursors = network.look({}).cursors
    tag(network, CB)
    network.mautic.hold_back("audit_log")
    tag(network, CB, email=BEN)
    found = network.look(cursors)
    assert found.contacts == [contact(network, BEN)["id"]]
    network.mautic.release()
    assert network.look(found.cursors).contacts == [contact(network)["id"]]


def test_a_cursor_that_fell_behind_a_cleaned_log_looks_at_everybody(
    network: Network, ann: int
) -> None:
    old = {name: Cursor(1) for name in network.look({}).cursors}
    network.mautic.purge("audit_log", 5)
    tag(network, CB)
    found = network.look(old)
    assert found.why == "the cursor fell behind what Mautic keeps of audit_log"
    assert found.contacts is None


def test_without_news_the_requests_are_as_many_with_one_learner_as_with_many(
    network: Network, ann: int
) -> None:
    counts = []
    for more in (0, 60):
        if more:
            network.wpms.seed(more)
            network.sync()
        network.hear()
        cursors = network.look(network.look({}).cursors).cursors
        network.mautic.forget_requests()
        network.wpms.forget_requests()
        found = network.look(cursors)
        network.hear_contacts(found.contacts)
        counts.append(len(network.mautic.requests()) + len(network.wpms.requests()))
    assert counts[0] == counts[1] <= 8


def test_a_dry_run_writes_nothing(network: Network, ann: int) -> None:
    tag(network, CB, f"-{IS}")
    before = network.outcome()
    (report,) = network.hear_contacts([contact(network)["id"]], dry_run=True)
    assert report.counts == {"updated": 1}
    assert network.outcome() == before

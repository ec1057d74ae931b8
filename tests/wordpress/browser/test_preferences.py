"""What is said in Mautic, on a learner's preference page or by staff, is seen in the profile."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from cohorts.names import day_code
from mautic_hook.contacts import edit_contacts
from mautic_hook.tags import ensure_tags
from tests.cohort_sync.mautics import client_of
from tests.cohort_sync.networks import Network
from tests.wordpress.browser.conftest import EnrolmentSync, TakePicture
from tests.wordpress.browser.person import ANN, Person
from tests.wordpress.courses import FIRST, in_words, offer
from tests.wpms_hook.deeds import LIDA

PROFILE = "/lida101/wp-admin/profile.php"
TICK = f"Study LiDA101 with a cohort, next start {FIRST.day} {FIRST:%B %Y}"
IS, CB = "lida101-oeru-is", "lida101-oeru-cb"
CHOSEN_THERE = "You or the staff chose this in the e-mail preferences. It came here on "
SAID_THERE = "You or the staff said this in the e-mail preferences. It came here on "
SAID_HERE = "You said this on this site, on "
#: Not that of the course, and not Mautic's.
ZONE = "Asia/Kolkata"
MINUTE = timedelta(minutes=1)

StatusSync = Callable[[], Counter[str]]


@pytest.fixture
def status_sync(network: Network) -> StatusSync:
    """Brings what is new in Mautic's logs, as the DAG does; gives what became of the learners."""
    network.set_up()
    cursors = network.look({}).cursors

    def run() -> Counter[str]:
        nonlocal cursors
        found = network.look(cursors)
        total = Counter[str]()
        for report in network.hear_contacts(found.contacts):
            total.update(report.counts)
        cursors = found.cursors
        return total

    return run


@pytest.fixture
def learner(network: Network, ann: Person, status_sync: StatusSync) -> Person:
    """Ann, who lives in another zone, is signed up and has said nothing in Mautic yet."""
    network.wpms.profile(ANN, timezone=ZONE)
    assert network.sync() == {"signed up": 1}
    status_sync()
    return ann


def open_preferences(network: Network, who: Person) -> None:
    """Follows the link in a mail."""
    who.page.goto(network.mautic.preference_link(network.contacts()[ANN]["id"]))


def save_by_keyboard(who: Person) -> None:
    who.tab_to(who.page.get_by_role("button", name="Save preferences"))
    who.page.keyboard.press("Enter")
    expect(who.page.get_by_role("status")).to_have_text("Your preferences have been saved.")


def tick(who: Person) -> Locator:
    return who.page.get_by_role("checkbox", name=TICK)


def mail_switch(who: Person) -> Locator:
    return who.page.get_by_role("checkbox", name="Send me e-mail about my courses")


def assert_said(fact: Locator, words: str, since: datetime) -> None:
    """The profile says so, and that it was said between then and now, by Ann's clocks."""
    minutes = (datetime.now(UTC) - since) // MINUTE + 1
    times = [(since + n * MINUTE).astimezone(ZoneInfo(ZONE)) for n in range(minutes + 1)]
    moments = [f"{in_words(t)} {t.hour % 12 or 12}:{t:%M} {t:%p}".lower() for t in times]
    said = "|".join(re.escape(f"{words}{moment} ({ZONE}).") for moment in moments)
    expect(fact).to_contain_text(re.compile(said, re.IGNORECASE))


def test_a_cohort_ticked_by_keyboard_is_seen_in_the_profile_with_when_and_where_it_was_said(
    network: Network, learner: Person, status_sync: StatusSync, picture: TakePicture
) -> None:
    begin = datetime.now(UTC)
    page = learner.page
    open_preferences(network, learner)
    expect(tick(learner)).not_to_be_checked()
    learner.tab_to(tick(learner))
    page.keyboard.press("Space")
    save_by_keyboard(learner)
    expect(tick(learner)).to_be_checked()
    picture("mautic-preferences", page.get_by_role("main"))
    assert status_sync() == {"updated": 1}
    learner.visit(PROFILE)
    expect(learner.fact("State")).to_have_text("You are signed up.")
    expect(learner.fact("How you study")).to_have_text(f"Cohort starting {in_words(FIRST)}")
    expect(learner.fact("Tags")).to_contain_text(CB)
    expect(page.get_by_role("radio", name=offer(FIRST))).to_be_checked()
    assert_said(learner.fact("Your choice"), CHOSEN_THERE, begin)
    (row,) = network.wpms.rows()
    assert (row["choice"], row["rev"]) == (day_code(FIRST), row["synced_rev"])
    picture(
        "wordpress-profile-said",
        page.get_by_role("heading", name="Courses and e-mail (Mautic)"),
        page.get_by_role("button", name="Update Profile"),
    )


def test_a_tick_taken_away_is_independent_study_in_the_profile(
    network: Network, learner: Person, status_sync: StatusSync
) -> None:
    network.wpms.choose(ANN, LIDA, day_code(FIRST))
    network.sync()
    learner.visit(PROFILE)
    expect(learner.fact("Your choice")).to_contain_text("You chose this on this site, on ")
    begin = datetime.now(UTC)
    open_preferences(network, learner)
    expect(tick(learner)).to_be_checked()
    learner.tab_to(tick(learner))
    learner.page.keyboard.press("Space")
    save_by_keyboard(learner)
    assert status_sync() == {"updated": 1}
    learner.visit(PROFILE)
    expect(learner.fact("How you study")).to_have_text("Independent study")
    expect(learner.page.get_by_role("radio", name="Independent study")).to_be_checked()
    assert_said(learner.fact("Your choice"), CHOSEN_THERE, begin)


def test_a_no_on_the_preference_page_switches_e_mail_off_until_a_yes_in_the_profile(
    network: Network, learner: Person, status_sync: StatusSync, enrolment_sync: EnrolmentSync
) -> None:
    begin = datetime.now(UTC)
    learner.visit(PROFILE)
    expect(mail_switch(learner)).to_be_checked()
    expect(learner.fact("E-mail")).not_to_contain_text("said this")
    open_preferences(network, learner)
    learner.page.get_by_role("checkbox", name="Email").uncheck()
    save_by_keyboard(learner)
    assert "email" in network.contacts()[ANN]["doNotContact"]
    status_sync()
    learner.visit(PROFILE)
    expect(mail_switch(learner)).not_to_be_checked()
    expect(learner.fact("State")).to_contain_text("get no e-mail, as you wished")
    assert_said(learner.fact("E-mail"), SAID_THERE, begin)
    mail_switch(learner).check()
    learner.press("Update Profile")
    expect(learner.page.locator("#message")).to_contain_text("Profile updated")
    assert_said(learner.fact("E-mail"), SAID_HERE, begin)
    assert enrolment_sync() == {"updated": 1}
    assert network.contacts()[ANN]["doNotContact"] == {}
    open_preferences(network, learner)
    expect(learner.page.get_by_role("checkbox", name="Email")).to_be_checked()
    status_sync()
    learner.visit(PROFILE)
    expect(mail_switch(learner)).to_be_checked()
    assert_said(learner.fact("E-mail"), SAID_HERE, begin)


@pytest.mark.parametrize("typed", [CB.upper(), "LiDA101-OERu-cb"])
def test_a_status_tag_that_staff_type_in_another_case_is_seen_in_the_profile(
    network: Network, learner: Person, status_sync: StatusSync, typed: str
) -> None:
    begin = datetime.now(UTC)
    mautic = client_of(network.mautic)
    ensure_tags(mautic, [typed])
    contact = network.contacts()[ANN]["id"]
    edit_contacts(mautic, [{"id": contact, "tags": [typed, f"-{IS}"]}])
    assert status_sync() == {"updated": 1}
    learner.visit(PROFILE)
    expect(learner.fact("How you study")).to_have_text(f"Cohort starting {in_words(FIRST)}")
    expect(learner.fact("Tags")).to_contain_text(CB)
    assert_said(learner.fact("Your choice"), CHOSEN_THERE, begin)

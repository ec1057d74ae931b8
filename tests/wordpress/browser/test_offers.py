"""What a course page offers; and offers that close while somebody looks at them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cohorts.names import day_code
from tests.cohort_sync.networks import Network
from tests.wordpress.browser.conftest import NewPerson, TakePicture
from tests.wordpress.browser.person import ANN, Person
from tests.wordpress.courses import CLOSED, FIRST, offer
from tests.wpms_hook.deeds import IPM


def choose(who: Person, label: str) -> None:
    who.page.get_by_role("radio", name=label).check()
    who.press("Save my choice")


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_learner_chooses_on_a_course_page(
    network: Network, ann: Person, person: NewPerson, picture: TakePicture, javascript: bool
) -> None:
    ann = person(ANN, javascript=javascript)
    ann.log_in_for("/lida101/block/")
    choose(ann, offer(FIRST))
    expect(ann.page.get_by_role("status")).to_contain_text("Your choice is saved.")
    expect(ann.page.get_by_role("radio", name=offer(FIRST))).to_be_checked()
    (row,) = network.wpms.rows()
    assert row["choice"] == day_code(FIRST)
    if javascript:
        picture(
            "wordpress-offers",
            ann.page.get_by_role("heading", name="Start here"),
            ann.page.locator(".course-sync-offers"),
        )


@pytest.mark.usefixtures("pages")
def test_a_visitor_sees_what_is_offered_and_is_led_to_log_in_to_choose(
    network: Network, ann: Person
) -> None:
    ann.page.goto(f"{ann.url}/lida101/shortcode/")
    expect(ann.page.get_by_text(offer(FIRST))).to_be_visible()
    expect(ann.page.get_by_role("radio")).to_have_count(0)
    ann.page.get_by_role("link", name="Log in to choose how you study").click()
    ann.log_in()
    choose(ann, "Independent study")
    expect(ann.page.get_by_role("status")).to_contain_text("Your choice is saved.")
    (row,) = network.wpms.rows()
    assert row["choice"] == "is"


@pytest.mark.usefixtures("pages")
def test_who_is_not_enrolled_cannot_choose_and_is_told_why(
    network: Network, person: NewPerson
) -> None:
    network.wpms.enrol("bob@example.org", IPM)
    bob = person("bob@example.org")
    bob.log_in_for("/lida101/block/")
    expect(bob.page.get_by_text("You are not enrolled yet.")).to_be_visible()
    expect(bob.page.get_by_role("radio")).to_have_count(0)


@pytest.mark.usefixtures("pages")
def test_an_offer_that_closes_while_it_is_looked_at_cannot_be_chosen(
    network: Network, ann: Person
) -> None:
    before = network.wpms.rows()
    ann.log_in_for("/lida101/block/")
    network.wpms.switch(now=CLOSED)
    choose(ann, offer(FIRST))
    expect(ann.page.get_by_role("status")).to_contain_text("no longer on offer")
    expect(ann.page.get_by_role("radio", name=offer(FIRST))).to_have_count(0)
    assert network.wpms.rows() == before


def test_an_offer_that_closes_while_a_profile_is_open_cannot_be_chosen(
    network: Network, ann: Person
) -> None:
    before = network.wpms.rows()
    ann.visit("/lida101/wp-admin/profile.php")
    network.wpms.switch(now=CLOSED)
    ann.page.get_by_role("radio", name=offer(FIRST)).check()
    ann.press("Update Profile")
    refusal = (
        "LiDA101: Digital literacies for online learning: what you chose is no longer on offer"
    )
    expect(ann.page.get_by_role("alert")).to_contain_text(refusal)
    expect(ann.page.get_by_role("radio", name=offer(FIRST))).to_have_count(0)
    assert network.wpms.rows() == before


def test_the_editor_shows_the_block_as_the_page_will(
    network: Network, course_admin: Person, pages: dict[str, int]
) -> None:
    course_admin.visit(f"/lida101/wp-admin/post.php?post={pages['block']}&action=edit")
    course_admin.press("Close dialog")
    block = course_admin.page.get_by_role("document", name="Block: Course offers")
    expect(block).to_contain_text("You belong to the staff of this course")
    expect(block).to_contain_text(offer(FIRST))

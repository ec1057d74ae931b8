"""A learner's profile page: what Mautic knows of them, and what they change there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cohorts.names import day_code
from tests.cohort_sync.networks import Network
from tests.wordpress.browser.conftest import EnrolmentSync, NewPerson, TakePicture
from tests.wordpress.browser.person import ANN, Person
from tests.wordpress.courses import FIRST, offer
from tests.wpms_hook.deeds import LIDA

PROFILE = "/lida101/wp-admin/profile.php"
COHORT_TAGS = {"lida101-oeru-cb", f"lida101-cohort-course-oeru-{day_code(FIRST)}-wp"}


def save(who: Person) -> None:
    who.press("Update Profile")
    expect(who.page.locator("#message")).to_contain_text("Profile updated")


def test_who_enrols_while_the_link_is_off_is_told_so_and_signed_up_once_it_is_on(
    network: Network, person: NewPerson, course_admin: Person, enrolment_sync: EnrolmentSync
) -> None:
    network.wpms.link(LIDA, False)
    network.wpms.enrol(ANN, LIDA)
    ann = person(ANN)
    ann.visit(PROFILE)
    expect(ann.fact("State")).to_contain_text("This course is not yet connected to our e-mail")
    expect(ann.fact("State")).to_contain_text("There is nothing to do")
    assert network.sync() == {}
    assert network.contacts() == {}
    course_admin.visit("/lida101/wp-admin/options-general.php?page=course-sync")
    course_admin.page.get_by_role("checkbox").check()
    course_admin.press("Save")
    expect(course_admin.page.get_by_role("status")).to_contain_text("the link is on")
    assert enrolment_sync() == {"signed up": 1}
    tags = network.contacts()[ANN]["tags"]
    assert "lida101-oeru-is" in tags
    ann.page.reload()
    expect(ann.fact("State")).to_have_text("You are signed up.")
    expect(ann.fact("How you study")).to_have_text("Independent study")
    expect(ann.fact("Tags")).to_have_text(", ".join(tags))


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_what_a_learner_changes_reaches_mautic_with_the_next_sync(
    network: Network, ann: Person, person: NewPerson, picture: TakePicture, javascript: bool
) -> None:
    network.sync()
    assert COHORT_TAGS.isdisjoint(network.contacts()[ANN]["tags"])
    ann = person(ANN, javascript=javascript)
    ann.visit(PROFILE)
    ann.page.get_by_role("radio", name=offer(FIRST)).check()
    ann.page.get_by_label("Time zone").select_option("Europe/Dublin")
    picture(
        "wordpress-profile",
        ann.page.get_by_role("heading", name="Courses and e-mail (Mautic)"),
        ann.page.get_by_role("button", name="Update Profile"),
    )
    ann.page.get_by_role("checkbox", name="Send me e-mail").uncheck()
    save(ann)
    expect(ann.fact("Last synchronised")).to_contain_text("sent with the next sync")
    assert network.sync() == {"updated": 1}
    contact = network.contacts()[ANN]
    assert set(contact["tags"]) == COHORT_TAGS
    assert contact["timezone"] == "Europe/Dublin"
    assert "email" in contact["doNotContact"]
    ann.page.reload()
    expect(ann.fact("State")).to_contain_text("get no e-mail, as you wished")
    expect(ann.fact("How you study")).to_contain_text("Cohort starting")
    expect(ann.fact("Last synchronised")).to_contain_text("(Europe/Dublin)")


def test_the_rest_of_a_profile_is_saved_without_making_a_learner_change(
    network: Network, ann: Person
) -> None:
    before = network.wpms.rows()
    ann.visit(PROFILE)
    ann.page.get_by_label("Biographical Info").fill("I like kayaks.")
    save(ann)
    assert network.wpms.rows() == before

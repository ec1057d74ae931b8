"""The course admin's screen: Settings → Mautic link."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.cohort_sync.networks import Network
from tests.wordpress.browser.conftest import NewPerson, TakePicture
from tests.wordpress.browser.person import Person
from tests.wordpress.courses import CLOSED, FIRST, JOIN_UNTIL, in_words, offer
from tests.wpms_hook.deeds import IPM, LIDA

LIDA_SCREEN, IPM_SCREEN = (
    f"/{site}/wp-admin/options-general.php?page=course-sync" for site in ("lida101", "ipm101")
)
WHO_WAITS = "Waiting for the link to be switched on"


def switch(page: Page) -> Locator:
    return page.get_by_role("checkbox", name="Sign the learners of this course up in Mautic")


def link_of(network: Network, blog_id: int) -> object:
    return next(c["link"] for c in network.wpms.state()["courses"] if c["blog_id"] == blog_id)


def test_a_course_admin_switches_the_link_on_by_keyboard_and_sees_how_many_waited(
    network: Network, course_admin: Person, picture: TakePicture
) -> None:
    network.wpms.link(LIDA, False)
    for name in ("ann", "bob", "cho"):
        network.wpms.enrol(f"{name}@example.org", LIDA)
    course_admin.visit(LIDA_SCREEN)
    page = course_admin.page
    expect(switch(page)).not_to_be_checked()
    expect(course_admin.fact(WHO_WAITS)).to_have_text("3")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    course_admin.tab_to(switch(page))
    page.keyboard.press("Space")
    course_admin.tab_to(page.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("the link is on")
    expect(page.locator(".notice")).to_have_count(1)
    expect(switch(page)).to_be_checked()
    expect(course_admin.fact(WHO_WAITS)).to_have_text("0")
    expect(course_admin.fact("With changes that the next sync sends")).to_have_text("3")
    assert link_of(network, LIDA) == "on"
    picture("wordpress-switch", page.locator(".wrap"))


def test_a_course_admin_switches_the_link_off_without_javascript(
    network: Network, person: NewPerson, course_admin: Person
) -> None:
    plain = person(course_admin.login, course_admin.password, javascript=False)
    plain.visit(LIDA_SCREEN)
    switch(plain.page).uncheck()
    plain.press("Save")
    expect(plain.page.get_by_role("status")).to_contain_text("the link is off")
    assert link_of(network, LIDA) == "off"
    assert link_of(network, IPM) == "on"


def test_a_course_admin_sees_what_learners_may_choose_now_and_until_when(
    network: Network, course_admin: Person
) -> None:
    course_admin.visit(IPM_SCREEN)
    table = course_admin.page.get_by_role("table", name="What learners may choose now")
    cohort = table.get_by_role("row", name=offer(FIRST))
    expect(table.get_by_role("row", name="Independent study")).to_be_visible()
    expect(cohort.get_by_role("cell").first).to_have_text(in_words(FIRST))
    expect(cohort.get_by_role("cell").last).to_have_text(in_words(JOIN_UNTIL))
    network.wpms.switch(now=CLOSED)
    course_admin.page.reload()
    expect(table.get_by_role("row", name="Independent study")).to_be_visible()
    expect(cohort).to_have_count(0)


@pytest.mark.parametrize("is_learner", [True, False], ids=["a learner", "a stranger"])
def test_an_admin_of_another_course_cannot_reach_the_switch(
    network: Network, person: NewPerson, is_learner: bool
) -> None:
    network.wpms.enrol("mal@example.org", IPM)
    network.wpms.role("mal@example.org", IPM, "administrator")
    if is_learner:
        network.wpms.enrol("mal@example.org", LIDA)
    mallory = person("mal@example.org")
    mallory.visit(IPM_SCREEN)
    form = mallory.page.locator("form").filter(has=switch(mallory.page))
    nonce = form.locator("[name=_wpnonce]").get_attribute("value")
    # A nonce is good on every site, so only the right to switch stands between.
    forged: dict[str, str | float | bool] = {"action": "course_sync_link", "_wpnonce": str(nonce)}
    url = f"{mallory.url}/lida101/wp-admin/admin-post.php"
    assert mallory.page.request.post(url, form=forged).status == 403
    shown = mallory.page.goto(mallory.url + LIDA_SCREEN)
    assert shown is not None
    assert shown.status == 403
    assert link_of(network, LIDA) == "on"

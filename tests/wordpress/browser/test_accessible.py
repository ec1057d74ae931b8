"""Everybody can use the screens: axe finds nothing wrong, and it shows where the focus is."""

from __future__ import annotations

import pytest

from ops.wordpress.stage import ACCOUNTS
from tests.cohort_sync.networks import Network
from tests.wordpress.browser.axe import violations
from tests.wordpress.browser.conftest import NewPerson
from tests.wordpress.browser.person import ANN
from tests.wpms_hook.deeds import LIDA

LEARNER = ANN, ACCOUNTS["learner_password"]
COURSE_ADMIN = ACCOUNTS["course_admin"], ACCOUNTS["course_admin_password"]
NETWORK_ADMIN = ACCOUNTS["admin"], ACCOUNTS["admin_password"]
#: Each screen with who uses it, the part of the page that is looked at, and the plugin's controls.
SCREENS = {
    "switch": (
        COURSE_ADMIN,
        "/lida101/wp-admin/options-general.php?page=course-sync",
        ".wrap",
        ".wrap form :is(input:not([type=hidden]), button)",
    ),
    "network": (
        NETWORK_ADMIN,
        "/wp-admin/network/settings.php?page=course-sync",
        ".wrap",
        ".wrap :is(a, input:not([type=hidden]), button)",
    ),
    "profile": (
        LEARNER,
        "/lida101/wp-admin/profile.php",
        ".wrap",
        "[name^=course_sync_]:not([type=hidden])",
    ),
    "offers": (
        LEARNER,
        "/wp-login.php?redirect_to=/lida101/block/",
        "main",
        ".course-sync-offers :is(input:not([type=hidden]), button)",
    ),
}
SHOWS_FOCUS = """
element => {
    const look = () => {
        const {outline, outlineColor, boxShadow, borderColor, backgroundColor} =
            getComputedStyle(element);
        const line = outlineColor === 'rgba(0, 0, 0, 0)' ? '' : outline;
        return [line, boxShadow, borderColor, backgroundColor].join();
    };
    element.style.transition = 'none';
    element.blur();
    const before = look();
    element.focus();
    return look() !== before;
}
"""


@pytest.mark.parametrize("screen", SCREENS)
def test_everybody_can_use_the_screen(
    network: Network, person: NewPerson, pages: dict[str, int], screen: str
) -> None:
    (login, password), path, part, controls = SCREENS[screen]
    network.wpms.enrol(ANN, LIDA)
    who = person(login, password)
    who.visit(path)
    assert violations(who.page, part) == []
    usable = who.page.locator(controls).all()
    assert len(usable) > 1
    # From here on the browser takes it for somebody who uses the keyboard.
    who.page.keyboard.press("Tab")
    assert [control for control in usable if not control.evaluate(SHOWS_FOCUS)] == []

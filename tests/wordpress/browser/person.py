"""Somebody in front of a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

ANN = "ann@example.org"
LOGIN = re.compile(r"/wp-login\.php")


@dataclass(frozen=True)
class Person:
    """A page of a browser of their own, on the network at `url`, and their account there."""

    page: Page
    url: str
    login: str
    password: str

    def visit(self, path: str) -> None:
        """Opens a page of the network, and logs in where WordPress asks."""
        self.page.goto(self.url + path)
        if LOGIN.search(self.page.url):
            self.log_in()

    def log_in_for(self, path: str) -> None:
        """Logs in, and then opens a page that anybody can see."""
        self.visit(f"/wp-login.php?redirect_to={path}")

    def log_in(self) -> None:
        """Fills in the page on which WordPress asks; it leads on to what was asked for."""
        name = self.page.get_by_label("Username or Email Address")
        # WordPress puts the cursor there a moment later: a password typed before may land there.
        if self.page.evaluate("'wp_attempt_focus' in window"):
            expect(name).to_be_focused()
        name.fill(self.login)
        self.page.get_by_label("Password", exact=True).fill(self.password)
        self.page.get_by_role("button", name="Log In").click()
        self.page.wait_for_url(lambda url: not LOGIN.search(url))

    def press(self, button: str) -> None:
        """Presses a button of that name."""
        self.page.get_by_role("button", name=button).click()

    def tab_to(self, wanted: Locator) -> None:
        """Goes with the Tab key to a control that must come soon."""
        for _ in range(5):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"the Tab key does not lead to {wanted}")

    def fact(self, name: str) -> Locator:
        """What a table says beside a heading."""
        head = self.page.get_by_text(name, exact=True)
        return self.page.locator("tr").filter(has=head).locator("td")

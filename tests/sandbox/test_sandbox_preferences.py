"""The learner's preference page of the stand-in Mautic, as a learner uses it."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from tests.sandbox.sandbox_api import Api
from tests.sandbox.test_sandbox_mautic import new_id
from tests.sandbox.test_sandbox_stats import contact, of_segments, preference, rows


class Page(HTMLParser):
    """The ticks of a page with their labels, its fieldsets, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.boxes: dict[str, dict[str, str | None]] = {}
        self.labels: dict[str, str] = {}
        self.words: list[str] = []
        self._label: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values["type"] == "checkbox":
            self.boxes[str(values["id"])] = values
        self._label = values["for"] if tag == "label" else None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._label:
            self.labels[self._label] = data

    @property
    def ticks(self) -> dict[str, bool]:
        """Whether each box is ticked, by its label."""
        return {self.labels[box]: "checked" in values for box, values in self.boxes.items()}


def shown(api: Api, number: int) -> Page:
    answer = requests.get(api.sandbox.preference_link(number), timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    return Page(answer.text)


def refusal(api: Api) -> Any:
    return [(row["reason"], row["comments"]) for row in rows(api, "lead_donotcontact")]


def test_the_page_offers_what_is_published_and_flagged_by_its_public_name(api: Api) -> None:
    number, lida = contact(api), preference(api, "lida101")
    preference(api, "hidden", isPublished=False)
    new_id(api, "segments", {"name": "other"})
    preference(api, "<b>", publicName="Study <b>bold</b>")
    assert shown(api, number).ticks == {
        "Study <b>bold</b>": False,
        "Study lida101": False,
        "Email": True,
    }
    api.sandbox.save_preferences(number, [lida])
    assert shown(api, number).ticks["Study lida101"]


def test_every_box_has_a_label_and_saving_is_said(api: Api) -> None:
    number = contact(api)
    preference(api, "lida101")
    page = shown(api, number)
    assert page.labels.keys() == page.boxes.keys()
    assert "Save preferences" in page.words
    answer = requests.post(api.sandbox.preference_link(number), timeout=10)
    assert answer.history[0].status_code == 303
    assert "Your preferences have been saved." in Page(answer.text).words


def test_ticking_and_unticking_puts_in_and_takes_out_as_nobody_signed_in(api: Api) -> None:
    number = contact(api)
    one, two = preference(api, "one"), preference(api, "two")
    api.sandbox.save_preferences(number, [one, two])
    api.sandbox.save_preferences(number, [two])
    contact_id = str(number)
    assert of_segments(api) == [
        (contact_id, str(one), "added"),
        (contact_id, str(two), "added"),
        (contact_id, str(one), "removed"),
    ]
    assert {row["user_name"] for row in rows(api, "lead_event_log")[-3:]} == {"System"}


def test_what_the_page_does_not_offer_cannot_be_ticked(api: Api) -> None:
    number, hidden = contact(api), new_id(api, "segments", {"name": "hidden"})
    api.post(f"/api/segments/{hidden}/contacts/add", {"ids": [number]})
    other = new_id(api, "segments", {"name": "other"})
    api.sandbox.save_preferences(number, [other])
    assert [segment["contacts"] for segment in api.sandbox.state()["segments"]] == [[number], []]


def test_of_two_with_one_public_name_one_is_lost(api: Api) -> None:
    number = contact(api)
    one = preference(api, "a", publicName="Same")
    two = preference(api, "b", publicName="Same")
    api.post(f"/api/segments/{one}/contacts/add", {"ids": [number]})
    assert shown(api, number).ticks == {"Same": False, "Email": True}
    api.sandbox.save_preferences(number, [two])
    assert [segment["contacts"] for segment in api.sandbox.state()["segments"]] == [[], [number]]


def test_no_to_mail_is_the_learners_and_yes_takes_it_away(api: Api) -> None:
    number = contact(api)
    api.sandbox.save_preferences(number, email=False)
    assert refusal(api) == [("1", "user")]
    assert shown(api, number).ticks == {"Email": False}
    api.sandbox.save_preferences(number, email=True)
    assert refusal(api) == []


@pytest.mark.parametrize(("reason", "left"), [(1, []), (2, [("2", "c")]), (3, [])])
def test_yes_to_mail_lifts_every_no_but_that_of_a_bounce(
    api: Api, reason: int, left: list[tuple[str, str]]
) -> None:
    number = contact(api)
    api.post(f"/api/contacts/{number}/dnc/email/add", {"reason": reason, "comments": "c"})
    api.sandbox.save_preferences(number, email=True)
    assert refusal(api) == left


def test_the_link_is_secret_stays_and_is_of_one_contact(api: Api) -> None:
    ann, bob = contact(api, "ann"), contact(api, "bob")
    links = [api.sandbox.preference_link(number) for number in (ann, bob, ann)]
    assert links[0] == links[2] != links[1]
    assert re.fullmatch(r".*/email/unsubscribe/[0-9a-f]{22}", links[0])
    assert "ann@example.org" in " ".join(shown(api, ann).words)
    assert "bob@example.org" not in " ".join(shown(api, ann).words)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_wrong_or_old_link_changes_nothing(api: Api, method: str) -> None:
    number = contact(api)
    link = api.sandbox.preference_link(number)
    api.sandbox.delete_contact(number)
    for url in (link, f"{api.sandbox.url}/email/unsubscribe/1"):
        answer = requests.request(method, url, timeout=10)
        assert answer.status_code == 404
        assert "Record not found" in answer.text


def test_the_overview_leads_to_the_pages(api: Api) -> None:
    number = contact(api)
    path = api.sandbox.preference_link(number).removeprefix(api.sandbox.url)
    page = requests.get(api.sandbox.url, timeout=10).text
    assert f'<a href="{path}">ann@example.org</a>' in page

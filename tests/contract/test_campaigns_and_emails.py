"""Campaigns and their e-mails: whole, safe, made once, found by name and by what feeds them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mautic_hook.campaigns import (
    WantedCampaign,
    ensure_campaign,
    find_campaigns,
    list_campaigns,
    new_campaign_body,
)
from mautic_hook.categories import ensure_category
from mautic_hook.client import MauticClient
from mautic_hook.emails import Draft, ensure_draft, find_emails
from mautic_hook.ensuring import Ensured
from mautic_hook.segments import ensure_segment
from mautic_hook.tags import ensure_tags
from tests.contract.place import Place


def id_of(made: Ensured) -> int:
    assert made.id is not None, made.reason
    return made.id


def segment_of(client: MauticClient, alias: str) -> int:
    (tag,) = ensure_tags(client, [alias])
    return id_of(ensure_segment(client, alias, alias, id_of(tag)))


@pytest.fixture
def draft(label: str) -> Draft:
    return Draft(f"IPM101 IS announcement {label}", "Welcome", "<p>Hello {unsubscribe_text}</p>")


@pytest.fixture
def wanted(client: MauticClient, label: str, draft: Draft) -> WantedCampaign:
    sources = {segment_of(client, f"ipm101-{label}-{source}") for source in ("wp", "moodle")}
    return WantedCampaign(
        name=f"IPM101 Announcements {label}",
        category_id=id_of(ensure_category(client, f"IPM101{label}")),
        segment_ids=frozenset(sources),
        email_id=id_of(ensure_draft(client, draft)),
        published=False,
    )


def test_a_draft_waits_unpublished(place: Place, draft: Draft) -> None:
    made = ensure_draft(place.client, draft)
    assert made.outcome == "created"
    email = place.read("emails", id_of(made))
    shown = [email[key] for key in ("name", "subject", "customHtml", "emailType", "isPublished")]
    assert shown == [draft.name, draft.subject, draft.html, "template", False]


def test_an_email_that_staff_wrote_is_left_alone(place: Place, draft: Draft) -> None:
    number = id_of(ensure_draft(place.client, draft))
    place.edit("emails", number, subject="Kia ora", isPublished=True)
    again = ensure_draft(place.client, draft)
    assert (again.outcome, again.id) == ("unchanged", number)
    assert place.read("emails", number)["subject"] == "Kia ora"


def test_emails_are_found_by_their_whole_name_oldest_first(place: Place, draft: Draft) -> None:
    first = id_of(ensure_draft(place.client, draft))
    second = place.make("emails", name=draft.name, subject="s", customHtml="x")["id"]
    place.make("emails", name=f"{draft.name} 2", subject="s", customHtml="x")
    assert find_emails(place.client, draft.name) == [first, second]
    assert ensure_draft(place.client, draft).id == first


def test_an_email_name_with_a_quote_is_made_once(client: MauticClient, label: str) -> None:
    draft = Draft(f'Grad\'s {label} "start", 100%_', "s", "x")
    made = ensure_draft(client, draft)
    assert made.outcome == "created"
    assert ensure_draft(client, draft) == Ensured("email", draft.name, "unchanged", made.id)


def test_a_new_campaign_is_fed_by_both_sources_and_unpublished(
    place: Place, wanted: WantedCampaign
) -> None:
    made = ensure_campaign(place.client, wanted)
    assert made.outcome == "created", made.reason
    campaign = place.read("campaigns", id_of(made))
    assert {source["id"] for source in campaign["lists"]} == wanted.segment_ids
    assert campaign["isPublished"] is False
    assert campaign["category"]["id"] == wanted.category_id


def test_its_mail_honours_those_who_opted_out(place: Place, wanted: WantedCampaign) -> None:
    campaign = place.read("campaigns", id_of(ensure_campaign(place.client, wanted)))
    (event,) = campaign["events"]
    assert event["type"] == "email.send"
    assert event["properties"]["email_type"] == "marketing"
    assert int(event["properties"]["email"]) == wanted.email_id


def test_a_campaign_is_published_when_asked(place: Place, wanted: WantedCampaign) -> None:
    made = ensure_campaign(place.client, replace(wanted, published=True))
    number = id_of(made)
    try:
        assert place.read("campaigns", number)["isPublished"] is True
    finally:
        place.edit("campaigns", number, isPublished=False)


def test_a_campaign_is_made_once(client: MauticClient, wanted: WantedCampaign) -> None:
    made = ensure_campaign(client, wanted)
    again = ensure_campaign(client, wanted)
    assert (again.outcome, again.id) == ("unchanged", made.id)
    (found,) = find_campaigns(client, wanted.category_id)
    assert (found.id, found.segment_ids, found.events) == (made.id, wanted.segment_ids, 1)
    assert found in list_campaigns(client)


def test_a_campaign_that_staff_renamed_is_found_by_its_sources(
    place: Place, wanted: WantedCampaign
) -> None:
    made = ensure_campaign(place.client, wanted)
    place.edit("campaigns", id_of(made), name=f"Spring {place.label}")
    again = ensure_campaign(place.client, wanted)
    assert (again.outcome, again.id) == ("unchanged", made.id)


def test_a_campaign_of_staff_with_more_sources_does_not_stand_in_for_ours(
    place: Place, wanted: WantedCampaign
) -> None:
    third = segment_of(place.client, f"lida101-{place.label}-wp")
    newsletter = replace(
        wanted, name=f"Newsletter {place.label}", segment_ids=wanted.segment_ids | {third}
    )
    place.make("campaigns", **new_campaign_body(newsletter))
    assert ensure_campaign(place.client, wanted).outcome == "created"


def test_of_several_renamed_campaigns_the_oldest_is_ours(
    place: Place, wanted: WantedCampaign
) -> None:
    first, _ = (
        place.make("campaigns", **new_campaign_body(replace(wanted, name=f"{name} {place.label}")))
        for name in ("Spring", "Autumn")
    )
    again = ensure_campaign(place.client, wanted)
    assert (again.outcome, again.id) == ("unchanged", first["id"])


def test_a_namesake_without_both_sources_is_refused(place: Place, wanted: WantedCampaign) -> None:
    one_source = replace(wanted, segment_ids=frozenset({min(wanted.segment_ids)}))
    number = place.make("campaigns", **new_campaign_body(one_source))["id"]
    refused = ensure_campaign(place.client, wanted)
    assert (refused.outcome, refused.id) == ("refused", None)
    assert f"campaign {number} is not fed by the segments of both sources" in refused.reason


def test_a_namesake_of_other_sources_does_not_hide_a_renamed_campaign(
    place: Place, wanted: WantedCampaign
) -> None:
    made = ensure_campaign(place.client, wanted)
    place.edit("campaigns", id_of(made), name=f"Spring {place.label}")
    one_source = replace(wanted, segment_ids=frozenset({min(wanted.segment_ids)}))
    place.make("campaigns", **new_campaign_body(one_source))
    again = ensure_campaign(place.client, wanted)
    assert (again.outcome, again.id) == ("unchanged", made.id)


def test_two_campaigns_of_one_name_and_the_same_sources_are_refused(
    place: Place, wanted: WantedCampaign
) -> None:
    first = id_of(ensure_campaign(place.client, wanted))
    second = place.make("campaigns", **new_campaign_body(wanted))["id"]
    refused = ensure_campaign(place.client, wanted)
    assert refused.outcome == "refused"
    assert f"ids {first}, {second}" in refused.reason


def test_another_campaign_of_the_same_segments_is_told_apart_by_name(
    place: Place, wanted: WantedCampaign
) -> None:
    place.make("campaigns", **new_campaign_body(replace(wanted, name=f"Survey {place.label}")))
    # Alone, it could be ours renamed: it is left alone and ours is not made.
    assert ensure_campaign(place.client, wanted).outcome == "unchanged"
    ours = place.make("campaigns", **new_campaign_body(wanted))["id"]
    assert ensure_campaign(place.client, wanted).id == ours

"""Campaigns: fed by the segments of both sources, and found by them and by their name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured, RefusedThingError, create_once

_PAGE = 300


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it is. `segment_ids` are its sources."""

    id: int
    name: str
    segment_ids: frozenset[int]
    events: int


@dataclass(frozen=True, slots=True)
class WantedCampaign:
    """A campaign to see to: its name and category, what feeds it, and the e-mail it sends."""

    name: str
    category_id: int
    segment_ids: frozenset[int]
    email_id: int
    published: bool


def list_campaigns(client: MauticClient) -> list[Campaign]:
    """All campaigns with their sources."""
    return _listed(client, "read all campaigns", {})


def find_campaigns(client: MauticClient, category_id: int) -> list[Campaign]:
    """The campaigns of one category (recording campaigns_where_category)."""
    params: dict[str, str | int] = {
        "where[0][col]": "category",
        "where[0][expr]": "eq",
        "where[0][val]": category_id,
    }
    return _listed(client, f"read the campaigns of category {category_id}", params)


def ensure_campaign(client: MauticClient, wanted: WantedCampaign) -> Ensured:
    """Sees to it that one campaign is fed by these segments; one that is there is never changed."""
    try:
        campaign, made = create_once(
            client,
            lambda: the_campaign(
                find_campaigns(client, wanted.category_id), wanted.name, wanted.segment_ids
            ),
            lambda: _create(client, wanted),
        )
    except RefusedThingError as refused:
        return Ensured("campaign", wanted.name, "refused", reason=str(refused))
    return Ensured("campaign", wanted.name, "created" if made else "unchanged", campaign.id)


def the_campaign(
    found: Iterable[Campaign], name: str, segment_ids: frozenset[int]
) -> Campaign | None:
    """The campaign of this name with these sources, else one that staff renamed, else None.

    Staff also add sources to ours, so by name one with more sources is found too. Under another
    name only one with exactly these sources is ours: with more it is a campaign of staff's own.
    Of several the oldest is taken. Raises `RefusedThingError` when the one found is not whole or
    shares name and sources with another, and when only one of this name without these is there.
    """
    found = list(found)
    named = [campaign for campaign in found if campaign.name == name]
    ours = [campaign for campaign in named if campaign.segment_ids >= segment_ids]
    renamed = [campaign for campaign in found if campaign.segment_ids == segment_ids]
    if len(ours) > 1:
        ids = ", ".join(str(campaign.id) for campaign in ours)
        raise RefusedThingError(
            f"{len(ours)} campaigns are the same (ids {ids}); delete all but one"
        )
    candidates = ours or renamed or named
    if not candidates:
        return None
    campaign = min(candidates, key=lambda candidate: candidate.id)
    if not campaign.segment_ids >= segment_ids:
        raise RefusedThingError(
            f"campaign {campaign.id} is not fed by the segments of both sources; "
            "add them in the campaign builder, or rename it and run again"
        )
    if not campaign.events:
        raise RefusedThingError(f"campaign {campaign.id} has no events; delete it and run again")
    return campaign


def _create(client: MauticClient, wanted: WantedCampaign) -> Campaign:
    tried = f"create campaign {wanted.name!r}"
    body = new_campaign_body(wanted)
    campaign = _campaign(client.create("/api/campaigns/new", body, "campaign", tried=tried))
    the_campaign([campaign], campaign.name, wanted.segment_ids)
    return campaign


def new_campaign_body(wanted: WantedCampaign) -> dict[str, Any]:
    """The body that makes a whole campaign (recording campaign_new), with these differences.

    `email_type` is `marketing`, since `transactional` mails people who opted out. Sources must be
    objects: bare ids make a campaign without any (recording campaign_new_lists_ints).
    """
    send = {
        "id": "new1",
        "name": "Send announcement",
        "type": "email.send",
        "eventType": "action",
        "order": 1,
        "properties": {"email": wanted.email_id, "email_type": "marketing"},
        "triggerMode": "immediate",
        "parent": None,
        "decisionPath": None,
    }
    return {
        "name": wanted.name,
        "isPublished": wanted.published,
        "category": wanted.category_id,
        "events": [send],
        "lists": [{"id": segment_id} for segment_id in sorted(wanted.segment_ids)],
        "forms": [],
        "canvasSettings": {
            "nodes": [
                {"id": "new1", "positionX": "600", "positionY": "200"},
                {"id": "lists", "positionX": "500", "positionY": "50"},
            ],
            "connections": [
                {
                    "sourceId": "lists",
                    "targetId": "new1",
                    "anchors": {"source": "leadsource", "target": "top"},
                }
            ],
        },
    }


def _listed(client: MauticClient, tried: str, params: dict[str, str | int]) -> list[Campaign]:
    rows = client.rows("/api/campaigns", "campaigns", tried=tried, page=_PAGE, params=params)
    return [_campaign(row) for row in rows]


def _campaign(row: dict[str, Any]) -> Campaign:
    return Campaign(
        id=int(row["id"]),
        name=str(row["name"]),
        segment_ids=frozenset(int(segment["id"]) for segment in row.get("lists") or ()),
        events=len(row.get("events") or ()),
    )

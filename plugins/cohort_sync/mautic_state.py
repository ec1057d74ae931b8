"""What of Mautic the rollover compares with, read whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mautic_hook.campaigns import Campaign, list_campaigns
from mautic_hook.categories import Category, list_categories
from mautic_hook.client import MauticClient
from mautic_hook.segments import Segment, list_segments
from mautic_hook.tags import list_tags


@dataclass(frozen=True, slots=True)
class MauticState:
    """All tags (name → id), categories, segments and campaigns of a Mautic at one time."""

    tags: Mapping[str, int]
    categories: tuple[Category, ...]
    segments: tuple[Segment, ...]
    campaigns: tuple[Campaign, ...]


def read_state(client: MauticClient) -> MauticState:
    """Reads the state in a fixed number of lists. A short read is an error, not an empty list."""
    return MauticState(
        tags=list_tags(client),
        categories=tuple(list_categories(client)),
        segments=tuple(list_segments(client)),
        campaigns=tuple(list_campaigns(client)),
    )

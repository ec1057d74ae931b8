"""Categories of campaigns. A second create with one alias makes a silent `…1`: search first."""

from __future__ import annotations

from dataclasses import dataclass

from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured, create_once

_PAGE = 500
#: A campaign may carry a category of its own kind or a global one.
_USABLE = ("campaign", "global")


@dataclass(frozen=True, slots=True)
class Category:
    """A category a campaign may carry."""

    id: int
    title: str


def list_categories(client: MauticClient) -> list[Category]:
    """All categories that campaigns may carry, those of campaigns before global ones."""
    rows = client.rows("/api/categories", "categories", tried="read all categories", page=_PAGE)
    usable = [row for row in rows if row["bundle"] in _USABLE]
    usable.sort(key=lambda row: (_USABLE.index(row["bundle"]), int(row["id"])))
    return [Category(int(row["id"]), str(row["title"])) for row in usable]


def with_title(categories: list[Category], title: str) -> Category | None:
    """The category of that title, in any case of letters; staff may have written it otherwise."""
    return next((c for c in categories if c.title.lower() == title.lower()), None)


def ensure_category(client: MauticClient, title: str) -> Ensured:
    """Sees to it that campaigns have a category of that title."""

    def create() -> Category:
        body = {"title": title, "alias": title.lower(), "bundle": "campaign"}
        tried = f"create category {title}"
        made = client.create("/api/categories/new", body, "category", tried=tried)
        return Category(int(made["id"]), title)

    category, made = create_once(client, lambda: with_title(list_categories(client), title), create)
    return Ensured("category", title, "created" if made else "unchanged", category.id)

"""A Mautic that the client is tried on, and how to leave it as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mautic_hook.campaigns import list_campaigns
from mautic_hook.client import MauticClient
from mautic_hook.segments import list_segments
from mautic_hook.tags import delete_tag, list_tags
from sandbox.runner import Sandbox


@dataclass(frozen=True)
class Place:
    """One Mautic. `run` is part of every name made by this run; `label` of those of one test."""

    client: MauticClient
    run: str
    label: str
    sandbox: Sandbox | None

    def email(self, name: str) -> str:
        """An address that only this test has; nobody reads mail at example.org."""
        return f"{name}{self.label}@example.org"

    def edit(self, kind: str, number: int, **values: Any) -> None:
        """Changes a thing as staff would."""
        self.client.patch(f"/api/{kind}/{number}/edit", values, tried=f"edit {kind}")

    def make(self, kind: str, **values: Any) -> dict[str, Any]:
        """Makes a thing as staff would."""
        answer = self.client.post(f"/api/{kind}/new", values, tried=f"make {kind}")
        thing: dict[str, Any] = next(iter(answer.json.values()))
        return thing

    def read(self, kind: str, number: int) -> dict[str, Any]:
        """A thing as Mautic shows it."""
        body = self.client.get(f"/api/{kind}/{number}", tried=f"read {kind}")
        thing: dict[str, Any] = next(iter(body.values()))
        return thing


def remove_all(client: MauticClient, run: str) -> None:
    """Removes whatever has `run` in its name, what uses others first."""
    for campaign in list_campaigns(client):
        if run in campaign.name:
            _delete(client, "campaigns", campaign.id)
    for segment in list_segments(client):
        if run in segment.name or run in segment.alias:
            _delete(client, "segments", segment.id)
    for row in _rows(client, "emails", {}):
        if run in row["name"]:
            _delete(client, "emails", row["id"])
    for row in _rows(client, "categories", {}):
        if run in row["title"].lower():
            _delete(client, "categories", row["id"])
    for tag, number in list_tags(client).items():
        if run in tag.lower():
            delete_tag(client, number)
    for row in client.rows("/api/fields/contact", "fields", tried="read all fields", page=200):
        if run in row["alias"]:
            _delete(client, "fields/contact", row["id"])
    params = {"where[0][col]": "email", "where[0][expr]": "like", "where[0][val]": f"%{run}%"}
    for row in _rows(client, "contacts", params):
        _delete(client, "contacts", row["id"])


def _rows(client: MauticClient, kind: str, params: dict[str, str]) -> list[dict[str, Any]]:
    return client.rows(f"/api/{kind}", kind, tried=f"read all {kind}", page=200, params=params)


def _delete(client: MauticClient, kind: str, number: int) -> None:
    client.delete(f"/api/{kind}/{number}/delete", tried=f"remove {kind} {number}")

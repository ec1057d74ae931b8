"""The events of a campaign, which are written in one shape and read in another."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sandbox.mautic.answers import api_time
from sandbox.mautic.call import Mautic, text_or_none
from sandbox.store import Row

HOURS = ("triggerHour", "triggerRestrictedStartHour", "triggerRestrictedStopHour")


def has_trigger_date(events: list[dict[str, Any]]) -> bool:
    """Whether an event goes off at a fixed date."""
    return any(event.get("triggerDate") for event in events)


def checked_canvas(canvas: Any) -> dict[str, Any]:
    """The canvas settings, empty when they were not sent (campaign_new_no_canvas)."""
    given = canvas if isinstance(canvas, dict) else {}
    return {"nodes": given.get("nodes") or [], "connections": given.get("connections") or []}


def store_events(
    mautic: Mautic, campaign: int, events: list[dict[str, Any]], canvas: dict[str, Any]
) -> dict[str, Any]:
    """Replace the events and return the canvas with the new ids in it.

    Parents, and with them the order, come only from the connections of the canvas; `parent` and
    `order` of an event count for nothing (campaign_new_no_canvas).
    """
    mautic.store.run("DELETE FROM campaign_events WHERE campaign_id = ?", campaign)
    new_ids: dict[str, int] = {}
    for event in events:
        new_ids[str(event.get("id"))] = mautic.store.insert(
            "campaign_events", campaign_id=campaign, settings=json.dumps(_settings(mautic, event))
        )
    for connection in canvas["connections"]:
        source, target = new_ids.get(connection["sourceId"]), new_ids.get(connection["targetId"])
        if source and target:
            anchor = connection.get("anchors", {}).get("source")
            path = anchor if anchor in ("yes", "no") else None
            mautic.store.update("campaign_events", target, parent_id=source, decision_path=path)

    def renamed(item: dict[str, Any]) -> dict[str, Any]:
        return {
            key: str(new_ids.get(value, value)) if key in ("id", "sourceId", "targetId") else value
            for key, value in item.items()
        }

    return {name: [renamed(item) for item in items] for name, items in canvas.items()}


def _settings(mautic: Mautic, event: dict[str, Any]) -> dict[str, Any]:
    """An event as it is stored: hours as HH:MM, the date in UTC."""
    properties = event.get("properties") or {}
    email = properties.get("email") if event.get("type") == "email.send" else None
    as_text = mautic.version.event_channel_id_is_text
    return {
        "name": event.get("name"),
        "description": text_or_none(event.get("description")),
        "type": event.get("type"),
        "eventType": event.get("eventType"),
        "channel": "email" if email else None,
        "channelId": (str(email) if as_text else int(email)) if email else None,
        "properties": properties,
        "triggerDate": _utc(event.get("triggerDate")),
        "triggerInterval": int(event.get("triggerInterval") or 0),
        "triggerIntervalUnit": text_or_none(event.get("triggerIntervalUnit")),
        **{name: _hour(event.get(name)) for name in HOURS},
        "triggerRestrictedDaysOfWeek": event.get("triggerRestrictedDaysOfWeek") or [],
        "triggerMode": event.get("triggerMode"),
    }


def _utc(value: Any) -> str | None:
    """A date without an offset is UTC; one with an offset is moved (campaign_tz of 7.0.2)."""
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    in_utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return in_utc.strftime("%Y-%m-%d %H:%M:%S")


def _hour(value: Any) -> str | None:
    found = re.search(r"\d\d:\d\d", str(value or ""))
    return found.group() if found else None


def events_json(mautic: Mautic, campaign: int, just_written: str | None) -> list[dict[str, Any]]:
    """The events of a campaign with their parents and children.

    The answer to a write shows hours on the day of the write and no children (campaign_new); every
    later read shows them on 1 January 1970, with children (campaign_get).
    """
    rows = mautic.store.rows(
        "SELECT * FROM campaign_events WHERE campaign_id = ? ORDER BY id", campaign
    )
    by_id = {row["id"]: row for row in rows}
    day = (just_written or "1970-01-01")[:10]

    def depth(row: Row) -> int:
        parent = by_id.get(row["parent_id"])
        return 1 if parent is None else 1 + depth(parent)

    def plain(row: Row) -> dict[str, Any]:
        settings = json.loads(row["settings"])
        for name in HOURS:
            settings[name] = api_time(f"{day} {settings[name]}:00") if settings[name] else None
        settings["triggerDate"] = api_time(settings["triggerDate"])
        settings["order"] = depth(row)
        return {"id": row["id"], **settings, "decisionPath": row["decision_path"]}

    def with_parents(row: Row) -> dict[str, Any]:
        parent = by_id.get(row["parent_id"])
        above = None if parent is None else with_parents(parent) | {"children": []}
        return plain(row) | {"parent": above, "children": []}

    def with_children(row: Row) -> dict[str, Any]:
        return plain(row) | {"children": children(row)}

    def children(row: Row) -> list[dict[str, Any]]:
        if just_written:
            return []
        return [with_children(each) for each in rows if each["parent_id"] == row["id"]]

    return [with_parents(row) | {"children": children(row)} for row in rows]

"""Contacts as the API shows them: whole, minimal, just created, after a do-not-contact."""

import json
from collections.abc import Sequence
from typing import Any

from sandbox.mautic.aliases import plain
from sandbox.mautic.answers import api_time
from sandbox.mautic.audit import audit_json
from sandbox.mautic.call import Mautic
from sandbox.mautic.contact_fields import Field, fields_of
from sandbox.mautic.php import serialized
from sandbox.mautic.tags import tag_json
from sandbox.store import Row

Plain = dict[str, Any]


def _read_shape(field: Field, value: Any) -> Plain:
    return {
        "id": str(field.number),
        "label": field.label,
        "alias": field.alias,
        "type": field.type,
        "group": "core",
        "object": "lead",
        "is_fixed": str(int(field.is_fixed)),
        "properties": serialized(field.properties),
        "default_value": field.default,
        "value": field.value(value),
        "normalizedValue": field.normalized(value),
    }


def _created_shape(field: Field, value: Any) -> Plain:
    """Only the answer to a create shows fields this way (contact_new)."""
    return {
        "id": field.number,
        "group": "core",
        "label": field.label,
        "alias": field.alias,
        "type": field.type,
        "properties": field.properties or [],
        "value": field.value(value),
        "normalizedValue": field.normalized(value),
    }


class Shapes:
    """How contacts show the fields of this Mautic; `just_created` for the answer to a create."""

    def __init__(self, mautic: Mautic, just_created: bool = False) -> None:
        self._fields = fields_of(mautic)
        self._just_created = just_created
        self._shape = _created_shape if just_created else _read_shape
        # Most fields are empty; making their objects once makes large answers fast.
        self._empty = {field.alias: self._shape(field, None) for field in self._fields}

    def minimal(self, row: Row) -> Plain:
        """A contact with `minimal=1`: neither tags nor doNotContact (list_where_email)."""
        return audit_json(row) | {
            "id": row["id"],
            "points": row["points"],
            "color": None,
            "fields": self._fields_json(row),
        }

    def _fields_json(self, row: Row) -> Plain:
        core: Plain = dict(self._empty)
        everything: Plain = {"id": str(row["id"])}
        for field in self._fields:
            value = row[field.alias]
            everything[field.alias] = field.value(value)
            # A new contact shows its points as empty here, and as 0 under `all`.
            if value is not None and not (self._just_created and field.alias == "points"):
                core[field.alias] = self._shape(field, value)
        return {"core": core, "social": {}, "personal": [], "professional": [], "all": everything}


def contacts_json(mautic: Mautic, rows: Sequence[Row], just_created: bool = False) -> list[Plain]:
    """Whole contacts, tags in alphabetical order (contact_get); `just_created` for contact_new."""
    ids = json.dumps([row["id"] for row in rows])
    tags: dict[int, list[Plain]] = {row["id"]: [] for row in rows}
    refusals: dict[int, list[Plain]] = {row["id"]: [] for row in rows}
    chosen = "contact_id IN (SELECT value FROM json_each(?))"
    for row in mautic.store.rows(
        f"SELECT contact_id, tags.* FROM contact_tags JOIN tags ON id = tag_id WHERE {chosen}"
        " ORDER BY id",
        ids,
    ):
        tags[row["contact_id"]].append(tag_json(row))
    for each in tags.values():
        each.sort(key=lambda tag: plain(tag["tag"]))
    refused = "lead_id IN (SELECT value FROM json_each(?))"
    for row in mautic.store.rows(
        f"SELECT * FROM lead_donotcontact WHERE {refused} ORDER BY id", ids
    ):
        refusals[row["lead_id"]].append(_refusal_json(row))
    shapes = Shapes(mautic, just_created)
    return [
        shapes.minimal(row)
        | {
            "lastActive": api_time(row["last_active"]),
            "owner": None,
            "ipAddresses": [],
            "tags": tags[row["id"]],
            "utmtags": None if just_created else [],
            "stage": None,
            "dateIdentified": api_time(row["date_identified"]),
            "preferredProfileImage": None,
            "doNotContact": refusals[row["id"]],
            "frequencyRules": [],
        }
        for row in rows
    ]


def _refusal_json(row: Row) -> Plain:
    return {
        "id": row["id"],
        "reason": row["reason"],
        "comments": row["comments"],
        "channel": row["channel"],
        "channelId": row["channel_id"],
    }


def refusal_answer_json(mautic: Mautic, row: Row) -> Plain:
    """A contact as dnc/add and dnc/remove show it: without what is empty (dnc_add)."""
    body = contacts_json(mautic, [row])[0]
    del body["fields"]["all"]
    body["tags"] = [{"id": tag["id"], "tag": tag["tag"]} for tag in body["tags"]]
    body["doNotContact"] = [
        {
            "id": each["id"],
            "dateAdded": api_time(each["date_added"]),
            "reason": each["reason"],
            "comments": each["comments"],
            "channel": each["channel"],
        }
        for each in mautic.store.rows(
            "SELECT * FROM lead_donotcontact WHERE lead_id = ? ORDER BY id", row["id"]
        )
    ]
    body |= {name: row[name] for name in ("title", "firstname", "lastname", "company", "email")}
    without_nulls: Plain = _without_nulls(body)
    return without_nulls


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return value

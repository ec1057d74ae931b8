"""Everything stored, as plain values for tests and for the page."""

import json
from typing import Any

from sandbox.mautic.call import Mautic
from sandbox.mautic.campaign_events import events_json
from sandbox.mautic.categories import category_json
from sandbox.mautic.contact_fields import fields_of
from sandbox.mautic.fields import field_json
from sandbox.mautic.membership import member_ids
from sandbox.mautic.tags import tag_json
from sandbox.store import Row

Plain = dict[str, Any]


def everything(mautic: Mautic) -> dict[str, list[Plain]]:
    """tags, categories, segments, campaigns, emails, contacts, fields, each in order of id.

    Others are named by id, except tags of a contact, which are named by their text. Of the fields
    only those that were added are told.
    """
    store = mautic.store
    return {
        "tags": [tag_json(row) for row in store.rows("SELECT * FROM tags ORDER BY id")],
        "categories": [
            category_json(r) for r in store.rows("SELECT * FROM categories ORDER BY id")
        ],
        "segments": [
            _segment(mautic, row) for row in store.rows("SELECT * FROM segments ORDER BY id")
        ],
        "campaigns": [
            _campaign(mautic, row) for row in store.rows("SELECT * FROM campaigns ORDER BY id")
        ],
        "emails": [_email(mautic, row) for row in store.rows("SELECT * FROM emails ORDER BY id")],
        "contacts": _contacts(mautic),
        "fields": [field_json(mautic, r) for r in store.rows("SELECT * FROM fields ORDER BY id")],
    }


def _segment(mautic: Mautic, row: Row) -> Plain:
    return {
        "id": row["id"],
        "name": row["name"],
        "alias": row["alias"],
        "publicName": row["public_name"],
        "description": row["description"],
        "isPublished": bool(row["is_published"]),
        "isGlobal": bool(row["is_global"]),
        "isPreferenceCenter": bool(row["is_preference_center"]),
        "category": row["category_id"],
        "filters": json.loads(row["filters"]),
        "contacts": member_ids(mautic, row["id"]),
    }


def _campaign(mautic: Mautic, row: Row) -> Plain:
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "isPublished": bool(row["is_published"]),
        "publishUp": row["publish_up"],
        "publishDown": row["publish_down"],
        "category": row["category_id"],
        "lists": _column(
            mautic, "SELECT segment_id FROM campaign_segments WHERE campaign_id = ?", row["id"]
        ),
        "contacts": _column(
            mautic,
            "SELECT contact_id FROM campaign_members"
            " WHERE campaign_id = ? AND NOT manually_removed",
            row["id"],
        ),
        "events": events_json(mautic, row["id"], None),
    }


def _email(mautic: Mautic, row: Row) -> Plain:
    return {
        "id": row["id"],
        "name": row["name"],
        "subject": row["subject"],
        "emailType": row["email_type"],
        "isPublished": bool(row["is_published"]),
        "category": row["category_id"],
        "lists": _column(
            mautic, "SELECT segment_id FROM email_segments WHERE email_id = ?", row["id"]
        ),
        "customHtml": row["custom_html"],
    }


def _contacts(mautic: Mautic) -> list[Plain]:
    tags: dict[int, list[str]] = {}
    sql = "SELECT contact_id, tag FROM contact_tags JOIN tags ON tags.id = tag_id ORDER BY tag"
    for row in mautic.store.rows(sql):
        tags.setdefault(row["contact_id"], []).append(row["tag"])
    refusals: dict[int, dict[str, int]] = {}
    for row in mautic.store.rows("SELECT * FROM lead_donotcontact ORDER BY id"):
        refusals.setdefault(row["lead_id"], {})[row["channel"]] = row["reason"]
    fields = fields_of(mautic)
    return [
        {field.alias: row[field.alias] for field in fields}
        | {
            "id": row["id"],
            "tags": tags.get(row["id"], []),
            "doNotContact": refusals.get(row["id"], {}),
        }
        for row in mautic.store.rows("SELECT * FROM contacts ORDER BY id")
    ]


def _column(mautic: Mautic, sql: str, *values: Any) -> list[Any]:
    return [row[0] for row in mautic.store.rows(f"{sql} ORDER BY 1", *values)]

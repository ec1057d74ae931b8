"""Replaying recorded requests in one long story, and comparing the answers with the recorded ones.

The recordings were made on real servers, in this order. Ids are part of the requests, so before
something is created the stand-in is brought to the id that the real server gave it. Recordings
hold of a contact's fields only those that are compared.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from sandbox.runner import Sandbox

RECORDINGS = Path(__file__).with_name("recordings")
VERSIONS = ("5.2.0", "7.0.2")

STORY = (RECORDINGS / "story.txt").read_text().split()

# The fields of a contact that are compared.
FIELDS = {"id", "email", "firstname", "lastname", "country", "timezone"}
# The fields that field_new_* added; compared where they are shown in both shapes.
ADDED_FIELDS = {"wp_user_id", "study_mode", "course_started", "birth", "courses", "consent"}
SHOW_ADDED_FIELDS = {"contact_new", "contact_get"}
# What other requests than the replayed ones had changed on the real servers.
IGNORED = {"sentCount", "owner", "dynamicContent", "social"}

# Creations that use up an id, and the highest id that this is done for.
USED_UP: dict[str, dict[str, Any]] = {
    "tags": {"tag": "used-up"},
    "categories": {"title": "used up", "bundle": "used-up"},
    "segments": {"name": "used up"},
    "emails": {"name": "used up", "subject": "used up"},
    "contacts": {},
}
HIGHEST_ID = 100
# Ids in these answers are not those of the recording, so only their shape is compared.
SHAPE_ONLY = {"campaign_tz", "contact_new_with_id", "oauth2_token_client_credentials", "perm_stats"}
# Other requests than the replayed ones left rows there too, so only the rows shown are compared.
TOTAL_DIFFERS = {"stats_audit_log", "stats_lead_event_log", "stats_lead_lists_leads", "perm_stats"}
SHAPE_ONLY |= {name for name in STORY if name.startswith(("mail_", "find_"))}

Plain = dict[str, Any]


def recording(version: str, name: str) -> Plain:
    """A recording by name."""
    loaded: Plain = json.loads((RECORDINGS / version / f"{name}.json").read_text())
    return loaded


def reduced(body: Any, fields: set[str] = FIELDS) -> Any:
    """A body with only those fields of contacts that are compared."""
    if isinstance(body, list):
        return [reduced(each, fields) for each in body]
    if not isinstance(body, dict):
        return body
    kept = {name: reduced(value, fields) for name, value in body.items() if name not in IGNORED}
    if "core" in kept and "personal" in kept:
        for part in ("core", "all"):
            if part in kept:
                kept[part] = {n: value for n, value in kept[part].items() if n in fields}
    return kept


def comparable(body: Any, key: str = "") -> Any:
    """A body in which moments of today read `now`, or `today T09:00…` for hours of events.

    Empty text reads as null: what a write has just blanked is shown as one or the other without a
    rule, and as null ever after.
    """
    if isinstance(body, list):
        return [comparable(each) for each in body]
    if isinstance(body, dict):
        return {name: comparable(value, name) for name, value in body.items()}
    if body == "":
        return None
    today = datetime.now(UTC).date()
    days = {"2026-11-21", str(today), str(today - timedelta(days=1))}
    if key == "details":
        # PHP's own writing, with moments inside.
        return re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "now", body)
    if isinstance(body, str) and re.match(r"\d{4}-\d\d-\d\d[T ]", body) and body[:10] in days:
        return f"today {body[10:]}" if key.startswith("trigger") else "now"
    return body


def shape(body: Any) -> Any:
    """A body with types instead of values; lists, and objects by id, by the set of their shapes."""
    if isinstance(body, dict) and not all(name.isdigit() for name in body):
        return {name: shape(value) for name, value in body.items()}
    if isinstance(body, dict):
        return shape(list(body.values()))
    if isinstance(body, list):
        return sorted({json.dumps(shape(each), sort_keys=True) for each in body})
    return type(body).__name__


class Replay:
    """The story told to one stand-in server; `answers` holds what it said."""

    def __init__(self, sandbox: Sandbox, version: str) -> None:
        self._sandbox, self._version = sandbox, version
        self._session = requests.Session()
        posted = {
            "grant_type": "client_credentials",
            "client_id": sandbox.client_id,
            "client_secret": sandbox.client_secret,
        }
        token = requests.post(sandbox.url + "/oauth/v2/token", data=posted, timeout=10).json()
        self._session.headers["Authorization"] = f"Bearer {token['access_token']}"
        self._last_ids: dict[str, int] = {}
        self.answers: dict[str, requests.Response] = {}

    def tell(self) -> None:
        """Send every request of the story."""
        for name in STORY:
            self._prepare(name)
            self._note_ids()
            location = recording(self._version, name)["response"]["headers"].get("Location", "")
            if match := re.fullmatch(r"/api/(\w+)/(\d+)", location):
                self._bring_to_id(match[1], int(match[2]))
            self.answers[name] = self._send(name)
            self._note_ids()

    def _prepare(self, name: str) -> None:
        """What the real server had seen before this recording without being recorded."""
        if name == "tag_new" and self._version == "7.0.2":
            self._bring_to_id("tags", 13)
            self._post("tags", {"tag": "t1"})
            self._post("tags", {"tag": "t2"})
        if name == "stats_list_members" and self._version == "7.0.2":
            # A form had made a contact and put it into the segment.
            self._bring_to_id("contacts", 14)
            ids = [self._post("contacts", {"email": "form@example.org"})]
            url = f"{self._sandbox.url}/api/segments/6/contacts/add"
            self._session.post(url, json={"ids": ids}, timeout=10)
        if name == "segment_add_unpublished":
            self._bring_to_id("segments", 17 if self._version == "7.0.2" else 14)
            number = "1795296521" if self._version == "7.0.2" else "1795296525"
            unpublished = {"name": "u", "alias": f"unpub{number}", "isPublished": False}
            self._post("segments", unpublished)
            self._post("segments", {"name": "not global", "isGlobal": False})
            self._post("segments", {"name": "dflt", "alias": f"dflt{number}"})
        if name == "segment_delete_in_use" and self._version == "7.0.2":
            url = self._sandbox.url + "/api/segments/6/edit"
            self._session.patch(url, json={"description": "via v2"}, timeout=10)

    def _post(self, kind: str, body: Plain) -> int:
        answer = self._session.post(f"{self._sandbox.url}/api/{kind}/new", json=body, timeout=10)
        return int(answer.headers["Location"].rpartition("/")[2])

    def _note_ids(self) -> None:
        """The highest ids so far; a batch does not tell them in a header."""
        state = self._sandbox.state()
        for kind in USED_UP:
            known = [each["id"] for each in state[kind]]
            self._last_ids[kind] = max([*known, self._last_ids.get(kind, 0)])

    def _bring_to_id(self, kind: str, wanted: int) -> None:
        """Use up ids until the next one is `wanted`; an id is never given out again."""
        if kind not in USED_UP or wanted > HIGHEST_ID:
            return
        while self._last_ids.get(kind, 0) < wanted - 1:
            self._last_ids[kind] = self._post(kind, USED_UP[kind])
            url = f"{self._sandbox.url}/api/{kind}/{self._last_ids[kind]}/delete"
            self._session.delete(url, timeout=10)

    def _send(self, name: str) -> requests.Response:
        request = recording(self._version, name)["request"]
        url = self._sandbox.url + request["path"]
        if request["form"]:
            return requests.post(url, data=self._own_credentials(request["form"]), timeout=10)
        if request["auth"] == "bearer" and name != "auth_bearer_bad":
            return self._session.request(request["method"], url, json=request["json"], timeout=10)
        headers = {"none": {}, "bearer": {"Authorization": "Bearer nonsense"}}.get(request["auth"])
        return requests.request(
            request["method"],
            url,
            json=request["json"],
            headers=headers,
            auth=self._basic(name) if request["auth"] == "basic" else None,
            timeout=10,
        )

    def _basic(self, name: str) -> tuple[str, str]:
        if name.startswith("perm_"):
            return self._sandbox.weak_client_id, self._sandbox.weak_client_secret
        return "somebody", "wrong"

    def _own_credentials(self, form: dict[str, str]) -> dict[str, str]:
        own = {"client_id": self._sandbox.client_id}
        if form["client_secret"] != "x":
            own["client_secret"] = self._sandbox.client_secret
        return form | own

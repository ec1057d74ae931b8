"""Every kind of call the client makes, each on a sandbox prepared for it, and what it must leave.

A deed is done through the functions the DAGs use. `method` and `path` say which of its requests
is the one a fault is to hit; `tried` is how an error names it; `left` counts in the sandbox
what must be there exactly once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mautic_hook.campaigns import WantedCampaign, ensure_campaign, list_campaigns
from mautic_hook.categories import ensure_category, list_categories
from mautic_hook.client import MauticClient
from mautic_hook.contacts import (
    BY_LEARNER,
    MANUAL,
    create_contacts,
    delete_contact,
    edit_contacts,
    find_by_email,
    find_by_tags,
    lift_stop,
    stop_mail,
)
from mautic_hook.emails import Draft, ensure_draft, find_emails
from mautic_hook.fields import WantedField, ensure_fields, list_fields
from mautic_hook.members import add_members, remove_member
from mautic_hook.preferences import WantedPreference, ensure_preferences, list_preferences
from mautic_hook.segments import ensure_segment, find_segments, list_segments
from mautic_hook.stats import (
    bounds,
    contact_changes,
    memberships,
    new_refusals,
    segment_changes,
)
from mautic_hook.tags import delete_tag, ensure_tags, list_tags

SECRET_EMAIL = "ann.learner@example.org"
ALIAS = "ipm101-is-course-oeru-20181205-wp"
REFUSER = "refuser@example.org"
PREFERENCE = "ipm101-oeru-preference"
DRAFT = Draft("IPM101 IS announcement 1", "Welcome", "<p>Hello</p>")
State = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Deed:
    """One kind of call. `do` returns what must be the same whether a fault came between or not."""

    name: str
    method: str
    path: str
    do: Callable[[MauticClient], Any]
    tried: str
    left: Callable[[State], int] = lambda state: 1

    def label(self) -> str:
        """The name for the test report."""
        return self.name.replace(" ", "-")

    @property
    def writes(self) -> bool:
        """Whether its request may change something."""
        return self.method != "GET" and self.name != "token"

    @property
    def makes(self) -> bool:
        """Whether it makes a thing, and so looks for it before it is made again."""
        return self.writes and self.settles and self.name.startswith("create")

    @property
    def settles(self) -> bool:
        """Whether it ends a doubtful write well by itself; else its caller must look."""
        return self.name not in (
            *("create contacts", "edit contacts"),
            *("stop mail", "lift stop", "delete tag"),
        )


def prepare(client: MauticClient) -> None:
    """What the deeds need: tags, segments, a category, an e-mail, contacts, of which one is a
    member of both segments and one said no."""
    things: dict[str, Any] = {
        "tags/batch": [{"tag": tag} for tag in (ALIAS, "source", "old", "new", "to-go")],
        "segments": {"name": "Source", "alias": "source"},
        "categories": {"title": "LiDA101", "bundle": "campaign"},
        "emails": {"name": "There already", "subject": "s"},
        "contacts": {"email": SECRET_EMAIL, "tags": ["old"]},
        "segments/batch": [
            {"name": "Learn", "alias": PREFERENCE, "publicName": "P", "isPreferenceCenter": True}
        ],
        "contacts/batch": [
            {"email": REFUSER, "doNotContact": [{"channel": "email", "reason": BY_LEARNER}]}
        ],
    }
    for kind, body in things.items():
        client.post(f"/api/{kind}/new", body, tried=f"prepare {kind}")
    # The ids of an empty sandbox begin at 1.
    for segment in (1, 2):
        add_members(client, segment, [1])


def wanted_campaign(client: MauticClient) -> WantedCampaign:
    """A campaign over what `prepare` made, whose ids the sandbox gives anew from 1."""
    (segment,) = find_segments(client, "source")
    (category,) = list_categories(client)
    (email,) = find_emails(client, "There already")
    return WantedCampaign("Announcements", category.id, frozenset({segment.id}), email, False)


def _id(client: MauticClient, email: str) -> int:
    ((contact,),) = find_by_email(client, [email]).values()
    return contact.id


def _segment(client: MauticClient, alias: str) -> int:
    (segment,) = find_segments(client, alias)
    return segment.id


def _preference(client: MauticClient, alias: str, public_name: str) -> str:
    (result,) = ensure_preferences(client, [WantedPreference("Study", alias, public_name)])
    return result.outcome


def _field(client: MauticClient) -> str:
    (result,) = ensure_fields(client, [WantedField("next_start", "Next start", "date")])
    return result.outcome


def _lift_stop(client: MauticClient) -> None:
    lift_stop(client, _id(client, REFUSER))


def _tag(client: MauticClient, name: str) -> int:
    return list_tags(client)[name]


def _edit(client: MauticClient) -> list[int]:
    rows = [{"id": _id(client, SECRET_EMAIL), "tags": ["-old", "new"]}]
    return [answer.status for answer in edit_contacts(client, rows)]


def _stop_mail(client: MauticClient) -> int:
    """Twin entries do not show in the sandbox's state, so they are counted here."""
    contact = _id(client, SECRET_EMAIL)
    stop_mail(client, contact, "opted out")
    shown = client.get(f"/api/contacts/{contact}", tried="count entries")
    (entry,) = shown["contact"]["doNotContact"]
    return int(entry["reason"])


def _create(client: MauticClient) -> int:
    rows = [{"email": "new.learner@example.org"}]
    return len(create_contacts(client, rows))


def _delete(client: MauticClient) -> None:
    tags = list_tags(client)
    if "to-go" in tags:
        delete_tag(client, tags["to-go"])


def _count(kind: str, name: str, value: object) -> Callable[[State], int]:
    return lambda state: sum(row[name] == value for row in state[kind])


def _edited(state: State) -> int:
    return sum(row["email"] == SECRET_EMAIL and row["tags"] == ["new"] for row in state["contacts"])


DEEDS = [
    Deed("token", "POST", "/oauth/v2/token", lambda c: [*list_tags(c)], "get an access token"),
    Deed("list tags", "GET", "/api/tags", lambda c: [*list_tags(c)], "read all tags"),
    Deed(
        "create tags",
        "POST",
        "/api/tags/batch/new",
        lambda c: [made.outcome for made in ensure_tags(c, ["is", "cb"])],
        "create 2 tags",
        lambda state: _count("tags", "tag", "is")(state) * _count("tags", "tag", "cb")(state),
    ),
    Deed(
        "list categories",
        "GET",
        "/api/categories",
        lambda c: list_categories(c),
        "read all categories",
    ),
    Deed(
        "create category",
        "POST",
        "/api/categories/new",
        lambda c: ensure_category(c, "IPM101").outcome,
        "create category IPM101",
        _count("categories", "title", "IPM101"),
    ),
    Deed("list segments", "GET", "/api/segments", lambda c: list_segments(c), "read all segments"),
    Deed(
        "look for segment",
        "GET",
        "/api/segments",
        lambda c: find_segments(c, "source"),
        "look for segment source",
    ),
    Deed(
        "create segment",
        "POST",
        "/api/segments/new",
        lambda c: ensure_segment(c, "IPM101 course", ALIAS, _tag(c, ALIAS)).outcome,
        f"create segment {ALIAS}",
        _count("segments", "alias", ALIAS),
    ),
    Deed(
        "list campaigns", "GET", "/api/campaigns", lambda c: list_campaigns(c), "read all campaigns"
    ),
    Deed(
        "create campaign",
        "POST",
        "/api/campaigns/new",
        lambda c: ensure_campaign(c, wanted_campaign(c)).outcome,
        "create campaign 'Announcements'",
        _count("campaigns", "name", "Announcements"),
    ),
    Deed(
        "look for e-mail",
        "GET",
        "/api/emails",
        lambda c: find_emails(c, "There already"),
        "look for e-mail 'There already'",
    ),
    Deed(
        "create draft",
        "POST",
        "/api/emails/new",
        lambda c: ensure_draft(c, DRAFT).outcome,
        "create e-mail 'IPM101 IS announcement 1'",
        _count("emails", "name", DRAFT.name),
    ),
    Deed(
        "look up contacts",
        "GET",
        "/api/contacts",
        lambda c: find_by_email(c, [SECRET_EMAIL]),
        "look up contacts by e-mail",
    ),
    Deed(
        "create contacts",
        "POST",
        "/api/contacts/batch/new",
        _create,
        "write 1 contacts",
        _count("contacts", "email", "new.learner@example.org"),
    ),
    Deed("edit contacts", "PATCH", "/api/contacts/batch/edit", _edit, "write 1 contacts", _edited),
    Deed(
        "stop mail",
        "POST",
        r"/api/contacts/\d+/dnc/email/add",
        _stop_mail,
        "stop e-mail to contact 1",
        _count("contacts", "doNotContact", {"email": MANUAL}),
    ),
    Deed(
        "lift stop",
        "POST",
        r"/api/contacts/\d+/dnc/email/remove",
        _lift_stop,
        "allow e-mail to contact 2",
        lambda state: 1 - _count("contacts", "doNotContact", {"email": BY_LEARNER})(state),
    ),
    Deed(
        "delete contact",
        "DELETE",
        r"/api/contacts/\d+/delete",
        lambda c: delete_contact(c, 2),
        "delete contact 2",
        lambda state: 1 - _count("contacts", "email", REFUSER)(state),
    ),
    Deed(
        "find by tags",
        "GET",
        "/api/contacts",
        lambda c: find_by_tags(c, ["OLD"]),
        "read the contacts with tag old",
    ),
    Deed(
        "read changes of contacts",
        "GET",
        "/api/stats/audit_log",
        lambda c: [(one.contact_id, one.action) for one in contact_changes(c, 0)],
        "read audit_log after 0",
    ),
    Deed(
        "read changes of segments",
        "GET",
        "/api/stats/lead_event_log",
        lambda c: [(one.contact_id, one.segment_id) for one in segment_changes(c, 0)],
        "read lead_event_log after 0",
    ),
    Deed(
        "read refusals",
        "GET",
        "/api/stats/lead_donotcontact",
        lambda c: [(one.contact_id, one.reason) for one in new_refusals(c, 0)],
        "read lead_donotcontact after 0",
    ),
    Deed(
        "read bounds",
        "GET",
        "/api/stats/audit_log",
        lambda c: bounds(c, "audit_log"),
        "read the ends of audit_log",
    ),
    Deed(
        "read memberships",
        "GET",
        "/api/stats/lead_lists_leads",
        lambda c: [(one.contact_id, one.segment_id) for one in memberships(c, [1, 2])],
        "read the segments of contacts",
    ),
    Deed(
        "list preferences",
        "GET",
        "/api/segments",
        lambda c: list_preferences(c),
        "read all segments",
    ),
    Deed(
        "create preference",
        "POST",
        "/api/segments/new",
        lambda c: _preference(c, "lida101-oeru-preference", "Q"),
        "create segment lida101-oeru-preference",
        _count("segments", "publicName", "Q"),
    ),
    Deed(
        "rename preference",
        "PATCH",
        r"/api/segments/\d+/edit",
        lambda c: _preference(c, PREFERENCE, "Q"),
        f"rename segment {PREFERENCE} for learners",
        _count("segments", "publicName", "Q"),
    ),
    Deed(
        "add members",
        "POST",
        r"/api/segments/\d+/contacts/add",
        lambda c: add_members(c, _segment(c, PREFERENCE), [_id(c, REFUSER), 99]),
        "put 2 contacts into segment 2",
        _count("segments", "contacts", [1, 2]),
    ),
    Deed(
        "remove member",
        "POST",
        r"/api/segments/\d+/contact/\d+/remove",
        lambda c: remove_member(c, _segment(c, PREFERENCE), _id(c, SECRET_EMAIL)),
        "take contact 1 out of segment 2",
        _count("segments", "contacts", []),
    ),
    Deed(
        "list fields",
        "GET",
        "/api/fields/contact",
        lambda c: list_fields(c),
        "read all contact fields",
    ),
    Deed(
        "create field",
        "POST",
        "/api/fields/contact/new",
        _field,
        "create contact field next_start",
        _count("fields", "alias", "next_start"),
    ),
    Deed(
        "delete tag",
        "DELETE",
        r"/api/tags/\d+/delete",
        _delete,
        "delete tag 5",
        lambda state: 1 - _count("tags", "tag", "to-go")(state),
    ),
]

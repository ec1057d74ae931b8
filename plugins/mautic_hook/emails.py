"""Template e-mails, found by name."""

from __future__ import annotations

from dataclasses import dataclass

from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured, create_once

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """An e-mail to make when there is none of its name: it waits unpublished for staff."""

    name: str
    subject: str
    html: str


def find_emails(client: MauticClient, name: str) -> list[int]:
    """The ids of the e-mails of exactly this name, oldest first.

    Mautic 5.2 misses values with an apostrophe (recording find_apos), so any letter may stand in
    the place of a quote, and what comes is compared exactly.
    """
    pattern = name.replace("'", "_").replace('"', "_")
    params = {"where[0][col]": "name", "where[0][expr]": "like", "where[0][val]": pattern}
    tried = f"look for e-mail {name!r}"
    rows = client.rows("/api/emails", "emails", tried=tried, page=_PAGE, params=params)
    return sorted(int(row["id"]) for row in rows if row["name"] == name)


def ensure_draft(client: MauticClient, draft: Draft) -> Ensured:
    """Sees to it that an e-mail of that name exists (recording email_new_template).

    One that is there is never changed: staff have written it.
    """

    def create() -> int:
        body = {
            "name": draft.name,
            "subject": draft.subject,
            "customHtml": draft.html,
            "emailType": "template",
            "isPublished": False,
        }
        tried = f"create e-mail {draft.name!r}"
        return int(client.create("/api/emails/new", body, "email", tried=tried)["id"])

    found, made = create_once(
        client, lambda: next(iter(find_emails(client, draft.name)), None), create
    )
    return Ensured("email", draft.name, "created" if made else "unchanged", found)

"""Whether a connection can do what the DAGs need; tells apart what may be wrong with it."""

from __future__ import annotations

import secrets
from typing import Any

from mautic_hook.client import MauticClient
from mautic_hook.tags import delete_tag, ensure_tags
from transport.errors import (
    ApiOffError,
    CallError,
    CredentialsError,
    NotFoundError,
    RightsError,
    TransientError,
    WrongServerError,
)

#: What the DAGs read; a user with too few rights gets 403 here (recording perm_denied_get_segment).
_READS = ("segments", "campaigns", "categories", "emails", "tags")


def check_connection(client: MauticClient) -> tuple[bool, str]:
    """Whether all is well, and one sentence for a person. Writes one tag and removes it again.

    Reading contacts proves nothing: without rights Mautic answers 200 and a total of 0
    (recording perm_denied_list_contacts).
    """
    try:
        _ask_who_we_are(client)
        for thing in _READS:
            params = {"limit": 1}
            client.get(f"/api/{thing}", tried=f"read {thing}", params=params)
        _write_and_remove(client)
    except CallError as error:
        return False, f"{_verdict(client, error)} {error}"
    return True, f"Mautic {client.version or 'of unknown version'}: connected, may read and write."


def _ask_who_we_are(client: MauticClient) -> None:
    tried = "ask Mautic who we are"
    body: Any = client.get("/api/users/self", tried=tried)
    if not isinstance(body, dict) or "username" not in body:
        said = "JSON came, but not Mautic's"
        raise WrongServerError(tried, "GET /api/users/self", said, "Check the address")


def _write_and_remove(client: MauticClient) -> None:
    name = f"connection-test-{secrets.token_hex(4)}"
    (made,) = ensure_tags(client, [name])
    if made.id is None:
        raise RightsError("create a tag", "POST /api/tags/batch/new", made.reason)
    delete_tag(client, made.id)


def _verdict(client: MauticClient, error: CallError) -> str:
    """The one of five verdicts that fits."""
    if isinstance(error, ApiOffError):
        return "The API of this Mautic is switched off."
    if isinstance(error, CredentialsError):
        return "Mautic does not take these credentials."
    if isinstance(error, RightsError):
        return "The account has too few rights."
    not_found_at_all = isinstance(error, NotFoundError) and not client.version
    if isinstance(error, WrongServerError) or not_found_at_all:
        return "This is not the address of a Mautic."
    if isinstance(error, TransientError) and error.status == 200:
        return "This is not the address of a Mautic."
    if isinstance(error, TransientError) and error.status is None:
        return "Mautic cannot be reached."
    return "Mautic answers, but not as it should."

"""A write whose answer does not say that it was done is in doubt, and never taken for done."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from mautic_hook.client import MauticClient
from mautic_hook.fields import WantedField, ensure_fields
from mautic_hook.members import add_members, remove_member
from mautic_hook.preferences import WantedPreference, ensure_preferences
from sandbox.runner import Sandbox
from tests.mautic_hook.deeds import PREFERENCE, prepare
from tests.mautic_hook.servers import HURRY
from transport.errors import DoubtfulWriteError


def rename(client: MauticClient) -> Any:
    return ensure_preferences(client, [WantedPreference("Study", PREFERENCE, "Q")])


#: Each write with its method and what comes back when it was done.
WRITES: dict[str, tuple[str, Callable[[MauticClient], Any]]] = {
    "add members": ("POST", lambda client: add_members(client, 2, [2])),
    "remove member": ("POST", lambda client: remove_member(client, 2, 1)),
    "rename": ("PATCH", rename),
}


def answer_all(client: MauticClient, method: str, body: Any) -> None:
    """Replaces the answers to writes, which are carried out."""

    def replace(response: requests.Response, **_: Any) -> None:
        if response.request.method == method and "/api/" in (response.request.url or ""):
            response._content = json.dumps(body).encode()

    client.transport.session.hooks["response"].append(replace)


@pytest.mark.parametrize("body", [{}, [], None, {"success": 0}, {"details": {}}, {"list": []}])
@pytest.mark.parametrize("write", WRITES)
def test_an_answer_that_does_not_tell_leaves_doubt_after_all_tries(
    sandbox: Sandbox, client: MauticClient, write: str, body: Any
) -> None:
    prepare(client)
    method, do = WRITES[write]
    answer_all(client, method, body)
    sandbox.forget_requests()
    with pytest.raises(DoubtfulWriteError):
        do(client)
    sent = [request for request in sandbox.requests() if request["method"] == method]
    assert len(sent) == HURRY.tries


def test_a_public_name_that_mautic_changed_is_told(sandbox: Sandbox, client: MauticClient) -> None:
    prepare(client)
    answer_all(client, "PATCH", {"list": {"publicName": "R"}})
    (result,) = rename(client)
    assert (result.outcome, result.reason) == ("refused", "Mautic keeps its public name as 'R'")


def test_a_field_whose_alias_mautic_changed_is_told(client: MauticClient) -> None:
    made = {"id": 44, "alias": "next_start1", "type": "date", "isPublished": True}
    answer_all(client, "POST", {"field": made})
    (result,) = ensure_fields(client, [WantedField("next_start", "Next start", "date")])
    assert result.outcome == "refused"
    assert result.reason == "Mautic gave field 44 the alias 'next_start1'; delete it"

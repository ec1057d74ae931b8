"""One fault a request: the call ends right all the same, and nothing is there twice.

Where a write of contacts or a deletion is left in doubt the caller must look, so the client says
so; doing it again then leaves what was wanted exactly once. Each fault here was seen on real
servers, and an answer lost after the work was done made twins in earlier tools.
"""

from __future__ import annotations

from typing import Any

import pytest
import requests

from mautic_hook.client import MauticClient
from sandbox.runner import Sandbox
from tests.mautic_hook.deeds import DEEDS, Deed, prepare
from tests.mautic_hook.servers import Pauses, hurried, other_server, patience_for
from transport.errors import CredentialsError, DoubtfulWriteError, WrongServerError

#: Faults after which a write surely was not done: it is simply done again.
SURELY_NOT_DONE: dict[str, dict[str, Any]] = {
    "429 without a delay": {"kind": "rate_limit"},
    "429 with a delay": {"kind": "rate_limit", "headers": {"Retry-After": "7"}},
    "expired token": {"kind": "expired_token"},
}
#: Faults after which a write may have been done, or was.
DOUBTFUL: dict[str, dict[str, Any]] = {
    "timeout": {"kind": "hold"},
    "timeout after commit": {"kind": "hold", "after_commit": True},
    "reset before": {"kind": "cut_before"},
    "reset after commit": {"kind": "cut_after"},
    "500": {"kind": "status"},
    "500 after commit": {"kind": "status", "after_commit": True},
    "503 with a delay": {"kind": "status", "status": 503, "headers": {"Retry-After": "7"}},
    "HTML 200": {"kind": "html"},
    "HTML 200 after commit": {"kind": "html_after"},
    "truncated JSON": {"kind": "truncate"},
}

every_deed = pytest.mark.parametrize("deed", DEEDS, ids=Deed.label)

_undisturbed: dict[str, Any] = {}


def undisturbed(sandbox: Sandbox, deed: Deed) -> Any:
    """What the deed gives without a fault; the sandbox is left prepared but without it."""
    client = hurried(sandbox)
    if deed.name not in _undisturbed:
        prepare(client)
        _undisturbed[deed.name] = deed.do(client)
        sandbox.reset()
    prepare(client)
    return _undisturbed[deed.name]


@pytest.mark.parametrize(
    ("deed", "fault"),
    [
        pytest.param(deed, fault, id=f"{deed.label()}-{fault}")
        for deed in DEEDS
        for fault in SURELY_NOT_DONE
        # A token is not asked for with a token; a 401 there means a wrong secret.
        if (deed.name, fault) != ("token", "expired token")
    ],
)
def test_what_surely_was_not_done_is_done_again(
    sandbox: Sandbox, client: MauticClient, deed: Deed, fault: str
) -> None:
    expected = undisturbed(sandbox, deed)
    sandbox.fault(method=deed.method, path=f"{deed.path}$", **SURELY_NOT_DONE[fault])
    assert deed.do(client) == expected
    assert struck(sandbox) == 1
    assert deed.left(sandbox.state()) == 1


@every_deed
@pytest.mark.parametrize("fault", DOUBTFUL)
def test_after_one_fault_all_is_there_exactly_once(
    sandbox: Sandbox, client: MauticClient, deed: Deed, fault: str
) -> None:
    expected = undisturbed(sandbox, deed)
    sandbox.fault(method=deed.method, path=f"{deed.path}$", **DOUBTFUL[fault])
    client.transport.patience = patience_for(DOUBTFUL[fault])
    if deed.settles:
        assert deed.do(client) == expected
    else:
        with pytest.raises(DoubtfulWriteError):
            deed.do(client)
        assert writes(sandbox, deed) == 1, "a doubtful write was sent again without a look"
        # An edit of what is already so, a merge, a tag that is gone: doing it again is right.
        deed.do(client)
    assert struck(sandbox) == 1
    assert deed.left(sandbox.state()) == 1


@every_deed
def test_a_redirect_is_never_followed(sandbox: Sandbox, client: MauticClient, deed: Deed) -> None:
    undisturbed(sandbox, deed)
    with other_server() as elsewhere:
        location = f"{elsewhere.url}/login?secret=1"
        sandbox.fault("redirect", method=deed.method, path=f"{deed.path}$", location=location)
        with pytest.raises(WrongServerError) as raised:
            deed.do(client)
        assert elsewhere.requests == []
    assert f"a redirect to {elsewhere.url}, which is not followed" in str(raised.value)
    assert raised.value.status == 302


def test_a_401_of_the_token_endpoint_is_wrong_credentials(
    sandbox: Sandbox, client: MauticClient
) -> None:
    sandbox.fault("expired_token", path="/oauth/v2/token")
    with pytest.raises(CredentialsError):
        DEEDS[0].do(client)


@pytest.mark.parametrize("after_commit", [False, True])
def test_a_doubtful_write_is_looked_up_before_it_is_done_again(
    sandbox: Sandbox, client: MauticClient, after_commit: bool
) -> None:
    (deed,) = (deed for deed in DEEDS if deed.name == "create segment")
    undisturbed(sandbox, deed)
    sandbox.forget_requests()
    sandbox.fault("status", method="POST", path=deed.path, after_commit=after_commit)
    deed.do(client)
    kinds = [
        request["method"]
        for request in sandbox.requests()
        if request["path"].startswith("/api/segments")
    ]
    assert kinds == (["GET", "POST", "GET"] if after_commit else ["GET", "POST", "GET", "POST"])


@every_deed
def test_the_delay_the_server_asks_for_is_waited(
    sandbox: Sandbox, client: MauticClient, pauses: Pauses, deed: Deed
) -> None:
    undisturbed(sandbox, deed)
    headers = {"Retry-After": "7"}
    sandbox.fault("rate_limit", method=deed.method, path=f"{deed.path}$", headers=headers)
    deed.do(client)
    assert pauses.asked == [7.0]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"errors": []}'])
@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed.makes], ids=Deed.label)
def test_an_answer_without_what_was_made_leaves_doubt_and_is_looked_up(
    sandbox: Sandbox, client: MauticClient, deed: Deed, body: bytes
) -> None:
    prepare(client)

    def replace_body(response: requests.Response, **_: Any) -> None:
        if response.request.method == "POST":
            response._content = body

    client.transport.session.hooks["response"].append(replace_body)
    assert deed.do(client) in ("created", ["created", "created"])
    assert deed.left(sandbox.state()) == 1


def struck(sandbox: Sandbox) -> int:
    return sum(request["fault"] is not None for request in sandbox.requests())


def writes(sandbox: Sandbox, deed: Deed) -> int:
    """How often the deed's own write was sent since the fault waited for it."""
    sent = [request for request in sandbox.requests() if request["fault"]]
    after = [
        request
        for request in sandbox.requests()
        if request["n"] >= sent[0]["n"] and request["method"] == deed.method
    ]
    return len(after)

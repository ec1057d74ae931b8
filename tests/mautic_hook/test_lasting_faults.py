"""A fault that stays: the right error, soon, that says what a person needs and nothing secret."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mautic_hook.auth import ClientCredentials
from mautic_hook.client import MauticClient
from sandbox.runner import Sandbox
from tests.mautic_hook.deeds import DEEDS, SECRET_EMAIL, Deed, prepare
from tests.mautic_hook.servers import HURRY, Pauses, hurried, patience_for
from transport.errors import (
    ApiOffError,
    CallError,
    CredentialsError,
    DoubtfulWriteError,
    NotFoundError,
    PermanentError,
    RefusedError,
    RightsError,
    TransientError,
)

#: The fault, its status as the error tells it, and the type; None: doubtful for a write.
LASTING: dict[str, tuple[dict[str, Any], int | None, type[CallError] | None]] = {
    "timeout": ({"kind": "hold"}, None, None),
    "reset": ({"kind": "cut_before"}, None, None),
    "500": ({"kind": "status"}, 500, None),
    "502": ({"kind": "status", "status": 502}, 502, None),
    "529": ({"kind": "status", "status": 529}, 529, None),
    "HTML 200": ({"kind": "html"}, 200, None),
    "429": ({"kind": "rate_limit"}, 429, TransientError),
    "400": ({"kind": "status", "status": 400}, 400, RefusedError),
    "401": ({"kind": "status", "status": 401}, 401, CredentialsError),
    "403": ({"kind": "status", "status": 403}, 403, RightsError),
    "404": ({"kind": "status", "status": 404}, 404, NotFoundError),
    "expired token": ({"kind": "expired_token"}, 401, CredentialsError),
}

every_deed = pytest.mark.parametrize("deed", DEEDS, ids=Deed.label)


def fail(sandbox: Sandbox, client: MauticClient, deed: Deed, **fault: Any) -> CallError:
    """The error of a deed whose request is hit every time. The sandbox must stay as it was."""
    prepare(hurried(sandbox))
    before = sandbox.state()
    sandbox.fault(method=deed.method, path=f"{deed.path}$", times=0, **fault)
    client.transport.patience = patience_for(fault)
    with pytest.raises(CallError) as raised:
        deed.do(client)
    sandbox.clear_faults()
    assert sandbox.state() == before
    return raised.value


@every_deed
@pytest.mark.parametrize("fault", LASTING)
def test_a_fault_that_stays_ends_in_the_right_error(
    sandbox: Sandbox, client: MauticClient, deed: Deed, fault: str
) -> None:
    if (deed.name, fault) == ("delete contact", "404"):
        return  # Gone is what was wanted.
    values, status, kind = LASTING[fault]
    error = fail(sandbox, client, deed, **values)
    if (deed.name, fault) == ("token", "400"):
        # This is how Mautic refuses a wrong client secret.
        kind = CredentialsError
    expected = kind or (DoubtfulWriteError if deed.writes else TransientError)
    assert type(error) is expected
    assert error.status == status
    assert_it_says_all_and_no_secret(error, deed, client)


def assert_it_says_all_and_no_secret(error: CallError, deed: Deed, client: MauticClient) -> None:
    text = str(error)
    assert text.startswith(f"{deed.tried}: {deed.method} /")
    if error.status:
        assert f"answered {error.status}: " in text
    assert error.retry_hint in text
    assert ("A retry does not help" in text) == isinstance(error, PermanentError)
    auth = client.transport.session.auth
    assert isinstance(auth, ClientCredentials)
    for secret in (SECRET_EMAIL, "example.org", auth._client_secret, auth._token):
        assert not secret or secret not in text + repr(error)


@every_deed
@pytest.mark.parametrize("fault", ["500", "reset", "429"])
def test_a_fault_that_stays_is_given_up_after_the_tries_allowed(
    sandbox: Sandbox, client: MauticClient, pauses: Pauses, deed: Deed, fault: str
) -> None:
    fail(sandbox, client, deed, **LASTING[fault][0])
    struck = [request for request in sandbox.requests() if request["fault"]]
    doubtful = deed.writes and fault != "429"
    allowed = 1 if doubtful and not deed.settles else HURRY.tries
    assert len(struck) == allowed
    assert len(pauses.asked) <= HURRY.tries
    assert all(0 < seconds < 1 for seconds in pauses.asked)


@every_deed
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "rate_limit", "headers": {"Retry-After": "3600"}},
        {"kind": "status", "status": 503, "headers": {"Retry-After": "3600"}},
    ],
    ids=["429", "503"],
)
def test_a_delay_longer_than_our_patience_is_left_to_the_scheduler(
    sandbox: Sandbox, client: MauticClient, pauses: Pauses, deed: Deed, fault: dict[str, Any]
) -> None:
    """A 503 with an hour to wait made a task sleep for an hour within a call."""
    error = fail(sandbox, client, deed, **fault)
    assert isinstance(error, TransientError)
    assert error.retry_after == 3600.0
    assert pauses.asked == []


@pytest.mark.parametrize("fault", ["cut_after", "truncate", "html_after"])
@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed.makes], ids=Deed.label)
def test_a_thing_that_was_made_is_found_though_no_answer_ever_came(
    sandbox: Sandbox, client: MauticClient, deed: Deed, fault: str
) -> None:
    prepare(client)
    sandbox.fault(fault, method=deed.method, path=f"{deed.path}$", times=0)
    deed.do(client)
    assert deed.left(sandbox.state()) == 1


def test_with_one_try_a_doubtful_write_is_still_looked_up(sandbox: Sandbox) -> None:
    (deed,) = (deed for deed in DEEDS if deed.name == "create segment")
    client = hurried(sandbox)
    client.transport.patience = replace(HURRY, tries=1)
    prepare(client)
    sandbox.fault("cut_after", method="POST", path=deed.path)
    assert deed.do(client) == "created"


@every_deed
def test_a_switched_off_api_is_told_apart_from_missing_rights(
    sandbox: Sandbox, client: MauticClient, deed: Deed
) -> None:
    if deed.name == "token":
        return
    prepare(client)
    sandbox.switch(api_enabled=False)
    try:
        with pytest.raises(ApiOffError) as raised:
            deed.do(client)
    finally:
        sandbox.switch(api_enabled=True)
    assert raised.value.status == 403
    assert "Switch it on" in str(raised.value)

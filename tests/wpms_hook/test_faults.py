"""One fault a request: the call ends right all the same, and nothing is there twice.

And a fault that stays: the right error, soon, that says what a person needs and nothing secret.
"""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.runner import Wpms
from tests.mautic_hook.servers import HURRY, Pauses, other_server, patience_for
from tests.wpms_hook.deeds import (
    ANN,
    DEEDS,
    LIDA,
    OTHER_EMAIL,
    PASSWORD,
    SECRET_EMAIL,
    SECRET_NAME,
    Deed,
    prepare,
    status_of,
)
from tests.wpms_hook.hurry import hurried
from transport.errors import (
    ApiOffError,
    CallError,
    CredentialsError,
    DoubtfulWriteError,
    PermanentError,
    RefusedError,
    RightsError,
    TransientError,
    WrongServerError,
)
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import RowKey, write_statuses

#: Faults that pass; after most of them a write may have been done, or was.
PASSING: dict[str, dict[str, Any]] = {
    "429 without a delay": {"kind": "rate_limit"},
    "429 with a delay": {"kind": "rate_limit", "headers": {"Retry-After": "7"}},
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
#: Faults that stay, the status as the error tells it, and the type; None: doubtful for a write.
LASTING: dict[str, tuple[dict[str, Any], int | None, type[CallError] | None]] = {
    "timeout": ({"kind": "hold"}, None, None),
    "reset": ({"kind": "cut_before"}, None, None),
    "500": ({"kind": "status"}, 500, None),
    "502": ({"kind": "status", "status": 502}, 502, None),
    "HTML 200": ({"kind": "html"}, 200, None),
    "429": ({"kind": "rate_limit"}, 429, TransientError),
    "400": ({"kind": "status", "status": 400}, 400, RefusedError),
    "403": ({"kind": "status", "status": 403}, 403, RightsError),
    "413": ({"kind": "status", "status": 413}, 413, RefusedError),
    "revoked password": ({"kind": "expired_token"}, 401, CredentialsError),
}

every_deed = pytest.mark.parametrize("deed", DEEDS, ids=Deed.label)

_undisturbed: dict[str, Any] = {}


def undisturbed(wpms: Wpms, deed: Deed) -> Any:
    """What the deed gives without a fault; the network is left prepared but without it."""
    prepare(wpms)
    if deed.name not in _undisturbed:
        _undisturbed[deed.name] = deed.do(hurried(wpms))
        wpms.reset()
        prepare(wpms)
    return _undisturbed[deed.name]


def struck(wpms: Wpms) -> int:
    return sum(request["fault"] is not None for request in wpms.requests())


def fail(wpms: Wpms, client: WpmsClient, deed: Deed, **fault: Any) -> CallError:
    """The error of a deed whose request is hit every time. The network must stay as it was."""
    prepare(wpms)
    before = wpms.state()
    wpms.fault(method=deed.method, path=deed.path, times=0, **fault)
    client.transport.patience = patience_for(fault)
    with pytest.raises(CallError) as raised:
        deed.do(client)
    wpms.clear_faults()
    assert wpms.state() == before
    return raised.value


@every_deed
@pytest.mark.parametrize("fault", PASSING)
def test_after_one_fault_all_is_there_exactly_once(
    wpms: Wpms, client: WpmsClient, deed: Deed, fault: str
) -> None:
    expected = undisturbed(wpms, deed)
    wpms.fault(method=deed.method, path=deed.path, **PASSING[fault])
    client.transport.patience = patience_for(PASSING[fault])
    assert deed.do(client) == expected
    assert struck(wpms) == 1
    assert deed.left(wpms.state()) == 1


@every_deed
@pytest.mark.parametrize("fault", ["429 with a delay", "503 with a delay"])
def test_the_delay_the_server_asks_for_is_waited(
    wpms: Wpms, client: WpmsClient, pauses: Pauses, deed: Deed, fault: str
) -> None:
    undisturbed(wpms, deed)
    wpms.fault(method=deed.method, path=deed.path, **PASSING[fault])
    deed.do(client)
    assert pauses.asked == [7.0]


@every_deed
def test_a_redirect_is_never_followed(wpms: Wpms, client: WpmsClient, deed: Deed) -> None:
    with other_server() as elsewhere:
        location = f"{elsewhere.url}/wp-login.php?secret=1"
        error = fail(wpms, client, deed, kind="redirect", location=location)
        assert elsewhere.requests == []
    assert isinstance(error, WrongServerError)
    assert f"a redirect to {elsewhere.url}, which is not followed" in str(error)
    assert error.status == 302


@every_deed
@pytest.mark.parametrize("fault", LASTING)
def test_a_fault_that_stays_ends_in_the_right_error(
    wpms: Wpms, client: WpmsClient, deed: Deed, fault: str
) -> None:
    values, status, kind = LASTING[fault]
    error = fail(wpms, client, deed, **values)
    assert type(error) is (kind or (TransientError if deed.method == "GET" else DoubtfulWriteError))
    assert error.status == status
    text = str(error)
    assert text.startswith(f"{deed.tried}: {deed.method} /wp-json/course-sync/v1/")
    assert not error.status or f"answered {error.status}: " in text
    assert error.retry_hint in text
    assert ("A retry does not help" in text) == isinstance(error, PermanentError)
    for secret in (SECRET_EMAIL, OTHER_EMAIL, "example.org", SECRET_NAME, PASSWORD):
        assert secret not in text + repr(error)


@every_deed
@pytest.mark.parametrize("fault", ["500", "reset", "429"])
def test_a_fault_that_stays_is_given_up_after_the_tries_allowed(
    wpms: Wpms, client: WpmsClient, pauses: Pauses, deed: Deed, fault: str
) -> None:
    fail(wpms, client, deed, **LASTING[fault][0])
    assert struck(wpms) == HURRY.tries
    assert len(pauses.asked) == HURRY.tries - 1
    assert all(0 < seconds < 1 for seconds in pauses.asked)


@every_deed
@pytest.mark.parametrize("status", [429, 503])
def test_a_delay_longer_than_our_patience_is_left_to_the_scheduler(
    wpms: Wpms, client: WpmsClient, pauses: Pauses, deed: Deed, status: int
) -> None:
    headers = {"Retry-After": "3600"}
    error = fail(wpms, client, deed, kind="status", status=status, headers=headers)
    assert isinstance(error, TransientError)
    assert error.retry_after == 3600.0
    assert pauses.asked == []
    assert struck(wpms) == 1


@every_deed
def test_a_plugin_that_is_not_active_is_told_apart_from_a_thing_that_is_missing(
    wpms: Wpms, deed: Deed
) -> None:
    """A network without the plugin answers 404 to everything, and so does an unknown address."""
    client = WpmsClient(f"{wpms.url}/blog", wpms.user, wpms.password, patience=HURRY)
    with pytest.raises(ApiOffError, match="Network-activate the plugin course-sync"):
        deed.do(client)


@every_deed
def test_whoever_is_not_the_worker_is_told_how_to_become_it(wpms: Wpms, deed: Deed) -> None:
    prepare(wpms)
    client = WpmsClient(wpms.url, SECRET_EMAIL, wpms.learner_password, patience=HURRY)
    with pytest.raises(RightsError, match="Add the account to the workers"):
        deed.do(client)


def test_a_row_that_goes_when_it_is_written_back_is_missing_when_that_is_sent_again(
    wpms: Wpms, client: WpmsClient
) -> None:
    """The e-mail of a deleted account stays in the row until its end is synced."""
    prepare(wpms)
    write_statuses(client, [status_of()])
    wpms.delete_account(ANN)
    wpms.fault("cut_after", method="PUT")
    written = write_statuses(client, [status_of(rev=wpms.rows()[0]["rev"])])
    assert written.missing == {RowKey(LIDA, ANN)}
    assert wpms.rows() == []

"""Planted secrets come out nowhere: no log at DEBUG, no text, repr or traceback of an error."""

from __future__ import annotations

import json
import logging
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from mautic_hook.auth import ClientCredentials
from mautic_hook.client import MauticClient
from mautic_hook.contacts import find_by_email
from mautic_hook.hook import MauticHook
from sandbox.mautic.auth import Credentials
from sandbox.runner import Sandbox, running_sandbox
from tests.mautic_hook.deeds import DEEDS, SECRET_EMAIL, Deed, prepare
from tests.mautic_hook.servers import HURRY, Pauses, other_server, patience_for
from transport.errors import TransientError

#: Short and of plain letters, so that no rule about long tokens hides it by chance.
SECRET = "canaryhook"
PASSWORD = "canarypass"


@dataclass
class Said:
    """All that came out, wherever it came out."""

    texts: list[str]

    def of(self, error: BaseException) -> None:
        """Notes every text of an error, and of those it hides behind itself."""
        hidden: BaseException | None = error
        while hidden is not None:
            self.texts += [str(hidden), repr(hidden), *traceback.format_exception(error)]
            hidden = hidden.__cause__ or (
                None if hidden.__suppress_context__ else hidden.__context__
            )


def secrets_of(client: MauticClient) -> set[str]:
    """The planted ones and the token that is in use."""
    auth = client.transport.session.auth
    token = {auth._token} if isinstance(auth, ClientCredentials) and auth._token else set()
    return {SECRET, PASSWORD, *token}


@pytest.fixture
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A sandbox whose client secret is a canary."""
    known = Credentials("id", SECRET, "weak", PASSWORD)
    with running_sandbox(tmp_path_factory.mktemp("mautic"), "5.2.0", known) as sandbox:
        yield sandbox


def oauth(sandbox: Sandbox) -> MauticClient:
    return MauticClient.with_oauth(sandbox.url, "id", SECRET, patience=HURRY, pause=Pauses())


def basic(sandbox: Sandbox) -> MauticClient:
    return MauticClient.with_basic(sandbox.url, "id", SECRET, patience=HURRY, pause=Pauses())


FAULTS: dict[str, dict[str, Any]] = {
    "none": {"kind": "delay"},
    "hold": {"kind": "hold"},
    "cut": {"kind": "cut_before"},
    "500": {"kind": "status"},
    "400": {"kind": "status", "status": 400},
    "401": {"kind": "status", "status": 401},
    "html": {"kind": "html"},
    "truncated": {"kind": "truncate"},
    "429": {"kind": "rate_limit"},
    "redirect": {"kind": "redirect", "location": f"http://127.0.0.1:1/?access_token={SECRET}"},
}


@pytest.mark.parametrize("make", [oauth, basic])
def test_nothing_that_is_said_holds_a_secret(
    guarded: Sandbox,
    caplog: pytest.LogCaptureFixture,
    make: Callable[[Sandbox], MauticClient],
) -> None:
    caplog.set_level(logging.DEBUG)
    said = Said([])
    prepare(make(guarded))
    for fault in FAULTS.values():
        for name in ("token", "look up contacts", "create contacts", "create segment"):
            (deed,) = (deed for deed in DEEDS if deed.name == name)
            client = make(guarded)
            client.transport.patience = patience_for(fault)
            guarded.fault(method=deed.method, path=f"{deed.path}$", times=0, **fault)
            try:
                deed.do(client)
            except Exception as error:
                said.of(error)
            guarded.clear_faults()
            assert_silent(client, [*said.texts, caplog.text])
    assert len(said.texts) > 20, "the faults hit nothing"


@pytest.mark.parametrize("deed", DEEDS, ids=Deed.label)
def test_an_error_body_that_repeats_what_was_sent_is_not_repeated(deed: Deed) -> None:
    """Mautic's texts may hold the value it refuses; a proxy's may hold headers."""
    words = f"email: {SECRET_EMAIL} is invalid. Authorization: Bearer {SECRET} password={PASSWORD}"
    body = json.dumps({"errors": [{"code": 400, "message": words, "details": {"email": [words]}}]})
    with other_server(body, status=400) as server:
        client = MauticClient.with_basic(server.url, "id", SECRET, patience=HURRY)
        said = Said([])
        try:
            deed.do(client)
        except Exception as error:
            said.of(error)
    assert said.texts
    for secret in (SECRET_EMAIL, "ann.learner", SECRET, PASSWORD):
        assert secret not in "\n".join(said.texts)


def test_an_address_that_was_looked_up_is_in_no_traceback() -> None:
    """The errors of requests hold the whole URL; they must not come along as a cause."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    client = MauticClient.with_basic(url, "id", SECRET, patience=HURRY, pause=Pauses())
    with pytest.raises(TransientError) as raised:
        find_by_email(client, [SECRET_EMAIL])
    said = Said([])
    said.of(raised.value)
    assert "ann.learner" not in "\n".join(said.texts)


@pytest.mark.parametrize("auth", ["oauth2", "basic"])
def test_the_button_and_the_hook_say_no_secret(
    guarded: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, auth: str
) -> None:
    caplog.set_level(logging.DEBUG)
    values = {"conn_type": "mautic", "host": guarded.url, "extra": json.dumps({"auth": auth})}
    with capture_logs() as logged:
        for password in (SECRET, PASSWORD):
            connection = values | {"login": "id", "password": password}
            monkeypatch.setenv("AIRFLOW_CONN_MAUTIC_DEFAULT", json.dumps(connection))
            _, said = MauticHook().test_connection()
            for secret in (SECRET, PASSWORD):
                assert secret not in said + caplog.text + str(logged)


def assert_silent(client: MauticClient, texts: list[str]) -> None:
    whole = "\n".join(texts)
    for secret in secrets_of(client):
        assert secret not in whole

"""The Test button of a connection tells apart what may be wrong with it."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from mautic_hook.hook import MauticHook
from sandbox.runner import Sandbox
from tests.mautic_hook.servers import other_server


@pytest.fixture
def press(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Presses the button for a connection to the sandbox with some values changed."""

    def press_it(**changed: Any) -> tuple[bool, str]:
        values = {
            "conn_type": "mautic",
            "host": sandbox.url,
            "login": sandbox.client_id,
            "password": sandbox.client_secret,
        }
        monkeypatch.setenv("AIRFLOW_CONN_MAUTIC_DEFAULT", json.dumps(values | changed))
        return MauticHook().test_connection()

    return press_it


def test_all_is_well(press: Any, sandbox: Sandbox) -> None:
    assert press() == (True, "Mautic 7.0.2: connected, may read and write.")
    assert sandbox.state()["tags"] == []


def test_all_is_well_with_a_password(press: Any) -> None:
    assert press(extra='{"auth": "basic"}')[0]


def test_nobody_there(press: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    well, said = press(host=f"http://127.0.0.1:{port}")
    assert not well
    assert said.startswith("Mautic cannot be reached. ")
    assert "no connection" in said


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("<h1>Hello</h1>", "text/html", 200),
        ("<h1>Not found</h1>", "text/html", 404),
        ('{"hello": "world"}', "application/json", 200),
        ('{"access_token": "t"}', "application/json", 200),
        ("", "text/html", 301),
    ],
)
@pytest.mark.parametrize("auth", ["oauth2", "basic"])
def test_not_a_mautic(press: Any, body: str, content_type: str, status: int, auth: str) -> None:
    with other_server(body, content_type, status) as server:
        well, said = press(host=server.url, extra=json.dumps({"auth": auth}))
    assert not well
    assert said.startswith("This is not the address of a Mautic. ")


@pytest.mark.parametrize("auth", ["oauth2", "basic"])
def test_the_api_is_off(press: Any, sandbox: Sandbox, auth: str) -> None:
    sandbox.switch(api_enabled=False)
    try:
        well, said = press(extra=json.dumps({"auth": auth}))
    finally:
        sandbox.switch(api_enabled=True)
    assert not well
    assert said.startswith("The API of this Mautic is switched off. ")


@pytest.mark.parametrize("auth", ["oauth2", "basic"])
def test_wrong_credentials(press: Any, auth: str) -> None:
    well, said = press(password="wrong", extra=json.dumps({"auth": auth}))
    assert not well
    assert said.startswith("Mautic does not take these credentials. ")
    assert "wrong" not in said


@pytest.mark.parametrize("auth", ["oauth2", "basic"])
def test_too_few_rights(press: Any, sandbox: Sandbox, auth: str) -> None:
    """Without rights Mautic lists no contacts with a 200, so that would prove nothing."""
    weak = {"login": sandbox.weak_client_id, "password": sandbox.weak_client_secret}
    well, said = press(**weak, extra=json.dumps({"auth": auth}))
    assert not well
    assert said.startswith("The account has too few rights. ")


def test_may_read_but_not_write(press: Any, sandbox: Sandbox) -> None:
    sandbox.fault("status", method="POST", path="/api/tags", times=0, status=403)
    well, said = press()
    assert not well
    assert said.startswith("The account has too few rights. ")


def test_a_mautic_that_is_down_is_still_a_mautic(press: Any, sandbox: Sandbox) -> None:
    sandbox.fault("status", path="/api/tags", times=0, status=503)
    well, said = press()
    assert not well
    assert said.startswith("Mautic answers, but not as it should. ")


def test_the_button_does_not_keep_a_person_waiting(press: Any, sandbox: Sandbox) -> None:
    sandbox.fault("rate_limit", path="/api", times=0, headers={"Retry-After": "30"})
    well, said = press()
    assert not well
    assert "wait 30 s" in said
    assert len([one for one in sandbox.requests() if one["fault"]]) == 1

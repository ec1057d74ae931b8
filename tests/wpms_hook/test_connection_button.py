"""The Test button of a connection tells apart what may be wrong with it, and writes nothing."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from sandbox.runner import Wpms
from tests.mautic_hook.servers import other_server
from tests.wpms_hook.deeds import SECRET_EMAIL, prepare
from wpms_hook.hook import WpmsHook


@pytest.fixture
def press(wpms: Wpms, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Presses the button for a connection to the network with some values changed."""
    prepare(wpms)

    def press_it(**changed: Any) -> tuple[bool, str]:
        values = {
            "conn_type": "wpms",
            "host": wpms.url,
            "login": wpms.user,
            "password": wpms.password,
        }
        monkeypatch.setenv("AIRFLOW_CONN_WPMS_DEFAULT", json.dumps(values | changed))
        return WpmsHook().test_connection()

    return press_it


def wordpress_error(code: str, message: str, status: int) -> str:
    return json.dumps({"code": code, "message": message, "data": {"status": status}})


def test_all_is_well_and_nothing_was_written(press: Any, wpms: Wpms) -> None:
    before = wpms.state()
    assert press() == (
        True,
        "course-sync 1.0.0: connected as its worker. Course sites: 2, enrolments to sync: 1.",
    )
    assert wpms.state() == before
    assert [request["method"] for request in wpms.requests()] == ["GET"]


def test_nobody_there(press: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    well, said = press(host=f"http://127.0.0.1:{port}")
    assert not well
    assert said.startswith("WordPress cannot be reached. ")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("<h1>Hello</h1>", "text/html", 200),
        ("<h1>Not found</h1>", "text/html", 404),
        ('{"hello": "world"}', "application/json", 200),
        ('{"error": "not found"}', "application/json", 404),
        ("", "text/html", 301),
    ],
)
def test_not_a_wordpress(press: Any, body: str, content_type: str, status: int) -> None:
    with other_server(body, content_type, status) as server:
        well, said = press(host=server.url)
    assert not well
    assert said.startswith("This is not the address of a WordPress. ")


def test_the_plugin_is_not_active(press: Any) -> None:
    text = "No route was found matching the URL and request method."
    with other_server(wordpress_error("rest_no_route", text, 404), status=404) as server:
        well, said = press(host=server.url)
    assert not well
    assert said.startswith("The plugin course-sync is not active there. ")
    assert "Network-activate the plugin course-sync" in said


@pytest.mark.parametrize("changed", [{"password": "wrongone"}, {"login": "wrongone"}])
def test_wrong_credentials(press: Any, changed: dict[str, str]) -> None:
    well, said = press(**changed)
    assert not well
    assert said.startswith("WordPress does not take these credentials. ")
    assert "wrongone" not in said


@pytest.mark.parametrize("code", ["invalid_username", "invalid_email"])
def test_an_account_that_is_not_there(press: Any, code: str) -> None:
    with other_server(wordpress_error(code, "Unknown.", 401), status=401) as server:
        _, said = press(host=server.url)
    assert said.startswith("WordPress does not take these credentials. ")


def test_a_password_that_something_before_wordpress_asks_for(press: Any) -> None:
    with other_server("<h1>Authorization required</h1>", "text/html", 401) as server:
        _, said = press(host=server.url)
    assert said.startswith("WordPress does not take these credentials. ")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("rest_forbidden", "Sorry, you are not allowed to do that."),
        ("rest_not_logged_in", "You are not currently logged in."),
        ("application_passwords_disabled", "Application passwords are not available."),
    ],
)
def test_application_passwords_need_tls(press: Any, code: str, text: str) -> None:
    """Without TLS, WordPress acts as if no credentials had come; it says nothing of passwords."""
    with other_server(wordpress_error(code, text, 401), status=401) as server:
        well, said = press(host=server.url)
    assert not well
    assert said.startswith("WordPress does not look at the application password. ")
    assert "over https only" in said


def test_an_account_that_is_not_the_worker(press: Any, wpms: Wpms) -> None:
    well, said = press(login=SECRET_EMAIL, password=wpms.learner_password)
    assert not well
    assert said.startswith("The account is not a worker of course-sync. ")
    assert "Network Admin → Settings → Course sync" in said


def test_a_wordpress_that_is_down_is_still_a_wordpress(press: Any, wpms: Wpms) -> None:
    wpms.fault("status", path="/wp-json", times=0, status=503)
    well, said = press()
    assert not well
    assert said.startswith("WordPress answers, but not as it should. ")


def test_the_button_does_not_keep_a_person_waiting(press: Any, wpms: Wpms) -> None:
    wpms.fault("rate_limit", path="/wp-json", times=0, headers={"Retry-After": "30"})
    well, said = press()
    assert not well
    assert "wait 30 s" in said
    assert len(wpms.requests()) == 1

"""From an Airflow connection to a client; and how Airflow comes to know the connection type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from requests.auth import HTTPBasicAuth
from structlog.testing import capture_logs

from mautic_hook.auth import ClientCredentials
from mautic_hook.hook import MauticHook
from mautic_hook.provider import get_provider_info
from transport.errors import PermanentError


def hook_of(monkeypatch: pytest.MonkeyPatch, **connection: Any) -> MauticHook:
    """A hook on a connection; given as Airflow takes it from the environment."""
    values = {"conn_type": "mautic", "login": "id", "password": "secret"} | connection
    monkeypatch.setenv("AIRFLOW_CONN_MAUTIC_DEFAULT", json.dumps(values))
    return MauticHook()


@pytest.mark.parametrize(
    ("connection", "address"),
    [
        ({"host": "mautic.example.org"}, "https://mautic.example.org"),
        ({"host": "https://mautic.example.org"}, "https://mautic.example.org"),
        ({"host": "https://example.org/mautic/"}, "https://example.org/mautic"),
        ({"host": "mautic.example.org", "port": 8443}, "https://mautic.example.org:8443"),
        ({"host": "http://127.0.0.1:8081"}, "http://127.0.0.1:8081"),
        ({"host": "mautic.example.org", "schema": "http"}, "http://mautic.example.org"),
    ],
)
def test_the_address_is_https_unless_it_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, connection: dict[str, Any], address: str
) -> None:
    assert hook_of(monkeypatch, **connection).get_client().transport.base_url == address


@pytest.mark.parametrize("missing", ["host", "login", "password"])
def test_a_connection_that_lacks_something_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    hook = hook_of(monkeypatch, **{"host": "mautic.example.org", missing: None})
    with pytest.raises(PermanentError, match="host, login and password are needed"):
        hook.get_client()


def test_oauth_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    client = hook_of(monkeypatch, host="mautic.example.org").get_client()
    assert isinstance(client.transport.session.auth, ClientCredentials)


def test_basic_is_taken_and_warned_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hook = hook_of(monkeypatch, host="mautic.example.org", extra='{"auth": "basic"}')
    with capture_logs() as logged:
        client = hook.get_client()
    auth = client.transport.session.auth
    assert isinstance(auth, HTTPBasicAuth)
    assert (auth.username, auth.password) == ("id", "secret")
    assert "a password with each request" in str(logged)


def test_an_unknown_way_to_sign_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    hook = hook_of(monkeypatch, host="mautic.example.org", extra='{"auth": "digest"}')
    with pytest.raises(PermanentError, match="can be 'oauth2' or 'basic'"):
        hook.get_client()


def test_what_says_how_to_sign_is_not_sent_as_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = '{"auth": "oauth2", "X-From": "course-cohorts"}'
    hook = hook_of(monkeypatch, host="mautic.example.org", extra=extra)
    headers = hook.get_client().transport.session.headers
    assert "auth" not in headers
    assert headers["X-From"] == "course-cohorts"


def test_tls_and_proxies_come_from_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    extra = {"verify": False, "proxies": {"https": "http://127.0.0.1:3128"}}
    hook = hook_of(monkeypatch, host="mautic.example.org", extra=json.dumps(extra))
    with capture_logs() as logged:
        session = hook.get_client().transport.session
    assert session.verify is False
    assert session.proxies == extra["proxies"]
    assert "certificate of https://mautic.example.org is not checked" in str(logged)
    assert not {"verify", "proxies"} & session.headers.keys()


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("http://mautic.example.org", True),
        ("http://127.0.0.1:1", False),
        ("http://localhost", False),
    ],
)
def test_open_text_is_warned_about_but_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, host: str, warned: bool
) -> None:
    with capture_logs() as logged:
        hook_of(monkeypatch, host=host).get_client()
    assert ("is not https" in str(logged)) == warned


def test_a_useless_connection_fails_its_test_with_a_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    well, said = hook_of(monkeypatch, host="mautic.example.org", password=None).test_connection()
    assert not well
    assert "host, login and password are needed" in said


def test_the_provider_metadata_is_what_airflow_takes() -> None:
    import airflow
    from jsonschema import validate

    (folder,) = airflow.__path__[:1]
    with open(f"{folder}/provider_info.schema.json") as file:
        validate(get_provider_info(), json.load(file))


def test_airflow_knows_the_connection_type() -> None:
    from airflow.providers_manager import ProvidersManager
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    runtime = ProvidersManagerTaskRuntime()  # type: ignore[no-untyped-call]
    found = runtime.hooks["mautic"]
    assert found is not None
    assert (found.hook_class_name, found.hook_name) == ("mautic_hook.hook.MauticHook", "Mautic")
    assert found.connection_testable
    manager = ProvidersManager()  # type: ignore[no-untyped-call]
    (name,) = [name for name in manager.connection_form_widgets if "__mautic__" in name]
    assert name.endswith("__auth")
    assert manager.field_behaviours["mautic"]["relabeling"]["password"] == "Client secret"

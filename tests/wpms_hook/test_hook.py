"""From an Airflow connection to a client; and how Airflow comes to know the connection type."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
from structlog.testing import capture_logs

from mautic_hook.provider import get_provider_info
from transport.errors import PermanentError
from wpms_hook.hook import WpmsHook


def hook_of(monkeypatch: pytest.MonkeyPatch, **connection: Any) -> WpmsHook:
    """A hook on a connection; given as Airflow takes it from the environment."""
    values = {"conn_type": "wpms", "login": "worker", "password": "secret"} | connection
    monkeypatch.setenv("AIRFLOW_CONN_WPMS_DEFAULT", json.dumps(values))
    return WpmsHook()


@pytest.mark.parametrize(
    ("connection", "address"),
    [
        ({"host": "course.example.org"}, "https://course.example.org"),
        ({"host": "https://course.example.org"}, "https://course.example.org"),
        ({"host": "https://example.org/courses/"}, "https://example.org/courses"),
        ({"host": "course.example.org", "port": 8443}, "https://course.example.org:8443"),
        ({"host": "http://127.0.0.1:8082"}, "http://127.0.0.1:8082"),
        ({"host": "course.example.org", "schema": "http"}, "http://course.example.org"),
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
    hook = hook_of(monkeypatch, **{"host": "course.example.org", missing: None})
    with pytest.raises(PermanentError, match="host, login and password are needed"):
        hook.get_client()
    well, said = hook.test_connection()
    assert not well
    assert "host, login and password are needed" in said


def test_user_and_application_password_go_with_each_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As UTF-8, which WordPress takes them for."""
    hook = hook_of(monkeypatch, host="course.example.org", login="wörker", password="abcd ефgh")
    session = hook.get_client().transport.session
    request = session.prepare_request(requests.Request("GET", "https://course.example.org"))
    sent = request.headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "wörker:abcd ефgh"


def test_tls_proxies_and_headers_come_from_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    proxies = {"https": "http://127.0.0.1:3128"}
    extra = json.dumps({"verify": False, "proxies": proxies, "X-From": "course-cohorts"})
    hook = hook_of(monkeypatch, host="course.example.org", extra=extra)
    with capture_logs() as logged:
        session = hook.get_client().transport.session
    assert session.verify is False
    assert session.proxies == proxies
    assert "certificate of https://course.example.org is not checked" in str(logged)
    assert not {"verify", "proxies"} & session.headers.keys()
    assert session.headers["X-From"] == "course-cohorts"


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("http://course.example.org", True),
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


def test_the_provider_metadata_is_what_airflow_takes() -> None:
    import airflow
    from jsonschema import validate

    (folder,) = airflow.__path__[:1]
    with open(f"{folder}/provider_info.schema.json") as file:
        validate(get_provider_info(), json.load(file))


def test_airflow_knows_the_connection_type_beside_the_other() -> None:
    from airflow.providers_manager import ProvidersManager
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    runtime = ProvidersManagerTaskRuntime()  # type: ignore[no-untyped-call]
    assert runtime.hooks["mautic"] is not None
    found = runtime.hooks["wpms"]
    assert found is not None
    assert found.hook_class_name == "wpms_hook.hook.WpmsHook"
    assert found.hook_name == "WordPress Multisite"
    assert found.connection_id_attribute_name == "wpms_conn_id"
    assert found.connection_testable
    manager = ProvidersManager()  # type: ignore[no-untyped-call]
    assert manager.field_behaviours["wpms"]["relabeling"]["password"] == "Application password"

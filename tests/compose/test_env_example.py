"""`.env.example` names what the compose file wants to know, and gives nothing away."""

from __future__ import annotations

import json

import pytest

from tests.compose.files import COMPOSE_TEXT, SECRET, VARIABLE, example, variables

CONNECTIONS = {"AIRFLOW_CONN_MAUTIC_DEFAULT": "mautic", "AIRFLOW_CONN_WPMS_DEFAULT": "wpms"}


def test_it_names_exactly_the_variables_that_are_demanded() -> None:
    assert set(example("")) == variables(":?")


def test_it_shows_the_others_with_the_values_they_have_anyway() -> None:
    defaults = {
        n: value for n, operator, value in VARIABLE.findall(COMPOSE_TEXT) if operator == ":-"
    }
    shown = example("# ")
    # These two switch Celery on, so they differ from what holds without them.
    assert shown.pop("COMPOSE_PROFILES") == "celery"
    assert shown.pop("AIRFLOW_EXECUTOR") == "CeleryExecutor"
    defaults.pop("AIRFLOW_EXECUTOR")
    assert shown == defaults


def test_no_secret_has_a_value() -> None:
    secrets = {name: value for name, value in example("").items() if SECRET.search(name)}
    assert {name for name, value in secrets.items() if value} == set(CONNECTIONS)


@pytest.mark.parametrize(("name", "kind"), CONNECTIONS.items())
def test_a_connection_is_shown_without_login_and_password(name: str, kind: str) -> None:
    connection = json.loads(example("")[name].strip("'"))
    assert connection["conn_type"] == kind
    assert connection["host"]
    assert (connection["login"], connection["password"]) == ("", "")

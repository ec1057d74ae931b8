"""Passwords and personal data come out nowhere: no log, no text, repr or traceback of an error."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from sandbox.runner import Wpms
from tests.mautic_hook.servers import patience_for
from tests.wpms_hook.deeds import (
    BOB,
    DEEDS,
    LIDA,
    OTHER_EMAIL,
    PASSWORD,
    SECRET_EMAIL,
    SECRET_NAME,
    Deed,
    prepare,
)
from tests.wpms_hook.hurry import answer_instead, hurried
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import read_enrolments
from wpms_hook.hook import WpmsHook
from wpms_hook.learners import Learner, put_learners
from wpms_hook.mapping import country_name, email_address, person_name, zone_id

#: Whole addresses and their parts: a cut one is personal too.
CANARIES = (PASSWORD, SECRET_EMAIL, OTHER_EMAIL, SECRET_NAME, "canarylearner", "Canary")

FAULTS: dict[str, dict[str, Any]] = {
    "hold": {"kind": "hold"},
    "cut": {"kind": "cut_before"},
    "500": {"kind": "status"},
    "400": {"kind": "status", "status": 400},
    "403": {"kind": "status", "status": 403},
    "html": {"kind": "html"},
    "truncated": {"kind": "truncate"},
    "429": {"kind": "rate_limit"},
    "redirect": {"kind": "redirect", "location": f"http://127.0.0.1:1/?password={PASSWORD}"},
}


@contextmanager
def silent(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Whatever is said inside, and added to the list, holds no canary. Something must be said."""
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    yield said
    assert said, "nothing went wrong"
    whole = "\n".join([*said, caplog.text])
    for canary in CANARIES:
        assert canary not in whole


def told(error: BaseException) -> list[str]:
    """Every text of an error, and of those it hides behind itself."""
    texts: list[str] = []
    hidden: BaseException | None = error
    while hidden is not None:
        texts += [str(hidden), repr(hidden), *traceback.format_exception(error)]
        hidden = hidden.__cause__ or (None if hidden.__suppress_context__ else hidden.__context__)
    return texts


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("deed", DEEDS, ids=Deed.label)
def test_no_fault_makes_a_call_say_a_secret(
    wpms: Wpms, client: WpmsClient, caplog: pytest.LogCaptureFixture, deed: Deed, fault: str
) -> None:
    prepare(wpms)
    wpms.fault(method=deed.method, path=deed.path, times=0, **FAULTS[fault])
    client.transport.patience = patience_for(FAULTS[fault])
    with silent(caplog) as said:
        try:
            deed.do(client)
        except Exception as error:
            said += told(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 500])
@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed.name != "offers"], ids=Deed.label)
def test_an_error_body_that_repeats_what_was_sent_is_not_repeated(
    client: WpmsClient, caplog: pytest.LogCaptureFixture, deed: Deed, status: int
) -> None:
    words = f"email: {SECRET_EMAIL} is invalid. Authorization: Basic {PASSWORD} password={PASSWORD}"
    answer_instead(client, {"code": "bad", "message": words}, status=status)
    with silent(caplog) as said:
        try:
            deed.do(client)
        except Exception as error:
            said += told(error)


@pytest.mark.parametrize("field", ["enrolled_gmt", "state", "delivery", "tags", "rev", "left_gmt"])
def test_a_value_of_another_shape_is_not_repeated(
    wpms: Wpms, client: WpmsClient, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    prepare(wpms)
    answer_instead(client, [{**row, field: SECRET_EMAIL} for row in wpms.rows()])
    with silent(caplog) as said:
        try:
            list(read_enrolments(client))
        except Exception as error:
            said += told(error)


def test_a_row_that_is_logged_as_a_whole_says_who_only_by_number(
    wpms: Wpms, client: WpmsClient, caplog: pytest.LogCaptureFixture
) -> None:
    prepare(wpms)
    ((row,),) = read_enrolments(client)
    assert row.email == SECRET_EMAIL
    with silent(caplog) as said:
        said.append(repr(row))
        said.append(repr(put_learners(client, [Learner(BOB, email_ok=False)])))


def test_a_reason_for_what_was_dropped_repeats_nothing(caplog: pytest.LogCaptureFixture) -> None:
    long = f"{'x' * 200}{SECRET_EMAIL}"
    with silent(caplog) as said:
        for mapping in (country_name, zone_id, person_name, email_address):
            for value in (f"{SECRET_NAME}\0", f"{SECRET_EMAIL} ,", long, f"UTC+{SECRET_NAME}"):
                said.append(mapping(value).dropped)
    assert sum(map(bool, said)) > 10


def test_the_button_and_the_hook_say_no_password(
    wpms: Wpms, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    values = {"conn_type": "wpms", "host": wpms.url, "login": wpms.user}
    with capture_logs() as logged, silent(caplog) as said:
        for password in (PASSWORD, f"{PASSWORD}wrong"):
            connection = json.dumps(values | {"password": password})
            monkeypatch.setenv("AIRFLOW_CONN_WPMS_DEFAULT", connection)
            said.append(WpmsHook().test_connection()[1])
        said.append(str(logged))


def test_the_client_says_no_password_of_itself(
    wpms: Wpms, caplog: pytest.LogCaptureFixture
) -> None:
    client = hurried(wpms)
    with silent(caplog) as said:
        said += [
            repr(client),
            repr(client.transport),
            repr(client.transport.session.auth),
            f"{LIDA}",
        ]

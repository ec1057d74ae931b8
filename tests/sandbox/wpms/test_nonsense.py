"""Bodies that make no sense: a documented error, and nothing is changed."""

from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.wpms.wpms_api import (
    LIDA,
    REST,
    Api,
    of_learner,
    offer,
    offers,
    refused,
)

WRITES = [
    ("PUT", "courses/2/offers"),
    ("PUT", "statuses"),
    ("PUT", "learners"),
    ("POST", "enrolments"),
    ("POST", "lookup"),
]


SOMETHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["blog_id", "user_id", "rev", "email", "emails", "as_of", "choices", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
BODIES = ["courses/2/offers", "statuses", "learners", "enrolments", "lookup", "me"]


@given(route=st.sampled_from(BODIES), body=SOMETHING)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_answer_is_documented_and_an_error_changes_nothing(
    api: Api, route: str, body: Any
) -> None:
    api.wpms.enrol("ann@example.org", LIDA)
    before = api.wpms.state()
    method = "POST" if route in ("enrolments", "lookup") else "PUT"
    caller = of_learner(api.wpms, "ann@example.org") if route == "me" else api
    answer = caller.call(method, route, body)
    assert answer.status_code in (200, 201, 400, 404), answer.text
    if answer.status_code >= 400:
        refused(answer, answer.status_code)
    assert api.wpms.state() == before


@pytest.mark.parametrize(("method", "route"), WRITES)
@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_400(api: Api, method: str, route: str, raw: bytes) -> None:
    answer = requests.request(
        method,
        api.wpms.url + REST + route,
        data=raw,
        auth=(api.user, api.password),
        timeout=10,
    )
    refused(answer, 400, "JSON")


@pytest.mark.parametrize(
    ("method", "route", "entry", "limit"),
    [
        ("PUT", "statuses", {"blog_id": 2, "user_id": 1, "rev": 1, "state": "linked"}, 1000),
        ("PUT", "learners", {"user_id": 1, "email_ok": False}, 500),
        ("POST", "lookup", "a@example.org", 1000),
    ],
)
def test_more_than_the_limit_is_413_and_nothing_is_changed(
    api: Api, method: str, route: str, entry: Any, limit: int
) -> None:
    api.wpms.enrol("ann@example.org", LIDA)
    before = api.wpms.state()

    def send(count: int) -> requests.Response:
        entries = [entry] * count
        return api.call(method, route, {"emails": entries} if route == "lookup" else entries)

    refused(send(limit + 1), 413, "emails" if route == "lookup" else "body")
    assert api.wpms.state() == before
    assert send(limit).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("as_of", "20180301"),
        ("as_of", "2018-02-30"),
        ("as_of", None),
        ("course", None),
        ("partner", 1),
        ("offers", {}),
        ("offers.0.key", "cohort"),
        ("offers.0.delivery", "cb"),
        ("offers.0.join_until", "2018-3-1"),
        ("offers.0.label", None),
    ],
)
def test_a_wrong_field_of_the_offers_is_400_and_named(api: Api, name: str, value: Any) -> None:
    new = offers("2018-03-01", offer("20180314"))
    *parents, last = name.split(".")
    (new["offers"][0] if parents else new)[last] = value
    before = api.wpms.state()
    refused(api.put("courses/2/offers", new), 400, name)
    assert api.wpms.state() == before

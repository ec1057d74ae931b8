"""Who and what is turned down: 401, 403, 400 with the field's name, 413 over a limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.contract.network import Network
from tests.wpms_hook.deeds import DEEDS, IS, LIDA, OTHER_EMAIL, TODAY, Deed, prepare
from transport.errors import CredentialsError, RefusedError, RightsError
from wpms_hook.client import WpmsClient, ignores_passwords
from wpms_hook.courses import put_offers
from wpms_hook.enrolments import MAX_ROWS, read_enrolments
from wpms_hook.learners import MAX_EMAILS, MAX_LEARNERS, Learner, Seen, enrol, put_learners

every_deed = pytest.mark.parametrize("deed", DEEDS, ids=Deed.label)


@every_deed
def test_without_credentials_nothing_is_told_or_done(network: Network, deed: Deed) -> None:
    if deed.method != "GET":
        prepare(network.people)
    with pytest.raises(CredentialsError) as raised:
        deed.do(network.stranger())
    assert raised.value.status == 401
    assert ignores_passwords(raised.value)


def test_a_wrong_password_is_told_from_none(network: Network) -> None:
    """Not tried on a real network, which may lock the worker's account for it."""
    wrong = WpmsClient(network.url, network.people.user, "not-the-password")
    with pytest.raises(CredentialsError) as raised:
        read_page(wrong)
    assert not ignores_passwords(raised.value)


@every_deed
def test_a_learner_may_do_nothing_of_the_worker(network: Network, deed: Deed) -> None:
    prepare(network.people)
    before = network.people.state()
    with pytest.raises(RightsError) as raised:
        deed.do(network.learner(OTHER_EMAIL))
    assert raised.value.status == 403
    assert network.people.state() == before


def read_page(client: WpmsClient, **asked: Any) -> object:
    return next(read_enrolments(client, **asked), None)


#: Reads with one thing wrong, by the name that the refusal must hold.
WRONG_READS: dict[str, Callable[[WpmsClient], object]] = {
    "per_page": lambda client: read_page(client, per_page=MAX_ROWS + 1),
    "state": lambda client: read_page(client, state="dreaming"),
    "blog_id": lambda client: read_page(client, blog_id=0),
    "contact_ids": lambda client: read_page(client, contact_ids=[5, 0]),
    "user_ids": lambda client: read_page(client, user_ids=[5, 0]),
    "after": lambda client: client.get("/courses", tried="read", params={"after": "x"}),
    "after_user": lambda client: client.get("/enrolments", tried="read", params={"after_user": -1}),
    "emails": lambda client: client.post("/lookup", {}, tried="look up"),
}
#: Writes with one thing wrong, by the name that the refusal must hold.
WRONG_WRITES: dict[str, Callable[[WpmsClient], object]] = {
    "key": lambda client: offer(client, replace(IS, key="some day")),
    "delivery": lambda client: offer(client, replace(IS, delivery="by post")),  # type: ignore[arg-type]
    "as_of": lambda client: client.put(f"/courses/{LIDA}/offers", {"as_of": "soon"}, tried="set"),
    "user_id": lambda client: client.put(
        "/statuses", [{"blog_id": LIDA, "rev": 1, "state": "linked"}], tried="write"
    ),
    "choice": lambda client: put_learners(client, [Learner(1, choices={LIDA: "some day"})]),
    "rev": lambda client: put_learners(client, [Learner(1, email_ok=True, seen=Seen(LIDA, 0))]),
    "email_ok": lambda client: client.put(
        "/learners", [{"user_id": 1, "email_ok": "yes"}], tried="write"
    ),
    "blog_id": lambda client: enrol(client, "ann@example.org", 0),
    "email": lambda client: client.post("/enrolments", {"blog_id": LIDA}, tried="enrol"),
}


def offer(client: WpmsClient, wrong: Any) -> object:
    return put_offers(client, LIDA, TODAY, "LiDA101", "OERu", [wrong])


@pytest.mark.parametrize("field", WRONG_READS)
def test_a_wrong_question_is_refused_with_the_fields_name(network: Network, field: str) -> None:
    refused_with_its_name(network.client, WRONG_READS[field], field)


@pytest.mark.parametrize("field", WRONG_WRITES)
def test_a_wrong_write_is_refused_with_the_fields_name(network: Network, field: str) -> None:
    prepare(network.people)
    before = network.people.state()
    refused_with_its_name(network.client, WRONG_WRITES[field], field)
    assert network.people.state() == before


def refused_with_its_name(
    client: WpmsClient, do: Callable[[WpmsClient], object], field: str
) -> None:
    with pytest.raises(RefusedError, match=rf"\b{field}\b") as raised:
        do(client)
    assert raised.value.status == 400


def test_more_addresses_than_the_limit_are_refused(network: Network) -> None:
    emails = [f"nobody{number}@example.org" for number in range(MAX_EMAILS + 1)]
    with pytest.raises(RefusedError) as raised:
        network.client.post("/lookup", {"emails": emails}, tried="look up too many")
    assert raised.value.status == 413


@pytest.mark.parametrize(
    ("route", "row", "limit"),
    [
        ("/statuses", {"blog_id": LIDA, "user_id": 1, "rev": 1, "state": "linked"}, MAX_ROWS),
        ("/learners", {"user_id": 2, "email_ok": False}, MAX_LEARNERS),
    ],
)
def test_more_rows_than_the_limit_are_refused_and_none_is_written(
    network: Network, route: str, row: dict[str, Any], limit: int
) -> None:
    prepare(network.people)
    before = network.people.state()
    with pytest.raises(RefusedError) as raised:
        network.client.put(route, [row] * (limit + 1), tried="write too many")
    assert raised.value.status == 413
    assert network.people.state() == before
    network.client.put(route, [row] * limit, tried="write as many as may be")

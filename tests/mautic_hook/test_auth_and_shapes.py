"""Tokens are kept and renewed in time; odd answers are never taken for the truth."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from mautic_hook.auth import ClientCredentials
from mautic_hook.batches import MAX_ROWS, RowAnswer, row_answers
from mautic_hook.client import MauticClient, read_error
from mautic_hook.quirks import quirks_of
from mautic_hook.tags import list_tags
from sandbox.runner import Sandbox
from tests.mautic_hook.servers import HURRY, Pauses, hurried, other_server
from transport.errors import CredentialsError, DoubtfulWriteError, TransientError
from transport.http import Answer
from transport.pieces import pieces


class Clock:
    """Seconds that pass when told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def tokens_fetched(sandbox: Sandbox) -> int:
    return sum(request["path"] == "/oauth/v2/token" for request in sandbox.requests())


def test_one_token_serves_many_calls_until_a_minute_before_its_end(sandbox: Sandbox) -> None:
    clock = Clock()
    auth = ClientCredentials(sandbox.client_id, sandbox.client_secret, clock)
    client = MauticClient(sandbox.url, auth, patience=HURRY, pause=Pauses())
    for seconds, fetched in ((0, 1), (3539, 1), (1, 2), (3539, 2), (1, 3)):
        clock.now += seconds
        list_tags(client)
        assert tokens_fetched(sandbox) == fetched


def test_a_token_that_the_server_forgot_is_renewed_once_a_call(
    sandbox: Sandbox, client: MauticClient
) -> None:
    list_tags(client)
    sandbox.fault("expired_token", path="/api/tags", times=0)
    sandbox.forget_requests()
    with pytest.raises(CredentialsError):
        list_tags(client)
    paths = [request["path"] for request in sandbox.requests()]
    assert paths == ["/api/tags", "/oauth/v2/token", "/api/tags"]


def test_a_password_cannot_be_renewed(sandbox: Sandbox) -> None:
    client = MauticClient.with_basic(sandbox.url, "somebody", "wrong", patience=HURRY)
    with pytest.raises(CredentialsError):
        list_tags(client)
    assert [request["path"] for request in sandbox.requests()] == ["/api/tags"]


def test_a_right_password_will_do(sandbox: Sandbox) -> None:
    client = MauticClient.with_basic(sandbox.url, sandbox.client_id, sandbox.client_secret)
    assert list_tags(client) == {}


def test_a_wrong_secret_is_told_and_not_tried_again(sandbox: Sandbox, pauses: Pauses) -> None:
    client = MauticClient.with_oauth(
        sandbox.url, sandbox.client_id, "not-the-secret", patience=HURRY, pause=pauses
    )
    with pytest.raises(CredentialsError, match="Check client id and secret"):
        list_tags(client)
    assert (tokens_fetched(sandbox), pauses.asked) == (1, [])


def test_the_token_is_asked_for_without_any_authorization() -> None:
    with other_server('{"access_token": "t", "tags": {}, "total": 0}') as server:
        list_tags(MauticClient.with_oauth(server.url, "id", "secret", patience=HURRY))
    token_request, list_request = server.requests
    assert "Authorization" not in token_request
    assert list_request["Authorization"] == "Bearer t"


@pytest.mark.parametrize("body", ['{"expires_in": 3600}', '{"access_token": ""}', "[]"])
def test_an_answer_without_a_token_is_no_token(body: str) -> None:
    with other_server(body) as server:
        client = MauticClient.with_oauth(server.url, "id", "secret", patience=HURRY, pause=Pauses())
        with pytest.raises(TransientError, match="holds no token"):
            list_tags(client)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"total": 3, "tags": {"1": {"id": 1, "tag": "is"}}}', "only 1 of 3 rows came"),
        ('{"total": "3", "tags": []}', "only 0 of 3 rows came"),
        ('{"total": 3}', "not the shape of a list"),
        ('{"tags": []}', "not the shape of a list"),
        ('{"total": 0, "tags": null}', "not the shape of a list"),
        ('{"total": null, "tags": []}', "not the shape of a list"),
        ('{"total": "many", "tags": []}', "not the shape of a list"),
        ('{"total": 1, "tags": ["is"]}', "not the shape of a list"),
        ("[]", "not the shape of a list"),
        ("null", "not the shape of a list"),
    ],
)
def test_a_short_or_odd_answer_is_never_an_empty_list(body: str, said: str) -> None:
    with other_server(body) as server:
        client = MauticClient.with_basic(
            server.url, "user", "password", patience=HURRY, pause=Pauses()
        )
        with pytest.raises(TransientError, match=said):
            list_tags(client)


def test_a_long_list_is_read_page_by_page(sandbox: Sandbox, client: MauticClient) -> None:
    tags = [{"tag": f"t{number}"} for number in range(7)]
    client.post("/api/tags/batch/new", tags, tried="make tags")
    rows = client.rows("/api/tags", "tags", tried="read all tags", page=3)
    assert [row["tag"] for row in rows] == [tag["tag"] for tag in tags]
    starts = [one["query"] for one in sandbox.requests() if one["method"] == "GET"]
    assert starts == ["start=0&limit=3", "start=3&limit=3", "start=6&limit=3"]


def answers(body: Any, count: int) -> list[RowAnswer]:
    return row_answers(Answer(201, body, {}), "things", count, tried="write", route="POST /x")


A, B = {"id": 1}, {"id": 2}
BAD = {"code": 400, "message": "email: no", "details": {"email": ["no"]}}


@pytest.mark.parametrize(
    ("things", "errors"),
    [
        ({"0": A, "2": B}, {"1": BAD}),
        ([A, B], {"1": BAD}),
        ([A, None, B], [None, BAD, None]),
    ],
)
def test_rows_find_their_answers_in_every_shape(things: Any, errors: Any) -> None:
    body = {"things": things, "statusCodes": [201, 400, 200], "errors": errors}
    assert answers(body, 3) == [
        RowAnswer(201, A),
        RowAnswer(400, None, "email: no (fields: email)", ("email",)),
        RowAnswer(200, B),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"things": [A, B]},
        {"things": [A, B], "statusCodes": [201]},
        {"things": [A, B], "statusCodes": {"0": 201, "1": 201}},
        {"things": [A], "statusCodes": [201, 201]},
        {"things": {"0": A}, "statusCodes": [201, 201]},
        {"statusCodes": [201, 201]},
    ],
)
def test_an_answer_in_which_rows_are_missing_leaves_doubt(body: Any) -> None:
    with pytest.raises(DoubtfulWriteError):
        answers(body, 2)


def test_a_refusal_without_words_is_still_a_refusal() -> None:
    body = {"things": [], "statusCodes": [422]}
    assert answers(body, 1) == [RowAnswer(422, None, "no reason given")]


def test_pieces_hold_at_most_as_many_as_mautic_takes() -> None:
    assert [len(part) for part in pieces(range(401), MAX_ROWS)] == [200, 200, 1]
    assert list(pieces([], MAX_ROWS)) == []


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"errors": []}, {"errors": None}, {"errors": {}}, {"errors": ["no"]}, "no"],
)
def test_an_error_body_of_any_shape_is_read(body: Any) -> None:
    assert read_error(body).words == "no reason given"


def test_what_is_not_known_of_a_version_is_taken_for_so() -> None:
    misses = {version: quirks_of(version).where_misses_apostrophe for version in
              ("5.2.0", "6.0.1", "7.0.2", "10.0", "", "dev")}  # fmt: skip
    assert misses == {
        "5.2.0": True, "6.0.1": False, "7.0.2": False, "10.0": False, "": True, "dev": True,
    }  # fmt: skip


def test_two_clients_share_nothing(sandbox: Sandbox) -> None:
    one, other = hurried(sandbox), hurried(sandbox)
    assert isinstance(one.transport.session, requests.Session)
    assert one.transport.session is not other.transport.session

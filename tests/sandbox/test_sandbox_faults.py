"""Every kind of fault: what the client sees, whether the work was done, what the log says."""

import json
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.sandbox_api import Api, signed_in
from tests.sandbox.sandbox_replay import recording
from tests.waiting import wait_until

NEW_TAG = "/api/tags/new"


def tags(api: Api) -> list[str]:
    return [each["tag"] for each in api.sandbox.state()["tags"]]


def last_request(api: Api) -> dict[str, Any]:
    return api.sandbox.requests()[-1]


@pytest.mark.parametrize("after_commit", [False, True])
def test_a_status_fault_answers_that_status_and_works_only_after_commit(
    api: Api, after_commit: bool
) -> None:
    api.sandbox.fault(
        "status", path=NEW_TAG, status=503, headers={"Retry-After": "7"}, after_commit=after_commit
    )
    answer = api.post(NEW_TAG, {"tag": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert tags(api) == (["x"] if after_commit else [])
    logged = last_request(api)
    assert (logged["status"], logged["fault"]) == (503, "status")


@pytest.mark.parametrize("after_commit", [False, True])
def test_a_delay_answers_normally_after_the_wait(api: Api, after_commit: bool) -> None:
    api.sandbox.fault("delay", path=NEW_TAG, seconds=0.2, after_commit=after_commit)
    begin = time.monotonic()
    assert api.post(NEW_TAG, {"tag": "x"}).status_code == 201
    assert time.monotonic() - begin >= 0.2
    assert tags(api) == ["x"]


@pytest.mark.parametrize(("kind", "stored"), [("cut_before", []), ("cut_after", ["x"])])
def test_a_cut_aborts_the_connection(api: Api, kind: str, stored: list[str]) -> None:
    api.sandbox.fault(kind, path=NEW_TAG)
    with pytest.raises(requests.ConnectionError):
        api.post(NEW_TAG, {"tag": "x"})
    assert tags(api) == stored
    logged = last_request(api)
    assert (logged["status"], logged["fault"]) == (None, kind)


@pytest.mark.parametrize(("kind", "stored"), [("html", []), ("html_after", ["x"])])
def test_an_html_page_comes_with_200(api: Api, kind: str, stored: list[str]) -> None:
    api.sandbox.fault(kind, path=NEW_TAG)
    answer = api.post(NEW_TAG, {"tag": "x"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert tags(api) == stored


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_truncated_answer_breaks_off_half_way(api: Api, method: str) -> None:
    api.sandbox.fault("truncate", path="/api/tags")
    path = NEW_TAG if method == "POST" else "/api/tags"
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        api.call(method, path, {"tag": "x"})
    assert tags(api) == (["x"] if method == "POST" else [])
    assert last_request(api)["fault"] == "truncate"


def test_a_truncated_answer_promises_the_whole_length(api: Api) -> None:
    whole = len(api.get("/api/users/self").content)
    api.sandbox.fault("truncate", path="/api/users/self")
    with api.session.get(api.sandbox.url + "/api/users/self", stream=True, timeout=10) as answer:
        assert int(answer.headers["Content-Length"]) == whole
        assert len(answer.raw.read(whole // 2)) == whole // 2


def test_a_rate_limit_is_the_recorded_429(api: Api) -> None:
    recorded = recording("5.2.0", "rate_limit_5")["response"]
    headers = {n: v for n, v in recorded["headers"].items() if n.startswith("X-RateLimit")}
    api.sandbox.fault("rate_limit", path="/api/contacts", headers=headers)
    answer = api.get("/api/contacts?limit=1")
    assert (answer.status_code, answer.json()) == (429, recorded["body"])
    assert headers.items() <= answer.headers.items()
    assert "Mautic-Version" not in answer.headers


def test_a_rate_limit_without_headers_gives_no_hint(api: Api) -> None:
    api.sandbox.fault("rate_limit")
    headers = api.get("/api/contacts").headers
    assert not [name for name in headers if name.startswith(("X-RateLimit", "Retry"))]


def test_an_expired_token_stays_expired_and_a_new_one_works(api: Api) -> None:
    api.sandbox.fault("expired_token", path=NEW_TAG)
    for _ in range(2):
        answer = api.post(NEW_TAG, {"tag": "x"})
        assert answer.status_code == 401
        assert answer.json() == recording("7.0.2", "oauth2_token_expired")["response"]["body"]
    assert tags(api) == []
    assert signed_in(api.sandbox).post(NEW_TAG, {"tag": "x"}).status_code == 201


def test_a_redirect_leads_to_another_host(api: Api) -> None:
    api.sandbox.fault("redirect", path=NEW_TAG)
    answer = api.post(NEW_TAG, {"tag": "x"})
    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).hostname == "elsewhere.invalid"
    assert tags(api) == []


@pytest.mark.parametrize("after_commit", [False, True])
def test_a_held_request_is_answered_when_the_faults_are_cleared(
    api: Api, after_commit: bool
) -> None:
    api.sandbox.fault("hold", path=NEW_TAG, after_commit=after_commit)
    answers: list[requests.Response] = []
    thread = threading.Thread(target=lambda: answers.append(api.post(NEW_TAG, {"tag": "x"})))
    thread.start()
    wait_until(lambda: api.sandbox.requests()[-1:] and last_request(api)["fault"] == "hold")
    assert last_request(api)["status"] is None
    assert tags(api) == (["x"] if after_commit else [])
    api.sandbox.clear_faults()
    thread.join(10)
    assert answers[0].status_code == 201
    assert tags(api) == ["x"]


@pytest.mark.parametrize(("after_commit", "stored"), [(False, []), (True, ["x"])])
def test_a_client_that_leaves_while_held_gets_nothing_more_done(
    api: Api, after_commit: bool, stored: list[str]
) -> None:
    api.sandbox.fault("hold", path=NEW_TAG, after_commit=after_commit)
    body = json.dumps({"tag": "x"})
    address = urlsplit(api.sandbox.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(
            f"POST {NEW_TAG} HTTP/1.1\r\nHost: x\r\nAuthorization: "
            f"{api.session.headers['Authorization']!s}\r\nContent-Length: {len(body)}\r\n\r\n"
            f"{body}".encode()
        )
        wait_until(lambda: last_request(api)["fault"] == "hold")
    api.sandbox.clear_faults()
    assert api.get("/api/tags").status_code == 200
    assert tags(api) == stored


def test_a_fault_skips_hits_and_passes(api: Api) -> None:
    api.sandbox.fault("status", path=NEW_TAG, skip=1, times=2)
    statuses = [api.post(NEW_TAG, {"tag": f"t{n}"}).status_code for n in range(4)]
    assert statuses == [201, 500, 500, 201]
    assert [each["fault"] for each in api.sandbox.requests()[-4:]] == [
        None,
        "status",
        "status",
        None,
    ]


def test_a_fault_without_end_hits_until_it_is_cleared(api: Api) -> None:
    api.sandbox.fault("status", times=0)
    assert [api.get("/api/tags").status_code for _ in range(3)] == [500, 500, 500]
    api.sandbox.clear_faults()
    assert api.get("/api/tags").status_code == 200


def test_a_fault_hits_only_its_method_and_path(api: Api) -> None:
    api.sandbox.fault("status", method="POST", path="^/api/segments/new$")
    assert api.get("/api/segments").status_code == 200
    assert api.post(NEW_TAG, {"tag": "x"}).status_code == 201
    assert api.post("/api/segments/new", {"name": "S"}).status_code == 500


def test_a_fault_can_hit_the_token_endpoint(api: Api) -> None:
    api.sandbox.fault("status", path="/oauth/v2/token", status=502)
    assert requests.post(api.sandbox.url + "/oauth/v2/token", timeout=10).status_code == 502


@pytest.mark.parametrize("wrong", [{"kind": "earthquake"}, {"kind": "html", "colour": 1}, {}])
def test_a_fault_that_nobody_knows_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    answer = requests.post(f"{api.sandbox.url}/_sandbox/faults", json=wrong, timeout=10)
    assert answer.status_code == 400

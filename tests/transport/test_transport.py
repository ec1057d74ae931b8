"""What surely was not done, what may have been done, and what no retry mends."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import certifi
import pytest
import requests

from tests.transport.lines import answer, line, read_request, self_signed
from transport.delays import Patience
from transport.errors import (
    CallError,
    CredentialsError,
    DoubtfulWriteError,
    NotFoundError,
    RefusedError,
    RightsError,
    TransientError,
    WrongServerError,
)
from transport.failures import ServerError
from transport.http import Transport

HURRY = Patience(connect=5.0, read=5.0, tries=3, first_wait=0.001, longest_wait=60.0)


class Waited(list[float]):
    """What the transport asked to wait."""


def transport_to(
    address: str, waited: Waited | None = None, patience: Patience = HURRY
) -> Transport:
    session = requests.Session()
    session.auth = lambda request: request
    waits = Waited() if waited is None else waited
    return Transport(address, session, lambda body: ServerError(None, "no"), patience, waits.append)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def error_of(
    address: str,
    method: str = "POST",
    waited: Waited | None = None,
    patience: Patience = HURRY,
) -> CallError:
    transport, values = transport_to(address, waited, patience), {"email": "ann@example.org"}

    def call() -> object:
        if method == "GET":
            return transport.read("/thing", tried="do it", params=values)
        return transport.write(method, "/thing", tried="do it", json=values)

    with pytest.raises(CallError) as raised:
        call()
    assert "ann@example.org" not in str(raised.value) + repr(raised.value)
    return raised.value


def test_a_write_that_never_left_is_tried_again_and_leaves_no_doubt() -> None:
    waited = Waited()
    error = error_of(f"http://127.0.0.1:{closed_port()}", waited=waited)
    assert type(error) is TransientError
    assert "(NewConnectionError)" in str(error)
    assert len(waited) == HURRY.tries - 1


def test_a_name_nobody_knows_is_no_connection() -> None:
    error = error_of("http://127.0.0.1.invalid.")
    assert type(error) in (TransientError, WrongServerError)


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_without_an_answer_in_time_is_in_doubt_and_not_sent_again(method: str) -> None:
    seen: list[bytes] = []

    def never_answer(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.recv(1)

    with line(never_answer) as port:
        error = error_of(f"http://127.0.0.1:{port}", method, patience=replace(HURRY, read=0.2))
    assert type(error) is DoubtfulWriteError
    assert "no answer in time (ReadTimeoutError)" in str(error)
    assert len(seen) == 1


def test_a_line_cut_before_the_answer_leaves_a_write_in_doubt() -> None:
    with line(read_request) as port:
        error = error_of(f"http://127.0.0.1:{port}")
    assert type(error) is DoubtfulWriteError
    assert "connection lost" in str(error)


def test_half_an_answer_leaves_a_write_in_doubt() -> None:
    def half(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer('{"a": 1}')[:-3])

    with line(half) as port:
        assert type(error_of(f"http://127.0.0.1:{port}")) is DoubtfulWriteError


def test_a_read_is_tried_again_after_a_cut() -> None:
    count = iter(range(9))

    def first_cut(connection: socket.socket) -> None:
        read_request(connection)
        if next(count) > 0:
            connection.sendall(answer('{"a": 1}'))

    with line(first_cut) as port:
        got = transport_to(f"http://127.0.0.1:{port}").read("/thing", tried="look")
    assert (got.status, got.json) == (200, {"a": 1})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("400 Bad Request", RefusedError),
        ("401 Unauthorized", CredentialsError),
        ("403 Forbidden", RightsError),
        ("404 Not Found", NotFoundError),
        ("409 Conflict", RefusedError),
        ("413 Too Large", RefusedError),
        ("422 Unprocessable", RefusedError),
        ("408 Request Timeout", DoubtfulWriteError),
        ("429 Too Many", TransientError),
        ("500 Error", DoubtfulWriteError),
        ("501 Not Implemented", DoubtfulWriteError),
        ("504 Gateway Timeout", DoubtfulWriteError),
        ("529 Overloaded", DoubtfulWriteError),
        ("302 Found", WrongServerError),
        ("308 Permanent Redirect", WrongServerError),
    ],
)
def test_each_status_has_its_kind_of_error(status: str, kind: type[CallError]) -> None:
    def refuse(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer("{}", status, "Location: http://127.0.0.1:1/\r\n"))

    with line(refuse) as port:
        error = error_of(f"http://127.0.0.1:{port}")
    assert type(error) is kind
    assert error.status == int(status[:3])


def test_a_server_error_does_not_ask_to_wait_for_a_limit_that_is_not_reached() -> None:
    """Mautic 5 says on every answer when its hourly limit starts anew."""
    waited = Waited()

    def fail(connection: socket.socket) -> None:
        read_request(connection)
        limits = "X-RateLimit-Remaining: 4\r\nX-RateLimit-Reset: 99999999999\r\n"
        connection.sendall(answer("{}", "500 Error", limits))

    with line(fail) as port:
        error = error_of(f"http://127.0.0.1:{port}", "GET", waited)
    assert error.retry_after is None
    assert len(waited) == HURRY.tries - 1


def test_waits_grow_and_stay_within_our_patience() -> None:
    waited = Waited()
    error_of(f"http://127.0.0.1:{closed_port()}", "GET", waited)
    first, second = waited
    assert 0.001 <= first <= 0.0015
    assert 0.002 <= second <= 0.0025


@pytest.mark.parametrize(
    "address", ["", "mautic.example.org", "htps://mautic.example.org", "http://"]
)
def test_an_address_that_is_none_needs_a_person(address: str) -> None:
    error = error_of(address)
    assert type(error) is WrongServerError
    assert "An address looks like https://" in str(error)


def test_a_certificate_nobody_vouches_for_needs_a_person(tmp_path: Path) -> None:
    context = self_signed(tmp_path)
    with line(lambda one: context.wrap_socket(one, server_side=True)) as port:
        error = error_of(f"https://127.0.0.1:{port}")
    assert type(error) is WrongServerError
    assert "the TLS certificate does not hold (SSLCertVerificationError)" in str(error)


def test_https_to_a_port_that_speaks_http_needs_a_person() -> None:
    def speak_http(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer("{}"))

    with line(speak_http) as port:
        error = error_of(f"https://127.0.0.1:{port}")
    assert type(error) is WrongServerError
    assert "no TLS connection" in str(error)


def test_a_line_cut_during_the_tls_handshake_may_pass() -> None:
    with line(lambda one: one.recv(65536)) as port:
        error = error_of(f"https://127.0.0.1:{port}", "GET")
    assert type(error) is TransientError


def test_a_certificate_that_is_known_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """requests itself lets REQUESTS_CA_BUNDLE go before what the session says."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    context = self_signed(tmp_path)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            read_request(secure)
            secure.sendall(answer('{"a": 1}'))

    with line(serve) as port:
        transport = transport_to(f"https://127.0.0.1:{port}")
        transport.session.verify = str(tmp_path / "server.pem")
        assert transport.read("/thing", tried="look").json == {"a": 1}


def test_the_proxy_of_the_connection_goes_before_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bytes] = []

    def note(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(answer("{}"))

    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    with line(note) as port:
        transport = transport_to("http://mautic.invalid")
        transport.session.proxies = {"http": f"http://127.0.0.1:{port}"}
        transport.read("/thing", tried="look")
    assert seen[0].startswith(b"GET http://mautic.invalid/thing ")


def test_a_path_is_appended_to_an_address_with_a_folder() -> None:
    seen: list[bytes] = []

    def note(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(answer("{}"))

    with line(note) as port:
        transport_to(f"http://127.0.0.1:{port}/mautic/").read("/api/tags", tried="look")
    assert seen[0].startswith(b"GET /mautic/api/tags HTTP/1.1\r\n")

"""Taken ports."""

import socket

import pytest

from ops.ports import listens, refuse_taken_ports
from ops.settings import CannotRunError


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotRunError) as refusal:
            refuse_taken_ports([port])
    sentence = str(refusal.value)
    assert f"Port {port} is taken" in sentence
    assert "make stop" in sentence
    assert "PORT=9090 make run" in sentence
    assert "\n" not in sentence


def test_a_port_taken_on_all_addresses_is_taken() -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken, pytest.raises(CannotRunError):
        refuse_taken_ports([taken.getsockname()[1]])


def test_a_free_port_is_accepted_and_stays_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens(port)
    refuse_taken_ports([port])
    assert not listens(port)

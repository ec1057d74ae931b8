"""Ports of this machine: taken or free."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from ops.settings import CannotRunError


def refuse_taken_ports(ports: Iterable[int], command: str = "make run") -> None:
    """Raise CannotRunError with one sentence when another program listens on one of the ports."""
    for port in ports:
        with socket.socket() as probe:
            # What a stopped server leaves behind for a minute does not count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                other = 9090 if not 9090 <= port <= 9093 else 8080
                raise CannotRunError(
                    f"Port {port} is taken: if that is another `{command}`, end it with "
                    f"`make stop` in its folder, else choose other ports: PORT={other} {command}"
                ) from None


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""Servers on loopback that are no Mautic, and a client in a hurry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from mautic_hook.client import MauticClient
from sandbox.runner import Sandbox
from transport.delays import Patience

#: Tries quickly and gives up soon, so that a whole matrix of faults takes seconds.
HURRY = Patience(connect=5.0, read=10.0, tries=3, first_wait=0.001, longest_wait=60.0)
#: Waits for no answer that does not come. Only for requests that are held back on purpose: a busy
#: machine answers others later than this.
SHORT_READ = replace(HURRY, read=0.2)


def patience_for(fault: Mapping[str, object]) -> Patience:
    """The patience to meet this fault with."""
    return SHORT_READ if fault["kind"] == "hold" else HURRY


@dataclass
class Pauses:
    """Stands in for `time.sleep`: notes what was asked and goes on at once."""

    asked: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)


def hurried(sandbox: Sandbox, pauses: Pauses | None = None) -> MauticClient:
    """A client of the sandbox that does not really wait."""
    return MauticClient.with_oauth(
        sandbox.url,
        sandbox.client_id,
        sandbox.client_secret,
        patience=HURRY,
        pause=pauses or Pauses(),
    )


@dataclass
class OtherServer:
    """A server that gives one answer to everything, and what it was asked."""

    url: str
    requests: list[dict[str, str]]


@contextmanager
def other_server(
    body: str = "{}", content_type: str = "application/json", status: int = 200
) -> Iterator[OtherServer]:
    """Runs one on a free port of loopback. `requests` holds the headers of each request."""
    requests: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            requests.append(dict(self.headers))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests read `requests`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield OtherServer(f"http://127.0.0.1:{server.server_port}", requests)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Running a stand-in server: in the foreground of a process, or in a thread of a test."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from aiohttp import web

from sandbox.app import build_app
from sandbox.mautic.auth import Credentials
from sandbox.mautic.server import MauticServer

HOST = "127.0.0.1"
# Held requests must not keep a stopping server alive.
SECONDS_TO_FINISH = 0.2


def credentials_from_environment() -> Credentials:
    """The client id and secret, and those of a user without rights, from SANDBOX_* variables."""
    return Credentials(
        client_id=os.environ.get("SANDBOX_CLIENT_ID", "sandbox"),
        client_secret=os.environ.get("SANDBOX_CLIENT_SECRET", "sandbox-secret"),
        weak_client_id=os.environ.get("SANDBOX_WEAK_CLIENT_ID", "weak"),
        weak_client_secret=os.environ.get("SANDBOX_WEAK_CLIENT_SECRET", "weak-secret"),
    )


def build_mautic(state_dir: Path, mautic_version: str, credentials: Credentials) -> web.Application:
    """The stand-in Mautic with its state in `state_dir`.

    Raises ValueError for a version that is not stood in for.
    """
    return build_app(MauticServer(state_dir / "mautic.sqlite", mautic_version, credentials))


async def _start(app: web.Application, port: int) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SECONDS_TO_FINISH)
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    await site.start()
    return runner, f"http://{HOST}:{runner.addresses[0][1]}"


async def serve(app: web.Application, port: int) -> None:
    """Serve until SIGTERM or SIGINT; prints one line with the address once it listens."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner, url = await _start(app, port)
    print(f"Sandbox Mautic listens on {url}", flush=True)
    await stop.wait()
    await runner.cleanup()


@dataclass(frozen=True)
class Sandbox:
    """A running stand-in server and its control routes."""

    url: str
    client_id: str
    client_secret: str
    weak_client_id: str
    weak_client_secret: str

    def fault(self, kind: str, **values: Any) -> None:
        """Let a fault wait for requests; `values` are the fields of `sandbox.faults.Fault`."""
        self._control("POST", "faults", {"kind": kind, **values})

    def clear_faults(self) -> None:
        """Drop all faults; held requests go on."""
        self._control("DELETE", "faults")

    def requests(self) -> list[dict[str, Any]]:
        """The requests so far: n, method, path, query, status, fault."""
        answer: list[dict[str, Any]] = self._control("GET", "requests")
        return answer

    def forget_requests(self) -> None:
        """Empty the list of requests."""
        self._control("DELETE", "requests")

    def state(self) -> dict[str, Any]:
        """Everything stored: tags, categories, segments, campaigns, emails, contacts."""
        answer: dict[str, Any] = self._control("GET", "state")
        return answer

    def switch(self, **values: Any) -> None:
        """Change settings of the server, e.g. `api_enabled=False`."""
        self._control("POST", "switches", values)

    def reset(self) -> None:
        """Forget data, faults and requests. Tokens stay valid."""
        self._control("POST", "reset")

    def _control(self, method: str, name: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/_sandbox/{name}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running_sandbox(
    state_dir: Path | str,
    mautic_version: str = "7.0.2",
    credentials: Credentials | None = None,
) -> Iterator[Sandbox]:
    """Run the stand-in Mautic in a thread of this process, on a free port.

    The data is in `state_dir`; running it again on the same folder goes on with the same data.
    """
    known = credentials or credentials_from_environment()
    app = build_mautic(Path(state_dir), mautic_version, known)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sandbox", daemon=True)
    thread.start()
    runner, url = asyncio.run_coroutine_threadsafe(_start(app, 0), loop).result()
    try:
        yield Sandbox(
            url,
            known.client_id,
            known.client_secret,
            known.weak_client_id,
            known.weak_client_secret,
        )
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

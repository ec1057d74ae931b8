"""Clients that do not really wait, and answers that no server gave."""

from __future__ import annotations

import json
from typing import Any

import requests

from sandbox.runner import Wpms
from tests.mautic_hook.servers import HURRY, Pauses
from wpms_hook.client import WpmsClient


def hurried(wpms: Wpms, pauses: Pauses | None = None) -> WpmsClient:
    """A client of the network that does not really wait."""
    pause = pauses or Pauses()
    return WpmsClient(wpms.url, wpms.user, wpms.password, patience=HURRY, pause=pause)


def answer_instead(client: WpmsClient, *bodies: Any, status: int = 200, **headers: str) -> None:
    """Puts these bodies, one after another, in the place of what the server answers.

    The last one stays. `headers` are written with `_` for `-`.
    """
    waiting = list(bodies)

    def replace(response: requests.Response, **_: Any) -> None:
        body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        response._content = json.dumps(body).encode()
        response.status_code = status
        response.headers.update({name.replace("_", "-"): each for name, each in headers.items()})

    client.transport.session.hooks["response"] = [replace]

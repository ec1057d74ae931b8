"""Recorded exchanges with real Mautics, handed to the client in place of a network.

Each file in `recordings/` is `{request: {method, path, json, form}, response: {status, headers,
body}}`, stripped to what is compared here: contacts hold three fields, times and authors are left
out, ids and secrets of credentials are replaced. How two requests differ is a set of short texts:
`+x` only the client sends x, `-x` only the recorded request had it, `~x` its value differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from mautic_hook.client import MauticClient
from transport.delays import Patience

FOLDER = Path(__file__).with_name("recordings")
VERSIONS = ("5.2.0", "7.0.2")
Plain = dict[str, Any]


def recording(version: str, name: str) -> Plain:
    """A recorded exchange."""
    loaded: Plain = json.loads((FOLDER / version / f"{name}.json").read_text())
    return loaded


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The places in a JSON value, `a.b[].c`, with type and value of what stands there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield path + "[]", "list"
        for inner in value:
            yield from leaves(inner, path + "[]")
    else:
        yield path, f"{type(value).__name__} {value}"


def differences(sent: Any, recorded: Any) -> set[str]:
    """How two JSON values differ, place by place."""
    ours, theirs = (_by_place(value) for value in (sent, recorded))
    return (
        {f"+{place}" for place in ours.keys() - theirs.keys()}
        | {f"-{place}" for place in theirs.keys() - ours.keys()}
        | {f"~{place}" for place in ours.keys() & theirs.keys() if ours[place] != theirs[place]}
    )


def _by_place(value: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place, leaf in leaves(value):
        found.setdefault(place, set()).add(leaf)
    return found


@dataclass
class Recorded(BaseAdapter):
    """Answers each request with the next of `names` and notes how the request differed."""

    version: str
    names: list[str]
    whole: bool = False
    differed: dict[str, set[str]] = field(default_factory=dict)

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """The recorded answer; fails for a request nobody recorded."""
        assert self.names, f"no recording is left for {request.method} {request.url}"
        name = self.names.pop(0)
        exchange = recording(self.version, name)
        found = request_differences(request, exchange["request"])
        self.differed[name] = self.differed.get(name, set()) | found
        return _response(request, exchange["response"], self.whole)

    def close(self) -> None:
        """Nothing is open."""


def request_differences(request: requests.PreparedRequest, recorded: Mapping[str, Any]) -> set[str]:
    """How a request differs from a recorded one; ids in the path do not count."""
    ours, theirs = urlsplit(request.url or ""), urlsplit(recorded["path"])
    assert request.method == recorded["method"]
    assert re.sub(r"\d+", "{id}", str(ours.path)) == re.sub(r"\d+", "{id}", theirs.path)
    found = differences(dict(parse_qsl(str(ours.query))), dict(parse_qsl(theirs.query)))
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    if recorded["form"]:
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        return found | differences(dict(parse_qsl(body or "")), recorded["form"])
    if recorded["json"] is not None:
        assert request.headers["Content-Type"] == "application/json"
        return found | differences(json.loads(body or "null"), recorded["json"])
    assert not body
    return found


def _response(request: requests.PreparedRequest, recorded: Plain, whole: bool) -> requests.Response:
    body = recorded["body"]
    if whole and "total" in body:
        # A page was recorded; here it stands for the whole list.
        rows = next(value for name, value in body.items() if name != "total")
        body = body | {"total": type(body["total"])(len(rows))}
    text = "" if body == "" else json.dumps(body)
    response = requests.Response()
    response.status_code = recorded["status"]
    response.reason = HTTPStatus(recorded["status"]).phrase
    response.headers.update(recorded["headers"])
    response.raw = HTTPResponse(BytesIO(text.encode()), preload_content=False)
    response.request, response.url = request, request.url or ""
    return response


def recorded_client(
    version: str, *names: str, whole: bool = False, token: str = "oauth2_token_client_credentials"
) -> tuple[MauticClient, Recorded]:
    """A client that is answered with these recordings, after the recording of a token."""
    adapter = Recorded(version, [token, *names], whole)
    session = requests.Session()
    session.mount("http://", adapter)
    client = MauticClient.with_oauth(
        "http://mautic.invalid",
        "recorded",
        "recorded",
        session=session,
        patience=Patience(tries=1),
    )
    return client, adapter

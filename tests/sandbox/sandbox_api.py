"""A small client of a stand-in Mautic, for its tests."""

from dataclasses import dataclass
from typing import Any

import requests

from sandbox.runner import Sandbox


@dataclass(frozen=True)
class Api:
    """A small client: `api.post("/api/tags/new", {...})` answers with a `requests.Response`."""

    sandbox: Sandbox
    session: requests.Session

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.session.request(
            method, self.sandbox.url + path, json=body, timeout=10, allow_redirects=False
        )

    def get(self, path: str) -> requests.Response:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> requests.Response:
        return self.call("POST", path, body)

    def patch(self, path: str, body: Any) -> requests.Response:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> requests.Response:
        return self.call("DELETE", path)


def signed_in(sandbox: Sandbox) -> Api:
    """A client with a fresh token."""
    posted = {
        "grant_type": "client_credentials",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
    }
    token = requests.post(sandbox.url + "/oauth/v2/token", data=posted, timeout=10).json()
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token['access_token']}"
    return Api(sandbox, session)

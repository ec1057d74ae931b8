"""How requests are signed: an OAuth2 token (the default), or a password with each request."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

import requests
from requests.auth import AuthBase

from transport.errors import CredentialsError, RefusedError, TransientError
from transport.http import Transport

#: A token is renewed this many seconds before it ends.
_MARGIN = 60.0

_ADVICE = "Check client id and secret of the connection (Mautic: Settings → API Credentials)"


class ClientCredentials(AuthBase):
    """OAuth2 client credentials: one token for many requests (20-30 ms each; Basic costs 450 ms).

    Mautic gives tokens for an hour and no refresh token (recording
    oauth2_token_client_credentials). `clock` counts seconds.
    """

    def __init__(
        self, client_id: str, client_secret: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._transport: Transport | None = None
        self._token = ""
        self._ends = 0.0
        # Two requests may be in flight, and both need the one token.
        self._lock = Lock()

    def bind(self, transport: Transport) -> None:
        """Says over which transport tokens are fetched."""
        self._transport = transport

    def renew(self) -> None:
        """Forgets the token; the next request fetches another."""
        with self._lock:
            self._token = ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        with self._lock:
            if not self._token or self._clock() >= self._ends - _MARGIN:
                self._fetch()
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _fetch(self) -> None:
        assert self._transport is not None, "bind() first"
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
        }
        tried = "get an access token"
        try:
            answer = self._transport.post_form("/oauth/v2/token", form, tried=tried)
        except RefusedError as error:
            # A wrong secret is a 400 here (recording oauth2_token_bad_secret).
            raise CredentialsError(
                error.tried, error.route, error.said, _ADVICE, error.status
            ) from None
        token = answer.json.get("access_token") if isinstance(answer.json, dict) else None
        if not isinstance(token, str) or not token:
            said = "the answer holds no token"
            raise TransientError(tried, "POST /oauth/v2/token", said, status=answer.status)
        self._token = token
        self._ends = self._clock() + float(answer.json.get("expires_in", 3600))

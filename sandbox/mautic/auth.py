"""Who may call: OAuth2 client credentials, and Basic."""

import base64
import binascii
import secrets
import time
from dataclasses import dataclass
from typing import Any

from sandbox.mautic.answers import RefusedError, Reply, crash, denied
from sandbox.mautic.call import Mautic, User

TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Credentials:
    """Two pairs of id and secret: one with all rights, one with none."""

    client_id: str
    client_secret: str
    weak_client_id: str
    weak_client_secret: str

    def match(self, client_id: Any, secret: Any) -> bool:
        """Whether this is one of the two pairs."""
        return (client_id, secret) in (
            (self.client_id, self.client_secret),
            (self.weak_client_id, self.weak_client_secret),
        )


def new_token(mautic: Mautic, credentials: Credentials, form: dict[str, str]) -> Reply:
    """oauth2_token_client_credentials, oauth2_token_bad_secret, oauth2_token_bad_grant"""
    if not credentials.match(form.get("client_id"), form.get("client_secret")):
        return crash("The client credentials are invalid", 400, "invalid_client")
    if form.get("grant_type") != "client_credentials":
        text = "The grant type is unauthorized for this client_id"
        return crash(text, 400, "unauthorized_client")
    token = secrets.token_urlsafe(64)
    mautic.store.insert(
        "tokens",
        token=token,
        client_id=form["client_id"],
        expires_at=time.time() + TOKEN_SECONDS,
    )
    body = {
        "access_token": token,
        "expires_in": TOKEN_SECONDS,
        "token_type": "bearer",
        "scope": None,
    }
    return Reply(200, body, from_controller=False)


def who_calls(mautic: Mautic, credentials: Credentials, authorization: str) -> User:
    """The caller. Raises RefusedError with a 401 as recorded: auth_none, auth_basic_bad,
    auth_bearer_bad, oauth2_token_expired."""
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return _bearer(mautic, credentials, secret)
    if scheme.lower() == "basic":
        return _basic(mautic, credentials, secret)
    raise RefusedError(crash("API authorization denied.", 401, "access_denied"))


def expire(mautic: Mautic, authorization: str) -> Reply:
    """Make the presented token invalid from now on, and answer as oauth2_token_expired."""
    token = authorization.partition(" ")[2]
    mautic.store.run("UPDATE tokens SET expires_at = 0 WHERE token = ?", token)
    return crash("The access token provided has expired.", 401, "invalid_grant")


def refuse_without_rights(method: str, path: str) -> Reply | None:
    """What a user without rights is answered, or None where that user may go on.

    perm_denied_list_contacts: the list of contacts is empty, not refused. perm_stats: statistics
    are shown all the same.
    """
    if method == "GET" and path == "/api/contacts":
        return Reply(200, {"total": "0", "contacts": {}})
    if method == "GET" and (path == "/api/users/self" or path.startswith("/api/stats")):
        return None
    return denied()


def self_json(user: User) -> dict[str, Any]:
    """The recording `self`; a role without rights is not the administrator's."""
    first, _, last = user.name.partition(" ")
    role = {"isPublished": True, "id": 1, "name": "Administrator"}
    if not user.has_rights:
        role |= {"id": 2, "name": "Nothing"}
    role |= {
        "description": "Full system access" if user.has_rights else "",
        "isAdmin": user.has_rights,
    }
    return {
        "isPublished": True,
        "username": user.name,
        "firstName": first,
        "lastName": last,
        "role": role,
        "timezone": "",
        "locale": "",
    }


def _bearer(mautic: Mautic, credentials: Credentials, token: str) -> User:
    row = mautic.store.row("SELECT client_id, expires_at FROM tokens WHERE token = ?", token)
    if row is None:
        raise RefusedError(crash("The access token provided is invalid.", 401, "invalid_grant"))
    if row["expires_at"] <= time.time():
        raise RefusedError(crash("The access token provided has expired.", 401, "invalid_grant"))
    client_id = row["client_id"]
    return User(f"{client_id} [1]", None, has_rights=client_id == credentials.client_id)


def _basic(mautic: Mautic, credentials: Credentials, encoded: str) -> User:
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name, password = "", ""
    if credentials.match(name, password):
        has_rights = name == credentials.client_id
        return User(f"{name} user", 1 if has_rights else 2, has_rights)
    if mautic.version.bad_basic_has_empty_body:
        challenge = {"WWW-Authenticate": 'Basic realm="Secured Area"'}
        raise RefusedError(Reply(401, "", challenge, from_controller=False))
    raise RefusedError(crash("Authorization denied, invalid credentials.", 401, "access_denied"))

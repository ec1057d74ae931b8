"""An Airflow connection of type `mautic` → a `MauticClient`."""

from __future__ import annotations

from typing import Any

from airflow.providers.http.hooks.http import HttpHook
from requests.auth import AuthBase, HTTPBasicAuth

from mautic_hook.auth import ClientCredentials
from mautic_hook.checkup import check_connection
from mautic_hook.client import MauticClient
from transport.addresses import safe_address, warnings_about
from transport.delays import Patience
from transport.errors import CallError, PermanentError


class MauticHook(HttpHook):
    """Makes clients from a connection: host, login and password, TLS and proxies from `extra`.

    Login and password are the client id and secret of an API credential (OAuth2, client
    credentials). With `extra.auth = "basic"` they are a user and a password, which costs Mautic
    0.45 s a request.
    """

    conn_name_attr = "mautic_conn_id"
    default_conn_name = "mautic_default"
    conn_type = "mautic"
    hook_name = "Mautic"

    def __init__(self, mautic_conn_id: str = default_conn_name) -> None:
        super().__init__(http_conn_id=mautic_conn_id)
        self.mautic_conn_id = mautic_conn_id

    def get_client(self, patience: Patience | None = None) -> MauticClient:
        """A client with a session of its own. Raises `PermanentError` for a useless connection."""
        connection = self.get_connection(self.mautic_conn_id)
        if not connection.host or not connection.login or not connection.password:
            raise self._useless("host, login and password are needed")
        auth = self._auth(connection.login, connection.password, connection.extra_dejson)
        session = self.get_conn()
        session.headers.pop("auth", None)
        scheme_was_said = bool(connection.schema) or "://" in connection.host
        base_url = safe_address(self.base_url, scheme_was_said)
        for warning in warnings_about(base_url, session.verify):
            self.log.warning("%s", warning)
        return MauticClient(base_url, auth, session, patience)

    def test_connection(self) -> tuple[bool, str]:
        """For the Test button: what is wrong, told apart, or the version of the Mautic found."""
        quick = Patience(connect=5, read=20, tries=1)
        try:
            return check_connection(self.get_client(quick))
        except CallError as error:
            return False, str(error)

    def _auth(self, login: str, password: str, extra: dict[str, Any]) -> AuthBase:
        kind = str(extra.get("auth") or "oauth2").lower()
        if kind == "oauth2":
            return ClientCredentials(login, password)
        if kind == "basic":
            self.log.warning(
                "Connection %s uses a password with each request: Mautic needs 0.45 s to check it "
                "each time. OAuth2 client credentials are the better choice.",
                self.mautic_conn_id,
            )
            return HTTPBasicAuth(login, password)
        raise self._useless(f"`auth` is {kind!r}; it can be 'oauth2' or 'basic'")

    def _useless(self, why: str) -> PermanentError:
        said = f"connection {self.mautic_conn_id}: {why}"
        return PermanentError("connect to Mautic", self.mautic_conn_id, said, "Edit the connection")

"""An Airflow connection of type `wpms` → a `WpmsClient`."""

from __future__ import annotations

from airflow.providers.http.hooks.http import HttpHook

from transport.addresses import safe_address, warnings_about
from transport.delays import Patience
from transport.errors import CallError, PermanentError
from wpms_hook.checkup import check_connection
from wpms_hook.client import WpmsClient


class WpmsHook(HttpHook):
    """Makes clients from a connection: host, login and password, TLS and proxies from `extra`.

    The host is the network's main site. Login and password are the worker's user name and an
    application password of that account.
    """

    conn_name_attr = "wpms_conn_id"
    default_conn_name = "wpms_default"
    conn_type = "wpms"
    hook_name = "WordPress Multisite"

    def __init__(self, wpms_conn_id: str = default_conn_name) -> None:
        super().__init__(http_conn_id=wpms_conn_id)
        self.wpms_conn_id = wpms_conn_id

    def get_client(self, patience: Patience | None = None) -> WpmsClient:
        """A client with a session of its own. Raises `PermanentError` for a useless connection."""
        connection = self.get_connection(self.wpms_conn_id)
        if not connection.host or not connection.login or not connection.password:
            raise self._useless("host, login and password are needed")
        session = self.get_conn()
        scheme_was_said = bool(connection.schema) or "://" in connection.host
        base_url = safe_address(self.base_url, scheme_was_said)
        for warning in warnings_about(base_url, session.verify):
            self.log.warning("%s", warning)
        return WpmsClient(base_url, connection.login, connection.password, session, patience)

    def test_connection(self) -> tuple[bool, str]:
        """For the Test button: what is wrong, told apart, or what was found. Writes nothing."""
        quick = Patience(connect=5, read=20, tries=1)
        try:
            return check_connection(self.get_client(quick))
        except CallError as error:
            return False, str(error)

    def _useless(self, why: str) -> PermanentError:
        said = f"connection {self.wpms_conn_id}: {why}"
        return PermanentError(
            "connect to WordPress", self.wpms_conn_id, said, "Edit the connection"
        )

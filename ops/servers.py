"""The servers of `make run`: reuse those that are up, start those that are not, stop all."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from ops import database
from ops.airflow_api import AirflowApi
from ops.ports import listens
from ops.running import Group
from ops.settings import (
    SANDBOX_CLIENT,
    SANDBOX_PASSWORD,
    SANDBOX_SECRET,
    SANDBOX_WORKER,
    Settings,
    airflow_environment,
    plain_environment,
)
from ops.show import Say

SANDBOX = "sandbox"
# Started one by one rather than with `airflow standalone`, whose log servers listen on every
# network address. All of them run on this machine and read the logs from its disk.
AIRFLOW_COMMANDS = {
    "api-server": ["airflow", "api-server"],
    "dag-processor": ["airflow", "dag-processor"],
    "scheduler": ["airflow", "scheduler", "--skip-serve-logs"],
    "triggerer": ["airflow", "triggerer", "--skip-serve-logs"],
}
# Needed by deferred tasks only, so it starts when the others have stopped using both cores.
STARTS_LAST = "triggerer"


class Servers:
    """The sandbox and Airflow of one folder."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], say: Say) -> None:
        self._settings = settings
        self._say = say
        self._airflow_environment = airflow_environment(settings, environ)
        self._sandbox_environment = plain_environment(settings, environ) | {
            "SANDBOX_CLIENT_ID": SANDBOX_CLIENT,
            "SANDBOX_CLIENT_SECRET": SANDBOX_SECRET,
            "SANDBOX_WPMS_USER": SANDBOX_WORKER,
            "SANDBOX_WPMS_PASSWORD": SANDBOX_PASSWORD,
        }
        names = [*AIRFLOW_COMMANDS] if settings.real_server else [*AIRFLOW_COMMANDS, SANDBOX]
        self._group = Group(
            settings.run_folder,
            settings.root,
            names,
            self._fingerprint(),
            settings.ports,
            "make run",
        )

    def bring_up(self, api: AirflowApi) -> None:
        """Return when Airflow is healthy and the sandbox listens; raises CannotRunError."""
        self._group.bring_up(lambda: self._start_all(api), partial(self._say, "Servers"))

    def _fingerprint(self) -> str:
        """Changes when another start would give other servers. A hash, as it covers secrets."""
        stamp = self._settings.root / ".venv" / ".installed"
        own = {k: v for k, v in self._airflow_environment.items() if k.startswith("AIRFLOW")}
        packages = stamp.read_text() if stamp.exists() else ""
        return hashlib.sha256(json.dumps([own, packages], sort_keys=True).encode()).hexdigest()

    def _start_all(self, api: AirflowApi) -> None:
        group, settings = self._group, self._settings
        if not settings.real_server:
            group.start(SANDBOX, self._sandbox_command(), self._sandbox_environment)
        if not database.is_prepared(settings):
            self._say("Airflow", "preparing its database …")
            database.prepare(settings, self._airflow_environment)
        if ended := database.end_unfinished_runs(settings):
            self._say("Airflow", f"{ended} unfinished run(s) of the last time marked as failed")
        began = datetime.now(UTC)
        self._say("Airflow", "starting …")
        for name, command in AIRFLOW_COMMANDS.items():
            if name != STARTS_LAST:
                group.start(name, command, self._airflow_environment)
        group.wait_for("Airflow", lambda: api.is_healthy_since(began))
        group.start(STARTS_LAST, AIRFLOW_COMMANDS[STARTS_LAST], self._airflow_environment)
        self._say("Airflow", f"healthy on {settings.airflow_url}")
        if not settings.real_server:
            self._wait_for_the_sandbox()

    def _sandbox_command(self) -> list[str]:
        command = [sys.executable, "-m", "sandbox", "--port", str(self._settings.sandbox_port)]
        command += ["--state", str(self._settings.run_folder / "sandbox")]
        if not self._settings.wordpress:
            command += ["--wpms-port", str(self._settings.wpms_port)]
        return command

    def _wait_for_the_sandbox(self) -> None:
        settings = self._settings
        self._group.wait_for("The sandbox", lambda: listens(settings.sandbox_port))
        self._say("Sandbox", f"Mautic's stand-in listens on {settings.sandbox_url}")
        if not settings.wordpress:
            self._group.wait_for("The sandbox", lambda: listens(settings.wpms_port))
            self._say("Sandbox", f"WordPress's stand-in: {settings.wpms_url}")

"""What one `make run` uses: ports, folders, which Mautic, and the environment of its servers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAUTIC_CONNECTION = "AIRFLOW_CONN_MAUTIC_DEFAULT"
WPMS_CONNECTION = "AIRFLOW_CONN_WPMS_DEFAULT"
# The sandbox is a toy on this machine only; its key is no secret.
SANDBOX_CLIENT = "sandbox"
SANDBOX_SECRET = "sandbox-secret"  # noqa: S105
SANDBOX_WORKER = "worker"
SANDBOX_PASSWORD = "sandbox-password"  # noqa: S105


class CannotRunError(Exception):
    """A reason to leave with status 1; its text is what the user reads."""


@dataclass(frozen=True)
class Settings:
    """Where the servers live and what the run may do. Every port follows from `port`."""

    port: int
    real_server: bool
    apply: bool
    real_wpms: bool = False
    wordpress: bool = False
    root: Path = ROOT

    @classmethod
    def from_environment(cls, port: int, environ: Mapping[str, str]) -> Settings:
        """Read the user's wishes; raises CannotRunError when the ports do not exist."""
        if not 1024 <= port < 65533:
            raise CannotRunError(f"PORT={port} cannot be used: choose one from 1024 to 65532.")
        real_server = bool(environ.get(MAUTIC_CONNECTION))
        return cls(
            port=port,
            real_server=real_server,
            apply=environ.get("APPLY") == "1",
            real_wpms=bool(environ.get(WPMS_CONNECTION)),
            wordpress=wants_wordpress(environ, real_server),
        )

    @property
    def dry_run(self) -> bool:
        """A real server is only looked at until the user says APPLY=1; the sandbox is for use."""
        return self.real_server and not self.apply

    @property
    def has_wpms(self) -> bool:
        """Whether there are course sites; a real Mautic alone has none."""
        return self.real_wpms or not self.real_server

    @property
    def sandbox_port(self) -> int:
        return self.port + 1

    @property
    def wpms_port(self) -> int:
        """The sandbox's course sites, or those of the WordPress that `make wordpress` starts."""
        return self.wordpress_port if self.wordpress else self.port + 2

    @property
    def wordpress_port(self) -> int:
        return self.port + 3

    @property
    def ports(self) -> list[int]:
        """The ports of the sandbox and of Airflow; a WordPress looks after its own."""
        if self.real_server:
            return [self.port]
        ports = [self.port, self.sandbox_port]
        return ports if self.wordpress else [*ports, self.wpms_port]

    @property
    def airflow_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def wpms_url(self) -> str:
        return f"http://127.0.0.1:{self.wpms_port}"

    @property
    def run_folder(self) -> Path:
        """Everything that `make run` writes; safe to delete after `make stop`."""
        return self.root / ".run"

    @property
    def airflow_home(self) -> Path:
        return self.run_folder / "airflow"

    def log_file(self, server: str) -> Path:
        return self.run_folder / "logs" / f"{server}.log"


def wants_wordpress(environ: Mapping[str, str], real_server: bool) -> bool:
    """WPMS=wordpress: a WordPress in the place of its stand-in; raises CannotRunError."""
    wanted = environ.get("WPMS", "")
    if wanted not in ("", "sandbox", "wordpress"):
        raise CannotRunError(f"WPMS={wanted} is not known: say WPMS=wordpress, or leave it out.")
    if wanted == "wordpress" and real_server:
        raise CannotRunError(
            "WPMS=wordpress has invented learners, who must not get into a real Mautic: "
            f"leave out {MAUTIC_CONNECTION} or WPMS."
        )
    return wanted == "wordpress"


def plain_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without what would change how our servers work.

    Airflow settings of the user's shell may name another Airflow's database, so none gets through.
    """
    unwanted = ("AIRFLOW__", "AIRFLOW_HOME", "AIRFLOW_CONFIG", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in environ.items() if not name.startswith(unwanted)}
    local = "127.0.0.1,localhost"
    no_proxy = kept.get("NO_PROXY") or kept.get("no_proxy")
    return kept | {
        "PATH": f"{settings.root / '.venv' / 'bin'}:{environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        # The servers talk to each other; a proxy must not come between them.
        "NO_PROXY": f"{no_proxy},{local}" if no_proxy else local,
        "no_proxy": f"{no_proxy},{local}" if no_proxy else local,
    }


def airflow_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of the Airflow servers. Holds secrets: never print it."""
    environment = plain_environment(settings, environ) | {
        "AIRFLOW_HOME": str(settings.airflow_home),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(settings.port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": jwt_secret(settings),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.root / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{settings.airflow_url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        # Airflow's own choice asks the name server, which takes seconds where there is none.
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # LocalExecutor starts all its workers at once: the default of 32 costs seconds.
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(settings.root / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        # A triggered run starts at once instead of after the default of 1 s a step.
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.25",
        # A schedule starts runs by itself, which write: no preview of a real server has one.
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": str(not settings.real_server),
        # What watches over a task often misses its end, and sees it at its next look only. Until
        # then, by default for 5 s, its worker takes no other task.
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        # Looks come sooner, so one more may fail: as much patience with the API server as before.
        "AIRFLOW__WORKERS__MAX_FAILED_HEARTBEATS": "4",
    }
    if not settings.real_server:
        environment |= sandbox_connections(settings)
    return environment


def sandbox_connections(settings: Settings) -> dict[str, str]:
    """The Airflow connections to the servers on this machine, as JSON."""
    mautic = ("mautic", settings.sandbox_url, SANDBOX_CLIENT, SANDBOX_SECRET)
    wpms = ("wpms", settings.wpms_url, SANDBOX_WORKER, SANDBOX_PASSWORD)
    return {MAUTIC_CONNECTION: connection(*mautic), WPMS_CONNECTION: connection(*wpms)}


def connection(kind: str, host: str, login: str, password: str) -> str:
    """An Airflow connection as the JSON of an environment variable."""
    said = {"conn_type": kind, "host": host, "login": login, "password": password}
    return json.dumps(said)


def jwt_secret(settings: Settings) -> str:
    """The key that Airflow's servers share; made once. Below 64 bytes Airflow warns."""
    file = settings.run_folder / "jwt_secret"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(64))
    return file.read_text()

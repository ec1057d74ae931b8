"""A network of course sites on one port: reuse the one that is up, else make it and start it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from ops import install
from ops.ports import listens
from ops.running import Group, only_one_at_a_time
from ops.settings import ROOT, SANDBOX_PASSWORD, SANDBOX_WORKER, CannotRunError, Settings
from ops.show import Say
from ops.wordpress import mariadb, packages
from ops.wordpress.people import enrolments
from sandbox.__main__ import CALENDAR
from sandbox.wpms.network import Credentials, Site
from sandbox.wpms.sites import sites_of_calendar

DATABASES = {"sqlite": "SQLite", "mariadb": "MariaDB"}
PLUGIN = ROOT / "wordpress" / "course-sync"
SERVER = "wordpress"
WORKERS = "4"  # requests answered at once
# A toy on this machine only; its passwords are no secrets.
ACCOUNTS = {
    "admin": "admin",
    "admin_password": "admin-password",
    "course_admin": "course-admin",
    "course_admin_password": "course-admin-password",
    "worker": SANDBOX_WORKER,
    "worker_password": SANDBOX_PASSWORD,
    "learner_password": Credentials().learner_password,
}
# WordPress dies in HTML.
MARKUP = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)
# opcache makes a page 5 times as fast; edited files are read again at once.
PHP = ["php", "-d", "opcache.enable_cli=1", "-d", "opcache.revalidate_freq=0"]


@dataclass(frozen=True)
class Stage:
    """A network: its folder, its port, its database, and what it begins with.

    `unpacked` is the folder of WordPress's own files, which several networks may share.
    """

    folder: Path
    unpacked: Path
    port: int
    database: str
    sites: tuple[Site, ...]
    people: bool

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """What belongs to the network alone. Each kind of database has a network of its own."""
        return self.folder / self.database

    @property
    def core(self) -> Path:
        return self.unpacked / "core"

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What WordPress is told about the network, as `stage.json`."""
        on_mariadb = self.database == "mariadb"
        return {
            "domain": f"127.0.0.1:{self.port}",
            "engine": self.database,
            "socket": str(mariadb.socket_of(self.data)) if on_mariadb else None,
            "drop_in": str(self.unpacked / "drop-in"),
            "sites": [asdict(site) for site in self.sites],
            "people": list(enrolments(self.sites)) if self.people else [],
            **ACCOUNTS,
        }

    @property
    def environment(self) -> dict[str, str]:
        """For every PHP that loads this WordPress."""
        return dict(os.environ) | {
            "WORDPRESS_CORE": str(self.core),
            "WORDPRESS_STAGE": str(self.data),
        }

    @property
    def servers(self) -> Group:
        """What runs for the network."""
        names = ["mariadb", SERVER] if self.database == "mariadb" else [SERVER]
        settings = hashlib.sha256(json.dumps(self.facts, sort_keys=True).encode()).hexdigest()
        return Group(self.folder, self.folder, names, settings, [self.port], "make wordpress")


def stage_folder(settings: Settings) -> Path:
    return settings.run_folder / "wordpress"


def of_calendar(settings: Settings, environ: Mapping[str, str]) -> Stage:
    """The network of the shipped calendar's courses; raises CannotRunError."""
    database = environ.get("WORDPRESS_DB") or "sqlite"
    if database not in DATABASES:
        known = " or ".join(DATABASES)
        raise CannotRunError(f"WORDPRESS_DB={database} is not known: say {known}.")
    folder = stage_folder(settings)
    sites = tuple(sites_of_calendar(CALENDAR))
    return Stage(folder, folder, settings.wordpress_port, database, sites, people=True)


def bring_up(stage: Stage, say: Say) -> None:
    """Return when the network answers; raises CannotRunError."""
    stage.servers.bring_up(lambda: start_all(stage, say), partial(say, "WordPress"))


def provide(stage: Stage, say: Say) -> None:
    """WordPress and the programs it needs; raises CannotRunError where they cannot be installed."""
    needed = packages.missing(stage.database)
    if needed and not install.may_install():
        raise CannotRunError(packages.what_to_install(needed))
    if needed:
        say("WordPress", f"installing {', '.join(needed)} …")
        install.apt_get_install(*needed)
    with only_one_at_a_time(stage.unpacked / "unpacking"):
        if not stage.core.exists():
            say("WordPress", "unpacking Debian's package …")
        packages.unpack(stage.unpacked, stage.database)


def start_all(stage: Stage, say: Say) -> None:
    """The database, then the network in it, then the web server."""
    provide(stage, say)
    stage.data.mkdir(parents=True, exist_ok=True)
    if stage.database == "mariadb":
        say("MariaDB", "starting …")
        mariadb.prepare(stage.data)
        stage.servers.start("mariadb", mariadb.command(stage.data), os.environ)
        stage.servers.wait_for("MariaDB", lambda: mariadb.answers(stage.data))
    say("WordPress", f"preparing its network on {DATABASES[stage.database]} …")
    write_content(stage)
    for script in ("install", "begin"):
        run_script(stage, script)
    router = str(packages.PHP_FILES / "router.php")
    command = [*PHP, "-S", f"127.0.0.1:{stage.port}", "-t", str(stage.core), router]
    workers = {"PHP_CLI_SERVER_WORKERS": WORKERS}
    stage.servers.start(SERVER, command, stage.environment | workers)
    stage.servers.wait_for("WordPress", lambda: listens(stage.port))
    say("WordPress", f"{len(stage.sites)} course sites on {stage.url}")


def write_content(stage: Stage) -> None:
    """What WordPress keeps beside its own files: its settings, the plugin, the themes."""
    links = {
        "wp-config.php": packages.PHP_FILES / "wp-config.php",
        "wp-content/mu-plugins": packages.PHP_FILES / "mu-plugins",
        "wp-content/plugins/course-sync": PLUGIN,
        "wp-content/themes": stage.core / "wp-content/themes",
    }
    if stage.database == "sqlite":
        links["wp-content/db.php"] = packages.PHP_FILES / "db.php"
    (stage.data / "wp-content/plugins").mkdir(parents=True, exist_ok=True)
    for name, target in links.items():
        (stage.data / name).unlink(missing_ok=True)
        (stage.data / name).symlink_to(target)
    (stage.data / "stage.json").write_text(json.dumps(stage.facts, indent=2))


def run_script(stage: Stage, name: str) -> None:
    """Run one of our PHP scripts; raises CannotRunError with what it said."""
    command = [*PHP, str(packages.PHP_FILES / f"{name}.php")]
    done = subprocess.run(command, env=stage.environment, capture_output=True, text=True)
    # WordPress ends a process that cannot go on with status 0.
    if done.returncode != 0 or not done.stdout.endswith("done\n"):
        words = " ".join(MARKUP.sub(" ", done.stdout + done.stderr).split())[-1000:]
        raise CannotRunError(f"WordPress cannot {name}: {words}\nIts log: {stage.data}/debug.log")

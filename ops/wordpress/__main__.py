"""`python -m ops.wordpress --port 8080`: start a WordPress Multisite, say who may sign in where."""

from __future__ import annotations

import argparse
import os
import sys

from rich.table import Table

from ops.settings import CannotRunError, Settings
from ops.show import Show
from ops.wordpress.stage import ACCOUNTS, Stage, bring_up, of_calendar


def main() -> int:
    """Status 0 when the network answers, else 1."""
    parser = argparse.ArgumentParser(prog="python -m ops.wordpress")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    show = Show()
    try:
        settings = Settings.from_environment(options.port, os.environ)
        stage = of_calendar(settings, os.environ)
        bring_up(stage, show.line)
    except CannotRunError as problem:
        show.text(str(problem))
        return 1
    show.console.print(who_and_where(stage))
    show.text("It keeps running; `make stop` ends it.")
    return 0


def who_and_where(stage: Stage) -> Table:
    """Addresses and passwords."""
    course = stage.url + stage.sites[0].path
    learner, _ = stage.facts["people"][0]["email"].split("@")
    rows = {
        "Anybody": (f"{stage.url}/", "", ""),
        "A learner": (f"{course}wp-admin/profile.php", learner, ACCOUNTS["learner_password"]),
        "Course admin": (f"{course}wp-admin/", *account("course_admin")),
        "Network admin": (f"{stage.url}/wp-admin/network/", *account("admin")),
        "The sync": (f"{stage.url}/wp-json/course-sync/v1", *account("worker")),
    }
    table = Table(title="WordPress", title_justify="left", header_style="bold")
    for column in ("Who", "Address", "User", "Password"):
        table.add_column(column, overflow="fold")
    for who, cells in rows.items():
        table.add_row(who, *cells)
    return table


def account(name: str) -> tuple[str, str]:
    return ACCOUNTS[name], ACCOUNTS[f"{name}_password"]


if __name__ == "__main__":
    sys.exit(main())

"""PHPUnit inside real WordPress: every class of tests in `phpunit/` on each kind of database."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ops.wordpress.stage import DATABASES, PHP, Stage
from tests.services import missing

FOLDER = Path(__file__).with_name("phpunit")
CLASSES = sorted(path.stem for path in FOLDER.glob("*Test.php"))
#: Fixtures by database: the network, and its handle that has just been reset.
FIXTURES = {
    "sqlite": ("stage", "wordpress"),
    "mariadb": ("stage_on_mariadb", "wordpress_on_mariadb"),
}


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("name", CLASSES)
def test_the_plugin_passes_its_tests_inside_wordpress(
    name: str, database: str, request: pytest.FixtureRequest
) -> None:
    program = shutil.which("phpunit")
    if program is None:
        missing("phpunit")
    stage, _ = (request.getfixturevalue(fixture) for fixture in FIXTURES[database])
    assert isinstance(stage, Stage)
    strict = ["--no-configuration", "--fail-on-warning", "--fail-on-risky", "--fail-on-skipped"]
    done = subprocess.run(
        [*PHP, str(program), *strict, "--bootstrap", "bootstrap.php", f"{name}.php"],
        cwd=FOLDER,
        env=stage.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    # WordPress may end a process with status 0 before PHPUnit has said how it went.
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nOK (" in done.stdout, done.stdout + done.stderr


def test_there_are_tests() -> None:
    assert "MembershipTest" in CLASSES

"""The PHP of the project: syntax, WordPress's conventions, and texts that can be translated."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.services import missing

WORDPRESS = ROOT / "wordpress"
PLUGIN = WORDPRESS / "course-sync"
FOLDERS = ("wordpress", "ops/wordpress", "tests/wordpress")
# Each breaks one convention; the last word is the sniff that must say so.
WRONG = {
    "$wrongName = 1;": "SnakeCase",
    "function no_docblock() {}": "SinceTag",
    "echo $text;": "Escaped.NotEscaped",
    "printf( '%s', get_the_title() );": "Escaped.NotEscaped",
    "__( 'Text' );": "TextDomain.TextDomain",
    "__( 'Text', 'default' );": "TextDomain.TextDomain",
    "__( $text, 'course-sync' );": "TextDomain.NoLiteral",
    "__( 'Text: ' . $text, 'course-sync' );": "TextDomain.NoLiteral",
    "__( 'Über', 'course-sync' );": "TextDomain.NotAscii",
    "$list = [ 1 ];": "DisallowShortArraySyntax",
    "if ( $is ) do_it();": "InlineControlStructure",
    "do_it($now);": "FunctionCallSignature",
    "    do_it();": "DisallowSpaceIndent",
    "$now = time();": "ForbiddenFunctions",
    "$ok = @do_it();": "NoSilencedErrors",
    "// " + "long " * 30: "LineLength",
}


def program(name: str, package: str) -> str:
    """Where a program is; without it the test is skipped."""
    found = shutil.which(name)
    if found is None:
        missing(package)
        raise AssertionError
    return found


def run(command: Sequence[str | Path], text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=WORDPRESS, input=text, capture_output=True, text=True, check=False
    )


def php_files() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.php"))


@pytest.mark.parametrize("file", php_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_php_understands_every_file(file: Path) -> None:
    checked = run([program("php", "php-cli"), "-l", file])
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_plugin_is_written_as_wordpress_people_write() -> None:
    checked = run([program("phpcs", "php-codesniffer"), "-q"])
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(("line", "sniff"), WRONG.items(), ids=list(WRONG))
def test_what_is_written_otherwise_is_found(line: str, sniff: str) -> None:
    phpcs = program("phpcs", "php-codesniffer")
    head = "<?php\n/**\n * A file.\n *\n * @since 1.0.0\n */\n\nnamespace Course_Sync;\n\n"
    checked = run(
        [phpcs, "-q", "-s", "--report=emacs", "--standard=phpcs/CourseSync", "-"], head + line
    )
    assert sniff in checked.stdout


def test_translators_get_the_texts_of_today() -> None:
    program("xgettext", "gettext")
    made = run([sys.executable, "make_pot.py", "-"])
    assert made.returncode == 0, made.stderr
    kept = (PLUGIN / "languages/course-sync.pot").read_text(encoding="utf-8")
    assert kept == made.stdout, "run: python3 wordpress/make_pot.py"


def test_the_texts_for_translators_hold_what_each_kind_of_file_says() -> None:
    kept = (PLUGIN / "languages/course-sync.pot").read_text(encoding="utf-8")
    for text in ("Course Sync", "Course offers", "Mautic link"):
        assert f'msgid "{text}"' in kept


def test_every_version_is_the_same() -> None:
    readme = (PLUGIN / "readme.txt").read_text(encoding="utf-8")
    header = (PLUGIN / "course-sync.php").read_text(encoding="utf-8")
    stable = re.search(r"^Stable tag: (\S+)$", readme, re.M)
    version = re.search(r"^ \* Version: +(\S+)$", header, re.M)
    constant = re.search(r"^const VERSION = '(\S+)';$", header, re.M)
    assert stable
    assert version
    assert constant
    assert stable[1] == version[1] == constant[1]

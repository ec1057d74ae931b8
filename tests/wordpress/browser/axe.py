"""axe-core, which looks at a page for what keeps people out; one file of JavaScript, from npm."""

from __future__ import annotations

import hashlib
import tarfile
from typing import Any

from playwright.sync_api import Page

from ops.settings import CannotRunError
from ops.wordpress.packages import output_of
from tests.services import unavailable
from tests.wordpress.stages import UNPACKED

PACKAGE, FILE = "axe-core@4.11.0", "axe-core-4.11.0.tgz"
SHA512 = (
    "8a561a9c453cbf1c417b1a4977c716338125490ab841cb422ca8a1d1349f8c87"
    "c24137b21ffeb356b98825f2cfaca4ca2516e21be71f9d96d02230252661758d"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


def program() -> str:
    """Its text."""
    downloads = UNPACKED / "downloads"
    package = downloads / FILE
    if not package.exists():
        try:
            output_of("npm", "pack", "--silent", PACKAGE, folder=downloads)
        except CannotRunError as problem:
            unavailable(str(problem))
    assert hashlib.sha512(package.read_bytes()).hexdigest() == SHA512
    with tarfile.open(package) as files:
        text = files.extractfile("package/axe.min.js")
        assert text is not None
        return text.read().decode()


def violations(page: Page, part: str) -> list[str]:
    """What is wrong with a part of a page: rule, place and advice, one line each."""
    page.evaluate(program())
    found: dict[str, Any] = page.evaluate(
        "([part, rules]) => axe.run(part, {runOnly: rules})", [part, RULES]
    )
    return [
        f"{one['id']} ({one['impact']}): {node['html']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]

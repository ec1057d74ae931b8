#!/usr/bin/env python3
"""Writes the plugin's texts for translators: `python3 wordpress/make_pot.py` (needs gettext).

With `-` it prints them instead. It gives the same for the same texts, so a test can compare.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

PLUGIN = Path(__file__).parent / "course-sync"
POT = PLUGIN / "languages" / "course-sync.pot"

# Function:argument numbers; `c` is the context.
KEYWORDS = (
    "__ _e _x:1,2c _ex:1,2c _n:1,2 _nx:1,2,4c esc_html__ esc_html_e esc_html_x:1,2c"
    " esc_attr__ esc_attr_e esc_attr_x:1,2c"
).split()

# A bare --keyword leaves out those that xgettext knows by itself.
OPTIONS = (
    "--language=PHP --from-code=UTF-8 --keyword --add-comments=translators: --add-location=file"
    " --no-wrap --omit-header"
).split()

HEADER = """\
# Texts of the plugin Course Sync. Made by wordpress/make_pot.py.
# This file is distributed under the same licence as the plugin: GPL-2.0-or-later.
msgid ""
msgstr ""
"Project-Id-Version: Course Sync\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Domain: course-sync\\n"
"""


def pot() -> str:
    """The whole file."""
    return "\n".join([HEADER, *of_plugin_header(), *of_block(), of_code()])


def of_code() -> str:
    """What the PHP files say, in the order of their names."""
    files = sorted(str(path.relative_to(PLUGIN)) for path in PLUGIN.rglob("*.php"))
    keywords = [f"--keyword={keyword}" for keyword in KEYWORDS]
    command = ["xgettext", *OPTIONS, *keywords, "--output=-", *files]
    # Nothing of the command comes from outside.
    found = subprocess.run(command, cwd=PLUGIN, check=True, capture_output=True, text=True)  # noqa: S603
    return found.stdout


def of_plugin_header() -> list[str]:
    """The plugin's name and description, which WordPress translates too."""
    text = (PLUGIN / "course-sync.php").read_text(encoding="utf-8")
    names = ("Plugin Name", "Description")
    return [
        entry("course-sync.php", f"{name} of the plugin", found[1])
        for name in names
        if (found := re.search(rf"^\s*\*\s*{name}:\s*(.+)$", text, re.M))
    ]


def of_block() -> list[str]:
    """What the editor shows of the block."""
    block = json.loads((PLUGIN / "blocks/offers/block.json").read_text(encoding="utf-8"))
    return [
        entry("blocks/offers/block.json", None, block[name], f"block {name}")
        for name in ("title", "description")
    ]


def entry(file: str, comment: str | None, text: str, context: str | None = None) -> str:
    """One text to translate."""
    lines = [
        f"#. {comment}" if comment else None,
        f"#: {file}",
        f"msgctxt {json.dumps(context)}" if context else None,
        f"msgid {json.dumps(text, ensure_ascii=False)}",
        'msgstr ""\n',
    ]
    return "\n".join(line for line in lines if line)


if __name__ == "__main__":
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(pot())
    else:
        POT.write_text(pot(), encoding="utf-8")

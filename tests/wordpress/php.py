"""PHP in a process of its own, within a real network."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from ops.wordpress.stage import PHP, Stage


def run_php(stage: Stage, code: str) -> Any:
    """What the code returns, with WordPress loaded and nobody signed in."""
    process = start_php(stage, f"echo json_encode( ( function () {{ {code} }} )() );")
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    return json.loads(printed)


def start_php(stage: Stage, code: str) -> subprocess.Popen[str]:
    """A process that runs code with WordPress loaded; it can be written to and read from."""
    whole = f"require getenv( 'WORDPRESS_CORE' ) . '/wp-load.php'; {code}"
    return subprocess.Popen(
        [*PHP, "-r", whole],
        env=stage.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

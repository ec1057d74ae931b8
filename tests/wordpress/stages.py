"""A real WordPress Multisite for tests, with the plugin and nobody enrolled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops.running import stop_all
from ops.settings import ROOT, CannotRunError
from ops.wordpress import packages
from ops.wordpress.stage import ACCOUNTS, PLUGIN, Stage, bring_up, provide
from sandbox.runner import Wpms
from sandbox.wpms.network import Site
from tests.services import free_port, missing, unavailable
from tests.wpms_hook.deeds import SITES

#: Two course sites, with the ids LIDA and IPM.
COURSE_SITES = [Site(*each) for each in SITES]
#: WordPress's own files, unpacked once for all tests and for `make wordpress`.
UNPACKED = ROOT / ".run" / "wordpress"


@contextmanager
def running_stage(
    folder: Path,
    sites: Sequence[Site],
    database: str = "sqlite",
    people: bool = False,
) -> Iterator[Stage]:
    """A network in `folder` on a free port."""
    if needed := packages.missing(database):
        missing(" ".join(needed))
    stage = Stage(folder, UNPACKED, free_port(), database, tuple(sites), people)
    try:
        provide(stage, quiet)
    except CannotRunError as problem:
        unavailable(str(problem))
    try:
        bring_up(stage, quiet)
        yield stage
    finally:
        stop_all(folder, folder)
    assert complaints(stage) == []


def quiet(subject: str, text: str) -> None:
    """Says nothing."""


def complaints(stage: Stage) -> list[str]:
    """What PHP had to say against the plugin; WordPress 6.1 is older than this PHP."""
    log = stage.data / "debug.log"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return [line for line in lines if PLUGIN.name in line]


def handle(stage: Stage) -> Wpms:
    """What the stand-in's handle is: people enrol, choose and leave through it."""
    worker, password = ACCOUNTS["worker"], ACCOUNTS["worker_password"]
    return Wpms(stage.url, worker, password, ACCOUNTS["learner_password"])

"""Make `.venv` and install the locked packages. Standard library only: it runs before any package.

`python -m ops.install [--dev]` is a no-op when nothing it depends on has changed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.wordpress import packages

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
UV_LOCK = ROOT / "requirements-uv.lock"
LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
SERVER_LOCK = ROOT / "requirements-server.lock"
PYPROJECT = ROOT / "pyproject.toml"
NEEDED_VERSION = (3, 11)
VENV_PACKAGE = "python3.11-venv"
# What the tests call, and the Debian package that has it.
TEST_PROGRAMS = {
    "chromium": "chromium",
    "phpcs": "php-codesniffer",
    "phpunit": "phpunit",
    "redis-server": "redis-server",
    "xgettext": "gettext",
}


def main() -> None:
    """Install what is missing; leaves with one sentence and status 1 when that cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m ops.install")
    parser.add_argument("--dev", action="store_true", help="also the tools for tests and lint")
    with_dev_tools = parser.parse_args().dev

    refuse_other_versions(sys.version_info[:2])
    changed = install_once("installed", [UV_LOCK, LOCK, PYPROJECT], install_product)
    if with_dev_tools:
        changed |= install_once(
            "installed-dev", [UV_LOCK, LOCK, SERVER_LOCK, DEV_LOCK], install_dev_tools
        )
    if not changed:
        print("Packages: up to date")


def refuse_other_versions(version: tuple[int, ...]) -> None:
    """Leave when the interpreter is not the one the lock files were made for."""
    if version != NEEDED_VERSION:
        found = ".".join(map(str, version))
        sys.exit(
            f"Python 3.11 is needed, but {sys.executable} is {found}. Install Python 3.11 "
            "(Debian 12: apt-get install python3), or name it: PYTHON=/path/to/python3.11 make …"
        )


def install_once(stamp_name: str, inputs: list[Path], install: Callable[[], None]) -> bool:
    """Run `install` unless its stamp says that these inputs are installed; True when it ran."""
    stamp = VENV / f".{stamp_name}"
    wanted = fingerprint(inputs)
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    stamp.unlink(missing_ok=True)
    install()
    stamp.write_text(wanted)
    return True


def fingerprint(inputs: list[Path]) -> str:
    """Hash of the files, and of the folder: a virtual environment does not survive a move."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in inputs:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install_product() -> None:
    """`.venv`, uv, the locked packages, and the project itself as an editable install."""
    with progress("making .venv"):
        make_venv()
    with progress("installing the packages of requirements.lock"):
        uv_install(LOCK)
        # The editable install registers the Airflow provider: its connection types come from
        # package metadata. setuptools is in the lock, so nothing is fetched to build it.
        uv("--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def install_dev_tools() -> None:
    """The tools of `make test` and `make lint`."""
    with progress("installing requirements-server.lock and requirements-dev.lock"):
        uv_install(SERVER_LOCK)
        uv_install(DEV_LOCK)
    ensure_test_servers()


def make_venv() -> None:
    """`.venv` with uv in it; one that works is kept."""
    if not venv_works():
        ensure_venv_module()
        command(sys.executable, "-m", "venv", "--clear", str(VENV))
    pip = [str(VENV_PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    command(*pip, "install", "--require-hashes", "--no-deps", "--requirement", str(UV_LOCK))


def venv_works() -> bool:
    """Whether `.venv` is there, has pip, and its Python has the right version."""
    check = f"import sys, pip; sys.exit(sys.version_info[:2] != {NEEDED_VERSION})"
    return (
        VENV_PYTHON.exists()
        and subprocess.run([VENV_PYTHON, "-c", check], stderr=subprocess.DEVNULL).returncode == 0
    )


def ensure_venv_module() -> None:
    """Debian ships Python without `ensurepip`; add it when we may, else say what to install."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    if not may_install():
        sys.exit(
            "This Python cannot make virtual environments. On Debian install what is missing: "
            f"sudo apt-get install {VENV_PACKAGE}"
        )
    apt_get_install(VENV_PACKAGE)


def ensure_test_servers() -> None:
    """Servers and tools of the tests; where they cannot be installed, those tests are skipped."""
    missing = [] if Path("/usr/lib/postgresql").exists() else ["postgresql"]
    missing += [package for name, package in TEST_PROGRAMS.items() if not shutil.which(name)]
    missing += packages.missing("sqlite") + packages.missing("mariadb")
    if not missing:
        return
    if may_install():
        with progress(f"installing {', '.join(missing)} for the tests"):
            apt_get_install(*dict.fromkeys(missing))
    else:
        print(f"Packages: without `apt-get install {' '.join(missing)}` some tests are skipped")


def may_install() -> bool:
    """Whether Debian packages can be installed from here."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_get_install(*packages: str) -> None:
    """Install Debian packages without questions."""
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    command("apt-get", "update", "-qq")
    command("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)


def uv_install(lock: Path) -> None:
    """Install exactly what the lock file lists. Bytecode now: Airflow's first start is 4 s less."""
    uv("--compile-bytecode", "--require-hashes", "--no-deps", "--requirement", str(lock))


def uv(*arguments: str) -> None:
    """`uv pip install …` into `.venv`."""
    uv_pip = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(VENV_PYTHON)]
    command(*uv_pip, *arguments)


def command(*arguments: str) -> None:
    """Run a command; its errors stay visible, its other output only when it fails."""
    done = subprocess.run(arguments, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}This command failed: {' '.join(arguments)}")


@contextmanager
def progress(what: str) -> Iterator[None]:
    """One line: what is being done, and how long it took."""
    began = time.monotonic()
    print(f"Packages: {what} … ", end="", flush=True)
    try:
        yield
    except SystemExit:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()

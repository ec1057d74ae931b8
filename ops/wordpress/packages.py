"""WordPress from Debian's packages, unpacked and not installed; the SQLite drop-in from npm.

Standard library only: `ops.install` asks here what the tests need before any package is there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from ops.settings import CannotRunError

# WordPress, and the packages that its files are links into.
WORDPRESS = (
    "wordpress",
    "wordpress-theme-twentytwentythree",
    "libjs-cropper",
    "libjs-underscore",
    "php-getid3",
)
# The drop-in lies in this package as a zip; the hash is that of the whole package.
DROP_IN = "@wp-playground/cli@3.1.56"
DROP_IN_FILE = "wp-playground-cli-3.1.56.tgz"
DROP_IN_SHA512 = (
    "253c65e9d8cf10cd98458cffc3e054a32a02be14861c88ea322e1f315d5bf28d"
    "543cdbd96ad2da4bba29a39ed4b2b544957adf759c2f8ba22ec92e0bb30531f5"
)
DROP_IN_ZIP = "package/sqlite-database-integration.zip"
# PHP's extensions and the Debian packages they come in.
EXTENSIONS = {
    "dom": "php-xml",
    "mbstring": "php-mbstring",
    "mysqli": "php-mysql",
    "pdo_sqlite": "php-sqlite3",
}
MARIADB = "mariadb-server-core"
# Networks share these files; each says by this variable which one it is.
CONFIGURATION = "<?php\nrequire getenv( 'WORDPRESS_STAGE' ) . '/wp-config.php';\n"
PHP_FILES = Path(__file__).parent / "php"


def missing(database: str) -> list[str]:
    """The Debian packages that must be installed before a network can run on `database`."""
    packages = [] if shutil.which("php") else ["php-cli"]
    known = "" if packages else output_of("php", "-m").lower()
    packages += [name for extension, name in EXTENSIONS.items() if extension not in known]
    if database == "mariadb" and not mariadb_program("mariadbd"):
        packages.append(MARIADB)
    if database == "sqlite" and not shutil.which("npm"):
        packages.append("npm")
    return packages


def mariadb_program(name: str) -> str | None:
    """Where a program of MariaDB is; a user's PATH leaves out the folder of servers."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def unpack(folder: Path, database: str) -> None:
    """`core` and, for SQLite, `drop-in` in `folder`; what is there stays. Raises CannotRunError."""
    downloads = folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    if not (folder / "core").exists():
        unpack_core(downloads, folder / "core")
    if database == "sqlite" and not (folder / "drop-in").exists():
        unpack_drop_in(downloads, folder / "drop-in")


def unpack_core(downloads: Path, core: Path) -> None:
    """WordPress's own files, whole, with a configuration that asks the stage."""
    packages = [find_deb(downloads, name) for name in WORDPRESS]
    if not all(packages):
        if os.geteuid() == 0:
            output_of("apt-get", "update", "-qq")
        # Its own user may not write here, and says so.
        command = ("apt-get", "-o", "APT::Sandbox::User=root", "download", *WORDPRESS)
        output_of(*command, folder=downloads)
        packages = [find_deb(downloads, name) for name in WORDPRESS]
    whole = new_folder(core.with_name("core.whole"))
    for package in packages:
        output_of("dpkg-deb", "-x", str(package), str(whole))
    new = new_folder(core.with_name("core.new"))
    # The packages link into each other; in the copy every link is a file.
    shutil.copytree(whole / "usr/share/wordpress", new, ignore=unwanted, dirs_exist_ok=True)
    (new / "wp-config.php").write_text(CONFIGURATION)
    shutil.rmtree(whole)
    new.replace(core)


def unwanted(folder: str, names: list[str]) -> set[str]:
    """What is not copied: Debian's configuration, and links to what is not installed here."""
    return {name for name in names if name == "wp-config.php" or not Path(folder, name).exists()}


def find_deb(downloads: Path, name: str) -> Path | None:
    return next(iter(sorted(downloads.glob(f"{name}_*.deb"))), None)


def unpack_drop_in(downloads: Path, drop_in: Path) -> None:
    """The drop-in that translates WordPress's SQL for SQLite."""
    package = downloads / DROP_IN_FILE
    if not package.exists():
        output_of("npm", "pack", "--silent", DROP_IN, folder=downloads)
    if hashlib.sha512(package.read_bytes()).hexdigest() != DROP_IN_SHA512:
        package.unlink()
        raise CannotRunError(f"{DROP_IN} is not the package it was: its hash has changed.")
    new = new_folder(drop_in.with_name("drop-in.new"))
    with tarfile.open(package) as files:
        zipped = files.extractfile(DROP_IN_ZIP)
        assert zipped is not None
        zipfile.ZipFile(BytesIO(zipped.read())).extractall(new)  # noqa: S202 its hash is known
    (whole,) = new.iterdir()
    mend(whole / "wp-includes/sqlite/class-wp-sqlite-db.php")
    whole.replace(drop_in)
    new.rmdir()


def mend(source: Path) -> None:
    """WordPress 6.1 reads this property from the parent class, which a private one forbids."""
    text = source.read_text()
    private = "private $allow_unsafe_unquoted_parameters"
    assert text.count(private) == 1
    source.write_text(text.replace(private, private.replace("private", "protected")))


def new_folder(path: Path) -> Path:
    """An empty folder, whatever a killed command left."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return path


def output_of(*command: str, folder: Path | None = None) -> str:
    """What a command prints; raises CannotRunError with its last words when it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except OSError as problem:
        raise CannotRunError(f"{command[0]} cannot be run: {problem.strerror}") from None
    if done.returncode != 0:
        words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-10:])
        raise CannotRunError(f"This command failed: {' '.join(command)}\n{words}")
    return done.stdout


def what_to_install(packages: Iterable[str]) -> str:
    """The sentence for those who may not install packages."""
    return f"WordPress needs what is missing here: sudo apt-get install {' '.join(packages)}"

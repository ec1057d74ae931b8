"""A MariaDB of one's own: no network, its socket and its data in one folder."""

from __future__ import annotations

import getpass
import socket
from pathlib import Path

from ops.settings import CannotRunError
from ops.wordpress.packages import mariadb_program, output_of

LONGEST_SOCKET = 107  # what the kernel takes


def socket_of(data: Path) -> Path:
    """Where clients find the server; raises CannotRunError when the path is too long for one."""
    path = data / "socket"
    if len(bytes(path)) > LONGEST_SOCKET:
        raise CannotRunError(f"{path} is too long for a socket: move the project nearer to /.")
    return path


def answers(data: Path) -> bool:
    """Whether the server takes connections; its socket alone may be one that a crash left."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_of(data))) == 0


def prepare(data: Path) -> None:
    """A new data folder, made once; its one user is this one, without a password."""
    (data / "tmp").mkdir(parents=True, exist_ok=True)
    if (data / "files").exists():
        return
    data.chmod(0o700)
    output_of(
        program("mariadb-install-db"),
        "--no-defaults",
        f"--datadir={data / 'files.new'}",
        f"--tmpdir={data / 'tmp'}",
        f"--user={getpass.getuser()}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    )
    (data / "begin.sql").write_text("CREATE DATABASE IF NOT EXISTS wordpress;\n")
    (data / "files.new").replace(data / "files")


def command(data: Path) -> list[str]:
    """The server. Its data is a toy: it need not outlive a crash of the machine."""
    return [
        program("mariadbd"),
        "--no-defaults",
        f"--datadir={data / 'files'}",
        f"--tmpdir={data / 'tmp'}",
        f"--socket={socket_of(data)}",
        f"--pid-file={data / 'pid'}",
        f"--init-file={data / 'begin.sql'}",
        f"--user={getpass.getuser()}",
        "--skip-networking",
        "--skip-log-bin",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-buffer-pool-size=64M",
        "--character-set-server=utf8mb4",
    ]


def program(name: str) -> str:
    found = mariadb_program(name)
    if not found:
        raise CannotRunError(f"MariaDB's program {name} is not there.")
    return found

"""What `make wordpress` decides before it starts a server."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from ops.settings import CannotRunError, Settings
from ops.wordpress import mariadb, packages
from ops.wordpress.stage import Stage, of_calendar, provide
from sandbox.wpms.network import Site

SITES = (Site("/lida101/", "LiDA101"),)


def stage(folder: Path, database: str = "sqlite", port: int = 8083) -> Stage:
    return Stage(folder, folder, port, database, SITES, people=True)


def settings(root: Path) -> Settings:
    return Settings(8080, real_server=False, apply=False, root=root)


def test_the_network_has_the_course_sites_of_the_calendar(tmp_path: Path) -> None:
    found = of_calendar(settings(tmp_path), {})
    assert (found.url, found.database) == ("http://127.0.0.1:8083", "sqlite")
    assert "/lida101/" in [site.path for site in found.sites]
    assert found.folder == tmp_path / ".run" / "wordpress"


def test_a_database_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="WORDPRESS_DB=oracle is not known: say sqlite or"):
        of_calendar(settings(tmp_path), {"WORDPRESS_DB": "oracle"})


def test_each_database_has_a_network_of_its_own(tmp_path: Path) -> None:
    assert stage(tmp_path).data != stage(tmp_path, "mariadb").data


def test_another_port_or_database_is_another_start(tmp_path: Path) -> None:
    stages = [stage(tmp_path), stage(tmp_path, port=9083), stage(tmp_path, "mariadb")]
    assert len({each.servers.settings for each in stages}) == 3
    assert stage(tmp_path).servers.settings == stages[0].servers.settings


def test_who_may_not_install_packages_is_told_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(CannotRunError, match=r"sudo apt-get install php-cli .*mariadb-server-core"):
        provide(stage(tmp_path, "mariadb"), lambda subject, text: None)


def test_a_folder_too_deep_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="too long for a socket"):
        mariadb.socket_of(tmp_path / ("deep" * 30))


def drop_in_package(downloads: Path, source: str) -> bytes:
    """A package of npm with a drop-in in it, as it was downloaded."""
    zipped, packed = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("plugin/wp-includes/sqlite/class-wp-sqlite-db.php", source)
    with tarfile.open(fileobj=packed, mode="w:gz") as file:
        entry = tarfile.TarInfo(packages.DROP_IN_ZIP)
        entry.size = len(zipped.getvalue())
        file.addfile(entry, io.BytesIO(zipped.getvalue()))
    downloads.mkdir()
    (downloads / packages.DROP_IN_FILE).write_bytes(packed.getvalue())
    return packed.getvalue()


def test_a_drop_in_that_was_changed_is_not_unpacked(tmp_path: Path) -> None:
    drop_in_package(tmp_path / "downloads", "<?php")
    with pytest.raises(CannotRunError, match="its hash has changed"):
        packages.unpack_drop_in(tmp_path / "downloads", tmp_path / "drop-in")
    assert not (tmp_path / "drop-in").exists()
    assert not list((tmp_path / "downloads").iterdir())


def test_the_drop_in_is_mended_for_wordpress_6_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "private $allow_unsafe_unquoted_parameters = true;"
    package = drop_in_package(tmp_path / "downloads", source)
    monkeypatch.setattr(packages, "DROP_IN_SHA512", hashlib.sha512(package).hexdigest())
    packages.unpack_drop_in(tmp_path / "downloads", tmp_path / "drop-in")
    mended = tmp_path / "drop-in" / "wp-includes/sqlite/class-wp-sqlite-db.php"
    assert mended.read_text() == source.replace("private", "protected")


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match=r"This command failed: ls nowhere\n.*nowhere"):
        packages.output_of("ls", "nowhere", folder=tmp_path)

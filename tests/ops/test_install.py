"""What `make install` decides before it installs anything."""

from pathlib import Path

import pytest

from ops import install


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with an empty `.venv` and one lock file."""
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "VENV_PYTHON", tmp_path / ".venv" / "bin" / "python")
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.lock").write_text("rich==15.0.0\n")
    return tmp_path


def test_another_python_is_refused_with_what_to_do() -> None:
    with pytest.raises(SystemExit, match=r"Python 3\.11 is needed, but .* is 3\.12\. .*PYTHON="):
        install.refuse_other_versions((3, 12))


def test_python_3_11_is_accepted() -> None:
    install.refuse_other_versions((3, 11))


def test_a_second_install_does_nothing(project: Path) -> None:
    done: list[str] = []
    for _ in range(2):
        install.install_once(
            "stamp", [project / "requirements.lock"], lambda: done.append("installed")
        )
    assert done == ["installed"]


def test_a_changed_lock_is_installed_again(project: Path) -> None:
    lock = project / "requirements.lock"
    done: list[str] = []
    install.install_once("stamp", [lock], lambda: done.append("first"))
    lock.write_text("rich==15.0.1\n")
    install.install_once("stamp", [lock], lambda: done.append("second"))
    assert done == ["first", "second"]


def test_an_install_that_failed_is_tried_again(project: Path) -> None:
    lock = [project / "requirements.lock"]

    def fail() -> None:
        raise SystemExit("no network")

    with pytest.raises(SystemExit):
        install.install_once("stamp", lock, fail)
    assert install.install_once("stamp", lock, lambda: None)


def test_a_venv_that_lost_its_python_does_not_count(project: Path) -> None:
    assert not install.venv_works()


def test_without_ensurepip_a_user_is_told_the_debian_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match=r"sudo apt-get install python3\.11-venv"):
        install.ensure_venv_module()


def test_without_ensurepip_root_gets_the_debian_package(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(install, "command", lambda *arguments: commands.append(arguments))
    install.ensure_venv_module()
    assert [command[:2] for command in commands] == [("apt-get", "update"), ("apt-get", "install")]
    assert commands[-1][-1] == "python3.11-venv"


def test_a_command_that_fails_is_named(project: Path) -> None:
    with pytest.raises(SystemExit, match="This command failed: false"):
        install.command("false")

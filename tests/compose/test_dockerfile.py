"""The image, without an engine: what goes into it, and who runs it."""

from __future__ import annotations

from tests.compose.files import SERVICES, copied_from_the_project, dockerfile
from tests.conftest import ROOT


def test_every_build_of_the_compose_file_has_its_dockerfile() -> None:
    builds = {service["build"] for service in SERVICES.values() if "build" in service}
    assert builds == {"."}
    assert (ROOT / "Dockerfile").is_file()


def test_everything_copied_is_there_and_let_through() -> None:
    copied = copied_from_the_project()
    assert {"dags", "plugins", "include", "requirements.lock"} < copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    # All is shut out first, .env with it; then what is copied is let in.
    assert lines[1] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == copied


def test_both_stages_are_the_same_full_python() -> None:
    images = {words[0] for words in dockerfile("FROM")}
    assert len(images) == 1
    name, version = images.pop().split(":")
    assert name == "python"
    assert version.startswith("3.11.")
    assert version.endswith("-slim-bookworm")


def test_packages_come_from_hash_pinned_locks_only() -> None:
    installs = [" ".join(words) for words in dockerfile("RUN") if "install" in words]
    assert len(installs) == 3
    assert "--require-hashes --requirement requirements-uv.lock" in installs[0]
    assert installs[0].count("--require-hashes") == 2
    assert "--requirement requirements.lock --requirement requirements-server.lock" in installs[0]
    assert "--no-deps --no-build-isolation --editable ." in installs[1]
    assert "pip" not in installs[2]


def test_both_locks_agree() -> None:
    product, server = (pins(name) for name in ("requirements.lock", "requirements-server.lock"))
    assert [name for name in product if server.get(name, product[name]) != product[name]] == []
    # Later ones break the Celery provider.
    assert tuple(map(int, server["celery"].split("."))) < (5, 7)


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text().splitlines()
    return dict(line.rstrip(" \\").split("==") for line in lines if "==" in line)


def test_it_does_not_run_as_root() -> None:
    assert dockerfile("USER")[-1] == ["airflow"]


def test_airflow_finds_dags_and_plugins_where_they_are_copied_to() -> None:
    settings = dict(word.split("=", 1) for words in dockerfile("ENV") for word in words)
    work = dockerfile("WORKDIR")[0][0]
    assert settings["AIRFLOW__CORE__DAGS_FOLDER"] == f"{work}/dags"
    assert settings["AIRFLOW__CORE__PLUGINS_FOLDER"] == f"{work}/plugins"
    assert ["--from=build", work, work] in dockerfile("COPY")

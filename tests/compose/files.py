"""The compose file and its companions as plain data."""

from __future__ import annotations

import re
import shlex
from typing import Any

import yaml

from tests.conftest import ROOT

Service = dict[str, Any]

COMPOSE_TEXT = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, Service] = COMPOSE["services"]
OUR_IMAGE = SERVICES["scheduler"]["image"]

#: What never has a value in a file that is not secret.
SECRET = re.compile(r"PASSWORD|SECRET|KEY|CONN")
#: `${NAME}`, `${NAME:?why}`, `${NAME:-value}` → name, operator, rest; `$$` is a plain dollar.
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:\?|:-)?([^}]*)\}")


def airflow_services() -> dict[str, Service]:
    return {name: service for name, service in SERVICES.items() if service["image"] == OUR_IMAGE}


def is_long_running(service: Service) -> bool:
    return str(service["restart"]) != "no"


def variables(operator: str) -> set[str]:
    """The variables that the compose file uses with `:?` (demanded) or `:-` (has a default)."""
    return {name for name, found, _ in VARIABLE.findall(COMPOSE_TEXT) if found == operator}


def example(pattern: str) -> dict[str, str]:
    """The lines of .env.example that begin with `pattern` and then a name: name → value."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(rf"^{pattern}([A-Z_]+)=(.*)$", text, flags=re.MULTILINE))


def dockerfile(instruction: str) -> list[list[str]]:
    """The words after each such instruction of the Dockerfile."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith(f"{instruction} ")]
    return [shlex.split(line)[1:] for line in lines]


def copied_from_the_project() -> set[str]:
    """What the Dockerfile takes from the project."""
    copies = [words for words in dockerfile("COPY") if not words[0].startswith("--from")]
    return {source for words in copies for source in words[:-1]}

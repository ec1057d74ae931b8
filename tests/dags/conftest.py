from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cohorts.calendar_file import load_calendar
from ops.settings import MAUTIC_CONNECTION, WPMS_CONNECTION, connection
from sandbox.runner import Sandbox, Wpms, running_sandbox, running_wpms


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """An empty Mautic, to which the connection of the DAGs leads."""
    with running_sandbox(tmp_path) as sandbox:
        known = connection("mautic", sandbox.url, sandbox.client_id, sandbox.client_secret)
        monkeypatch.setenv(MAUTIC_CONNECTION, known)
        yield sandbox


@pytest.fixture
def wpms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wpms]:
    """Course sites without learners, to which the connection of the DAGs leads."""
    sites = [(offering.site, offering.course) for offering in load_calendar().calendar.offerings]
    with running_wpms(tmp_path, sites) as wpms:
        known = connection("wpms", wpms.url, wpms.user, wpms.password)
        monkeypatch.setenv(WPMS_CONNECTION, known)
        yield wpms

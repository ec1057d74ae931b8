"""What the contract is tried on: the sandbox as 5.2.0 and as 7.0.2, and a real Mautic if told to.

To try it on a real Mautic, make an API credential there (Settings → API Credentials, OAuth 2,
client credentials, an account with full rights) and run

    MAUTIC_URL=https://mautic.example.org MAUTIC_CLIENT_ID=… MAUTIC_CLIENT_SECRET=… \\
        .venv/bin/python -m pytest tests/contract

Every name made there holds a text unique to the run, `ct` and eight letters, and what holds it is
removed at the end: campaigns, segments, e-mails, categories, tags, contact fields, contacts.
Nothing is published but segments and contact fields, and no mail is sent. A run that is killed
leaves its things behind; search for its text to remove them. Removed contacts leave their ids used
up and traces in Mautic's audit log.

The WordPress network is the sandbox's stand-in, a WordPress on this machine with each database,
and one elsewhere if told to: make an application password for an account that is on the plugin's
list of workers, and run

    WPMS_URL=https://course.example.org WPMS_USER=… WPMS_PASSWORD=… \\
        .venv/bin/python -m pytest tests/contract -k wpms

A network elsewhere is left as it is: it is read, and sent a write-back of a wrong `rev` and offers
of an old day, both of which it must turn down. Tests that enrol or change somebody are skipped
there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from mautic_hook.client import MauticClient
from ops.wordpress.stage import DATABASES
from sandbox.runner import Wpms, running_sandbox, running_wpms
from sandbox.wpms.network import Credentials
from tests.contract.network import Network
from tests.contract.place import Place, remove_all
from tests.wordpress.stages import COURSE_SITES, handle, running_stage
from tests.wpms_hook.deeds import NOW, PASSWORD, SITES
from wpms_hook.client import WpmsClient

VERSIONS = ("5.2.0", "7.0.2")
_LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def places() -> list[object]:
    """What `place` stands for, one after the other."""
    url, *known = (
        os.environ.get(f"MAUTIC_{name}") for name in ("URL", "CLIENT_ID", "CLIENT_SECRET")
    )
    if not url or not all(known):
        return list(VERSIONS)
    return [*VERSIONS, live(url)]


def networks() -> list[object]:
    """What `network` stands for, one after the other."""
    url, *known = (os.environ.get(f"WPMS_{name}") for name in ("URL", "USER", "PASSWORD"))
    here = ["stand-in", *DATABASES]
    return [*here, live(url)] if url and all(known) else list(here)


def live(url: str) -> object:
    """The parameter for the real server at `url`; to tests all other hosts are closed."""
    host = pytest.mark.allow_hosts([urlsplit(url).hostname or "", *_LOOPBACK])
    return pytest.param("live", marks=host)


def live_client() -> MauticClient:
    """A client of the real Mautic that the environment names."""
    return MauticClient.with_oauth(
        os.environ["MAUTIC_URL"],
        os.environ["MAUTIC_CLIENT_ID"],
        os.environ["MAUTIC_CLIENT_SECRET"],
    )


@pytest.fixture(scope="session")
def open_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Place]]:
    """Opens each Mautic once, and leaves it as it was."""
    opened: dict[str, Place] = {}
    run = f"ct{secrets.token_hex(4)}"
    with ExitStack() as stack:

        def open_one(name: str) -> Place:
            if name not in opened:
                if name == "live":
                    opened[name] = Place(live_client(), run, run, None)
                else:
                    folder = tmp_path_factory.mktemp("mautic")
                    sandbox = stack.enter_context(running_sandbox(folder, name))
                    client = MauticClient.with_oauth(
                        sandbox.url, sandbox.client_id, sandbox.client_secret
                    )
                    opened[name] = Place(client, run, run, sandbox)
                stack.callback(remove_all, opened[name].client, run)
            return opened[name]

        yield open_one


@pytest.fixture(params=places())
def place(request: pytest.FixtureRequest, open_place: Callable[[str], Place]) -> Place:
    """One Mautic, with a label that only this test has."""
    found = open_place(request.param)
    label = f"{found.run}{secrets.token_hex(2)}"
    return Place(found.client, found.run, label, found.sandbox)


@pytest.fixture
def client(place: Place) -> MauticClient:
    """The client under contract."""
    return place.client


@pytest.fixture
def label(place: Place) -> str:
    """A text to put into every name; lower case, so that it can be part of an alias."""
    return place.label


@pytest.fixture(scope="session")
def open_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Wpms]]:
    """Starts each network on this machine once."""
    opened: dict[str, Wpms] = {}
    with ExitStack() as stack:

        def open_one(name: str) -> Wpms:
            if name not in opened:
                folder = tmp_path_factory.mktemp(name)
                if name == "stand-in":
                    known = Credentials("worker", PASSWORD)
                    opened[name] = stack.enter_context(running_wpms(folder, SITES, known))
                else:
                    stage = stack.enter_context(running_stage(folder, COURSE_SITES, name))
                    opened[name] = handle(stage)
            return opened[name]

        yield open_one


@pytest.fixture(params=networks())
def network(request: pytest.FixtureRequest, open_network: Callable[[str], Wpms]) -> Network:
    """One WordPress network; those on this machine with nobody enrolled and the clock at `NOW`."""
    if request.param == "live":
        url, user, password = (os.environ[f"WPMS_{name}"] for name in ("URL", "USER", "PASSWORD"))
        return Network(WpmsClient(url, user, password), url.rstrip("/"), None)
    here = open_network(request.param)
    here.reset()
    here.switch(now=NOW)
    return Network(WpmsClient(here.url, here.user, here.password), here.url, here)

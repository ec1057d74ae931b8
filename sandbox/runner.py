"""Running a stand-in server: in the foreground of a process, or in a thread of a test."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from aiohttp import web

from sandbox.app import build_app
from sandbox.mautic.auth import Credentials
from sandbox.mautic.preference_page import ASKS_FOR_CHANNELS, CHANNELS, LISTS
from sandbox.mautic.server import MauticServer
from sandbox.wpms.network import Credentials as WpmsCredentials
from sandbox.wpms.network import NotAllowedError, Site
from sandbox.wpms.server import WpmsServer

HOST = "127.0.0.1"
# Held requests must not keep a stopping server alive.
SECONDS_TO_FINISH = 0.2


def credentials_from_environment() -> Credentials:
    """The client id and secret, and those of a user without rights, from SANDBOX_* variables."""
    return Credentials(
        client_id=os.environ.get("SANDBOX_CLIENT_ID", "sandbox"),
        client_secret=os.environ.get("SANDBOX_CLIENT_SECRET", "sandbox-secret"),
        weak_client_id=os.environ.get("SANDBOX_WEAK_CLIENT_ID", "weak"),
        weak_client_secret=os.environ.get("SANDBOX_WEAK_CLIENT_SECRET", "weak-secret"),
    )


def build_mautic(state_dir: Path, mautic_version: str, credentials: Credentials) -> web.Application:
    """The stand-in Mautic with its state in `state_dir`.

    Raises ValueError for a version that is not stood in for.
    """
    return build_app(MauticServer(state_dir / "mautic.sqlite", mautic_version, credentials))


def wpms_credentials_from_environment() -> WpmsCredentials:
    """The worker's account and application password, from SANDBOX_WPMS_* variables."""
    return WpmsCredentials(
        user=os.environ.get("SANDBOX_WPMS_USER", "worker"),
        password=os.environ.get("SANDBOX_WPMS_PASSWORD", "sandbox-password"),
    )


def build_wpms(
    state_dir: Path, sites: Sequence[Site], credentials: WpmsCredentials, people: bool
) -> web.Application:
    """The stand-in WPMS with its state in `state_dir`; with `people`, invented learners."""
    return build_app(WpmsServer(state_dir / "wpms.sqlite", credentials, sites, people))


async def _start(app: web.Application, port: int) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SECONDS_TO_FINISH)
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    await site.start()
    return runner, f"http://{HOST}:{runner.addresses[0][1]}"


async def serve(*servers: tuple[str, web.Application, int]) -> None:
    """Serve each (name, application, port) until SIGTERM or SIGINT.

    Prints one line with the address for each once it listens.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runners = []
    try:
        for name, app, port in servers:
            runner, url = await _start(app, port)
            runners.append(runner)
            print(f"Sandbox {name} listens on {url}", flush=True)
        await stop.wait()
    finally:
        for runner in runners:
            await runner.cleanup()


@dataclass(frozen=True)
class StandIn:
    """A running stand-in server and its control routes."""

    url: str

    def fault(self, kind: str, **values: Any) -> None:
        """Let a fault wait for requests; `values` are the fields of `sandbox.faults.Fault`."""
        self._control("POST", "faults", {"kind": kind, **values})

    def clear_faults(self) -> None:
        """Drop all faults; held requests go on."""
        self._control("DELETE", "faults")

    def requests(self) -> list[dict[str, Any]]:
        """The requests so far: n, method, path, query, status, fault."""
        answer: list[dict[str, Any]] = self._control("GET", "requests")
        return answer

    def forget_requests(self) -> None:
        """Empty the list of requests."""
        self._control("DELETE", "requests")

    def state(self) -> dict[str, Any]:
        """Everything stored, by kind, each in order of id."""
        answer: dict[str, Any] = self._control("GET", "state")
        return answer

    def switch(self, **values: Any) -> None:
        """Change settings of the server: Mautic `api_enabled`, WPMS `now`."""
        self._control("POST", "switches", values)

    def reset(self) -> None:
        """Forget data, faults and requests. Tokens stay valid."""
        self._control("POST", "reset")

    def _control(self, method: str, name: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/_sandbox/{name}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()


@dataclass(frozen=True)
class Sandbox(StandIn):
    """A running stand-in Mautic."""

    client_id: str
    client_secret: str
    weak_client_id: str
    weak_client_secret: str

    def preference_link(self, contact: int) -> str:
        """The address of a contact's preference page, as the contact's own mails hold it."""
        return self.url + str(self._control("POST", "preference_link", {"contact": contact}))

    def save_preferences(
        self, contact: int, segments: Iterable[int] = (), email: bool = True
    ) -> None:
        """The learner ticks just these segments on the preference page, and e-mail yes or no."""
        form = [(ASKS_FOR_CHANNELS, "email"), *((LISTS, str(number)) for number in segments)]
        form += [(CHANNELS, "email")] * email
        requests.post(self.preference_link(contact), data=form, timeout=60).raise_for_status()

    def edit_contact(self, contact: int, **form: Any) -> None:
        """Staff change a contact: fields, and `tags`, of which one with a minus goes."""
        self._control("POST", "edit_contact", {"contact": contact, **form})

    def stop_mail(self, contact: int, reason: int, comment: str = "") -> None:
        """Do-not-contact for another reason than the learner's word: 2 a bounce, 3 by staff."""
        values = {"contact": contact, "reason": reason, "comment": comment}
        self._control("POST", "stop_mail", values)

    def allow_mail(self, contact: int) -> None:
        """Staff take the do-not-contact mark away."""
        self._control("POST", "allow_mail", {"contact": contact})

    def delete_contact(self, contact: int) -> None:
        """Staff delete a contact."""
        self._control("POST", "delete_contact", {"contact": contact})

    def merge_contacts(self, loser: int, winner: int) -> None:
        """Staff merge a contact into another one, whose id stays."""
        self._control("POST", "merge_contacts", {"loser": loser, "winner": winner})

    def hold_back(self, log: str) -> int | None:
        """The newest row of `audit_log`, `lead_event_log` or `lead_donotcontact` is not seen until
        `release`, as if its transaction were slow; its id, None in an empty log."""
        row_id: int | None = self._control("POST", "hold_back", {"log": log})
        return row_id

    def release(self) -> None:
        """Rows that were held back are seen."""
        self._control("POST", "release", {})

    def purge(self, log: str, through: int) -> None:
        """Take the rows of `audit_log` or `lead_event_log` away up to this id."""
        self._control("POST", "purge", {"log": log, "through": through})


@dataclass(frozen=True)
class Wpms(StandIn):
    """A running stand-in WPMS.

    A `learner` is a user id or an e-mail address, a `site` a blog id or a path. What WordPress
    does not let a person do raises NotAllowedError.
    """

    user: str
    password: str
    learner_password: str

    def register(self, email: str, **profile: Any) -> int:
        """Make an account without any course; returns the user id.

        `profile`: first_name, last_name, country, timezone, email_ok.
        """
        return int(self._act("register", email=email, **profile))

    def enrol(self, email: str, site: int | str, **profile: Any) -> int:
        """Enrol a learner, with a new account of that profile if need be; returns the user id."""
        return int(self._act("enrol", email=email, site=site, **profile))

    def leave(self, learner: int | str, site: int | str) -> None:
        """End an enrolment."""
        self._act("leave", learner=learner, site=site)

    def role(self, learner: int | str, site: int | str, role: str) -> None:
        """Give a member another role: `subscriber` is a learner, any other is staff."""
        self._act("role", learner=learner, site=site, role=role)

    def choose(self, learner: int | str, site: int | str, choice: str) -> None:
        """Choose among the offers of the course: `is` or the key of a cohort."""
        self._act("choose", learner=learner, site=site, choice=choice)

    def profile(self, learner: int | str, **profile: Any) -> None:
        """Change a profile: email, first_name, last_name, country, timezone, email_ok."""
        self._act("profile", learner=learner, **profile)

    def archive(self, site: int | str, archived: bool = True) -> None:
        """Archive a course site, or take it back."""
        self._act("archive", site=site, archived=archived)

    def link(self, site: int | str, on: bool) -> None:
        """Switch the link between a course site and Mautic."""
        self._act("link", site=site, on=on)

    def add_site(self, path: str, title: str) -> int:
        """Make a course site that is linked to Mautic; returns its blog id. A reset removes it."""
        return int(self._act("add_site", path=path, title=title))

    def delete_site(self, site: int | str) -> None:
        """Delete a course site, as WordPress does: all members leave first."""
        self._act("delete_site", site=site)

    def delete_account(self, learner: int | str) -> None:
        """Delete an account."""
        self._act("delete_account", learner=learner)

    def seed(self, learners: int) -> None:
        """Enrol so many new learners, one course each in turn; the same ones every time."""
        self._act("seed", learners=learners)

    def rows(self) -> list[dict[str, Any]]:
        """All rows, as the route `enrolments` gives them."""
        rows: list[dict[str, Any]] = self.state()["enrolments"]
        return rows

    def _act(self, action: str, **arguments: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/{action}", json=arguments, timeout=60)
        if answer.status_code == 400:
            raise NotAllowedError(answer.json()["error"])
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running_sandbox(
    state_dir: Path | str,
    mautic_version: str = "7.0.2",
    credentials: Credentials | None = None,
) -> Iterator[Sandbox]:
    """Run the stand-in Mautic in a thread of this process, on a free port.

    The data is in `state_dir`; running it again on the same folder goes on with the same data.
    """
    known = credentials or credentials_from_environment()
    with _in_a_thread(build_mautic(Path(state_dir), mautic_version, known)) as url:
        yield Sandbox(
            url,
            known.client_id,
            known.client_secret,
            known.weak_client_id,
            known.weak_client_secret,
        )


@contextmanager
def running_wpms(
    state_dir: Path | str,
    sites: Sequence[tuple[str, ...]],
    credentials: WpmsCredentials | None = None,
    people: bool = False,
) -> Iterator[Wpms]:
    """Run the stand-in WPMS in a thread of this process, on a free port.

    `sites`: (path, title) of each course site, and its zone if that is not Pacific/Auckland. Their
    ids are 2, 3, …; their links are on. With `people`, invented learners are enrolled.
    The data is in `state_dir`; running it again on the same folder goes on with the same data.
    """
    known = credentials or wpms_credentials_from_environment()
    app = build_wpms(Path(state_dir), [Site(*each) for each in sites], known, people)
    with _in_a_thread(app) as url:
        yield Wpms(url, known.user, known.password, known.learner_password)


@contextmanager
def _in_a_thread(app: web.Application) -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sandbox", daemon=True)
    thread.start()
    runner, url = asyncio.run_coroutine_threadsafe(_start(app, 0), loop).result()
    try:
        yield url
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

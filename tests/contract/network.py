"""A WordPress network that the client is tried on."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sandbox.runner import Wpms
from wpms_hook.client import WpmsClient
from wpms_hook.courses import CourseSite, list_courses
from wpms_hook.learners import look_up


@dataclass(frozen=True)
class Network:
    """One network, and the client that speaks to it as its worker."""

    client: WpmsClient
    url: str
    stand_in: Wpms | None

    @property
    def people(self) -> Wpms:
        """What people do there. Skips the test on a real network, where nobody is touched."""
        if self.stand_in is None:
            pytest.skip("It enrols or changes somebody, which is done on the stand-in only.")
        return self.stand_in

    @property
    def worker(self) -> WpmsClient:
        """The client, for writes that change something. Skips the test on a real network."""
        assert self.people
        return self.client

    def course(self) -> CourseSite:
        """A course site. Skips the test where there is none."""
        courses = list_courses(self.client)
        if not courses:
            pytest.skip("This network has no course site yet.")
        return courses[0]

    def learner(self, email: str, path: str = "") -> WpmsClient:
        """A client that is signed in as a learner, on the site at `path`."""
        return WpmsClient(self.url + path, email, self.people.learner_password)

    def stranger(self) -> WpmsClient:
        """A client without credentials."""
        client = WpmsClient(self.url, "", "")
        client.transport.session.auth = None
        return client

    def user(self, email: str) -> int:
        """The user id of a learner."""
        return look_up(self.client, [email])[email]

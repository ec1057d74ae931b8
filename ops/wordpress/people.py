"""The invented learners of the sandbox, as WordPress lets them enrol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.wpms.network import Site
from sandbox.wpms.seed import people_of


def enrolments(sites: Sequence[Site]) -> Iterator[dict[str, Any]]:
    """A few in each course, the same ones as on the stand-in; the first of each chose `is`."""
    for index, site in enumerate(sites):
        for place, (email, profile) in enumerate(people_of(index)):
            choice = "is" if place == 0 else None
            yield {"email": email, "site": site.path, "profile": profile, "choice": choice}

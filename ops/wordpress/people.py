"""The invented learners of the sandbox, as WordPress lets them enrol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.wpms.network import Site
from sandbox.wpms.seed import NO_MAIL_PLEASE, PEOPLE, PER_SITE


def enrolments(sites: Sequence[Site]) -> Iterator[dict[str, Any]]:
    """A few in each course, the same ones as on the stand-in; the first of each chose `is`."""
    for index, site in enumerate(sites):
        for place in range(PER_SITE):
            name, first, last, country, zone = PEOPLE[(index * 3 + place) % len(PEOPLE)]
            profile = {"first_name": first, "last_name": last, "country": country, "timezone": zone}
            yield {
                "email": f"{name}@example.org",
                "site": site.path,
                "profile": {**profile, "email_ok": name != NO_MAIL_PLEASE},
                "choice": "is" if place == 0 else None,
            }

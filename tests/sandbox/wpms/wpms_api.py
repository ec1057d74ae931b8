"""A small client of a stand-in WPMS, for its tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from sandbox.runner import Wpms, running_wpms

LIDA = "/lida101/"
IPM = "/ipm101/"
SITES = [(LIDA, "LiDA101"), (IPM, "IPM101", "America/Lima")]
REST = "/wp-json/course-sync/v1/"

Plain = dict[str, Any]


@dataclass(frozen=True)
class Api:
    """A client of the worker: `api.get("status")` answers with a `requests.Response`."""

    wpms: Wpms
    user: str
    password: str

    def call(self, method: str, route: str, body: Any = None, site: str = "") -> requests.Response:
        return requests.request(
            method,
            self.wpms.url + site + REST + route,
            json=body,
            auth=(self.user, self.password),
            timeout=30,
        )

    def get(self, route: str) -> requests.Response:
        return self.call("GET", route)

    def put(self, route: str, body: Any) -> requests.Response:
        return self.call("PUT", route, body)

    def post(self, route: str, body: Any) -> requests.Response:
        return self.call("POST", route, body)

    def dirty(self) -> list[tuple[int, int]]:
        """The keys of the work list."""
        return [key_of(row) for row in self.get("enrolments?dirty=1&per_page=1000").json()]

    def row(self, user_id: int, blog_id: int = 2) -> Plain:
        """One row of the snapshot."""
        rows: list[Plain] = self.get(f"enrolments?blog_id={blog_id}&per_page=1000").json()
        return next(row for row in rows if row["user_id"] == user_id)

    def write_back(self, *rows: Plain, **values: Any) -> Plain:
        """Write rows back as `linked` with a contact, or with other values."""
        answer = self.put("statuses", [written_back(row, **values) for row in rows])
        assert answer.status_code == 200
        result: Plain = answer.json()
        return result

    def sign_up(self, email: str, site: str = LIDA, **profile: Any) -> int:
        """A learner who is enrolled and in step."""
        user_id = self.wpms.enrol(email, site, **profile)
        blog_id = 2 if site == LIDA else 3
        self.write_back(self.row(user_id, blog_id))
        return user_id


def written_back(row: Plain, **values: Any) -> Plain:
    """An entry of `PUT statuses`."""
    return {
        "blog_id": row["blog_id"],
        "user_id": row["user_id"],
        "rev": row["rev"],
        "state": "linked",
        "delivery": "is",
        "cohort": None,
        "segment": "lida101-is-course-oeru-20180101-wp",
        "contact_id": 70 + row["user_id"],
        "tags": ["lida101-oeru-is"],
        "reason": None,
        **values,
    }


def key_of(row: Plain) -> tuple[int, int]:
    return row["blog_id"], row["user_id"]


def of_worker(wpms: Wpms) -> Api:
    return Api(wpms, wpms.user, wpms.password)


def of_learner(wpms: Wpms, email: str) -> Api:
    return Api(wpms, email, wpms.learner_password)


@contextmanager
def running(folder: Path) -> Iterator[Wpms]:
    """A stand-in with two course sites: 2 in Auckland, 3 in Lima."""
    with running_wpms(folder, SITES) as wpms:
        yield wpms


def offer(key: str, join_until: str | None = None) -> Plain:
    """An offer: `is`, or a cohort by its start."""
    if key == "is":
        empty = {"start": None, "end": None, "join_until": None}
        return {"key": "is", "label": "Independent study", "delivery": "is", **empty}
    start = f"{key[:4]}-{key[4:6]}-{key[6:]}"
    return {
        "key": key,
        "label": f"Cohort of {start}",
        "delivery": "cohort",
        "start": start,
        "end": None,
        "join_until": join_until,
    }


def offers(as_of: str, *entries: Plain) -> Plain:
    return {"as_of": as_of, "course": "LiDA101", "partner": "OERu", "offers": list(entries)}


def refused(answer: requests.Response, status: int, naming: str = "") -> None:
    """Assert a WordPress error of that status."""
    body = answer.json()
    assert (answer.status_code, body["data"]["status"]) == (status, status), body
    assert body.keys() == {"code", "message", "data"}
    assert naming in body["message"]

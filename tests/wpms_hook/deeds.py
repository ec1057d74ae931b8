"""Every kind of call the client makes, each on a network prepared for it, and what it must leave.

`method` and `path` say which of its requests a fault is to hit; `tried` is how an error names it;
`left` counts in the network what must be there exactly once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.runner import Wpms
from wpms_hook.client import ROUTES, WpmsClient
from wpms_hook.courses import Offer, list_courses, put_offers, read_status
from wpms_hook.enrolments import Status, read_enrolments, write_statuses
from wpms_hook.learners import Learner, enrol, erase_learner, look_up, put_learners

PASSWORD = "canarypass"
SECRET_EMAIL = "ann.canarylearner@example.org"
SECRET_NAME = "Canaryname"
OTHER_EMAIL = "bob.canarylearner@example.org"
SITES = [("/lida101/", "LiDA101"), ("/ipm101/", "IPM101")]
LIDA, IPM = 2, 3
ANN, BOB = 1, 2
NOW = "2018-12-05T09:00:00"
TODAY = date(2018, 12, 5)
IS = Offer("is", "Independent study", "is")
COHORT = Offer(
    "20181205", "5 Dec 2018", "cohort", date(2018, 12, 5), date(2018, 12, 21), date(2018, 12, 7)
)
State = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Deed:
    """One kind of call. `do` returns what must be the same whether a fault came between or not."""

    name: str
    method: str
    route: str
    do: Callable[[WpmsClient], Any]
    tried: str
    left: Callable[[State], int] = lambda state: 1

    @property
    def path(self) -> str:
        """The path of its request, for a fault."""
        return f"{ROUTES}{self.route}$"

    def label(self) -> str:
        """The name for the test report."""
        return self.name.replace(" ", "-")


def prepare(wpms: Wpms) -> None:
    """What the deeds need: Ann on one course, Bob with an account only; a clock that stands."""
    wpms.switch(now=NOW)
    wpms.enrol(SECRET_EMAIL, LIDA, first_name=SECRET_NAME, last_name=SECRET_NAME)
    wpms.register(OTHER_EMAIL)


def status_of(user_id: int = ANN, blog_id: int = LIDA, rev: int = 1) -> Status:
    """What the sync writes back for a learner it has signed up."""
    return Status(
        blog_id,
        user_id,
        rev,
        "linked",
        delivery="is",
        segment="lida101-is-course-oeru-20181205-wp",
        contact_id=77,
        tags=("lida101-oeru-is",),
    )


DEEDS = [
    Deed("status", "GET", "/status", read_status, "read the status of the network"),
    Deed("courses", "GET", "/courses", list_courses, "read all course sites"),
    Deed(
        "offers",
        "PUT",
        "/courses/2/offers",
        lambda c: put_offers(c, LIDA, TODAY, "LiDA101", "OERu", [IS, COHORT]),
        "set the offers of site 2",
        lambda state: sum(len(row["offers"]) == 2 for row in state["courses"]),
    ),
    Deed(
        "enrolments",
        "GET",
        "/enrolments",
        lambda c: list(read_enrolments(c, dirty=True)),
        "read enrolments",
    ),
    Deed(
        "statuses",
        "PUT",
        "/statuses",
        lambda c: write_statuses(c, [status_of()]),
        "write back 1 enrolments",
        lambda state: sum(row["synced_rev"] == row["rev"] for row in state["enrolments"]),
    ),
    Deed(
        "learners",
        "PUT",
        "/learners",
        lambda c: put_learners(c, [Learner(BOB, email_ok=False)]),
        "write what learners said (1)",
        lambda state: sum(not row["email_ok"] for row in state["accounts"]),
    ),
    Deed(
        "enrol",
        "POST",
        "/enrolments",
        lambda c: enrol(c, OTHER_EMAIL, IPM),
        "enrol an account on site 3",
        lambda state: sum(row["blog_id"] == IPM for row in state["enrolments"]),
    ),
    Deed(
        "erase",
        "DELETE",
        "/learners/1",
        lambda c: erase_learner(c, ANN),
        "mark user 1 to be erased",
        lambda state: sum(row["erase"] and not row["enrolled"] for row in state["enrolments"]),
    ),
    Deed(
        "look up",
        "POST",
        "/lookup",
        lambda c: look_up(c, [SECRET_EMAIL, "nobody@example.org"]),
        "look up 2 accounts",
    ),
]

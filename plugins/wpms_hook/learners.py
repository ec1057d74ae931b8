"""Learners: what they said in Mautic, who has an account, enrolling one who has, erasing one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from transport.errors import DoubtfulWriteError
from transport.pieces import pieces
from wpms_hook.client import ROUTES, WpmsClient
from wpms_hook.enrolments import Enrolment, enrolment_of
from wpms_hook.shapes import list_of, number, number_or_none, shape_of, text

#: The most learners, and the most addresses, that the plugin takes in one call.
MAX_LEARNERS = 500
MAX_EMAILS = 1000


class Word(NamedTuple):
    """Something a learner said: about one course site, or about e-mail when `blog_id` is None."""

    user_id: int
    blog_id: int | None = None


class Seen(NamedTuple):
    """A row of the learner as it was when it was decided that the word in Mautic counts."""

    blog_id: int
    rev: int


@dataclass(frozen=True, slots=True)
class Learner:
    """What a learner said in Mautic: whether to get e-mail, and how to study by course site.

    That is an offer's key, or `cohort`: with a cohort, whichever comes next. With `seen` it also
    goes before what was said in WordPress by then.
    """

    user_id: int
    email_ok: bool | None = None
    choices: Mapping[int, str] = field(default_factory=dict)
    seen: Seen | None = None

    @property
    def words(self) -> list[Word]:
        """All that was said, one by one."""
        about_email = [] if self.email_ok is None else [Word(self.user_id)]
        return about_email + [Word(self.user_id, blog_id) for blog_id in self.choices]


@dataclass(frozen=True, slots=True)
class WrittenLearners:
    """What became of each word. `newer`: the learner has since said otherwise in WordPress.

    `missing`: not enrolled there, or, when the word names no course site, no such account.
    """

    saved: frozenset[Word]
    missing: frozenset[Word]
    newer: frozenset[Word]


def put_learners(client: WpmsClient, learners: Sequence[Learner]) -> WrittenLearners:
    """Writes what learners said in Mautic, 500 at a time; makes no row dirty.

    Writing the same again leaves the same, so after doubt it is sent again. Raises
    `DoubtfulWriteError` for an answer in which words are missing.
    """
    parts = [_put(client, piece) for piece in pieces(learners, MAX_LEARNERS)]
    return WrittenLearners(
        saved=frozenset(word for part in parts for word in part.saved),
        missing=frozenset(word for part in parts for word in part.missing),
        newer=frozenset(word for part in parts for word in part.newer),
    )


def enrol(client: WpmsClient, email: str, blog_id: int) -> Enrolment:
    """Enrols the account with this address; one that is enrolled already stays as it is.

    Raises `NotFoundError` when there is no such account or course site. After doubt it is sent
    again: nobody is enrolled twice.
    """
    tried, route = f"enrol an account on site {blog_id}", f"POST {ROUTES}/enrolments"
    answer = client.post("/enrolments", {"email": email, "blog_id": blog_id}, tried=tried)
    with shape_of(answer, "an enrolment", tried=tried, route=route) as row:
        return enrolment_of(row)


def erase_learner(client: WpmsClient, user_id: int) -> int:
    """Lets a learner leave all courses and marks the rows, so that the next sync erases them.

    How many rows are left to be erased; repeating it is harmless. Raises `NotFoundError` when there
    is neither such an account nor a row that it left.
    """
    tried, route = f"mark user {user_id} to be erased", f"DELETE {ROUTES}/learners/{user_id}"
    answer = client.delete(f"/learners/{user_id}", tried=tried)
    with shape_of(answer, "how many rows are left", tried=tried, route=route) as body:
        return number(body["rows"])


def look_up(client: WpmsClient, emails: Iterable[str]) -> dict[str, int]:
    """Which addresses have an account: user ids by address in lower case; 1000 a call.

    It is a POST so that no address gets into the logs of a web server; it changes nothing.
    """
    wanted = list(dict.fromkeys(email.strip().lower() for email in emails if email.strip()))
    found: dict[str, int] = {}
    for piece in pieces(wanted, MAX_EMAILS):
        tried, route = f"look up {len(piece)} accounts", f"POST {ROUTES}/lookup"
        answer = client.post("/lookup", {"emails": piece}, tried=tried)
        with shape_of(answer, "a list of accounts", tried=tried, route=route) as rows:
            found |= {text(row["email"]).lower(): number(row["user_id"]) for row in list_of(rows)}
    return found


def _put(client: WpmsClient, learners: Sequence[Learner]) -> WrittenLearners:
    tried, route = f"write what learners said ({len(learners)})", f"PUT {ROUTES}/learners"
    answer = client.put("/learners", [_body(learner) for learner in learners], tried=tried)
    with shape_of(answer, "what became of each word", tried=tried, route=route) as body:
        saved, missing, newer = (
            frozenset(map(_word, body[name])) for name in ("saved", "missing", "newer")
        )
    told = saved | missing | newer
    for word in (word for learner in learners for word in learner.words):
        if word not in told and Word(word.user_id) not in missing:
            said = "the answer does not tell what became of each word"
            raise DoubtfulWriteError(tried, route, said, status=answer.status)
    return WrittenLearners(saved, missing, newer)


def _body(learner: Learner) -> dict[str, Any]:
    choices = [{"blog_id": blog_id, "choice": key} for blog_id, key in learner.choices.items()]
    body: dict[str, Any] = {"user_id": learner.user_id, "choices": choices}
    body |= {} if learner.email_ok is None else {"email_ok": learner.email_ok}
    return body | ({"seen": learner.seen._asdict()} if learner.seen else {})


def _word(row: Mapping[str, Any]) -> Word:
    return Word(number(row["user_id"]), number_or_none(row.get("blog_id")))

"""Enrolments: the ledger of the sync. A row whose `rev` is ahead of its `synced_rev` is dirty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from transport.errors import DoubtfulWriteError, TransientError
from transport.pieces import pieces
from transport.redaction import redact
from wpms_hook.client import ROUTES, WpmsClient
from wpms_hook.shapes import (
    Delivery,
    State,
    delivery,
    flag,
    list_of,
    moment_or_none,
    number,
    number_or_none,
    shape_of,
    state,
    text,
    text_or_none,
)

#: The most rows the plugin gives and takes in one call.
MAX_ROWS = 1000
#: The most contacts, or accounts, that one call is asked for.
MAX_IDS = 200
#: Stands on every page but the last.
_MORE = "X-Course-Sync-Next"


class RowKey(NamedTuple):
    """Which row: a course site and a learner. Rows come in this order."""

    blog_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One learner on one course site: who, what they chose, and what was last written back.

    With `erase` Mautic has to delete the learner, and then the row goes.
    `choice` is an offer's key, `cohort` for any cohort, and None when nothing was chosen. All
    instants are UTC. From `state` on it is the state that the sync wrote.
    """

    blog_id: int
    user_id: int
    email: str = field(repr=False)
    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    country: str
    timezone: str
    email_ok: bool
    enrolled: bool
    enrolled_gmt: datetime | None
    left_gmt: datetime | None
    erase: bool
    choice: str | None
    choice_gmt: datetime | None
    rev: int
    synced_rev: int
    state: State
    delivery: Delivery | None
    cohort: str | None
    segment: str | None
    contact_id: int | None
    tags: tuple[str, ...]
    reason: str | None
    synced_gmt: datetime | None

    @property
    def key(self) -> RowKey:
        """Which row this is."""
        return RowKey(self.blog_id, self.user_id)

    @property
    def dirty(self) -> bool:
        """Whether it has changed since it was last written back."""
        return self.rev > self.synced_rev


@dataclass(frozen=True, slots=True)
class Status:
    """What to write back to a row as it was at `rev`; `reason` is for the states that need one."""

    blog_id: int
    user_id: int
    rev: int
    state: State
    delivery: Delivery | None = None
    cohort: str | None = None
    segment: str | None = None
    contact_id: int | None = None
    tags: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def key(self) -> RowKey:
        """Which row this is for."""
        return RowKey(self.blog_id, self.user_id)


@dataclass(frozen=True, slots=True)
class WrittenStatuses:
    """What became of each row: `stale` ones have changed meanwhile and stay dirty.

    `missing` are gone, which one sent again after doubt may be because it was saved: the row of a
    deleted account or an erased learner goes when it is written back. `invalid` ones come with the
    plugin's reason.
    """

    saved: frozenset[RowKey]
    missing: frozenset[RowKey]
    stale: frozenset[RowKey]
    invalid: Mapping[RowKey, str]


def read_enrolments(
    client: WpmsClient,
    *,
    dirty: bool = False,
    erase: bool = False,
    blog_id: int | None = None,
    state: State | None = None,
    contact_ids: Sequence[int] = (),
    user_ids: Sequence[int] = (),
    per_page: int = MAX_ROWS,
) -> Iterator[list[Enrolment]]:
    """The rows in the order of their keys, a page at a time; no page is empty.

    `dirty` gives the work list: rows to be synced. Without it all rows come; with `erase` those of
    learners to be erased, with `contact_ids` those that were written to one of these contacts, with
    `user_ids` those of these accounts (at most 200 of each). Pages go on from the last key, so rows
    that are written back meanwhile make no gap.
    Raises `TransientError` for a page that is short or does not go on: that is never taken for the
    end.
    """
    tried, route = "read enrolments", f"GET {ROUTES}/enrolments"
    tried += f" of {len(contact_ids)} contacts" if contact_ids else ""
    tried += f" of {len(user_ids)} accounts" if user_ids else ""
    asked: dict[str, str | int] = {"per_page": per_page}
    asked |= {"dirty": 1} if dirty else {}
    asked |= {"erase": 1} if erase else {}
    asked |= {"blog_id": blog_id} if blog_id is not None else {}
    asked |= {"state": state} if state is not None else {}
    asked |= {"contact_ids": ",".join(map(str, contact_ids))} if contact_ids else {}
    asked |= {"user_ids": ",".join(map(str, user_ids))} if user_ids else {}
    after = RowKey(0, 0)
    while True:
        params = {**asked, "after_blog": after.blog_id, "after_user": after.user_id}
        answer = client.get("/enrolments", tried=tried, params=params)
        with shape_of(answer, "a page of enrolments", tried=tried, route=route) as rows:
            page = [enrolment_of(row) for row in list_of(rows)]
        keys = [after, *(row.key for row in page)]
        if keys != sorted(set(keys)):
            said = f"the page after {_named(after)} does not go on from there"
            raise TransientError(tried, route, said)
        if _MORE in answer.headers and len(page) != per_page:
            said = f"{len(page)} rows came after {_named(after)}, and {per_page} were due"
            raise TransientError(tried, route, said)
        if page:
            yield page
        if len(page) < per_page:
            return
        # A full page without the header may be one that lost it on the way; the next one tells.
        after = page[-1].key


def rows_of_contacts(client: WpmsClient, contact_ids: Iterable[int]) -> list[Enrolment]:
    """All rows that were written to one of these contacts; 200 a call."""
    parts = pieces(sorted(set(contact_ids)), MAX_IDS)
    pages = (read_enrolments(client, contact_ids=part) for part in parts)
    return list(chain.from_iterable(chain.from_iterable(pages)))


def rows_of_accounts(client: WpmsClient, user_ids: Iterable[int]) -> list[Enrolment]:
    """All rows of these accounts; 200 a call."""
    parts = pieces(sorted(set(user_ids)), MAX_IDS)
    pages = (read_enrolments(client, user_ids=part) for part in parts)
    return list(chain.from_iterable(chain.from_iterable(pages)))


def write_statuses(client: WpmsClient, rows: Sequence[Status]) -> WrittenStatuses:
    """Writes rows back, 1000 at a time: they are in step where `rev` still matches.

    Writing the same again leaves the same, so after doubt it is sent again, and a caller whom an
    error met may do so too. Raises `DoubtfulWriteError` for an answer in which rows are missing.
    """
    parts = [_write(client, piece) for piece in pieces(rows, MAX_ROWS)]
    return WrittenStatuses(
        saved=frozenset(key for part in parts for key in part.saved),
        missing=frozenset(key for part in parts for key in part.missing),
        stale=frozenset(key for part in parts for key in part.stale),
        invalid={key: why for part in parts for key, why in part.invalid.items()},
    )


def _write(client: WpmsClient, rows: Sequence[Status]) -> WrittenStatuses:
    tried, route = f"write back {len(rows)} enrolments", f"PUT {ROUTES}/statuses"
    answer = client.put("/statuses", [asdict(row) for row in rows], tried=tried)
    with shape_of(answer, "what became of each row", tried=tried, route=route) as body:
        saved, missing, stale = ([*map(_key, body[n])] for n in ("saved", "missing", "stale"))
        invalid = [(_key(row), _problems(row)) for row in body["invalid"]]
    told = Counter([*saved, *missing, *stale, *(key for key, _ in invalid)])
    if told != Counter(row.key for row in rows):
        said = "the answer does not tell of each row once what became of it"
        raise DoubtfulWriteError(tried, route, said, status=answer.status)
    return WrittenStatuses(frozenset(saved), frozenset(missing), frozenset(stale), dict(invalid))


def _key(row: Mapping[str, Any]) -> RowKey:
    return RowKey(number(row["blog_id"]), number(row["user_id"]))


def _problems(row: Mapping[str, Any]) -> str:
    problems = row.get("problems") or {}
    words = "; ".join(f"{name}: {why}" for name, why in problems.items())
    return redact(words) or "no reason given"


def _named(key: RowKey) -> str:
    return f"site {key.blog_id}, user {key.user_id}"


def enrolment_of(row: Mapping[str, Any]) -> Enrolment:
    """An enrolment out of the plugin's JSON; call it within `shape_of`."""
    return Enrolment(
        blog_id=number(row["blog_id"]),
        user_id=number(row["user_id"]),
        email=text(row["email"]),
        first_name=text(row["first_name"]),
        last_name=text(row["last_name"]),
        country=text(row["country"]),
        timezone=text(row["timezone"]),
        email_ok=flag(row["email_ok"]),
        enrolled=flag(row["enrolled"]),
        enrolled_gmt=moment_or_none(row["enrolled_gmt"]),
        left_gmt=moment_or_none(row["left_gmt"]),
        erase=flag(row["erase"]),
        choice=text_or_none(row["choice"]),
        choice_gmt=moment_or_none(row["choice_gmt"]),
        rev=number(row["rev"]),
        synced_rev=number(row["synced_rev"]),
        state=state(row["state"]),
        delivery=delivery(row["delivery"]) if row["delivery"] else None,
        cohort=text_or_none(row["cohort"]),
        segment=text_or_none(row["segment"]),
        contact_id=number_or_none(row["contact_id"]),
        tags=tuple(text(tag) for tag in list_of(row["tags"])),
        reason=text_or_none(row["reason"]),
        synced_gmt=moment_or_none(row["synced_gmt"]),
    )

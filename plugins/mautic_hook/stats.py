"""The statistics: what changed in Mautic since an id, and who is in which segments.

The one way to find changes, since `date_modified` never moves (6.0 to 7.1). Rows may become visible
later than rows with higher ids, and old ones are cleaned away: see `bounds` and `fell_behind`. The
moments are UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from mautic_hook.client import MauticClient
from transport.errors import TransientError
from transport.pieces import pieces

Log = Literal["audit_log", "lead_event_log"]
Typed = TypeVar("Typed")
#: A column, how to compare it, and with what.
Condition = tuple[str, str, str]

_PAGE = 5000
#: So many ids fit into the address of a request.
_CONTACTS = 200


@dataclass(frozen=True, slots=True)
class ContactChange:
    """A contact was created, edited, tagged, deleted or merged (recording stats_audit_log).

    `action` is create, update, identified, delete or merge; after the last two the id is of nobody.
    What changed is told in PHP's own writing, with personal data, and not read.
    """

    id: int
    contact_id: int
    action: str
    at: datetime
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """A contact came into a segment or went out of it, by whatever way."""

    id: int
    contact_id: int
    segment_id: int
    added: bool
    at: datetime
    by: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewRefusal:
    """A do-not-contact mark (recording stats_lead_donotcontact).

    There is a row while the mark stands. One whose reason changed may have kept its id, and one
    that was lifted has none: both are told by `contact_changes` only.
    """

    id: int
    contact_id: int
    channel: str
    reason: int
    comment: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Membership:
    """A contact is in a segment, put there by hand or by the filter (recording perm_stats)."""

    segment_id: int
    contact_id: int
    by_hand: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and the highest id of a log."""

    first: int
    last: int


def contact_changes(client: MauticClient, after: int) -> list[ContactChange]:
    """The changes of contacts with an id above `after`, in order of id."""
    return _contact_changes(client, after, ())


def segment_changes(client: MauticClient, after: int) -> list[SegmentChange]:
    """The changes of segments' members with an id above `after`, in order of id."""
    return _segment_changes(client, after, ())


def segment_changes_of(
    client: MauticClient, segment_id: int, contact_ids: Iterable[int]
) -> list[SegmentChange]:
    """How these contacts came into one segment and went out of it, as far as the log goes back."""
    found = []
    for part in pieces(sorted(set(contact_ids)), _CONTACTS):
        of = (("object_id", "eq", str(segment_id)), ("lead_id", "in", _csv(part)))
        found += _segment_changes(client, 0, of)
    return found


def last_changes(
    client: MauticClient, contact_ids: Iterable[int], segment_id: int | None = None
) -> dict[int, datetime]:
    """When these contacts were last changed by others than us, as far as the logs go back.

    Fields, tags and do-not-contact count, and with `segment_id` coming into that segment and going
    out of it. What we write stands in the logs under our own name (recordings self,
    stats_audit_log).
    """
    ids = sorted(set(contact_ids))
    changes: list[ContactChange | SegmentChange] = []
    for part in pieces(ids, _CONTACTS):
        changes += _contact_changes(client, 0, (("object_id", "in", _csv(part)),))
    if segment_id is not None:
        changes += segment_changes_of(client, segment_id, ids)
    ours = _our_names(client) if changes else set()
    last: dict[int, datetime] = {}
    for change in changes:
        if change.by not in ours:
            last[change.contact_id] = max(change.at, last.get(change.contact_id, change.at))
    return last


def new_refusals(client: MauticClient, after: int) -> list[NewRefusal]:
    """The do-not-contact marks that stand and have an id above `after`, in order of id."""
    return _refusals(client, after, ())


def last_refusals(client: MauticClient, contact_ids: Iterable[int]) -> dict[int, datetime]:
    """When the do-not-contact marks for e-mail were made that these contacts have."""
    found: list[NewRefusal] = []
    for part in pieces(sorted(set(contact_ids)), _CONTACTS):
        of = (("channel", "eq", "email"), ("lead_id", "in", _csv(part)))
        found += _refusals(client, 0, of)
    return {refusal.contact_id: refusal.at for refusal in found}


def bounds(client: MauticClient, log: Log) -> Bounds | None:
    """The lowest and the highest id of a log that can be seen; None when it has no rows."""
    tried, ends = f"read the ends of {log}", []
    for direction in ("asc", "desc"):
        params = {**_by("id", direction), "limit": 1}
        rows, total = client.page(_path(log), "stats", tried=tried, params=params)
        if not total:
            return None
        ends += _typed(rows, lambda row: int(row["id"]), 1, log, tried)[:1]
    return Bounds(*ends)


def fell_behind(cursor: int, there: Bounds | None) -> bool:
    """Whether rows after `cursor` may be gone: cleaned away, or all ids begin anew.

    May say so where none is, since rows also go with the contacts that they are of.
    """
    if there is None:
        return cursor > 0
    return cursor > there.last or cursor < there.first - 1


def memberships(client: MauticClient, contact_ids: Iterable[int]) -> list[Membership]:
    """The segments that these contacts are in (shapes as in recording stats_list_members)."""
    ids = sorted(set(contact_ids))
    return [found for part in pieces(ids, _CONTACTS) for found in _memberships(client, part)]


def _memberships(client: MauticClient, ids: Sequence[int]) -> list[Membership]:
    log, tried = "lead_lists_leads", "read the segments of contacts"
    where = {
        "where[0][col]": "lead_id",
        "where[0][expr]": "in",
        "where[0][val]": _csv(ids),
    }
    params = {**where, **_by("lead_id"), "limit": _PAGE}
    rows, total = client.page(_path(log), "stats", tried=tried, params=params)
    if total > _PAGE and len(ids) > 1:
        middle = len(ids) // 2
        return _memberships(client, ids[:middle]) + _memberships(client, ids[middle:])

    def membership(row: Mapping[str, str]) -> Membership | None:
        by_hand, segment = row["manually_added"] == "1", int(row["leadlist_id"])
        found = Membership(segment, int(row["lead_id"]), by_hand, _moment(row))
        return None if row["manually_removed"] == "1" else found

    found = _typed(rows, membership, total, log, tried)
    return [each for each in found if each is not None]


def _contact_changes(
    client: MauticClient, after: int, where: Sequence[Condition]
) -> list[ContactChange]:
    def change(row: Mapping[str, str]) -> ContactChange:
        contact, by = int(row["object_id"]), row["user_name"]
        return ContactChange(int(row["id"]), contact, row["action"], _moment(row), by)

    of_contacts = (("bundle", "eq", "lead"), ("object", "eq", "lead"), *where)
    return _rows_after(client, "audit_log", after, of_contacts, change)


def _segment_changes(
    client: MauticClient, after: int, where: Sequence[Condition]
) -> list[SegmentChange]:
    def change(row: Mapping[str, str]) -> SegmentChange:
        contact, segment = int(row["lead_id"]), int(row["object_id"])
        added, by = {"added": True, "removed": False}[row["action"]], row.get("user_name", "")
        return SegmentChange(int(row["id"]), contact, segment, added, _moment(row), by)

    of_segments = (("bundle", "eq", "lead"), ("object", "eq", "segment"), *where)
    return _rows_after(client, "lead_event_log", after, of_segments, change)


def _refusals(client: MauticClient, after: int, where: Sequence[Condition]) -> list[NewRefusal]:
    def refusal(row: Mapping[str, str]) -> NewRefusal:
        said = row["channel"], int(row["reason"]), row.get("comments", "")
        return NewRefusal(int(row["id"]), int(row["lead_id"]), *said, _moment(row))

    return _rows_after(client, "lead_donotcontact", after, where, refusal)


def _our_names(client: MauticClient) -> set[str]:
    """The names that our own writes have in the logs."""
    body = client.get("/api/users/self", tried="ask Mautic who we are")
    body = body if isinstance(body, dict) else {}
    return {f"{body.get('firstName')} {body.get('lastName')}", str(body.get("username"))}


def _rows_after(
    client: MauticClient,
    table: str,
    after: int,
    where: Sequence[Condition],
    make: Callable[[Mapping[str, str]], Typed],
) -> list[Typed]:
    tried = f"read {table} after {after}"
    params: dict[str, str | int] = {**_by("id")}
    for number, parts in enumerate(where, 1):
        names = zip(("col", "expr", "val"), parts, strict=True)
        params |= {f"where[{number}][{name}]": part for name, part in names}
    rows = client.rows_after(_path(table), "stats", after, tried=tried, page=_PAGE, params=params)
    return _typed(rows, make, len(rows), table, tried)


def _typed(
    rows: Sequence[Mapping[str, str]],
    make: Callable[[Mapping[str, str]], Typed],
    count: int,
    table: str,
    tried: str,
) -> list[Typed]:
    """Raises `TransientError` for fewer rows than `count`, or one that lacks what it must have."""
    route = f"GET {_path(table)}"
    if len(rows) < count:
        said = f"only {len(rows)} of {count} rows came, so they are not used"
        raise TransientError(tried, route, said)
    try:
        return [make(row) for row in rows]
    except (KeyError, TypeError, ValueError):
        raise TransientError(tried, route, f"a row is not one of {table}") from None


def _by(column: str, direction: str = "asc") -> dict[str, Any]:
    return {"order[0][col]": column, "order[0][dir]": direction}


def _csv(ids: Sequence[int]) -> str:
    return ",".join(map(str, ids))


def _path(table: str) -> str:
    return f"/api/stats/{table}"


def _moment(row: Mapping[str, str]) -> datetime:
    return datetime.strptime(row["date_added"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)

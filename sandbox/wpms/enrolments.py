"""The ledger: one row per course site and learner. Every change makes `rev` grow."""

import json
from typing import Any

from sandbox.store import Row
from sandbox.wpms.network import Network

Plain = dict[str, Any]

FIELDS = (
    "blog_id user_id email first_name last_name country timezone email_ok enrolled enrolled_gmt"
    " left_gmt erase choice choice_gmt rev synced_rev state delivery cohort segment contact_id tags"
    " reason synced_gmt"
).split()
YES_OR_NO = ("email_ok", "enrolled", "erase")
KEY = "blog_id = ? AND user_id = ?"
# Only these are learners; staff are members of a course site too.
LEARNER_ROLES = ("subscriber",)
DIRTY = "rev > synced_rev AND outstanding"


def change_rows(network: Network, where: str, values: tuple[Any, ...], **columns: Any) -> None:
    """Change rows: `rev` grows in SQL, so that no change made meanwhile is ever lost."""
    sets = "".join(f"{name} = ?, " for name in columns)
    network.store.run(
        f"UPDATE enrolments SET {sets}"
        " dirty_gmt = CASE WHEN rev > synced_rev THEN dirty_gmt ELSE ? END, rev = rev + 1"
        f" WHERE {where}",
        *columns.values(),
        network.gmt(),
        *values,
    )


def enrol(network: Network, blog_id: int, user_id: int) -> bool:
    """Make a learner a member of a course site; False when they are already.

    Whoever comes back starts anew: the earlier choice counts no more.
    """
    row = find(network, blog_id, user_id)
    if row is not None and row["enrolled"]:
        return False
    now = network.gmt()
    if row is None:
        network.store.insert(
            "enrolments", blog_id=blog_id, user_id=user_id, enrolled_gmt=now, dirty_gmt=now
        )
        return True
    change_rows(
        network,
        KEY,
        (blog_id, user_id),
        enrolled=1,
        enrolled_gmt=now,
        left_gmt=None,
        choice=None,
        choice_gmt=None,
        state="pending",
    )
    return True


def leave(network: Network, blog_id: int, user_id: int) -> bool:
    """End a membership; False when there is none."""
    row = find(network, blog_id, user_id)
    if row is None or not row["enrolled"]:
        return False
    change_rows(network, KEY, (blog_id, user_id), enrolled=0, left_gmt=network.gmt())
    return True


def set_role(network: Network, blog_id: int, user_id: int, role: str) -> bool:
    """Give a member of a course site a role; whether that enrols the learner or ends it."""
    return (enrol if role in LEARNER_ROLES else leave)(network, blog_id, user_id)


def find(network: Network, blog_id: int, user_id: int) -> Row | None:
    """The row of a learner on a course site."""
    return network.store.row(f"SELECT * FROM ledger WHERE {KEY}", blog_id, user_id)


def rows_json(network: Network, where: str, *values: Any, limit: int = -1) -> list[Plain]:
    """Rows in order of (blog_id, user_id); every one without a limit."""
    sql = f"SELECT * FROM ledger WHERE {where} ORDER BY blog_id, user_id LIMIT ?"
    return [row_json(row) for row in network.store.rows(sql, *values, limit)]


def row_json(row: Row) -> Plain:
    """A row as the route `enrolments` gives it."""
    plain = {name: row[name] for name in FIELDS}
    for name in YES_OR_NO:
        plain[name] = bool(plain[name])
    plain["tags"] = json.loads(plain["tags"])
    return plain

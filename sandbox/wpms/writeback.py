"""What the sync writes: the state of rows after a run, and what learners said in Mautic."""

import json
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from sandbox.store import Row
from sandbox.wpms.accounts import forget_if_synced
from sandbox.wpms.checks import Choice, RowKey, Said, Seen, Status, problems_of
from sandbox.wpms.enrolments import DIRTY, KEY, change_rows, find
from sandbox.wpms.network import Network

Plain = dict[str, Any]
Answer = dict[str, list[Plain]]

IN_MAUTIC = ("linked", "waiting", "optedout")
# Of who was erased and had come back meanwhile nothing stays but the new enrolment.
AS_NEW: Plain = {
    **{"erase": 0, "signed_up": 0, "synced_rev": 0, "state": "pending", "tags": "[]"},
    **dict.fromkeys(("delivery", "cohort", "segment", "contact_id", "reason", "synced_gmt")),
}


def write_statuses(network: Network, entries: Iterable[tuple[RowKey, Plain]]) -> Answer:
    """Write rows back; each ends in one of the lists saved, missing, stale, invalid, by its key."""
    answer: Answer = {"saved": [], "missing": [], "stale": [], "invalid": []}
    for key, entry in entries:
        try:
            result, problems = _write(network, Status.model_validate(entry)), {}
        except ValidationError as wrong:
            result, problems = "invalid", {"problems": problems_of(wrong)}
        answer[result].append({**key.model_dump(), **problems})
    return answer


def _write(network: Network, new: Status) -> str:
    row = find(network, new.blog_id, new.user_id)
    if row is None:
        return "missing"
    if row["rev"] != new.rev:
        _remember_contact(network, new)
        return "stale"
    deleted = network.store.value("SELECT deleted FROM accounts WHERE id = ?", new.user_id)
    if row["erase"] and row["enrolled"]:
        change_rows(network, KEY, (new.blog_id, new.user_id), **AS_NEW)
    elif row["erase"] or deleted:
        network.store.run(f"DELETE FROM enrolments WHERE {KEY}", new.blog_id, new.user_id)
        forget_if_synced(network, new.user_id)
    else:
        _save(network, row, new)
    return "saved"


def _save(network: Network, row: Row, new: Status) -> None:
    """Put the row in step. A contact once known is only ever replaced by another."""
    signed_up = row["signed_up"] or new.state in IN_MAUTIC
    network.store.run(
        "UPDATE enrolments SET synced_rev = rev, synced_gmt = ?, state = ?, delivery = ?,"
        " cohort = ?, segment = ?, contact_id = coalesce(?, contact_id), tags = ?, reason = ?,"
        f" signed_up = ? WHERE {KEY}",
        network.gmt(),
        new.state,
        new.delivery,
        new.cohort,
        new.segment,
        new.contact_id,
        json.dumps(new.tags or [], ensure_ascii=False),
        new.reason,
        int(signed_up and new.state != "left"),
        new.blog_id,
        new.user_id,
    )


def _remember_contact(network: Network, new: Status) -> None:
    """A learner may leave while being signed up: the leave must still reach Mautic."""
    if new.state in IN_MAUTIC:
        network.store.run(
            "UPDATE enrolments SET signed_up = 1, contact_id = coalesce(?, contact_id)"
            f" WHERE {KEY}",
            new.contact_id,
            new.blog_id,
            new.user_id,
        )


def write_learners(network: Network, learners: list[Said]) -> Answer:
    """Take over what learners said in Mautic, without making rows dirty.

    Each word is answered by itself in saved, missing or newer: `{user_id}` for the e-mail,
    `{user_id, blog_id}` for a choice. Newer is what the learner said in WordPress and the sync has
    neither taken over yet nor, as it says in `seen`, weighed.
    """
    answer: Answer = {"saved": [], "missing": [], "newer": []}
    for said in learners:
        sql = "SELECT * FROM accounts WHERE id = ? AND NOT deleted"
        account = network.store.row(sql, said.user_id)
        if account is None:
            answer["missing"].append({"user_id": said.user_id})
            continue
        if said.email_ok is not None:
            result = _write_email_ok(network, account, said.email_ok, said.seen)
            answer[result].append({"user_id": said.user_id})
        for each in said.choices:
            result = _write_choice(network, each, said)
            answer[result].append({"user_id": said.user_id, "blog_id": each.blog_id})
    return answer


def _write_email_ok(network: Network, account: Row, email_ok: bool, seen: Seen | None) -> str:
    sql = f"SELECT *, ({DIRTY}) AS unsent FROM ledger WHERE user_id = ?"
    rows = network.store.rows(sql, account["id"])
    # A word about e-mail is in all rows of the account: to have seen it in one is enough.
    weighed = [row for row in rows if seen and row["blog_id"] == seen.blog_id] or rows
    newer = [r for r in weighed if r["unsent"] and r["email_rev"] > _known_rev(r, seen)]
    if account["email_ok"] != email_ok and newer:
        return "newer"
    network.store.update("accounts", account["id"], email_ok=email_ok)
    return "saved"


def _write_choice(network: Network, said: Choice, learner: Said) -> str:
    row = find(network, said.blog_id, learner.user_id)
    if row is None or not row["enrolled"]:
        return "missing"
    if row["choice"] == said.choice:
        return "saved"
    if row["choice_rev"] > _known_rev(row, learner.seen):
        return "newer"
    network.store.run(
        f"UPDATE enrolments SET choice = ?, choice_gmt = ? WHERE {KEY}",
        said.choice,
        network.gmt(),
        said.blog_id,
        learner.user_id,
    )
    return "saved"


def _known_rev(row: Row, seen: Seen | None) -> int:
    """Up to which `rev` the sync knows a row."""
    synced: int = row["synced_rev"]
    return max(synced, seen.rev) if seen and seen.blog_id == row["blog_id"] else synced

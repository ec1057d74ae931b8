"""The steps of erasing learners, as the DAGs call them: plain values in, plain data out.

Nothing here holds a name or an address: learners are told by their user number.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from cohort_sync.erasing import Erased, erase_marked, preview
from cohort_sync.errors import RefusedThingsError
from mautic_hook.client import MauticClient
from transport.errors import NotFoundError
from wpms_hook.client import WpmsClient
from wpms_hook.learners import erase_learner

log = logging.getLogger(__name__)

Receipt = dict[str, Any]


def mark(wpms: WpmsClient, users: Sequence[int]) -> dict[str, int | None]:
    """Marks learners; by user how many rows are to be erased, None when there is nobody."""
    return {str(user): _mark(wpms, user) for user in dict.fromkeys(users)}


def _mark(wpms: WpmsClient, user: int) -> int | None:
    try:
        return erase_learner(wpms, user)
    except NotFoundError as error:
        if error.error_type != "course_sync_no_account":
            raise
        return None


def erase(
    mautic: MauticClient, wpms: WpmsClient, marked: Mapping[str, int | None]
) -> list[Receipt]:
    """Erases learners who were marked, and gives a receipt for each."""
    users = {int(user) for user, rows in marked.items() if rows}
    erased = {one.user_id: one for one in erase_marked(mautic, wpms, users)} if users else {}
    receipts = [_receipt(user, rows, erased.get(int(user))) for user, rows in marked.items()]
    for receipt in receipts:
        log.info("%s", in_words(receipt))
    return receipts


def _receipt(user: str, rows: int | None, erased: Erased | None) -> Receipt:
    """`rows` were marked; nothing is left of them when an earlier try has erased them."""
    contact = "was gone" if rows else "none"
    left = erased.left if erased else 0
    return {
        "user": int(user),
        "known": rows is not None,
        "marked": rows or 0,
        "contact": erased.contact if erased else contact,
        "dropped": (rows or 0) - left,
        "left": left,
        "reason": erased.reason if erased else "",
    }


def in_words(receipt: Receipt) -> str:
    """A receipt for people."""
    if not receipt["known"]:
        return "user {user}: there is no such account, and nothing left of one".format(**receipt)
    words = (
        "user {user}: {marked} rows marked, contact {contact}, {dropped} rows dropped, {left} left"
    )
    told = words.format(**receipt)
    return f"{told}: {receipt['reason']}" if receipt["reason"] else told


def tell_preview(
    mautic: MauticClient, wpms: WpmsClient, users: Sequence[int] | None
) -> list[Receipt]:
    """What would become of learners; without `users`, of all who are marked. Writes nothing."""
    found = preview(mautic, wpms, users)
    for one in found:
        log.info("user %d: %d rows; contact would be %s", one.user_id, one.left, one.contact)
    return [_receipt(str(one.user_id), one.left, one) for one in found]


def erase_all(mautic: MauticClient, wpms: WpmsClient) -> list[Receipt]:
    """Erases everybody who is marked; who could not be erased is told and stays marked."""
    erased = erase_marked(mautic, wpms)
    for one in erased:
        words = "user %d: contact %s, %d rows left to erase. %s"
        level = logging.WARNING if one.left else logging.INFO
        log.log(level, words, one.user_id, one.contact, one.left, one.reason)
    return [{"user": one.user_id, "contact": one.contact, "left": one.left} for one in erased]


def check_receipts(receipts: Sequence[Receipt]) -> None:
    """Raises `RefusedThingsError` when a learner is not there or rows are left to do."""
    bad = [in_words(one) for one in receipts if one["left"] or not one["known"]]
    if bad:
        raise RefusedThingsError("\n".join(bad))

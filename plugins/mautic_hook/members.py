"""Members of static segments, put in and taken out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from mautic_hook.client import MauticClient
from transport.errors import DoubtfulWriteError, RightsError
from transport.pieces import pieces

#: Mautic takes 800 ids too, at 120-260 a second.
_AT_ONCE = 200

Done = TypeVar("Done")


def add_members(client: MauticClient, segment_id: int, contact_ids: Iterable[int]) -> set[int]:
    """Puts contacts into a segment; the ids of those that Mautic does not have (any more).

    Repeating it changes nothing (recordings segment_add_contacts_batch, segment_add_contact_again),
    so after doubt it is done again. Raises `RightsError` for an unpublished segment (recording
    segment_add_unpublished).
    """
    ids = list(dict.fromkeys(contact_ids))
    return {lost for part in pieces(ids, _AT_ONCE) for lost in _add(client, segment_id, list(part))}


def remove_member(client: MauticClient, segment_id: int, contact_id: int) -> None:
    """Takes a contact out of a segment (recording segment_remove_contact).

    Repeating it changes nothing, so after doubt it is done again. Raises `NotFoundError` for a
    contact or segment that is gone, `RightsError` for an unpublished segment.
    """
    path = f"/api/segments/{segment_id}/contact/{contact_id}/remove"
    tried = f"take contact {contact_id} out of segment {segment_id}"

    def remove() -> None:
        answer = client.post(path, None, tried=tried)
        if not (isinstance(answer.json, dict) and answer.json.get("success")):
            said = "the answer does not say that it was done"
            raise DoubtfulWriteError(tried, f"POST {path}", said, status=answer.status)

    _settled(client, remove)


def _add(client: MauticClient, segment_id: int, ids: list[int]) -> list[int]:
    path = f"/api/segments/{segment_id}/contacts/add"
    tried = f"put {len(ids)} contacts into segment {segment_id}"

    def add() -> list[int]:
        answer = client.post(path, {"ids": ids}, tried=tried)
        details = answer.json.get("details") if isinstance(answer.json, dict) else None
        if not isinstance(details, dict) or not details.keys() >= set(map(str, ids)):
            said = "the answer does not tell what became of each contact"
            raise DoubtfulWriteError(tried, f"POST {path}", said, status=answer.status)
        return [one for one in ids if not details[str(one)].get("success")]

    return _settled(client, add)


def _settled(client: MauticClient, post: Callable[[], Done]) -> Done:
    try:
        return client.transport.settled(lambda doubts: post())
    except RightsError as error:
        advice = "Publish the segment if it is unpublished, else give the account more rights"
        raise RightsError(error.tried, error.route, error.said, advice, error.status) from None

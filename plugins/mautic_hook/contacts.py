"""Contacts: many looked up by exact e-mail at once, many written at once, each with its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from mautic_hook.batches import IN_FLIGHT, MAX_ROWS, RowAnswer, row_answers
from mautic_hook.client import MauticClient
from transport.errors import NotFoundError
from transport.pieces import pieces

#: A look-up goes into the address of a request, and web servers refuse one of more than 8 KB.
_LONGEST_LIST = 3000
#: What PHP's FILTER_SANITIZE_EMAIL lets through.
_KEPT = re.compile(r"[A-Za-z0-9!#$%&'*+=?^_`{|}~@.\[\]-]+")
#: Mautic's reasons for do-not-contact: said by the learner on the preference page or by the link in
#: a mail; told by a mail that came back; said by staff, or by us with a comment of ours.
BY_LEARNER, BOUNCED, MANUAL = 1, 2, 3
_PAGE = 500
_NOT_KEPT = "Mautic would make this e-mail another one; see `keeps_email`"

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A do-not-contact mark as the contact shows it: who said it is told by `reason`.

    When it was said is not told here but in the statistics (recording contact_get_dnc).
    """

    channel: str
    reason: int
    comment: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as far as we use it. `no_email` is true when it must not be mailed.

    `refusals` are the marks of all channels; there is one a channel at most.
    """

    id: int
    email: str = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)
    tags: frozenset[str]
    no_email: bool
    refusals: tuple[Refusal, ...] = ()


def find_by_email(client: MauticClient, emails: Iterable[str]) -> dict[str, list[Contact]]:
    """The contacts of these addresses, by address in lower case; several where there are twins.

    Mautic's own search takes `_` and `%` as wildcards (recording find_us), so the list operator
    is used and what comes is compared exactly, without case. Addresses that it cannot find
    (a comma; on 5.2 an apostrophe, recording find_apos) are searched one by one.
    """
    wanted = dict.fromkeys(email.strip().lower() for email in emails if email.strip())
    odd = [email for email in wanted if "," in email or _missed(client, email)]
    plain = [email for email in wanted if email not in set(odd)]
    found: dict[str, list[Contact]] = {email: [] for email in wanted}
    searches = [{_WHERE + "[expr]": "in", _WHERE + "[val]": part} for part in _lists(plain)]
    searches += [{"search": f'email:"{email}"'} for email in odd]
    for search in searches:
        params = {_WHERE + "[col]": "email", **search} if "search" not in search else search
        tried = "look up contacts by e-mail"
        rows = client.rows("/api/contacts", "contacts", tried=tried, page=_PAGE, params=params)
        for contact in map(contact_of, rows):
            if contact.email.lower() in found:
                found[contact.email.lower()].append(contact)
    return found


def find_by_id(client: MauticClient, ids: Iterable[int]) -> dict[int, Contact]:
    """The contacts that still have these ids (recording list_ids)."""
    found: dict[int, Contact] = {}
    for part in _lists([str(one) for one in dict.fromkeys(ids)]):
        tried = "look up contacts by id"
        params = {"search": f"ids:{part}"}
        rows = client.rows("/api/contacts", "contacts", tried=tried, page=_PAGE, params=params)
        found.update((contact.id, contact) for contact in map(contact_of, rows))
    return found


def find_by_tags(client: MauticClient, tags: Iterable[str]) -> dict[int, Contact]:
    """All contacts that carry any of these tags, in any case of letters, by id.

    Read tag by tag and paged by id (recordings list_tag_quoted, list_where_id_gt_keyset). Mautic's
    search takes `_` and `%` as wildcards, so what comes is compared.
    """
    wanted = {tag.lower() for tag in tags}
    found: dict[int, Contact] = {}
    for tag in sorted(wanted):
        tried = f"read the contacts with tag {tag}"
        params = {"search": f'tag:"{tag}"', "orderBy": "id", "orderByDir": "asc"}
        rows = client.rows_after(
            "/api/contacts", "contacts", 0, tried=tried, page=_PAGE, params=params
        )
        for contact in map(contact_of, rows):
            if not wanted.isdisjoint(one.lower() for one in contact.tags):
                found[contact.id] = contact
    return found


def create_contacts(client: MauticClient, rows: Sequence[Fields]) -> list[RowAnswer]:
    """Sends rows 200 a request, two requests at a time; the answers, row by row.

    Mautic merges a row into the contact with its e-mail (status 200 instead of 201). Every row
    needs an e-mail and no id: else Mautic would make a contact that nobody can find again
    (recording contact_new_empty), so that is a `ValueError` here; so is an e-mail that Mautic
    does not keep. No two rows may be of one contact. After a `DoubtfulWriteError` read the
    contacts back before sending them again.
    """
    for row in rows:
        email = str(row.get("email") or "").strip()
        if not email or "id" in row:
            raise ValueError("a contact to create needs an e-mail and no id")
        if not keeps_email(email):
            raise ValueError(_NOT_KEPT)
    return _send(client, "POST", "/api/contacts/batch/new", rows)


def edit_contacts(client: MauticClient, rows: Sequence[Fields]) -> list[RowAnswer]:
    """Changes contacts by `id`, as `create_contacts` does; only what is sent changes.

    `-tag` removes a tag.

    `""` and null are ignored unless the row says `overwriteWithBlank`. A row without id
    or with an e-mail that Mautic does not keep is a `ValueError`. Errors as for `create_contacts`.
    """
    for row in rows:
        if not isinstance(row.get("id"), int):
            raise ValueError("a contact to edit needs its id")
        if row.get("email") and not keeps_email(str(row["email"]).strip()):
            raise ValueError(_NOT_KEPT)
    return _send(client, "PATCH", "/api/contacts/batch/edit", rows)


def stop_mail(client: MauticClient, contact_id: int, comment: str) -> None:
    """Puts a contact on do-not-contact for e-mail (recording dnc_add). Repeating it is harmless."""
    path = f"/api/contacts/{contact_id}/dnc/email/add"
    body = {"reason": MANUAL, "comments": comment}
    client.post(path, body, tried=f"stop e-mail to contact {contact_id}")


def lift_stop(client: MauticClient, contact_id: int) -> None:
    """Takes a contact's do-not-contact mark for e-mail away (recording dnc_remove).

    Mautic takes away whatever mark is there, so read the contact first. After a
    `DoubtfulWriteError` read it again: a mark that is there by then may be a new one.
    """
    path = f"/api/contacts/{contact_id}/dnc/email/remove"
    client.post(path, None, tried=f"allow e-mail to contact {contact_id}")


def delete_contact(client: MauticClient, contact_id: int) -> bool:
    """Deletes a contact; False when it was gone already (recording contact_delete_404).

    After doubt it is sent again: when it is gone by then, it was us.
    """

    def send(doubts: int) -> bool:
        path = f"/api/contacts/{contact_id}/delete"
        try:
            client.delete(path, tried=f"delete contact {contact_id}")
        except NotFoundError:
            return doubts > 0
        return True

    return client.transport.settled(send)


def keeps_email(email: str) -> bool:
    """Whether Mautic stores this e-mail as it is.

    It drops letters that it does not like, and then writes to whoever has the rest as e-mail:
    ünï@example.org becomes n@example.org (recording mail_ünï_example_org).
    """
    return _KEPT.fullmatch(email) is not None


def contact_of(row: Mapping[str, Any]) -> Contact:
    """A contact out of Mautic's JSON, whose fields may be an empty list."""
    fields = row.get("fields")
    values = fields.get("all") if isinstance(fields, dict) else None
    values = values if isinstance(values, dict) else {}
    refusals = tuple(map(_refusal, row.get("doNotContact") or ()))
    return Contact(
        id=int(row["id"]),
        email=str(values.get("email") or ""),
        fields=values,
        tags=frozenset(str(tag["tag"]) for tag in row.get("tags") or ()),
        no_email=any(refusal.channel == "email" for refusal in refusals),
        refusals=refusals,
    )


def _refusal(entry: Mapping[str, Any]) -> Refusal:
    comment = str(entry.get("comments") or "")
    return Refusal(str(entry["channel"]), int(entry["reason"]), comment)


_WHERE = "where[0]"


def _send(client: MauticClient, method: str, path: str, rows: Sequence[Fields]) -> list[RowAnswer]:
    call = client.post if method == "POST" else client.patch

    def send(part: Sequence[Fields]) -> list[RowAnswer]:
        tried = f"write {len(part)} contacts"
        answer = call(path, [dict(row) for row in part], tried=tried)
        return row_answers(answer, "contacts", len(part), tried=tried, route=f"{method} {path}")

    # Leaving the block waits for every request: an error never leaves one behind in flight.
    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        return list(chain.from_iterable(threads.map(send, pieces(rows, MAX_ROWS))))


def _missed(client: MauticClient, email: str) -> bool:
    return client.quirks.where_misses_apostrophe and "'" in email


def _lists(items: Sequence[str]) -> Iterator[str]:
    """`items` joined by commas, in pieces that fit into an address."""
    piece = ""
    for item in items:
        if piece and len(piece) + len(item) > _LONGEST_LIST:
            yield piece
            piece = ""
        piece = f"{piece},{item}" if piece else item
    if piece:
        yield piece

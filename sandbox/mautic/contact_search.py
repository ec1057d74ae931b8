"""Lists of contacts: `search`, and `where` and `order` by SQL names."""

import re
from typing import Any

from sandbox.mautic import listing
from sandbox.mautic.answers import Reply
from sandbox.mautic.call import Call, Mautic, truth
from sandbox.mautic.contact_fields import fields_of
from sandbox.mautic.contact_json import Shapes, contacts_json
from sandbox.mautic.membership import members

NAMES = (
    "id",
    "is_published",
    "date_added",
    "date_modified",
    "date_identified",
    "created_by",
    "modified_by",
)
WORDS_ARE_FOUND_IN = ("firstname", "lastname", "email", "company", "city", "country")
TERM = re.compile(r'(?P<not>!?)(?:(?P<command>\w+):)?(?:"(?P<quoted>[^"]*)"|(?P<plain>\S+))')

Condition = tuple[str, list[Any]]


def list_contacts(mautic: Mautic, call: Call) -> Reply:
    """The list_* and find_* recordings. `total` is text; no contacts are an empty object."""
    columns = _columns(mautic)
    condition, values = listing.where(mautic, call.query.get("where"), columns)
    text = call.query.get("search")
    if isinstance(text, str) and text:
        found, more = _search(mautic, text)
        condition, values = f"({condition}) AND ({found})", values + more
    total = mautic.store.value(f"SELECT count(*) FROM contacts WHERE {condition}", *values)
    # Without an order the most recently active come first: paging by `start` is not by id.
    ordering = listing.order(call, columns, "last_active DESC, id")
    rows = mautic.store.rows(
        f"SELECT * FROM contacts WHERE {condition} ORDER BY {ordering} LIMIT ? OFFSET ?",
        *values,
        *listing.page(call),
    )
    if truth(call.query.get("minimal")):
        shapes = Shapes(mautic)
        shown = [shapes.minimal(row) for row in rows]
    else:
        shown = contacts_json(mautic, rows)
    return Reply(200, {"total": str(total), "contacts": {str(each["id"]): each for each in shown}})


def _columns(mautic: Mautic) -> dict[str, str]:
    """Mautic puts these into SQL as they are, so `l.` before them works too (list_where_l_prefix)
    and `dateModified` does not (list_where_modified)."""
    names = [*NAMES, *(field.alias for field in fields_of(mautic))]
    return {name: name for name in names} | {f"l.{name}": name for name in names}


def _search(mautic: Mautic, text: str) -> Condition:
    """Alternatives between ` OR `, each of them terms that must all hold."""
    alternatives: list[str] = []
    values: list[Any] = []
    for part in text.split(" OR "):
        terms = [_term(mautic, match) for match in TERM.finditer(part)]
        alternatives.append(" AND ".join(sql for sql, _ in terms) or "1")
        values += [value for _, found in terms for value in found]
    return " OR ".join(f"({alternative})" for alternative in alternatives), values


def _term(mautic: Mautic, match: re.Match[str]) -> Condition:
    """One term. Text is LIKE, so `_` and `%` stand for any letters (find_us); without quotes
    anything may follow."""
    if match["not"]:
        # `!tag:x` finds everybody (list_search_not_tag).
        return "1", []
    command, quoted = match["command"], match["quoted"]
    text = match["plain"] if quoted is None else quoted
    pattern = f"{text}%" if quoted is None else text
    if command == "is" and text == "anonymous":
        return "date_identified IS NULL", []
    if command == "ids":
        ids = [int(each) for each in text.split(",") if each.isdigit()]
        return f"id IN ({', '.join('?' * len(ids))})", list(ids)
    if command == "segment":
        return _in_segment(mautic, text)
    if command == "tag":
        sql = "SELECT contact_id FROM contact_tags JOIN tags ON id = tag_id WHERE tag LIKE ?"
        return f"id IN ({sql} ESCAPE '\\')", [pattern]
    if command in {field.alias for field in fields_of(mautic)}:
        return f"{command} LIKE ? ESCAPE '\\'", [pattern]
    word = f"%{match.group()}%" if command else f"%{text}%"
    likes = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in WORDS_ARE_FOUND_IN)
    return f"({likes})", [word] * len(WORDS_ARE_FOUND_IN)


def _in_segment(mautic: Mautic, alias: str) -> Condition:
    """Nobody is in a segment that does not exist (list_search_segment_missing)."""
    parts, values = ["0"], []
    for segment in mautic.store.rows("SELECT id FROM segments WHERE alias = ?", alias):
        sql, found = members(mautic, segment["id"])
        parts.append(f"id IN ({sql})")
        values += found
    return f"({' OR '.join(parts)})", values

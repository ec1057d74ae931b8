"""Lists: `where`, `search`, `order`, `start`, `limit`, as query parameters become SQL."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sandbox.mautic.answers import RefusedError, crash
from sandbox.mautic.call import Call, Mautic
from sandbox.store import Row

COMPARISONS = {
    "eq": "=",
    "neq": "<>",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "like": "LIKE",
    "notLike": "NOT LIKE",
}
DEFAULT_LIMIT = 30

Condition = tuple[str, list[Any]]


def php_query(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Query parameters nested as PHP does: `where[0][col]=id` → {"where": {"0": {"col": "id"}}}."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        first, *rest = re.findall(r"^[^\[]+|(?<=\[)[^\]]*(?=\])", key) or [key]
        branch, name = tree, first
        for step in rest:
            deeper = branch.setdefault(name, {})
            if not isinstance(deeper, dict):
                deeper = branch[name] = {}
            branch, name = deeper, step or str(len(deeper))
        branch[name] = value
    return tree


def where(mautic: Mautic, conditions: Any, columns: Mapping[str, str]) -> Condition:
    """`where[...]` as SQL.

    Raises RefusedError with a 500 for a column or value that Mautic's SQL would not take
    (list_where_bad_col, find_where_in).
    """
    parts: list[str] = []
    values: list[Any] = []
    for condition in _items(conditions):
        part, found = _comparison(mautic, condition, columns)
        parts.append(part)
        values += found
    return " AND ".join(parts) or "1", values


def _comparison(mautic: Mautic, condition: Any, columns: Mapping[str, str]) -> Condition:
    if not isinstance(condition, dict):
        raise RefusedError(crash())
    expression, value = condition.get("expr", "eq"), condition.get("val")
    if expression in ("andX", "orX"):
        inner = [_comparison(mautic, part, columns) for part in _items(value)]
        glue = " AND " if expression == "andX" else " OR "
        return (
            "(" + (glue.join(sql for sql, _ in inner) or "1") + ")",
            [each for _, values in inner for each in values],
        )
    column = columns.get(str(condition.get("col", "")))
    if column is None:
        raise RefusedError(crash())
    if expression in ("isNull", "isNotNull"):
        return f"{column} IS {'NOT ' if expression == 'isNotNull' else ''}NULL", []
    if not isinstance(value, str):
        raise RefusedError(crash())
    if mautic.version.where_escapes_apostrophe:
        value = value.replace("'", "&#39;")
    if expression in ("in", "notIn"):
        listed = [each.strip() for each in value.split(",")]
        negation = "NOT " if expression == "notIn" else ""
        return f"{column} {negation}IN ({', '.join('?' * len(listed))})", listed
    if expression not in COMPARISONS:
        raise RefusedError(crash())
    escape = " ESCAPE '\\'" if expression in ("like", "notLike") else ""
    return f"{column} {COMPARISONS[expression]} ?{escape}", [value]


def order(call: Call, columns: Mapping[str, str], default: str) -> str:
    """`order[n][col|dir]`, or `orderBy` with `orderByDir`, as SQL; an unknown column is a 500
    (list_orderby_bad)."""
    wanted = [
        (str(each.get("col")), str(each.get("dir", "asc")))
        for each in _items(call.query.get("order"))
        if isinstance(each, dict)
    ]
    if not wanted and "orderBy" in call.query:
        wanted = [(str(call.query["orderBy"]), str(call.query.get("orderByDir", "asc")))]
    if any(name not in columns for name, _ in wanted):
        raise RefusedError(crash())
    parts = [
        f"{columns[name]} {'DESC' if direction.lower() == 'desc' else 'ASC'}"
        for name, direction in wanted
    ]
    return ", ".join(parts) or default


def page(call: Call, default: int = DEFAULT_LIMIT) -> tuple[int, int]:
    """(limit, start). `limit=0` is taken as no limit; the recording list_limit0 does not tell."""
    limit = _number(call.query.get("limit"), default)
    return limit or -1, _number(call.query.get("start"), 0)


def select(
    mautic: Mautic,
    call: Call,
    table: str,
    columns: Mapping[str, str],
    searched: Sequence[str] = (),
) -> tuple[int, list[Row]]:
    """The number of rows that match a list call, and those on the page asked for.

    `columns` maps the names that `where` and `order` may use to SQL columns; `searched` are the
    columns in which `search` looks for its text.
    """
    condition, values = where(mautic, call.query.get("where"), columns)
    text = call.query.get("search")
    if searched and isinstance(text, str) and text:
        likes = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in searched)
        condition = f"({condition}) AND ({likes})"
        values = values + [f"%{text}%"] * len(searched)
    total = mautic.store.value(f"SELECT count(*) FROM {table} WHERE {condition}", *values)
    ordering = order(call, columns, "id")
    rows = mautic.store.rows(
        f"SELECT * FROM {table} WHERE {condition} ORDER BY {ordering} LIMIT ? OFFSET ?",
        *values,
        *page(call),
    )
    return int(total), rows


def _items(nested: Any) -> list[Any]:
    return list(nested.values()) if isinstance(nested, dict) else []


def _number(value: Any, default: int) -> int:
    return int(value) if isinstance(value, str) and value.isdigit() else default

"""The statistics: rows of Mautic's tables as they are, every value as text, nothing for null.

Four tables are stood in for; the others that Mautic has are empty.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.mautic import listing
from sandbox.mautic.answers import RefusedError, Reply
from sandbox.mautic.call import Call, Mautic, Route
from sandbox.mautic.membership import fill
from sandbox.store import Row

# The columns of each table (stats_tables); kept as 7.0.2 has them.
TABLES = Path(__file__).with_name("stats_tables.json")
ONLY_SINCE_VERSIONED = {"campaign_lead_event_log": ("date_queued", "version")}
# Those with ids of their own, whose rows can be held back.
LOGS = ("audit_log", "lead_event_log", "lead_donotcontact")
STOOD_IN_FOR = (*LOGS, "lead_lists_leads")
DEFAULT_LIMIT = 100


def show_tables(mautic: Mautic, call: Call) -> Reply:
    """stats_tables; also for a table that is none (stats_leads, stats_lead_tags_xref)"""
    columns = dict(_columns())
    if not mautic.version.event_log_is_versioned:
        for table, names in ONLY_SINCE_VERSIONED.items():
            columns[table] = [name for name in columns[table] if name not in names]
    return Reply(200, {"availableTables": sorted(columns), "tableColumns": columns})


def show_rows(mautic: Mautic, call: Call, table: str) -> Reply:
    """stats_audit_log, stats_lead_event_log, stats_lead_donotcontact, stats_lead_lists_leads,
    stats_list_members; stats_lead_categories for an empty table"""
    if table not in _columns():
        return show_tables(mautic, call)
    if table not in STOOD_IN_FOR:
        return Reply(200, {"total": "0", "stats": []})
    fill(mautic)
    columns = {name: name for name in _columns()[table]}
    try:
        condition, values = listing.where(mautic, call.query.get("where"), columns)
        ordering = listing.order(call, columns, "id" if table in LOGS else "leadlist_id, lead_id")
    except RefusedError:
        # After Mautic's source: here a column that is not there is an error with status 200.
        return Reply(200, {"errors": [{"message": "Unknown column in the query", "code": 0}]})
    if table in LOGS:
        held = "SELECT row_id FROM held_rows WHERE log = ?"
        condition, values = f"({condition}) AND id NOT IN ({held})", [*values, table]
    total = mautic.store.value(f"SELECT count(*) FROM {table} WHERE {condition}", *values)
    rows = mautic.store.rows(
        f"SELECT * FROM {table} WHERE {condition} ORDER BY {ordering} LIMIT ? OFFSET ?",
        *values,
        *listing.page(call, DEFAULT_LIMIT),
    )
    return Reply(200, {"total": str(total), "stats": [_texts(row) for row in rows]})


@cache
def _columns() -> dict[str, list[str]]:
    columns: dict[str, list[str]] = json.loads(TABLES.read_text())
    return columns


def _texts(row: Row) -> dict[str, Any]:
    return {name: str(value) for name, value in dict(row).items() if value is not None}


ROUTES = [
    Route("GET", "/api/stats", show_tables),
    Route("GET", "/api/stats/{table:[a-z_]+}", show_rows),
]

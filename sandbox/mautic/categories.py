"""Categories. A taken alias silently gets a number; `categories` of a list is a JSON list."""

from typing import Any

from sandbox.mautic import listing
from sandbox.mautic.aliases import clean, with_suffix
from sandbox.mautic.answers import RefusedError, Reply, created, invalid, not_found
from sandbox.mautic.audit import on_change, on_creation, short_audit_json
from sandbox.mautic.call import Call, Mautic, Route, row_or_404, text_or_none
from sandbox.store import Row

COLUMNS = {name: name for name in ("id", "title", "alias", "description", "color", "bundle")}


def category_json(row: Row) -> dict[str, Any]:
    """A category as the API shows it."""
    return {name: row[name] for name in COLUMNS}


def category_inside(mautic: Mautic, category: int | None) -> dict[str, Any] | None:
    """A category as it is shown inside another entity."""
    row = mautic.store.row("SELECT * FROM categories WHERE id = ?", category)
    return None if row is None else short_audit_json(row) | category_json(row)


def list_categories(mautic: Mautic, call: Call) -> Reply:
    """categories_list"""
    total, rows = listing.select(mautic, call, "categories", COLUMNS, ("title", "alias"))
    return Reply(200, {"total": total, "categories": [category_json(row) for row in rows]})


def get_category(mautic: Mautic, call: Call, category: int) -> Reply:
    """Not recorded; shaped as the other entities."""
    row = row_or_404(mautic, "categories", category, not_found())
    return Reply(200, {"category": category_json(row)})


def new_category(mautic: Mautic, call: Call) -> Reply:
    """category_new, category_new_dup_alias, category_new_no_bundle"""
    form = {name: text_or_none(call.form.get(name)) for name in COLUMNS}
    # Only the missing bundle was recorded; a missing title is told the same way.
    missing = {name: "A value is required." for name in ("title", "bundle") if not form[name]}
    if missing:
        raise RefusedError(invalid(missing))
    form["alias"] = _free_alias(mautic, form["alias"] or form["title"] or "", form["bundle"], None)
    del form["id"]
    category = mautic.store.insert("categories", **form, **on_creation(mautic, call))
    row = row_or_404(mautic, "categories", category, not_found())
    return created({"category": category_json(row)}, f"/api/categories/{category}")


def edit_category(mautic: Mautic, call: Call, category: int) -> Reply:
    """category_patch: the alias stays when only the title changes"""
    row = row_or_404(mautic, "categories", category, not_found())
    form = {n: text_or_none(call.form[n]) for n in COLUMNS if n in call.form and n != "id"}
    missing = {n: "A value is required." for n in ("title", "bundle") if not form.get(n, row[n])}
    if missing:
        raise RefusedError(invalid(missing))
    if "alias" in form:
        bundle = form.get("bundle", row["bundle"])
        wanted = form["alias"] or form.get("title") or row["title"]
        form["alias"] = _free_alias(mautic, wanted, bundle, category)
    changed = any(row[name] != value for name, value in form.items())
    mautic.store.update("categories", category, **form, **on_change(mautic, call, changed))
    return get_category(mautic, call, category)


def delete_category(mautic: Mautic, call: Call, category: int) -> Reply:
    """Not recorded; answers as tag_delete does."""
    row = row_or_404(mautic, "categories", category, not_found())
    mautic.store.run("DELETE FROM categories WHERE id = ?", category)
    return Reply(200, {"category": category_json(row) | {"id": None}})


def _free_alias(mautic: Mautic, text: str, bundle: str | None, own_id: int | None) -> str:
    def is_taken(alias: str) -> bool:
        sql = "SELECT 1 FROM categories WHERE alias = ? AND bundle = ? AND id IS NOT ?"
        return mautic.store.row(sql, alias, bundle, own_id) is not None

    return with_suffix(clean(text), is_taken)


ROUTES = [
    Route("GET", "/api/categories", list_categories),
    Route("POST", "/api/categories/new", new_category),
    Route("GET", "/api/categories/{category}", get_category),
    Route("PATCH", "/api/categories/{category}/edit", edit_category),
    Route("DELETE", "/api/categories/{category}/delete", delete_category),
]

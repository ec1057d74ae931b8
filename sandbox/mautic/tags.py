"""Tags. Lists ignore `search`; variants in case live side by side; an empty tag is a crash."""

from typing import Any

from sandbox.mautic import listing
from sandbox.mautic.answers import RefusedError, Reply, crash, created, not_found, php_array
from sandbox.mautic.call import Call, Mautic, Route, row_or_404, text_or_none
from sandbox.store import Row

COLUMNS = {"id": "id", "tag": "tag", "description": "description"}


def tag_json(row: Row) -> dict[str, Any]:
    """A tag as the API shows it."""
    return {"id": row["id"], "tag": row["tag"], "description": row["description"]}


def tag_id(mautic: Mautic, name: str) -> int:
    """The id of the tag with exactly this name, made when it is not there yet."""
    found = mautic.store.value("SELECT id FROM tags WHERE tag = ? ORDER BY id", name)
    return int(found) if found is not None else mautic.store.insert("tags", tag=name)


def list_tags(mautic: Mautic, call: Call) -> Reply:
    """tags_list"""
    total, rows = listing.select(mautic, call, "tags", COLUMNS)
    return Reply(200, {"total": total, "tags": php_array({r["id"]: tag_json(r) for r in rows})})


def get_tag(mautic: Mautic, call: Call, tag: int) -> Reply:
    """Not recorded; shaped as the other entities."""
    return Reply(200, {"tag": tag_json(row_or_404(mautic, "tags", tag, not_found()))})


def new_tag(mautic: Mautic, call: Call) -> Reply:
    """tag_new, tag_new_dup (200 with the same id), tag_new_empty"""
    status, body = _put_in(mautic, call.form)
    if status == 200:
        return Reply(200, {"tag": body})
    return created({"tag": body}, f"/api/tags/{body['id']}")


def new_tags(mautic: Mautic, call: Call) -> Reply:
    """tags_batch_new"""
    results = [_put_in(mautic, form) for form in call.body if isinstance(form, dict)]
    return Reply(
        201,
        {"tags": [body for _, body in results], "statusCodes": [status for status, _ in results]},
    )


def edit_tag(mautic: Mautic, call: Call, tag: int) -> Reply:
    """tag_edit"""
    row_or_404(mautic, "tags", tag, not_found())
    if name := text_or_none(call.form.get("tag")):
        mautic.store.update("tags", tag, tag=name)
    return get_tag(mautic, call, tag)


def delete_tag(mautic: Mautic, call: Call, tag: int) -> Reply:
    """tag_delete: the id of what is gone reads null"""
    row = row_or_404(mautic, "tags", tag, not_found())
    mautic.store.run("DELETE FROM tags WHERE id = ?", tag)
    return Reply(200, {"tag": tag_json(row) | {"id": None}})


def _put_in(mautic: Mautic, form: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    name = text_or_none(form.get("tag"))
    if name is None:
        raise RefusedError(crash())
    before = mautic.store.value("SELECT count(*) FROM tags WHERE tag = ?", name)
    row = row_or_404(mautic, "tags", tag_id(mautic, name), not_found())
    return (200 if before else 201), tag_json(row)


ROUTES = [
    Route("GET", "/api/tags", list_tags),
    Route("POST", "/api/tags/new", new_tag),
    Route("POST", "/api/tags/batch/new", new_tags),
    Route("GET", "/api/tags/{tag}", get_tag),
    Route("PATCH", "/api/tags/{tag}/edit", edit_tag),
    Route("DELETE", "/api/tags/{tag}/delete", delete_tag),
]

"""Batches: one answer for many rows, each of which may fail on its own."""

from collections.abc import Callable
from typing import Any

from sandbox.mautic.answers import RefusedError, Reply, error, not_found, php_array
from sandbox.mautic.call import Call, Mautic

LARGEST_BATCH = 200

# Carries out one row and returns its status and the entity as JSON, or raises RefusedError.
Job = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]


def run_batch(
    mautic: Mautic, call: Call, status: int, plural: str, job: Job, by_id: bool = False
) -> Reply:
    """Carry out every row; the whole answers `status` even when rows fail.

    `by_id`: rows are edits that need an `id`; then the entities are a compact list when some rows
    failed (contacts_batch_patch_mixed), else they stand under their row's number
    (contacts_batch_new_mixed). More than 200 rows are refused with 500 (contacts_batch_new_201).
    """
    forms = call.body if isinstance(call.body, list) else []
    if len(forms) > LARGEST_BATCH:
        raise RefusedError(
            error(500, f"A max of {LARGEST_BATCH} entities are supported at a time.")
        )
    entities: dict[int, Any] = {}
    errors: dict[int, Any] = {}
    statuses: dict[int, int] = {}
    for number, form in _in_order(forms, by_id):
        try:
            with mautic.store.transaction():
                if by_id and not form.get("id"):
                    raise RefusedError(not_found())
                statuses[number], entities[number] = job(form)
        except RefusedError as refusal:
            if not refusal.reply.from_controller:
                raise
            statuses[number] = refusal.reply.status
            errors[number] = _row_error(refusal.reply)
    body: dict[str, Any] = {
        plural: list(entities.values()) if by_id else php_array(entities),
        "statusCodes": [statuses[number] for number in range(len(forms))],
    }
    if errors:
        body["errors"] = php_array(errors)
    return Reply(status, body)


def _in_order(forms: list[Any], by_id: bool) -> list[tuple[int, dict[str, Any]]]:
    """Rows without an id are refused before the others are looked up."""
    rows = [(n, form if isinstance(form, dict) else {}) for n, form in enumerate(forms)]
    return sorted(rows, key=lambda row: bool(row[1].get("id"))) if by_id else rows


def _row_error(reply: Reply) -> dict[str, Any]:
    first: dict[str, Any] = reply.body["errors"][0]
    if reply.status == 404:
        return {"message": first["message"], "code": 404, "type": "api"}
    return first | {"type": None}

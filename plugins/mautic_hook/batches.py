"""Many rows in few requests, and what became of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from mautic_hook.client import read_error
from transport.errors import DoubtfulWriteError
from transport.http import Answer

#: Mautic answers 500 to a 201st row (recording contacts_batch_new_201).
MAX_ROWS = 200
#: Mautic gains nothing from a third request at the same time (54/s with one, 75-87/s with two).
IN_FLIGHT = 2

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What became of one row: its status, the thing as Mautic has it now, or why it was refused."""

    status: int
    thing: dict[str, Any] | None = None
    refused: str = ""
    fields: tuple[str, ...] = ()


def row_answers(
    answer: Answer, name: str, count: int, *, tried: str, route: str
) -> list[RowAnswer]:
    """The answers of a batch of `count` rows, in their order.

    A batch answers 200 or 201 even when rows fail. The things are a list when all succeeded, an
    object by position when there are gaps, and after a PATCH with failures a list of only the
    successes (recordings contacts_batch_new_mixed, contacts_batch_patch_mixed). Raises
    `DoubtfulWriteError` for an answer in which rows are missing.
    """
    body = answer.json if isinstance(answer.json, dict) else {}
    statuses, errors, things = body.get("statusCodes"), body.get("errors") or {}, body.get(name)
    if not isinstance(statuses, list) or len(statuses) != count:
        said = "the answer does not tell what became of each row"
        raise DoubtfulWriteError(tried, route, said, status=answer.status)
    by_position = _by_position(things, statuses)
    answers = []
    for position, status in enumerate(statuses):
        thing = by_position.get(position)
        if status >= 400:
            answers.append(_refused(status, _at(errors, position)))
        elif thing is not None:
            answers.append(RowAnswer(status, thing))
        else:
            said = "the answer lacks a row that it says was written"
            raise DoubtfulWriteError(tried, route, said, status=answer.status)
    return answers


def _by_position(things: Any, statuses: list[int]) -> dict[int, dict[str, Any]]:
    if isinstance(things, dict):
        return {int(position): thing for position, thing in things.items()}
    if not isinstance(things, list):
        return {}
    if len(things) == len(statuses):
        return dict(enumerate(things))
    succeeded = [position for position, status in enumerate(statuses) if status < 400]
    return dict(zip(succeeded, things, strict=False))


def _at(errors: Any, position: int) -> dict[str, Any]:
    if isinstance(errors, list):
        errors = dict(enumerate(errors))
    found = errors.get(str(position), errors.get(position, {}))
    return found if isinstance(found, dict) else {}


def _refused(status: int, error: dict[str, Any]) -> RowAnswer:
    details = error.get("details")
    fields = tuple(details) if isinstance(details, dict) else ()
    return RowAnswer(status, None, read_error({"errors": [error]}).words, fields)

"""Answers and refusals in Mautic's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CRASH = (
    "Looks like I encountered an error (error #500). If I do it again, please report me to the "
    "system administrator!"
)


@dataclass(frozen=True)
class Reply:
    """An answer. What was written before is committed.

    `from_controller` tells Mautic's two kinds of answers apart: only those of its API controllers
    carry the header `Mautic-Version`; crashes, unknown routes and 401s do not.
    """

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    from_controller: bool = True


class RefusedError(Exception):
    """A refusal. Whatever was written before it is undone."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def created(body: Any, location: str) -> Reply:
    """201 for something new."""
    return Reply(201, body, {"Location": location})


def error(code: int, message: str, details: Any = None) -> Reply:
    """An error of an API controller, with `details` by field name or an empty list."""
    return Reply(code, {"errors": [{"code": code, "message": message, "details": details or []}]})


def invalid(problems: Mapping[str, str], code: int = 400) -> Reply:
    """A form that does not validate: one problem a field (contact_new_bad_email)."""
    message = ", ".join(f"{name}: {text}" for name, text in problems.items())
    return error(code, message, {name: [text] for name, text in problems.items()})


def not_found(message: str = "Item was not found.") -> Reply:
    """404 for an id that does not exist (contact_get_404)."""
    return error(404, message)


def denied() -> Reply:
    """403 for a user with too few rights (perm_denied_new_contact)."""
    return error(403, "You do not have access to the requested area/action.")


def crash(message: str = CRASH, code: int = 500, kind: str | None = None) -> Reply:
    """An error from outside the controllers (tag_new_empty, no_route, auth_none)."""
    errors = [{"message": message, "code": code, "type": kind}]
    return Reply(code, {"errors": errors}, from_controller=False)


def php_array(items: Mapping[int, Any]) -> Any:
    """A PHP array as JSON: a list when the keys are 0, 1, 2 … in order, else an object.

    This is why `contacts` of a batch is a list when every row went well and an object when there
    are gaps (contacts_batch_new_mixed).
    """
    if list(items) == list(range(len(items))):
        return list(items.values())
    return {str(key): value for key, value in items.items()}


def api_time(stored: str | None) -> str | None:
    """`2018-12-05 10:00:00` as `2018-12-05T10:00:00+00:00`."""
    return None if stored is None else f"{stored[:10]}T{stored[11:]}+00:00"


def now() -> str:
    """The present moment as it is stored."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")

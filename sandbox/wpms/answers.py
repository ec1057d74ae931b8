"""Answers as WordPress gives them: JSON, and errors as `{code, message, data: {status}}`."""

from dataclasses import dataclass, field
from typing import Any

NOT_ALLOWED = "Sorry, you are not allowed to do that."


@dataclass(frozen=True)
class Reply:
    """An answer before it is sent."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """Ends the call with an error answer; nothing of the call is kept."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body)
        self.reply = reply


def error(status: int, code: str, message: str, **data: Any) -> Reply:
    """A WordPress error."""
    return Reply(status, {"code": code, "message": message, "data": {"status": status, **data}})


def not_signed_in() -> Reply:
    """401: no credentials came."""
    return error(401, "rest_forbidden", NOT_ALLOWED)


def wrong_password() -> Reply:
    """401: credentials came and are not right."""
    text = "The provided password is an invalid application password."
    return error(401, "incorrect_password", text)


def forbidden() -> Reply:
    """403: a known account that is not the worker."""
    return error(403, "rest_forbidden", NOT_ALLOWED)


def bad_fields(problems: dict[str, str]) -> Reply:
    """400 naming the fields, e.g. `{"offers.1.key": "Field required"}`."""
    names = ", ".join(problems)
    return error(400, "rest_invalid_param", f"Invalid parameter(s): {names}", params=problems)


def not_json() -> Reply:
    """400: the body is no JSON."""
    return error(400, "rest_invalid_json", "Invalid JSON body passed.")


def too_large(text: str) -> Reply:
    """413: more than a call may hold; `text` names the field."""
    return error(413, "course_sync_too_large", text)


def no_route() -> Reply:
    """404: a path or method that does not exist."""
    text = "No route was found matching the URL and request method."
    return error(404, "rest_no_route", text)


def no_course(blog_id: int) -> Reply:
    """404: no course site with this id."""
    return error(404, "course_sync_no_course", f"There is no course site {blog_id}.")


def no_account() -> Reply:
    """404: no account with this e-mail address."""
    return error(404, "course_sync_no_account", "There is no account with this e-mail address.")


def no_such_account(user_id: int) -> Reply:
    """404: no account with this id, and nothing left of one."""
    return error(404, "course_sync_no_account", f"There is no account {user_id}.")


def crash(status: int = 500) -> Reply:
    """What WordPress answers when something broke around or inside it."""
    text = "There has been a critical error on this website."
    return error(status, "internal_server_error", text)

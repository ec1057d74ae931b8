"""What a handler of the API gets: the call, and the Mautic it is made to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.mautic.answers import RefusedError, Reply, crash, invalid
from sandbox.mautic.version import Version
from sandbox.store import Row, Store


@dataclass(frozen=True)
class User:
    """Who calls. A client of the API has a name but no user id (contact_new: createdBy null)."""

    name: str
    user_id: int | None
    has_rights: bool


@dataclass(frozen=True)
class Mautic:
    """The Mautic that is stood in for."""

    store: Store
    version: Version


@dataclass(frozen=True)
class Call:
    """One call of the API.

    `query` is nested as PHP nests `where[0][col]`; `body` is the parsed JSON, and {} for a body
    that is no JSON, which Mautic takes as an empty form (raw_bad_json).
    """

    method: str
    path: str
    query: dict[str, Any]
    body: Any
    user: User
    now: str

    @property
    def form(self) -> dict[str, Any]:
        """The body as an object."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def blanks_what_is_absent(self) -> bool:
        """PUT replaces, PATCH only changes what is sent."""
        return self.method == "PUT"


@dataclass(frozen=True)
class Route:
    """A route of the API. `{id}` and the like in `path` reach the handler by name, as ints."""

    method: str
    path: str
    handler: Callable[..., Reply]


def text_or_none(value: Any) -> str | None:
    """Text as a form stores it: empty is none."""
    return None if value is None or value == "" else str(value)


def truth(value: Any) -> int:
    """A yes or no as a form reads it."""
    return 0 if value in (None, False, 0, "", "0", "false", "no") else 1


def date_or_refused(mautic: Mautic, form: dict[str, Any], name: str) -> str | None:
    """A date field as it is stored.

    Takes `Y-m-d H:i` with or without seconds and refuses the ISO text that Mautic itself returns
    (campaign_patch_publishup and its variants).
    """
    value = text_or_none(form.get(name))
    if value is None:
        return None
    shape = "".join("0" if letter.isdigit() else letter for letter in value)
    if shape not in ("0000-00-00 00:00", "0000-00-00 00:00:00"):
        raise RefusedError(invalid({name: mautic.version.text_bad_date}))
    return value if len(value) == 19 else f"{value}:00"


def category_or_crash(mautic: Mautic, value: Any) -> int | None:
    """The id of a category. Text is silently nothing (segment_category_alias); an id that does not
    exist is a crash (segment_new_category_missing)."""
    if isinstance(value, bool) or not str(value).isdigit():
        return None
    if mautic.store.row("SELECT 1 FROM categories WHERE id = ?", int(value)) is None:
        raise RefusedError(crash(f"Category {value} does not exist"))
    return int(value)


def row_or_404(mautic: Mautic, table: str, row_id: int, missing: Reply) -> Row:
    """A row by id, else the refusal `missing`."""
    row = mautic.store.row(f"SELECT * FROM {table} WHERE id = ?", row_id)
    if row is None:
        raise RefusedError(missing)
    return row

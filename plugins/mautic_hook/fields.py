"""Fields of contacts that Mautic does not have by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured, RefusedThingError, create_once

_PAGE = 500
#: What Mautic keeps of an alias as it is (after its source).
_ALIAS = re.compile(r"[a-z][a-z0-9_]{0,24}")

#: The most letters that a text may have; 64 if nothing is said (recording field_new_text on 7.0.2).
_LONGEST_TEXT = 191

#: Those that need no further properties.
FieldType = Literal["text", "number", "date", "datetime"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of contacts as it is, a standard one or an added one."""

    id: int
    alias: str
    type: str
    published: bool


@dataclass(frozen=True, slots=True)
class WantedField:
    """A field to see to. The alias is its name in contacts and in `{contactfield=…}` of mails."""

    alias: str
    label: str
    type: FieldType

    def __post_init__(self) -> None:
        if not _ALIAS.fullmatch(self.alias):
            raise ValueError(f"Mautic would give the field {self.alias!r} another alias")


def list_fields(client: MauticClient) -> list[Field]:
    """All fields of contacts (recording fields_list)."""
    tried = "read all contact fields"
    rows = client.rows("/api/fields/contact", "fields", tried=tried, page=_PAGE)
    return [_field(row) for row in rows]


def ensure_fields(client: MauticClient, wanted: Iterable[WantedField]) -> list[Ensured]:
    """Sees to it that contacts have these fields; one that is there is never changed."""
    there = list_fields(client)
    return [_ensure(client, one, there) for one in wanted]


def the_field(found: Iterable[Field], wanted: WantedField) -> Field | None:
    """The field of that alias, or None; `RefusedThingError` when it is not as it must be."""
    field = next((one for one in found if one.alias == wanted.alias), None)
    if field is None:
        return None
    if field.type != wanted.type:
        raise RefusedThingError(
            f"field {field.id} is of type {field.type}, not {wanted.type}; "
            "give that one another alias by making it anew"
        )
    if not field.published:
        raise RefusedThingError(f"field {field.id} is unpublished; publish it")
    return field


def _ensure(client: MauticClient, wanted: WantedField, there: Iterable[Field]) -> Ensured:
    try:
        field = the_field(there, wanted)
        if field is not None:
            return Ensured("field", wanted.alias, "unchanged", field.id)
        made, _ = create_once(
            client,
            lambda: the_field(list_fields(client), wanted),
            lambda: _create(client, wanted),
        )
    except RefusedThingError as refused:
        return Ensured("field", wanted.alias, "refused", reason=str(refused))
    return Ensured("field", wanted.alias, "created", made.id)


def _create(client: MauticClient, wanted: WantedField) -> Field:
    """Recording field_new_text; `RefusedThingError` when Mautic gave it another alias."""
    body: dict[str, Any] = {
        "label": wanted.label,
        "alias": wanted.alias,
        "type": wanted.type,
        "isPublished": True,
        "isUniqueIdentifier": False,
    }
    if wanted.type == "text":
        body["charLengthLimit"] = _LONGEST_TEXT
    tried = f"create contact field {wanted.alias}"
    made = _field(client.create("/api/fields/contact/new", body, "field", tried=tried))
    if made.alias != wanted.alias:
        raise RefusedThingError(f"Mautic gave field {made.id} the alias {made.alias!r}; delete it")
    return made


def _field(row: dict[str, Any]) -> Field:
    return Field(int(row["id"]), str(row["alias"]), str(row["type"]), bool(row["isPublished"]))

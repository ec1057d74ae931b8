"""The fields of a contact, and which values Mautic takes in them.

The standard fields that clients read and write are stood in for, and those that were added; a
field that is not here is ignored, as Mautic ignores a name it does not know
(contact_new_unknown_field).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.mautic.answers import RefusedError, invalid
from sandbox.mautic.call import Mautic, text_or_none
from sandbox.store import Row

LONGEST_TEXT = 191
TOO_LONG = "This value is too long. It should have {} characters or less."
EMAIL = re.compile(r"[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
MOMENTS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?"),
}
NOT_IN_EMAIL = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~@.\[\]-]")


@dataclass(frozen=True)
class Field:
    """A field of a contact: a column of the same name. `properties` hold the choices of a list."""

    number: int
    alias: str
    label: str
    type: str
    default: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    is_fixed: bool = True
    longest: int | None = LONGEST_TEXT

    @property
    def choices(self) -> dict[str, str]:
        """The labels of the values that a list offers."""
        return {str(each["value"]): each["label"] for each in self.properties.get("list", [])}

    def value(self, stored: Any) -> Any:
        """What is stored, as JSON shows it."""
        if stored is None or self.is_fixed:
            return stored
        if self.type == "number":
            return int(stored) if float(stored).is_integer() else float(stored)
        return stored == "1" if self.type == "boolean" else stored

    def normalized(self, stored: Any) -> Any:
        """The same in words (contact_new)."""
        if stored is None:
            return ""
        if not self.choices:
            return self.value(stored)
        return ", ".join(self.choices.get(each, each) for each in stored.split("|"))


FIELDS = (
    Field(9, "points", "Points", "number", "0"),
    Field(19, "last_active", "Date Last Active", "datetime"),
    Field(1, "title", "Title", "lookup"),
    Field(2, "firstname", "First Name", "text"),
    Field(3, "lastname", "Last Name", "text"),
    Field(4, "company", "Primary company", "text"),
    Field(5, "position", "Position", "text"),
    Field(6, "email", "Email", "email"),
    Field(8, "phone", "Phone", "tel"),
    Field(7, "mobile", "Mobile", "tel"),
    Field(11, "address1", "Address Line 1", "text"),
    Field(12, "address2", "Address Line 2", "text"),
    Field(13, "city", "City", "text"),
    Field(14, "state", "State", "region"),
    Field(15, "zipcode", "Zip Code", "text"),
    Field(18, "timezone", "Preferred Timezone", "timezone"),
    Field(16, "country", "Country", "country"),
    Field(10, "fax", "Fax", "tel"),
    Field(17, "preferred_locale", "Preferred Locale", "locale"),
    Field(22, "website", "Website", "url"),
)
READ_ONLY = ("points", "last_active")


def fields_of(mautic: Mautic) -> list[Field]:
    """The fields of this Mautic's contacts: those that were added, then the standard ones."""
    added = mautic.store.rows("SELECT * FROM fields WHERE is_published ORDER BY position, id")
    return [*map(added_field, added), *FIELDS]


def added_field(row: Row) -> Field:
    """A field that was added (field_new_text, field_new_multiselect)."""
    return Field(
        row["id"],
        row["alias"],
        row["label"],
        row["type"],
        "" if row["type"] == "multiselect" else None,
        json.loads(row["properties"]),
        is_fixed=False,
        longest=row["char_length_limit"],
    )


def writable(mautic: Mautic) -> list[Field]:
    """The fields that a write may change."""
    return [each for each in fields_of(mautic) if each.alias not in READ_ONLY]


def sent_values(mautic: Mautic, form: Mapping[str, Any]) -> dict[str, str | None]:
    """The fields that `form` names, as they are stored; empty is None.

    Raises RefusedError with a 400 naming every field whose value Mautic does not take.
    """
    values: dict[str, str | None] = {}
    problems: dict[str, str] = {}
    for each in writable(mautic):
        if each.alias not in form:
            continue
        value = _stored(each, form[each.alias])
        if value is not None and (problem := _problem(mautic, each, value)):
            problems[each.alias] = problem
        values[each.alias] = value
    if problems:
        raise RefusedError(invalid(problems))
    return values


def _stored(field: Field, sent: Any) -> str | None:
    if isinstance(sent, list):
        sent = "|".join(map(str, sent))
    if field.type == "boolean" and isinstance(sent, bool):
        return str(int(sent))
    value = text_or_none(sent)
    if value is not None and field.type == "email":
        # ` ANN@Example.org ` loses its blanks, ünï@ its letters (contact_new_dup_email_case).
        return text_or_none(NOT_IN_EMAIL.sub("", value))
    if value is not None and field.type in MOMENTS:
        # What is no moment is stored as none (contact_new_date_bad).
        return value if MOMENTS[field.type].fullmatch(value) else None
    return value


def _problem(mautic: Mautic, field: Field, value: str) -> str | None:
    if len(value) > (field.longest or LONGEST_TEXT):
        return TOO_LONG.format(field.longest or LONGEST_TEXT)
    if field.type == "email" and not EMAIL.fullmatch(value):
        return f"{value} is invalid."
    if field.type == "timezone" and value not in _timezones():
        return mautic.version.text_bad_choice
    # Countries are chosen by their English name. The list is not reproduced, only that it holds no
    # codes; the refusal is that of any choice field (contact_new_select_bad).
    if field.type == "country" and re.fullmatch(r"[A-Z]{2,3}", value):
        return mautic.version.text_bad_choice
    if field.type == "number" and not NUMBER.fullmatch(value):
        return mautic.version.text_bad_number
    if field.choices and not set(value.split("|")) <= set(field.choices):
        return mautic.version.text_bad_choice
    return None


@cache
def _timezones() -> frozenset[str]:
    """The zones that PHP lists: those of the world's countries, and UTC; no old names."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text()
    lines = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return frozenset(line[2] for line in lines) | {"UTC"}

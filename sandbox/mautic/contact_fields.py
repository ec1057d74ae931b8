"""The fields of a contact, and which values Mautic takes in them.

The standard fields that clients read and write are stood in for; a field that is not here is
ignored, as Mautic ignores a name it does not know (contact_new_unknown_field).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.mautic.answers import RefusedError, invalid
from sandbox.mautic.call import Mautic, text_or_none

LONGEST_TEXT = 191
TOO_LONG = f"This value is too long. It should have {LONGEST_TEXT} characters or less."
EMAIL = re.compile(r"[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
NOT_IN_EMAIL = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~@.\[\]-]")


@dataclass(frozen=True)
class Field:
    """A field of a contact: a column of the same name."""

    number: int
    alias: str
    label: str
    type: str
    default: str | None = None


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
WRITABLE = tuple(field for field in FIELDS if field.type not in ("number", "datetime"))


def sent_values(mautic: Mautic, form: Mapping[str, Any]) -> dict[str, str | None]:
    """The fields that `form` names, as they are stored; empty is None.

    Raises RefusedError with a 400 naming every field whose value Mautic does not take.
    """
    values: dict[str, str | None] = {}
    problems: dict[str, str] = {}
    for field in WRITABLE:
        if field.alias not in form:
            continue
        value = text_or_none(form[field.alias])
        if value is not None and field.type == "email":
            # ` ANN@Example.org ` loses its blanks, ünï@ its letters (contact_new_dup_email_case).
            value = text_or_none(NOT_IN_EMAIL.sub("", value))
        if value is not None and (problem := _problem(mautic, field, value)):
            problems[field.alias] = problem
        values[field.alias] = value
    if problems:
        raise RefusedError(invalid(problems))
    return values


def _problem(mautic: Mautic, field: Field, value: str) -> str | None:
    if len(value) > LONGEST_TEXT:
        return TOO_LONG
    if field.type == "email" and not EMAIL.fullmatch(value):
        return f"{value} is invalid."
    if field.type == "timezone" and value not in _timezones():
        return mautic.version.text_bad_choice
    # Countries are chosen by their English name. The list is not reproduced, only that it holds no
    # codes; the refusal is that of any choice field (contact_new_select_bad).
    if field.type == "country" and re.fullmatch(r"[A-Z]{2,3}", value):
        return mautic.version.text_bad_choice
    return None


@cache
def _timezones() -> frozenset[str]:
    """The zones that PHP lists: those of the world's countries, and UTC; no old names."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text()
    lines = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return frozenset(line[2] for line in lines) | {"UTC"}

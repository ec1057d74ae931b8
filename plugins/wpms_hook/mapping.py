"""What WordPress says of a learner, as Mautic takes it.

Mautic refuses the whole contact for one value that it does not know, so whatever has no
counterpart there is left out, with a reason for a person that repeats nothing personal. The
sign-up goes all the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pycountry
from email_validator import EmailNotValidError, validate_email

#: Mautic answers 400 to a longer text.
LONGEST_TEXT = 191


@dataclass(frozen=True, slots=True)
class Mapped:
    """A value for Mautic, or None; `dropped` says what was left out and why, if anything was."""

    value: str | None
    dropped: str = ""


#: Where Mautic's own list (countries.json of its core bundle) has another name than pycountry.
_MAUTIC_NAMES = {
    "BL": "Saint Barthelemy",
    "BN": "Brunei",
    "BQ": "Bonaire, Saint Eustatius and Saba",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "CI": "Ivory Coast",
    "CV": "Cape Verde",
    "CZ": "Czech Republic",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "GW": "Guinea Bissau",
    "MF": "Saint Martin",
    "MK": "Macedonia",
    "PS": "Palestine",
    "RU": "Russia",
    "SZ": "Swaziland",
    "TL": "East Timor",
    "VA": "Holy See",
    "VG": "Virgin Islands (British)",
    "VI": "Virgin Islands (U.S.)",
    # Not an ISO code, but what web shops and WordPress plugins use.
    "XK": "Kosovo",
}
#: What Mautic's list does not have under any name.
_NOT_IN_MAUTIC = frozenset({"AS", "CC", "CX", "FO", "IO", "NF", "SX", "TF", "UM"})


def country_name(code: str) -> Mapped:
    """The English name in Mautic's list of an ISO 3166 code of two letters; empty is None."""
    code = code.strip().upper()
    if not code:
        return Mapped(None)
    if code in _NOT_IN_MAUTIC:
        return Mapped(None, f"Mautic's list of countries lacks {code}")
    if code in _MAUTIC_NAMES:
        return Mapped(_MAUTIC_NAMES[code])
    country = pycountry.countries.get(alpha_2=code) if len(code) == 2 else None
    if country is None:
        return Mapped(None, "the country is not an ISO code of two letters")
    return Mapped(getattr(country, "common_name", country.name))


#: Hours from UTC → a zone of Mautic's list that keeps them all year (since 2023).
#: Mautic offers the zones of PHP's `DateTimeZone::listIdentifiers()`: no `Etc/GMT-13`.
_FIXED_ZONES = {
    -11.0: "Pacific/Pago_Pago",
    -10.0: "Pacific/Honolulu",
    -9.5: "Pacific/Marquesas",
    -9.0: "Pacific/Gambier",
    -8.0: "Pacific/Pitcairn",
    -7.0: "America/Phoenix",
    -6.0: "America/Costa_Rica",
    -5.0: "America/Bogota",
    -4.0: "America/Puerto_Rico",
    -3.0: "America/Argentina/Buenos_Aires",
    -2.0: "America/Noronha",
    -1.0: "Atlantic/Cape_Verde",
    0.0: "UTC",
    1.0: "Africa/Lagos",
    2.0: "Africa/Johannesburg",
    3.0: "Africa/Nairobi",
    3.5: "Asia/Tehran",
    4.0: "Asia/Dubai",
    4.5: "Asia/Kabul",
    5.0: "Asia/Karachi",
    5.5: "Asia/Kolkata",
    5.75: "Asia/Kathmandu",
    6.0: "Asia/Dhaka",
    6.5: "Asia/Yangon",
    7.0: "Asia/Bangkok",
    8.0: "Asia/Singapore",
    8.75: "Australia/Eucla",
    9.0: "Asia/Tokyo",
    9.5: "Australia/Darwin",
    10.0: "Australia/Brisbane",
    11.0: "Pacific/Guadalcanal",
    12.0: "Pacific/Tarawa",
    13.0: "Pacific/Fakaofo",
    14.0: "Pacific/Kiritimati",
}
#: An offset as WordPress stores it, `UTC+5.5`, and as it shows it, `UTC+5:30`.
_OFFSET = re.compile(r"UTC([+-])([0-9]{1,2})(?:\.([0-9]{1,2})|:([0-9]{2}))?")
#: The sign of these is turned round: `Etc/GMT-13` is 13 hours ahead of UTC.
_ETC = re.compile(r"Etc/(?:GMT|UTC)([+-][0-9]{1,2})?")


def zone_id(zone: str) -> Mapped:
    """The IANA zone in Mautic's list for what WordPress stores as a zone; empty is None.

    An old name becomes the zone's own (`US/Pacific`), an offset a zone that keeps it all year
    (`UTC+13`, `Etc/GMT-13` → `Pacific/Fakaofo`), or nothing if there is none (`UTC-3.5`).
    """
    zone = zone.strip()
    if not zone:
        return Mapped(None)
    name = zone if zone in _listed_zones() else _old_names().get(zone, zone)
    if name in _listed_zones():
        return Mapped(name)
    hours = _hours_from_utc(name)
    if hours is None:
        return Mapped(None, "the time zone is not known")
    if hours not in _FIXED_ZONES:
        return Mapped(None, f"Mautic's list has no time zone that keeps UTC{hours:+g} all year")
    return Mapped(_FIXED_ZONES[hours])


def person_name(name: str) -> Mapped:
    """A name without control characters, at most 191 characters long; empty is None."""
    plain = " ".join("".join(" " if _is_control(one) else one for one in name).split())
    reasons = []
    if any(map(_is_control, name)):
        reasons.append("control characters were taken out of the name")
    if len(plain) > LONGEST_TEXT:
        plain = plain[:LONGEST_TEXT].rstrip()
        reasons.append(f"the name was cut to {LONGEST_TEXT} characters")
    return Mapped(plain or None, "; ".join(reasons))


def email_address(email: str) -> Mapped:
    """The address without blanks around it, or None for one that cannot exist or is too long.

    It is never changed: it is the key by which the two sides know a learner.
    """
    email = email.strip()
    if not email:
        return Mapped(None, "there is no e-mail address")
    if len(email) > LONGEST_TEXT:
        return Mapped(None, f"the e-mail address is longer than {LONGEST_TEXT} characters")
    try:
        # `test_environment` lets the domain .test through, which trials use.
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return Mapped(None, "the e-mail address cannot exist")
    return Mapped(email)


def _is_control(character: str) -> bool:
    """Whether it is a control, a line separator or half of a character."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _hours_from_utc(zone: str) -> float | None:
    if offset := _OFFSET.fullmatch(zone):
        sign, whole, part, minutes = offset.groups()
        hours = float(f"{whole}.{part or 0}") + int(minutes or 0) / 60
        return -hours if sign == "-" else hours
    if etc := _ETC.fullmatch(zone):
        return -float(etc[1] or 0)
    return None


@cache
def _listed_zones() -> frozenset[str]:
    """The zones that PHP lists, and so Mautic: those of the world's countries, and UTC."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    return frozenset(line.split("\t")[2] for line in lines if not line.startswith("#")) | {"UTC"}


@cache
def _old_names() -> dict[str, str]:
    """Old names of zones → the names they have now, from the links of the zone database."""
    lines = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text().splitlines()
    links = (line.split() for line in lines if line.startswith("L "))
    return {old: now for _, now, old in links}

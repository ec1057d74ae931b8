"""What WordPress says of a learner becomes something that Mautic takes, or is left out."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wpms_hook.mapping import Mapped, country_name, email_address, person_name, zone_id

CODES = sorted(country.alpha_2 for country in pycountry.countries)
#: Dependent territories that Mautic's list of countries leaves out.
NOT_IN_MAUTIC = {"AS", "CC", "CX", "FO", "IO", "NF", "SX", "TF", "UM"}
#: The zones that Mautic offers: those that PHP lists, which `Etc/GMT-13` is not among.
LISTED = {"UTC"} | {
    line.split("\t")[2]
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    if not line.startswith("#")
}
#: All that WordPress offers as a manual offset, in hours.
OFFSETS = [n / 2 for n in range(-24, 29)] + [5.75, 8.75, 12.75, 13.75]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("NZ", "New Zealand"),
        ("nz", "New Zealand"),
        (" NZ ", "New Zealand"),
        ("US", "United States"),
        ("GB", "United Kingdom"),
        ("BO", "Bolivia"),
        ("VN", "Vietnam"),
        ("KR", "South Korea"),
        ("KP", "North Korea"),
        ("CZ", "Czech Republic"),
        ("TW", "Taiwan"),
        ("TZ", "Tanzania"),
        ("IR", "Iran"),
        ("RU", "Russia"),
        ("CI", "Ivory Coast"),
        ("CD", "Democratic Republic of the Congo"),
        ("VI", "Virgin Islands (U.S.)"),
        ("XK", "Kosovo"),
    ],
)
def test_a_country_has_the_name_that_mautic_uses(code: str, name: str) -> None:
    assert country_name(code) == Mapped(name)


@pytest.mark.parametrize("code", CODES)
def test_every_iso_country_has_a_name_unless_mautic_lacks_it(code: str) -> None:
    mapped = country_name(code)
    if code in NOT_IN_MAUTIC:
        assert mapped == Mapped(None, f"Mautic's list of countries lacks {code}")
    else:
        assert mapped.value
        assert not mapped.dropped


@pytest.mark.parametrize("code", CODES)
def test_no_name_is_one_of_the_forms_of_law(code: str) -> None:
    """Mautic answers 400 to `Bolivia, Plurinational State of`, and the sign-up would be lost."""
    name = country_name(code).value or ""
    assert ", " not in name or code in ("BQ", "SH")
    assert not {"Republic", "State"} & set(name.split()) or code in ("CD", "CF", "CG", "CZ", "DO")


def test_no_country_is_no_loss() -> None:
    assert country_name("") == country_name("  ") == Mapped(None)


@pytest.mark.parametrize("code", ["QQ", "NZL", "New Zealand", "N", "\0", "N\n"])
def test_what_is_no_code_of_a_country_is_left_out_and_told(code: str) -> None:
    mapped = country_name(code)
    assert mapped == Mapped(None, "the country is not an ISO code of two letters")


@pytest.mark.parametrize(
    ("zone", "mapped"),
    [
        ("Pacific/Auckland", "Pacific/Auckland"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
        ("Zulu", "UTC"),
        ("UTC+0", "UTC"),
        ("UTC-0", "UTC"),
        ("UTC+13", "Pacific/Fakaofo"),
        ("Etc/GMT-13", "Pacific/Fakaofo"),
        ("Etc/GMT+5", "America/Bogota"),
        ("UTC-5", "America/Bogota"),
        ("UTC+5.5", "Asia/Kolkata"),
        ("UTC+5:30", "Asia/Kolkata"),
        ("UTC+5.75", "Asia/Kathmandu"),
        ("UTC+5:45", "Asia/Kathmandu"),
        ("UTC-9.5", "Pacific/Marquesas"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Europe/Kiev", "Europe/Kyiv"),
        (" Europe/Paris ", "Europe/Paris"),
    ],
)
def test_a_zone_becomes_one_that_mautic_offers(zone: str, mapped: str) -> None:
    assert zone_id(zone) == Mapped(mapped)


def test_no_zone_is_no_loss() -> None:
    assert zone_id("") == zone_id("  ") == Mapped(None)


@pytest.mark.parametrize("zone", ["UTC-3.5", "UTC-12", "UTC+13:45", "Etc/GMT+12", "UTC+99"])
def test_an_offset_that_no_zone_keeps_all_year_is_left_out_and_told(zone: str) -> None:
    """Newfoundland is UTC-3.5 in winter only; half a year wrong is worse than not known."""
    mapped = zone_id(zone)
    assert mapped.value is None
    assert mapped.dropped.startswith("Mautic's list has no time zone that keeps UTC")


@pytest.mark.parametrize("zone", ["Mars/Phobos", "utc+13", "UTC13", "+13", "../etc/passwd", "\0"])
def test_a_zone_that_nobody_knows_is_left_out_and_told(zone: str) -> None:
    assert zone_id(zone) == Mapped(None, "the time zone is not known")


@pytest.mark.parametrize("hours", OFFSETS)
def test_a_zone_for_an_offset_keeps_it_all_year(hours: float) -> None:
    value = zone_id(f"UTC{hours:+g}").value
    if value is None:
        assert hours in (-12, -3.5) or (hours % 1 and hours not in (-9.5, 3.5, 4.5, 5.5, 6.5, 9.5))
        return
    offsets = {
        ZoneInfo(value).utcoffset(datetime(year, month, 1))
        for year in range(2024, 2037)
        for month in range(1, 13)
    }
    assert offsets == {timedelta(hours=hours)}


@pytest.mark.parametrize("hours", [n for n in range(-14, 13) if n != 12])
def test_a_zone_named_by_its_distance_turns_the_sign_round(hours: int) -> None:
    assert zone_id(f"Etc/GMT{hours:+d}").value == zone_id(f"UTC{-hours:+d}").value


WORDS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="UTCEtc/GM+-.:0123456789", max_size=12),
    st.sampled_from(sorted(available_timezones())),
    st.from_regex(r"UTC[+-][0-9]{1,3}[.:]?[0-9]{0,3}", fullmatch=True),
)


@given(WORDS)
def test_whatever_comes_the_zone_is_one_that_mautic_offers_or_none(zone: str) -> None:
    mapped = zone_id(zone)
    assert mapped.value is None or mapped.value in LISTED
    assert mapped.value is None or ZoneInfo(mapped.value)
    assert bool(mapped.dropped) == (mapped.value is None and bool(zone.strip()))


@given(st.text(max_size=10))
def test_whatever_comes_for_a_country_is_a_name_or_told(code: str) -> None:
    mapped = country_name(code)
    assert bool(mapped.dropped) == (mapped.value is None and bool(code.strip()))


@pytest.mark.parametrize(
    ("name", "mapped"),
    [
        ("Zoë", "Zoë"),
        ("  Ann   Mary ", "Ann Mary"),
        ("O'Brien-Núñez", "O'Brien-Núñez"),
        ("فاطمه‌سادات", "فاطمه‌سادات"),  # the joiner in it is no control character
        ("", None),
        ("   ", None),
    ],
)
def test_a_name_stays_as_it_is_but_for_needless_blanks(name: str, mapped: str | None) -> None:
    assert person_name(name) == Mapped(mapped)


def test_control_characters_are_taken_out_of_a_name() -> None:
    told = "control characters were taken out of the name"
    assert person_name("Ann\r\nBcc: all\0") == Mapped("Ann Bcc: all", told)
    assert person_name("\0") == Mapped(None, told)


def test_a_name_is_cut_to_what_mautic_takes() -> None:
    assert person_name("é" * 191) == Mapped("é" * 191)
    assert person_name("é" * 192) == Mapped("é" * 191, "the name was cut to 191 characters")


@given(st.text(alphabet=st.characters(), max_size=400))
def test_whatever_comes_a_name_is_one_that_mautic_takes(name: str) -> None:
    mapped = person_name(name)
    value = mapped.value or ""
    assert len(value) <= 191
    assert value == value.strip()
    assert all(unicodedata.category(one) not in ("Cc", "Cs") for one in value)
    assert person_name(value) == Mapped(value or None)


@pytest.mark.parametrize(
    "email",
    ["ann@example.org", "Ann.O'Neil+1@EXAMPLE.org", "a_b%c@sub.example.co.nz", "ann@site.test"],
)
def test_an_address_is_never_changed(email: str) -> None:
    assert email_address(email) == email_address(f" {email}\n") == Mapped(email)


@pytest.mark.parametrize(
    "email",
    ["ann", "ann@", "@example.org", "ann@localhost", "a b@example.org", "ann@a@example.org",
     "ann@-example.org", "a..b@example.org", "ann@example.org, bob@example.org", "ann\0@a.org"],
)  # fmt: skip
def test_an_address_that_cannot_exist_is_left_out_and_told_without_it(email: str) -> None:
    assert email_address(email) == Mapped(None, "the e-mail address cannot exist")


def test_no_address_and_one_too_long_for_mautic_are_told() -> None:
    assert email_address(" ") == Mapped(None, "there is no e-mail address")
    longest = f"ann@{'a' * 60}.{'b' * 60}.{'c' * 61}.org"
    assert len(longest) == 191
    assert email_address(longest).value == longest
    assert "longer than 191" in email_address(f"x{longest}").dropped


@given(st.one_of(st.text(max_size=40), st.emails()))
def test_whatever_comes_an_address_is_kept_whole_or_told(email: str) -> None:
    mapped = email_address(email)
    assert mapped.value in (None, email.strip())
    assert bool(mapped.dropped) == (mapped.value is None)
    assert not email.strip() or "@" not in mapped.dropped

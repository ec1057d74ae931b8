"""What messages must not hold, and how long a server asks to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from transport.delays import asked_delay, clock_ahead
from transport.redaction import redact

NOW = 1_543_968_000.0  # 2018-12-05 00:00:00 UTC


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("email: ann.lee+x@example.org is invalid.", "ann.lee"),
        ("Duplicate entry 'o'neil@example.org' for key", "example.org"),
        ("Authorization: Bearer abc.def-123", "abc.def-123"),
        ("basic dXNlcjpwdw==", "dXNlcjpwdw"),
        ("client_secret=s3cret&grant_type=x", "s3cret"),
        ('{"access_token": "NGFhMj"}', "NGFhMj"),
        ("password: hunter22", "hunter22"),
        ("ODdiMmM5YmIzYzI0YTE0NjJhMDRmNzg1OGI0NTgwMTViZTQ0OWNk", "ODdiMmM5YmIz"),
    ],
)
def test_addresses_and_secrets_are_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)


def test_plain_words_are_kept_on_one_short_line() -> None:
    text = "alias: Alias is already in use."
    assert redact(f" {text}\n\tLine 2 ") == f"{text} Line 2"
    assert len(redact("long " * 1000)) == 300


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": " 12 "}, 12.0),
        ({"Retry-After": "Wed, 05 Dec 2018 00:00:30 GMT"}, 30.0),
        ({"Retry-After": "Tue, 04 Dec 2018 00:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1543968090"}, 90.0),
        ({"X-RateLimit-Reset": "1543968090"}, 90.0),
        ({"X-RateLimit-Reset": "1543960000"}, 0.0),
        ({"X-RateLimit-Reset": "later"}, None),
        ({"Retry-After": "3", "X-RateLimit-Reset": "1543968090"}, 3.0),
    ],
)
def test_the_delay_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_delay(headers, NOW) == seconds


def test_a_limit_that_is_not_reached_asks_for_nothing() -> None:
    """Mautic 5 says when its limit starts anew on every answer (recording rate_limit_0)."""
    headers = {"X-RateLimit-Remaining": "4", "X-RateLimit-Reset": "1543971600"}
    assert asked_delay(headers, NOW) is None


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Wed, 05 Dec 2018 09:07:00 GMT", timedelta(minutes=7)),
        ("Wed, 05 Dec 2018 08:57:00 GMT", -timedelta(minutes=3)),
        ("Wed, 05 Dec 2018 09:00:00 -0000", None),
        ("some day", None),
        (None, None),
    ],
)
def test_the_date_of_an_answer_tells_how_far_apart_the_clocks_are(
    date: str | None, ahead: timedelta | None
) -> None:
    headers = {"Date": date} if date else {}
    assert clock_ahead(headers, datetime(2018, 12, 5, 9, tzinfo=UTC)) == ahead

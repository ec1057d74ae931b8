"""The stand-in answers as the real servers did: the whole recorded story, request by request."""

import pytest
import requests

from tests.sandbox.sandbox_replay import (
    ADDED_FIELDS,
    FIELDS,
    SHAPE_ONLY,
    SHOW_ADDED_FIELDS,
    STORY,
    TOTAL_DIFFERS,
    VERSIONS,
    comparable,
    recording,
    reduced,
    shape,
)

HEADERS = ("Content-Type", "Location", "Mautic-Version", "WWW-Authenticate")

Answers = dict[str, dict[str, requests.Response]]


@pytest.mark.parametrize("name", STORY)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_answer_is_the_recorded_one(answers: Answers, version: str, name: str) -> None:
    answer, recorded = answers[version][name], recording(version, name)["response"]
    assert answer.status_code == recorded["status"], answer.text
    expected = comparable(recorded["body"])
    fields = FIELDS | ADDED_FIELDS if name in SHOW_ADDED_FIELDS else FIELDS
    got = comparable(reduced(answer.json() if answer.content else "", fields))
    if name in TOTAL_DIFFERS:
        del got["total"], expected["total"]
    if name in SHAPE_ONLY:
        assert shape(got) == shape(expected)
        if isinstance(expected, dict):
            assert got.get("total") == expected.get("total")
    else:
        assert got == expected


@pytest.mark.parametrize("name", STORY)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_headers_are_the_recorded_ones(answers: Answers, version: str, name: str) -> None:
    headers, recorded = answers[version][name].headers, recording(version, name)["response"]
    for header in HEADERS:
        if header == "Location" and name in SHAPE_ONLY:
            assert (header in headers) == (header in recorded["headers"])
        else:
            assert headers.get(header) == recorded["headers"].get(header)

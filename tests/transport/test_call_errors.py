"""Errors read well, and survive the way from one process to another."""

from __future__ import annotations

import copy
import pickle

import pytest

from transport.errors import (
    ApiOffError,
    CallError,
    CredentialsError,
    DoubtfulWriteError,
    NotFoundError,
    PermanentError,
    RefusedError,
    RightsError,
    TransientError,
    WrongServerError,
)

KINDS = [
    TransientError,
    DoubtfulWriteError,
    PermanentError,
    CredentialsError,
    RightsError,
    ApiOffError,
    NotFoundError,
    RefusedError,
    WrongServerError,
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_comes_out_of_a_pickle_as_it_went_in(kind: type[CallError]) -> None:
    error = kind("read all tags", "GET /api/tags", "busy", "Wait.", 503, 7.0, "some_type")
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is kind
        assert vars(again) == vars(error)
        assert str(again) == str(error)


def test_an_error_says_what_was_tried_what_came_and_what_to_do() -> None:
    error = RightsError("create a tag", "POST /api/tags/new", "no access.", "Give rights", 403)
    assert str(error) == (
        "create a tag: POST /api/tags/new answered 403: no access. "
        "A retry does not help. Give rights."
    )


def test_an_error_without_an_answer_says_why() -> None:
    error = TransientError("read all tags", "GET /api/tags", "no answer in time (ReadTimeout)")
    assert str(error) == (
        "read all tags: GET /api/tags no answer in time (ReadTimeout). A retry may help."
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_says_whether_a_retry_helps(kind: type[CallError]) -> None:
    assert issubclass(kind, TransientError) != issubclass(kind, PermanentError)
    hint = kind("t", "r", "s").retry_hint
    assert ("does not help" in hint) == issubclass(kind, PermanentError)


def test_a_doubtful_write_says_that_it_may_have_been_done() -> None:
    assert "It may have been done" in str(DoubtfulWriteError("t", "r", "s"))

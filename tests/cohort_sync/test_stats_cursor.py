"""Rows of a log come in any order of their ids, and each is news once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cohort_sync.stats_cursor import WINDOW, Cursor


@given(st.permutations(range(1, 13)), st.lists(st.integers(0, 12), max_size=4))
def test_each_row_is_news_once_in_whatever_order_it_is_seen(
    order: list[int], looks: list[int]
) -> None:
    cursor, told = Cursor(), []
    for count in [*sorted(looks), 12]:
        seen = [id_ for id_ in order[:count] if id_ > cursor.after]
        told += sorted(cursor.new(seen))
        cursor = cursor.moved(seen)
    assert sorted(told) == list(range(1, 13))
    assert cursor == Cursor(12)


def test_an_id_that_does_not_come_is_waited_for_until_it_is_far_behind() -> None:
    cursor = Cursor().moved([1, 3])
    assert (cursor.gaps, cursor.after) == (frozenset({2}), 1)
    assert cursor.moved([WINDOW + 1]).after == 1
    assert 2 not in cursor.moved([WINDOW + 2]).gaps


def test_the_end_of_a_log_counts_also_when_its_last_rows_are_of_no_contact() -> None:
    cursor = Cursor(10).moved([], end=13)
    assert cursor == Cursor(13, frozenset({11, 12, 13}))
    assert cursor.new([12, 13]) == {12, 13}

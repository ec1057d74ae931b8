"""Rows are read page by page without a gap, and written back with an answer for each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.runner import Wpms
from tests.wpms_hook.deeds import ANN, IPM, LIDA, NOW, SECRET_EMAIL, SECRET_NAME, prepare, status_of
from tests.wpms_hook.hurry import answer_instead
from transport.errors import DoubtfulWriteError, TransientError
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import Enrolment, RowKey, Status, read_enrolments, write_statuses


def keys(client: WpmsClient, per_page: int = 1000, **asked: Any) -> list[list[int]]:
    """The user ids of each page."""
    pages = read_enrolments(client, per_page=per_page, **asked)
    return [[row.user_id for row in page] for page in pages]


def asked(wpms: Wpms) -> list[str]:
    return [request["query"] for request in wpms.requests()]


def test_a_row_holds_all_that_the_contract_says(wpms: Wpms, client: WpmsClient) -> None:
    prepare(wpms)
    wpms.profile(ANN, country="NZ", timezone="Pacific/Auckland")
    write_statuses(client, [status_of(rev=2)])
    moment = datetime(2018, 12, 5, 9, tzinfo=UTC)
    (row,) = next(read_enrolments(client))
    assert row == Enrolment(
        blog_id=LIDA,
        user_id=ANN,
        email=SECRET_EMAIL,
        first_name=SECRET_NAME,
        last_name=SECRET_NAME,
        country="NZ",
        timezone="Pacific/Auckland",
        email_ok=True,
        enrolled=True,
        enrolled_gmt=moment,
        left_gmt=None,
        erase=False,
        choice=None,
        choice_gmt=None,
        rev=2,
        synced_rev=2,
        state="linked",
        delivery="is",
        cohort=None,
        segment="lida101-is-course-oeru-20181205-wp",
        contact_id=77,
        tags=("lida101-oeru-is",),
        reason=None,
        synced_gmt=moment,
    )
    assert row.key == RowKey(LIDA, ANN)
    assert not row.dirty


def test_rows_come_page_by_page_in_the_order_of_their_keys(wpms: Wpms, client: WpmsClient) -> None:
    wpms.seed(7)
    wpms.forget_requests()
    rows = [row for page in read_enrolments(client, per_page=3) for row in page]
    assert [row.key for row in rows] == sorted(
        RowKey(row["blog_id"], row["user_id"]) for row in wpms.rows()
    )
    assert asked(wpms) == [
        "per_page=3&after_blog=0&after_user=0",
        "per_page=3&after_blog=2&after_user=6",
        "per_page=3&after_blog=3&after_user=5",
    ]


def test_a_full_last_page_is_followed_by_a_look_for_more(wpms: Wpms, client: WpmsClient) -> None:
    """A proxy that drops the header must not make the first page the only one."""
    wpms.seed(6)
    wpms.forget_requests()
    assert [len(page) for page in read_enrolments(client, per_page=3)] == [3, 3]
    assert len(asked(wpms)) == 3


def test_nobody_enrolled_is_no_page(wpms: Wpms, client: WpmsClient) -> None:
    assert keys(client) == []


def test_the_work_list_shrinks_by_what_is_written_back_meanwhile(
    wpms: Wpms, client: WpmsClient
) -> None:
    wpms.seed(9)
    seen = []
    for page in read_enrolments(client, dirty=True, per_page=2):
        seen += page
        write_statuses(
            client, [Status(row.blog_id, row.user_id, row.rev, "linked") for row in page]
        )
    assert len({row.key for row in seen}) == 9
    assert keys(client, dirty=True) == []
    assert sum(map(len, keys(client))) == 9


def test_rows_can_be_asked_for_by_course_site_and_state(wpms: Wpms, client: WpmsClient) -> None:
    wpms.seed(4)
    first, second = keys(client, blog_id=LIDA)[0]
    write_statuses(client, [Status(LIDA, first, 1, "waiting")])
    assert keys(client, state="waiting") == [[first]]
    assert keys(client, blog_id=LIDA, state="pending") == [[second]]
    assert keys(client, blog_id=IPM, state="waiting") == []


def row_json(blog_id: int, user_id: int, **changed: Any) -> dict[str, Any]:
    """A row as the plugin gives it."""
    texts = "email first_name last_name country timezone enrolled_gmt".split()
    nulls = "left_gmt choice choice_gmt delivery cohort segment contact_id reason synced_gmt"
    return {
        **dict.fromkeys(texts, ""),
        **dict.fromkeys(nulls.split()),
        **{"blog_id": blog_id, "user_id": user_id, "rev": 1, "synced_rev": 0, "state": "pending"},
        **{"email_ok": True, "enrolled": True, "erase": False, "tags": []},
        **changed,
    }


TWO = [row_json(2, 1), row_json(2, 2)]


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([TWO, TWO], "the page after site 2, user 2 does not go on from there"),
        ([TWO, [row_json(2, 2), row_json(2, 3)]], "does not go on from there"),
        ([TWO, [row_json(1, 9), row_json(2, 3)]], "does not go on from there"),
        ([TWO[::-1]], "the page after site 0, user 0 does not go on from there"),
        ([[TWO[0], TWO[0]]], "does not go on from there"),
        ([TWO[:1]], "1 rows came after site 0, user 0, and 2 were due"),
        ([TWO, []], "0 rows came after site 2, user 2, and 2 were due"),
        ([[*TWO, row_json(2, 3)]], "3 rows came after site 0, user 0, and 2 were due"),
    ],
)
def test_a_page_that_is_short_or_does_not_go_on_is_never_the_end(
    client: WpmsClient, pages: list[Any], said: str
) -> None:
    answer_instead(client, *pages, X_Course_Sync_Next="after_blog=2&after_user=2")
    with pytest.raises(TransientError, match=said):
        list(read_enrolments(client, per_page=2))


@pytest.mark.parametrize(
    "page",
    [
        {},
        None,
        "no",
        [None],
        [[]],
        ["row"],
        [{}],
        [row_json(2, 1, email=None)],
        [row_json(2, 1, rev="1")],
        [row_json(2, 1, rev=True)],
        [row_json(2, 1, email_ok="yes")],
        [row_json(2, 1, enrolled=1)],
        [row_json(2, 1, state="new")],
        [row_json(2, 1, state=[])],
        [row_json(2, 1, delivery="by post")],
        [row_json(2, 1, tags="a,b")],
        [row_json(2, 1, tags=None)],
        [row_json(2, 1, enrolled_gmt="yesterday")],
        [{name: value for name, value in row_json(2, 1).items() if name != "rev"}],
    ],
)
def test_a_page_of_another_shape_is_refused_without_repeating_it(
    client: WpmsClient, page: Any
) -> None:
    answer_instead(client, page)
    with pytest.raises(TransientError, match="not the shape of a page of enrolments"):
        list(read_enrolments(client))


@pytest.mark.parametrize("written", ["2018-12-05 09:00:00", "2018-12-05T09:00:00"])
def test_an_instant_is_in_utc_however_wordpress_writes_it(client: WpmsClient, written: str) -> None:
    answer_instead(client, [row_json(2, 1, enrolled_gmt=written)])
    (row,) = next(read_enrolments(client))
    assert row.enrolled_gmt == datetime.fromisoformat(f"{NOW}+00:00")


def test_each_row_written_back_has_its_answer(wpms: Wpms, client: WpmsClient) -> None:
    wpms.seed(3)
    wpms.profile(2, first_name="Changed")
    by_user = {row["user_id"]: RowKey(row["blog_id"], row["user_id"]) for row in wpms.rows()}
    rows = [Status(*by_user[user_id], 1, "linked") for user_id in (1, 2)]
    bad = Status(*by_user[3], 1, "dreaming")  # type: ignore[arg-type]
    written = write_statuses(client, [*rows, bad, Status(LIDA, 99, 1, "linked")])
    assert written.saved == {by_user[1]}
    assert written.stale == {by_user[2]}
    assert written.missing == {RowKey(LIDA, 99)}
    assert written.invalid.keys() == {by_user[3]}
    assert written.invalid[by_user[3]].startswith("state: ")
    dirty = [row.key for page in read_enrolments(client, dirty=True) for row in page]
    assert sorted(dirty) == sorted([by_user[2], by_user[3]])


def test_more_rows_than_a_call_takes_go_in_several(wpms: Wpms, client: WpmsClient) -> None:
    wpms.seed(1001)
    rows = [Status(row["blog_id"], row["user_id"], 1, "linked") for row in wpms.rows()]
    wpms.forget_requests()
    assert len(write_statuses(client, rows).saved) == 1001
    assert len(asked(wpms)) == 2
    assert keys(client, dirty=True) == []


def test_nothing_to_write_back_is_no_call(wpms: Wpms, client: WpmsClient) -> None:
    assert write_statuses(client, []).saved == frozenset()
    assert wpms.requests() == []


def answer(**told: Any) -> dict[str, Any]:
    return {"saved": [], "missing": [], "stale": [], "invalid": [], **told}


OURS = {"blog_id": LIDA, "user_id": ANN}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"saved": [OURS]},
        answer(),
        answer(saved=[OURS, OURS]),
        answer(saved=[OURS], stale=[OURS]),
        answer(saved=[{"blog_id": LIDA, "user_id": 5}]),
        answer(saved=[[LIDA, ANN]]),
        answer(saved=["2:1"]),
        answer(saved=None),
        answer(invalid=[{**OURS, "problems": ["state"]}]),
    ],
)
def test_an_answer_that_does_not_tell_of_each_row_leaves_doubt(
    client: WpmsClient, body: Any
) -> None:
    answer_instead(client, body)
    with pytest.raises(DoubtfulWriteError):
        write_statuses(client, [status_of()])


def test_a_reason_of_the_plugin_is_told_without_what_was_sent(client: WpmsClient) -> None:
    problems = {"reason": f"{SECRET_EMAIL} is not allowed"}
    answer_instead(client, answer(invalid=[{**OURS, "problems": problems}]))
    written = write_statuses(client, [status_of()])
    assert written.invalid == {RowKey(LIDA, ANN): "reason: <address> is not allowed"}
    answer_instead(client, answer(invalid=[OURS]))
    assert [*write_statuses(client, [status_of()]).invalid.values()] == ["no reason given"]

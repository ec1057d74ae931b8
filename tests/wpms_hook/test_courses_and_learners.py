"""Course sites and their offers; what learners said in Mautic; who has an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sandbox.runner import Wpms, running_wpms
from tests.wpms_hook.deeds import (
    ANN,
    BOB,
    COHORT,
    IPM,
    IS,
    LIDA,
    OTHER_EMAIL,
    SECRET_EMAIL,
    TODAY,
    prepare,
    status_of,
)
from tests.wpms_hook.hurry import answer_instead, hurried
from transport.errors import DoubtfulWriteError, NotFoundError, RefusedError, TransientError
from wpms_hook.client import WpmsClient
from wpms_hook.courses import CourseSite, NetworkStatus, list_courses, put_offers, read_status
from wpms_hook.enrolments import write_statuses
from wpms_hook.learners import Learner, Word, enrol, look_up, put_learners


def test_the_status_tells_how_far_the_network_is_in_step(wpms: Wpms, client: WpmsClient) -> None:
    prepare(wpms)
    moment = datetime(2018, 12, 5, 9, tzinfo=UTC)
    assert read_status(client) == NetworkStatus("1.0.0", 2, 1, 0, moment)
    wpms.link(LIDA, on=False)
    assert read_status(client) == NetworkStatus("1.0.0", 2, 0, 1, None)


def test_a_course_site_tells_all_that_the_contract_says(wpms: Wpms, client: WpmsClient) -> None:
    prepare(wpms)
    wpms.link(IPM, on=False)
    assert put_offers(client, LIDA, TODAY, "LiDA101", "OERu", [IS, COHORT])
    assert list_courses(client) == [
        CourseSite(
            LIDA, "/lida101/", f"{wpms.url}/lida101/", "LiDA101", True, (IS, COHORT), TODAY,
            enrolled=1, pending=0, dirty=1, archived=False,
        ),
        CourseSite(
            IPM, "/ipm101/", f"{wpms.url}/ipm101/", "IPM101", False, (), None,
            enrolled=0, pending=0, dirty=0, archived=False,
        ),
    ]  # fmt: skip


def test_all_course_sites_are_read_however_many(tmp_path: Any) -> None:
    sites = [(f"/course{number}/", f"Course {number}") for number in range(101)]
    with running_wpms(tmp_path, sites) as wpms:
        assert [course.path for course in list_courses(hurried(wpms))] == [p for p, _ in sites]
        assert len(wpms.requests()) == 3


@pytest.mark.parametrize(("count", "requests"), [(0, 3), (99, 3), (101, 2), (102, 3)])
def test_a_list_with_as_many_course_sites_as_there_are_asks_for_no_empty_page(
    tmp_path: Any, count: int, requests: int
) -> None:
    sites = [(f"/course{number}/", f"Course {number}") for number in range(101)]
    with running_wpms(tmp_path, sites) as wpms:
        assert len(list_courses(hurried(wpms), count)) == 101
        assert len(wpms.requests()) == requests


def test_a_list_of_course_sites_that_does_not_go_on_is_not_used(
    wpms: Wpms, client: WpmsClient
) -> None:
    courses = wpms.state()["courses"]
    answer_instead(client, courses)
    with pytest.raises(TransientError, match="the page after site 3 does not go on from there"):
        list_courses(client)


@pytest.mark.parametrize(
    "changed",
    [{"link": "maybe"}, {"link": None}, {"offers": None}, {"as_of": "soon"}, {"archived": 0},
     {"offers": [{}]}, {"blog_id": "2"}, {"dirty": None}],
)  # fmt: skip
def test_a_course_site_of_another_shape_is_refused(
    wpms: Wpms, client: WpmsClient, changed: dict[str, Any]
) -> None:
    answer_instead(client, [{**wpms.state()["courses"][0], **changed}], [])
    with pytest.raises(TransientError, match="not the shape of a list of course sites"):
        list_courses(client)


@pytest.mark.parametrize("body", [{}, [], None, "no", {"version": "1.0.0"}])
def test_a_status_of_another_shape_is_refused(client: WpmsClient, body: Any) -> None:
    answer_instead(client, body)
    with pytest.raises(TransientError, match="not the shape of a status"):
        read_status(client)


def test_offers_of_an_earlier_day_change_nothing_and_are_told_apart(
    wpms: Wpms, client: WpmsClient
) -> None:
    yesterday = TODAY - timedelta(days=1)
    assert put_offers(client, LIDA, TODAY, "LiDA101", "OERu", [IS, COHORT])
    assert not put_offers(client, LIDA, yesterday, "LiDA101", "OERu", [IS])
    assert put_offers(client, LIDA, TODAY, "LiDA101", "OERu", [IS, COHORT])
    assert len(wpms.state()["courses"][0]["offers"]) == 2


def test_offers_that_are_refused_for_another_reason_are_an_error(client: WpmsClient) -> None:
    wrong = replace(IS, key="some day")
    with pytest.raises(RefusedError, match=r"offers\.0\.key"):
        put_offers(client, LIDA, TODAY, "LiDA101", "OERu", [wrong])
    with pytest.raises(NotFoundError):
        put_offers(client, 99, TODAY, "LiDA101", "OERu", [IS])


def test_new_offers_put_learners_who_wait_on_the_work_list(wpms: Wpms, client: WpmsClient) -> None:
    prepare(wpms)
    write_statuses(client, [replace(status_of(), state="waiting")])
    assert read_status(client).dirty == 0
    put_offers(client, LIDA, TODAY, "LiDA101", "OERu", [IS, COHORT])
    assert read_status(client).dirty == 1


def test_what_learners_said_has_an_answer_word_by_word(wpms: Wpms, client: WpmsClient) -> None:
    prepare(wpms)
    put_offers(client, LIDA, TODAY, "LiDA101", "OERu", [IS, COHORT])
    wpms.choose(ANN, LIDA, "20181205")
    said = [
        Learner(ANN, email_ok=False, choices={LIDA: "is", IPM: "is"}),
        Learner(BOB, email_ok=True),
        Learner(99, email_ok=True, choices={LIDA: "is"}),
    ]
    written = put_learners(client, said)
    assert written.saved == {Word(ANN), Word(BOB)}
    assert written.newer == {Word(ANN, LIDA)}
    assert written.missing == {Word(ANN, IPM), Word(99)}


def test_what_learners_said_in_mautic_makes_no_row_dirty(wpms: Wpms, client: WpmsClient) -> None:
    prepare(wpms)
    write_statuses(client, [status_of()])
    put_learners(client, [Learner(ANN, email_ok=False, choices={LIDA: "is"})])
    assert read_status(client).dirty == 0
    (row,) = wpms.rows()
    assert (row["email_ok"], row["choice"]) == (False, "is")


def test_more_learners_than_a_call_takes_go_in_several(wpms: Wpms, client: WpmsClient) -> None:
    wpms.seed(501)
    wpms.forget_requests()
    written = put_learners(client, [Learner(number, email_ok=True) for number in range(1, 502)])
    assert len(written.saved) == 501
    assert len(wpms.requests()) == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        {"saved": [], "missing": [], "newer": []},
        {"saved": [{"user_id": ANN}], "missing": [], "newer": []},
        {"saved": [{"user_id": 7}], "missing": [{"user_id": 8}], "newer": []},
        {"saved": [ANN], "missing": [], "newer": []},
        {"saved": None, "missing": [], "newer": []},
    ],
)
def test_an_answer_in_which_words_are_missing_leaves_doubt(client: WpmsClient, body: Any) -> None:
    answer_instead(client, body)
    with pytest.raises(DoubtfulWriteError):
        put_learners(client, [Learner(ANN, email_ok=True, choices={LIDA: "is"})])


def test_an_account_is_enrolled_once_however_often(wpms: Wpms, client: WpmsClient) -> None:
    prepare(wpms)
    row = enrol(client, OTHER_EMAIL, LIDA)
    assert (row.user_id, row.blog_id, row.enrolled, row.rev) == (BOB, LIDA, True, 1)
    assert enrol(client, OTHER_EMAIL, LIDA) == row
    assert len(wpms.rows()) == 2


def test_nobody_is_enrolled_without_an_account(wpms: Wpms, client: WpmsClient) -> None:
    with pytest.raises(NotFoundError) as raised:
        enrol(client, "nobody@example.org", LIDA)
    assert "nobody" not in str(raised.value)
    assert wpms.rows() == []


def test_an_answer_without_the_enrolment_leaves_doubt(client: WpmsClient) -> None:
    answer_instead(client, {"ok": True}, status=201)
    with pytest.raises(DoubtfulWriteError):
        enrol(client, OTHER_EMAIL, LIDA)


def test_accounts_are_found_in_any_case_of_letters(wpms: Wpms, client: WpmsClient) -> None:
    prepare(wpms)
    emails = [SECRET_EMAIL.upper(), f" {OTHER_EMAIL} ", OTHER_EMAIL, "nobody@example.org", ""]
    assert look_up(client, emails) == {SECRET_EMAIL: ANN, OTHER_EMAIL: BOB}


def test_no_address_is_in_the_line_of_a_request(wpms: Wpms, client: WpmsClient) -> None:
    look_up(client, [SECRET_EMAIL])
    assert "canary" not in str(wpms.requests())


def test_more_addresses_than_a_call_takes_go_in_several(wpms: Wpms, client: WpmsClient) -> None:
    wpms.seed(1001)
    wpms.forget_requests()
    emails = [f"learner{number}@example.org" for number in range(1, 1002)]
    assert len(look_up(client, emails)) == 1001
    assert len(wpms.requests()) == 2


def test_no_address_is_no_call(wpms: Wpms, client: WpmsClient) -> None:
    assert look_up(client, [" "]) == {}
    assert wpms.requests() == []


@pytest.mark.parametrize("body", [{}, None, [{"email": "a@example.org"}], [{"user_id": 1}], ["a"]])
def test_accounts_of_another_shape_are_refused(client: WpmsClient, body: Any) -> None:
    answer_instead(client, body)
    with pytest.raises(TransientError, match="not the shape of a list of accounts"):
        look_up(client, ["a@example.org"])


def test_dates_of_offers_are_local_dates(wpms: Wpms, client: WpmsClient) -> None:
    put_offers(client, LIDA, TODAY, "LiDA101", "OERu", [COHORT])
    (offer,) = wpms.state()["courses"][0]["offers"]
    assert (offer["start"], offer["end"], offer["join_until"]) == (
        "2018-12-05", "2018-12-21", "2018-12-07",
    )  # fmt: skip
    assert list_courses(client)[0].offers[0].start == date(2018, 12, 5)

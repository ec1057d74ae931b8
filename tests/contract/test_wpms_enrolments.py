"""The ledger: which rows are to be synced, page by page, and what a write-back does to them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from tests.contract.network import Network
from tests.wpms_hook.deeds import IPM, LIDA, NOW
from wpms_hook.client import WpmsClient
from wpms_hook.enrolments import Enrolment, RowKey, Status, read_enrolments, write_statuses

EMAIL = "ann@example.org"


def rows(network: Network, **asked: Any) -> list[Enrolment]:
    return [row for page in read_enrolments(network.client, **asked) for row in page]


def write(network: Network, row: Enrolment, state: Any = "linked", **values: Any) -> None:
    written = write_statuses(network.client, [Status(*row.key, row.rev, state, **values)])
    assert written.saved == {row.key}


def signed_up(network: Network, blog_id: int = LIDA) -> int:
    """A learner whose row is in step."""
    user_id = network.people.enrol(EMAIL, blog_id)
    write(network, rows(network, blog_id=blog_id)[0], contact_id=77)
    return user_id


def test_pages_go_on_from_key_to_key(network: Network) -> None:
    if network.stand_in:
        network.stand_in.seed(5)
    pages = list(islice(read_enrolments(network.client, per_page=2), 3))
    (whole,) = islice(read_enrolments(network.client, per_page=6), 1) if pages else ([],)
    assert [row.key for page in pages for row in page] == [row.key for row in whole]


def test_the_work_list_holds_dirty_rows_only(network: Network) -> None:
    if network.stand_in:
        network.stand_in.seed(3)
        write(network, rows(network)[0])
    for page in islice(read_enrolments(network.client, dirty=True, per_page=50), 2):
        assert all(row.dirty for row in page)


def test_a_header_says_while_there_is_more(network: Network) -> None:
    network.people.seed(2)
    first, second = rows(network)
    headers = [headers_after(network.client, key) for key in (RowKey(0, 0), first.key)]
    told = [header.get("X-Course-Sync-Next") for header in headers]
    assert told == [f"after_blog={first.blog_id}&after_user={first.user_id}", None]
    assert second.key > first.key


def headers_after(client: WpmsClient, key: RowKey) -> Any:
    params = {"per_page": 1, "after_blog": key.blog_id, "after_user": key.user_id}
    return client.get("/enrolments", tried="read one row", params=params).headers


def test_a_new_enrolment_is_on_the_work_list_with_the_learners_profile(network: Network) -> None:
    profile = {"first_name": "Ann", "last_name": "Lee", "country": "NZ", "timezone": "UTC+13"}
    user_id = network.people.enrol(EMAIL, LIDA, **profile)
    (row,) = rows(network, dirty=True)
    moment = datetime.fromisoformat(NOW).replace(tzinfo=UTC)
    assert row == Enrolment(
        LIDA, user_id, EMAIL, "Ann", "Lee", "NZ", "UTC+13", email_ok=True,
        enrolled=True, enrolled_gmt=moment, left_gmt=None, erase=False,
        choice=None, choice_gmt=None, rev=1, synced_rev=0, state="pending", delivery=None,
        cohort=None, segment=None, contact_id=None, tags=(), reason=None, synced_gmt=None,
    )  # fmt: skip


def test_rows_are_found_by_course_site_and_by_state(network: Network) -> None:
    signed_up(network)
    network.people.enrol(EMAIL, IPM)
    assert [row.blog_id for row in rows(network, blog_id=IPM)] == [IPM]
    assert [row.blog_id for row in rows(network, state="linked")] == [LIDA]
    assert rows(network, blog_id=IPM, state="linked") == []


def test_rows_are_found_by_the_contacts_they_were_written_to(network: Network) -> None:
    for number in range(3):
        network.people.enrol(f"learner{number}@example.org", LIDA)
    first, second, third = rows(network)
    write(network, first, contact_id=77)
    write(network, second, contact_id=78)
    found = rows(network, contact_ids=[78, 77, 79])
    assert [row.key for row in found] == [first.key, second.key]
    assert rows(network, contact_ids=[79]) == []
    assert [row.key for row in rows(network, contact_ids=[78], blog_id=LIDA)] == [second.key]
    assert third.contact_id is None


def test_rows_of_accounts_are_found_on_all_course_sites(network: Network) -> None:
    ann = network.people.enrol(EMAIL, LIDA)
    network.people.enrol("bob@example.org", LIDA)
    assert network.people.enrol(EMAIL, IPM) == ann
    assert [row.key for row in rows(network, user_ids=[ann])] == [(LIDA, ann), (IPM, ann)]
    assert [row.key for row in rows(network, user_ids=[ann], blog_id=IPM)] == [(IPM, ann)]
    assert rows(network, user_ids=[ann + 1000]) == []


def test_a_course_site_without_link_is_in_the_snapshot_only(network: Network) -> None:
    network.people.enrol(EMAIL, LIDA)
    network.people.link(LIDA, on=False)
    assert len(rows(network)) == 1
    assert rows(network, dirty=True) == []
    network.people.link(LIDA, on=True)
    assert len(rows(network, dirty=True)) == 1


def test_who_was_signed_up_and_left_is_on_the_work_list_without_a_link_too(
    network: Network,
) -> None:
    user_id = signed_up(network)
    network.people.link(LIDA, on=False)
    network.people.leave(user_id, LIDA)
    (row,) = rows(network, dirty=True)
    assert (row.enrolled, row.left_gmt is None, row.contact_id) == (False, False, 77)


def test_a_write_back_puts_the_row_in_step_and_is_kept(network: Network) -> None:
    network.people.enrol(EMAIL, LIDA)
    (row,) = rows(network)
    said = {"delivery": "cohort", "cohort": "20181205", "segment": "lida101-cb", "contact_id": 7}
    write(network, row, **said, tags=("lida101-oeru-cb",))
    (after,) = rows(network)
    assert {name: getattr(after, name) for name in said} == said
    assert (after.state, after.tags, after.synced_rev) == ("linked", ("lida101-oeru-cb",), row.rev)
    assert after.synced_gmt is not None
    assert rows(network, dirty=True) == []


def test_a_row_that_changed_meanwhile_is_stale_and_stays_dirty(network: Network) -> None:
    user_id = network.people.enrol(EMAIL, LIDA)
    (row,) = rows(network)
    network.people.profile(user_id, first_name="Anna")
    late = Status(*row.key, row.rev, "linked", delivery="is", contact_id=77)
    written = write_statuses(network.client, [late])
    assert written.stale == {row.key}
    assert not written.saved
    (after,) = rows(network, dirty=True)
    assert (after.rev, after.synced_rev, after.first_name) == (row.rev + 1, 0, "Anna")
    assert (after.state, after.delivery) == ("pending", None)
    assert after.contact_id == 77, "the contact that was made is forgotten"


def test_a_write_back_with_a_wrong_rev_changes_nothing(network: Network) -> None:
    if network.stand_in:
        network.stand_in.enrol(EMAIL, LIDA)
    page = next(read_enrolments(network.client, per_page=1), None)
    if page is None:
        pytest.skip("Nobody is enrolled on this network yet.")
    (row,) = page
    # Far ahead, so that no change made meanwhile makes it right; an error signs nobody up.
    wrong = Status(*row.key, row.rev + 1_000_000, "error", reason="wrong rev")
    assert write_statuses(network.client, [wrong]).stale == {row.key}
    ((after,),) = islice(read_enrolments(network.client, blog_id=row.blog_id, per_page=1), 1)
    told = ("key", "synced_rev", "state", "reason", "contact_id", "synced_gmt")
    assert [getattr(after, name) for name in told] == [getattr(row, name) for name in told]


def test_rows_that_are_not_there_and_states_nobody_knows_are_told_by_key(
    network: Network,
) -> None:
    network.people.seed(2)
    first, second = rows(network)
    sent = [
        Status(*first.key, first.rev, "linked"),
        Status(*second.key, second.rev, "dreaming"),  # type: ignore[arg-type]
        Status(LIDA, 999, 1, "linked"),
    ]
    written = write_statuses(network.client, sent)
    assert written.saved == {first.key}
    assert not written.stale
    assert written.missing == {RowKey(LIDA, 999)}
    assert written.invalid.keys() == {second.key}
    assert "state" in written.invalid[second.key]


def test_an_error_is_in_step_until_the_row_changes(network: Network) -> None:
    user_id = network.people.enrol(EMAIL, LIDA)
    write(network, rows(network)[0], "error", reason="the address is refused")
    assert rows(network, dirty=True) == []
    network.people.profile(user_id, email="anna@example.org")
    (row,) = rows(network, dirty=True)
    assert (row.email, row.reason) == ("anna@example.org", "the address is refused")


@pytest.mark.parametrize(
    "profile",
    [{"last_name": "Li"}, {"email": "li@example.org"}, {"timezone": "UTC"}, {"email_ok": False}],
    ids=lambda profile: next(iter(profile)),
)
def test_a_change_of_the_profile_makes_all_rows_of_the_learner_dirty(
    network: Network, profile: dict[str, Any]
) -> None:
    user_id = signed_up(network)
    signed_up(network, IPM)
    network.people.profile(user_id, **profile)
    network.people.profile(user_id, **profile)
    assert [(row.blog_id, row.rev) for row in rows(network, dirty=True)] == [(LIDA, 2), (IPM, 2)]


def test_the_address_of_a_deleted_account_stays_until_that_is_synced(network: Network) -> None:
    network.people.delete_account(signed_up(network))
    (row,) = rows(network, dirty=True)
    assert (row.email, row.enrolled, row.contact_id) == (EMAIL, False, 77)
    write(network, row, "left")
    assert rows(network) == []


def test_who_becomes_staff_leaves_and_who_comes_back_is_enrolled(network: Network) -> None:
    user_id = signed_up(network)
    for role, enrolled in (("editor", False), ("subscriber", True)):
        network.people.role(user_id, LIDA, role)
        (row,) = rows(network, dirty=True)
        assert row.enrolled is enrolled

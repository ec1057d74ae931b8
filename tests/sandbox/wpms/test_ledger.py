"""Which rows are on the work list, and what takes them off it."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.wpms.network import NotAllowedError
from tests.sandbox.wpms.wpms_api import IPM, LIDA, Api, Plain, key_of, offer, offers


def test_a_new_enrolment_is_pending_and_dirty_until_it_is_written_back(api: Api) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA, first_name="Ann", country="NZ")
    (row,) = api.get("enrolments?dirty=1").json()
    assert (row["state"], row["rev"], row["synced_rev"]) == ("pending", 1, 0)
    assert (row["first_name"], row["country"], row["email_ok"]) == ("Ann", "NZ", True)
    assert api.write_back(row)["saved"] == [{"blog_id": 2, "user_id": ann}]
    row = api.row(ann)
    assert (row["state"], row["synced_rev"], row["contact_id"]) == ("linked", 1, 70 + ann)
    assert row["synced_gmt"] is not None
    assert api.dirty() == []


def test_a_row_has_exactly_the_fields_of_the_contract(api: Api) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    assert " ".join(api.row(ann)) == (
        "blog_id user_id email first_name last_name country timezone email_ok enrolled"
        " enrolled_gmt left_gmt erase choice choice_gmt rev synced_rev state delivery cohort"
        " segment contact_id tags reason synced_gmt"
    )


def test_a_change_made_during_a_sync_makes_the_write_back_stale(api: Api) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    before = api.row(ann)
    api.wpms.profile(ann, last_name="Lee")
    answer = api.write_back(before)
    assert (answer["saved"], answer["stale"]) == ([], [{"blog_id": 2, "user_id": ann}])
    row = api.row(ann)
    assert (row["state"], row["rev"], row["synced_rev"]) == ("pending", 2, 0)
    assert api.dirty() == [(2, ann)]


def test_a_leave_made_during_the_first_sync_is_sent_although_the_write_back_was_stale(
    api: Api,
) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    before = api.row(ann)
    api.wpms.leave(ann, LIDA)
    assert api.dirty() == []
    assert api.write_back(before)["stale"] != []
    assert api.dirty() == [(2, ann)]
    assert api.row(ann)["contact_id"] == 70 + ann


@pytest.mark.parametrize(
    "profile",
    [
        {"email": "new@example.org"},
        {"first_name": "Anna"},
        {"last_name": "Lee"},
        {"country": "NZ"},
        {"timezone": "Pacific/Auckland"},
        {"email_ok": False},
    ],
)
def test_a_changed_profile_touches_every_row_of_the_learner_once(api: Api, profile: Plain) -> None:
    ann = api.sign_up("ann@example.org", LIDA)
    api.sign_up("ann@example.org", IPM)
    api.sign_up("bob@example.org", LIDA)
    api.wpms.profile(ann, **profile)
    assert api.dirty() == [(2, ann), (3, ann)]
    assert [api.row(ann, blog)["rev"] for blog in (2, 3)] == [2, 2]
    api.wpms.profile(ann, **profile)
    assert api.row(ann)["rev"] == 2


def test_a_choice_touches_only_the_row_of_its_course(api: Api) -> None:
    ann = api.sign_up("ann@example.org", LIDA)
    api.sign_up("ann@example.org", IPM)
    api.put("courses/2/offers", offers("2018-03-01", offer("is")))
    api.wpms.choose(ann, LIDA, "is")
    api.wpms.choose(ann, LIDA, "is")
    assert api.dirty() == [(2, ann)]
    assert (api.row(ann)["choice"], api.row(ann)["rev"]) == ("is", 2)


def test_switching_the_link_on_makes_everything_outstanding_dirty(api: Api) -> None:
    old = api.sign_up("old@example.org")
    api.wpms.link(LIDA, on=False)
    new = api.wpms.enrol("new@example.org", LIDA)
    api.wpms.profile(old, first_name="Old")
    assert (api.row(new)["state"], api.dirty()) == ("pending", [])
    status = api.get("status").json()
    assert (status["pending"], status["dirty"], status["oldest_dirty_gmt"]) == (1, 0, None)
    api.wpms.link(LIDA, on=True)
    assert api.dirty() == [(2, old), (2, new)]
    status = api.get("status").json()
    assert (status["pending"], status["dirty"]) == (0, 2)


def test_leaves_opt_outs_and_deletions_go_although_the_link_is_off(api: Api) -> None:
    leaver, opter, gone, stays = (api.sign_up(f"{name}@example.org") for name in "abcd")
    api.wpms.link(LIDA, on=False)
    api.wpms.leave(leaver, LIDA)
    api.wpms.profile(opter, email_ok=False)
    api.wpms.delete_account(gone)
    api.wpms.profile(stays, first_name="Dee")
    assert api.dirty() == [(2, leaver), (2, opter), (2, gone)]


@pytest.mark.parametrize("on", [True, False])
def test_a_row_never_signed_up_and_left_is_not_sent(api: Api, on: bool) -> None:
    api.wpms.link(LIDA, on=on)
    ann = api.wpms.enrol("ann@example.org", LIDA)
    api.wpms.leave(ann, LIDA)
    bob = api.wpms.enrol("bob@example.org", LIDA)
    api.wpms.delete_account(bob)
    assert api.dirty() == []
    assert [key_of(row) for row in api.wpms.rows()] == [(2, ann)]


def test_the_email_of_a_deleted_account_stays_until_that_is_synced(api: Api) -> None:
    ann = api.sign_up("ann@example.org", first_name="Ann")
    api.wpms.delete_account(ann)
    (row,) = api.get("enrolments?dirty=1").json()
    assert (row["email"], row["first_name"], row["enrolled"]) == ("ann@example.org", "", False)
    assert row["left_gmt"] is not None
    assert api.write_back(row, state="left")["saved"] == [{"blog_id": 2, "user_id": ann}]
    assert api.wpms.state()["accounts"] == api.wpms.rows() == []
    assert api.write_back(row, state="left")["missing"] == [{"blog_id": 2, "user_id": ann}]


def test_a_deleted_accounts_email_may_be_registered_anew_before_the_sync(api: Api) -> None:
    old = api.sign_up("ann@example.org")
    api.wpms.delete_account(old)
    new = api.wpms.enrol("ann@example.org", LIDA)
    assert new != old
    assert api.dirty() == [(2, old), (2, new)]
    assert api.post("lookup", {"emails": ["ann@example.org"]}).json()[0]["user_id"] == new


def test_whoever_comes_back_starts_anew(api: Api) -> None:
    api.put("courses/2/offers", offers("2018-03-01", offer("is")))
    ann = api.sign_up("ann@example.org")
    api.wpms.choose(ann, LIDA, "is")
    api.wpms.leave(ann, LIDA)
    api.write_back(api.row(ann), state="left")
    assert api.dirty() == []
    api.wpms.enrol("ann@example.org", LIDA)
    row = api.row(ann)
    assert (row["state"], row["choice"], row["left_gmt"]) == ("pending", None, None)
    assert api.dirty() == [(2, ann)]


def test_only_learners_are_enrolled_and_a_member_of_staff_is_not(api: Api) -> None:
    ann = api.sign_up("ann@example.org")
    api.wpms.role(ann, LIDA, "editor")
    assert (api.row(ann)["enrolled"], api.dirty()) == (False, [(2, ann)])
    api.wpms.role(ann, LIDA, "subscriber")
    assert api.row(ann)["enrolled"]


def test_a_permanent_refusal_is_in_step_until_the_row_changes(api: Api) -> None:
    ann = api.wpms.enrol("ann@example.org", LIDA)
    api.write_back(api.row(ann), state="error", reason="Mautic refuses the address")
    assert (api.row(ann)["state"], api.dirty()) == ("error", [])
    api.wpms.profile(ann, email="anne@example.org")
    assert api.dirty() == [(2, ann)]


def test_a_contact_once_known_is_only_replaced_by_another(api: Api) -> None:
    ann = api.sign_up("ann@example.org")
    api.write_back(api.row(ann), state="error", contact_id=None)
    assert api.row(ann)["contact_id"] == 70 + ann
    api.write_back(api.row(ann), contact_id=9)
    assert api.row(ann)["contact_id"] == 9


def test_the_oldest_dirty_row_is_as_old_as_its_first_unsent_change(api: Api) -> None:
    api.wpms.switch(now="2018-03-01T00:00:00")
    ann = api.wpms.enrol("ann@example.org", LIDA)
    api.wpms.switch(now="2018-03-02T00:00:00+00:00")
    api.wpms.profile(ann, first_name="Ann")
    assert api.get("status").json()["oldest_dirty_gmt"] == "2018-03-01T00:00:00"
    api.write_back(api.row(ann))
    api.wpms.profile(ann, first_name="Anne")
    assert api.get("status").json()["oldest_dirty_gmt"] == "2018-03-02T00:00:00"


def test_what_wordpress_does_not_let_a_person_do_changes_nothing(api: Api) -> None:
    ann = api.sign_up("ann@example.org")
    api.sign_up("bob@example.org")
    before = api.wpms.state()
    wpms = api.wpms
    refused: list[Callable[[], None]] = [
        lambda: wpms.profile(ann, email="BOB@example.org"),
        lambda: wpms.profile(ann, email="nobody"),
        lambda: wpms.profile(ann, shoe_size=43),
        lambda: wpms.choose(ann, LIDA, "is"),
        lambda: wpms.choose(ann, IPM, "is"),
        lambda: wpms.leave(99, LIDA),
        lambda: wpms.link("/nowhere/", on=True),
    ]
    for each in refused:
        with pytest.raises(NotAllowedError):
            each()
    assert api.wpms.state() == before


LEARNERS = ["a@example.org", "b@example.org"]
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["enrol", "leave", "rename", "opt", "on", "off", "read", "write back"]),
        st.sampled_from(LEARNERS),
        st.sampled_from([LIDA, IPM]),
    ),
    max_size=25,
)


@given(deeds=DEEDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_story_one_sync_with_all_links_on_leaves_every_row_in_step(
    api: Api, deeds: list[tuple[str, str, str]]
) -> None:
    api.wpms.reset()
    read: list[Plain] = []
    revs: dict[tuple[int, int], int] = {}
    for number, (deed, email, site) in enumerate(deeds):
        match deed:
            case "enrol":
                api.wpms.enrol(email, site)
            case "on" | "off":
                api.wpms.link(site, on=deed == "on")
            case "read":
                read = api.get("enrolments?dirty=1").json()
            case "write back":
                api.write_back(*read)
            case _ if any(each["email"] == email for each in api.wpms.state()["accounts"]):
                if deed == "leave":
                    api.wpms.leave(email, site)
                else:
                    name = "first_name" if deed == "rename" else "email_ok"
                    api.wpms.profile(
                        email, **{name: str(number) if name == "first_name" else False}
                    )
        for row in api.wpms.rows():
            assert row["synced_rev"] <= row["rev"]
            assert row["rev"] >= revs.get(key_of(row), 1)
            revs[key_of(row)] = row["rev"]
    for site in (LIDA, IPM):
        api.wpms.link(site, on=True)
    work = api.get("enrolments?dirty=1").json()
    for row in work:
        api.write_back(row, state="linked" if row["enrolled"] else "left")
    assert api.dirty() == []
    assert all(row["rev"] == row["synced_rev"] for row in api.wpms.rows() if row["enrolled"])

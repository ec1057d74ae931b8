"""Learners: what they said in Mautic, who has an account, and what they say for themselves."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from tests.contract.network import Network
from tests.wpms_hook.deeds import COHORT, IPM, IS, LIDA, TODAY
from transport.errors import CredentialsError, NotFoundError, RefusedError
from wpms_hook.courses import list_courses, put_offers, read_status
from wpms_hook.enrolments import Status, read_enrolments, write_statuses
from wpms_hook.learners import Learner, Seen, Word, enrol, erase_learner, look_up, put_learners

EMAIL = "ann@example.org"


def signed_up(network: Network) -> int:
    """A learner who may choose, and whose row is in step."""
    put_offers(network.worker, LIDA, TODAY, "LiDA101", "OERu", [IS, COHORT])
    user_id = network.people.enrol(EMAIL, LIDA)
    write_statuses(network.client, [Status(LIDA, user_id, 1, "linked")])
    return user_id


def shown(network: Network) -> tuple[bool, str | None]:
    ((row,),) = read_enrolments(network.client)
    return row.email_ok, row.choice


def test_what_was_said_in_mautic_is_kept_and_makes_no_row_dirty(network: Network) -> None:
    user_id = signed_up(network)
    said = [Learner(user_id, email_ok=False, choices={LIDA: "20181205"})]
    for _ in range(2):
        written = put_learners(network.client, said)
        assert written.saved == {Word(user_id), Word(user_id, LIDA)}
    assert shown(network) == (False, "20181205")
    assert read_status(network.client).dirty == 0


def test_in_mautic_a_learner_can_ask_for_a_cohort_without_saying_which(network: Network) -> None:
    user_id = signed_up(network)
    put_learners(network.client, [Learner(user_id, choices={LIDA: "cohort"})])
    assert shown(network) == (True, "cohort")
    wanted = {"choices": [{"blog_id": LIDA, "choice": "cohort"}]}
    with pytest.raises(RefusedError, match="choice"):
        network.learner(EMAIL).put("/me", wanted, tried="choose")
    network.people.choose(user_id, LIDA, "is")
    assert shown(network) == (True, "is")


def test_what_the_learner_has_since_said_in_wordpress_goes_before(network: Network) -> None:
    user_id = signed_up(network)
    network.people.choose(user_id, LIDA, "20181205")
    network.people.profile(user_id, email_ok=False)
    said = [Learner(user_id, email_ok=True, choices={LIDA: "is"})]
    assert put_learners(network.client, said).newer == {Word(user_id), Word(user_id, LIDA)}
    assert shown(network) == (False, "20181205")


def test_what_the_sync_has_seen_of_wordpress_does_not_go_before(network: Network) -> None:
    user_id = signed_up(network)
    network.people.enrol(EMAIL, IPM)
    network.people.choose(user_id, LIDA, "20181205")
    network.people.profile(user_id, email_ok=False)
    ((row, other),) = read_enrolments(network.client)
    said = Learner(user_id, email_ok=True, choices={LIDA: "is"})
    elsewhere = replace(said, seen=Seen(IPM, other.rev))
    assert put_learners(network.client, [elsewhere]).newer == {Word(user_id, LIDA)}
    network.people.profile(user_id, email_ok=False)
    early = replace(said, seen=Seen(LIDA, row.rev - 2))
    assert put_learners(network.client, [early]).newer == {Word(user_id), Word(user_id, LIDA)}
    ((row, _),) = read_enrolments(network.client)
    now = replace(said, seen=Seen(LIDA, row.rev))
    assert put_learners(network.client, [now]).saved == {Word(user_id), Word(user_id, LIDA)}
    ((after, _),) = read_enrolments(network.client)
    assert (after.email_ok, after.choice, after.rev) == (True, "is", row.rev)


def test_words_about_nobody_and_about_courses_not_taken_are_missing(network: Network) -> None:
    user_id = signed_up(network)
    said = [Learner(user_id, choices={IPM: "is"}), Learner(999, email_ok=True)]
    written = put_learners(network.client, said)
    assert written.missing == {Word(user_id, IPM), Word(999)}
    assert written.saved == set()


def test_an_existing_account_is_enrolled_once(network: Network) -> None:
    user_id = network.people.register(EMAIL)
    body = {"email": EMAIL, "blog_id": LIDA}
    answers = [network.client.post("/enrolments", body, tried="enrol") for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 200]
    row = enrol(network.client, EMAIL, LIDA)
    assert (row.user_id, row.enrolled, row.rev) == (user_id, True, 1)
    assert read_status(network.client).dirty == 1


def test_nobody_without_an_account_is_enrolled(network: Network) -> None:
    with pytest.raises(NotFoundError):
        enrol(network.worker, EMAIL, LIDA)
    assert network.people.rows() == []


def test_an_unknown_address_has_no_account(network: Network) -> None:
    assert look_up(network.client, [f"nobody-{secrets.token_hex(8)}@example.org"]) == {}


def test_those_with_an_account_are_found_in_any_case_of_letters(network: Network) -> None:
    user_id = network.people.register(EMAIL)
    assert look_up(network.client, [EMAIL.upper(), "nobody@example.org"]) == {EMAIL: user_id}


@pytest.mark.parametrize("path", ["", "/lida101"])
def test_learners_see_their_own_preferences_on_any_site(network: Network, path: str) -> None:
    user_id = signed_up(network)
    network.people.enrol("bob@example.org", LIDA)
    seen = network.learner(EMAIL, path).get("/me", tried="read preferences").json
    assert (seen["user_id"], seen["email"], seen["email_ok"]) == (user_id, EMAIL, True)
    (course,) = seen["courses"]
    assert [course[name] for name in ("blog_id", "choice", "state")] == [LIDA, None, "linked"]
    assert [offer["key"] for offer in course["offers"]] == ["is", "20181205"]


def test_what_learners_change_themselves_is_to_be_synced(network: Network) -> None:
    signed_up(network)
    wanted = {"email_ok": False, "choices": [{"blog_id": LIDA, "choice": "20181205"}]}
    network.learner(EMAIL).put("/me", wanted, tried="change preferences")
    assert shown(network) == (False, "20181205")
    assert read_status(network.client).dirty == 1


def test_a_choice_that_is_not_on_offer_is_refused_and_nothing_is_changed(network: Network) -> None:
    signed_up(network)
    wanted = {"email_ok": False, "choices": [{"blog_id": LIDA, "choice": "20190101"}]}
    with pytest.raises(RefusedError, match="choice"):
        network.learner(EMAIL).put("/me", wanted, tried="change preferences")
    assert shown(network) == (True, None)


def test_preferences_are_nobodys_without_signing_in(network: Network) -> None:
    with pytest.raises(CredentialsError):
        network.stranger().get("/me", tried="read preferences")


def test_an_erased_learner_leaves_all_courses_and_is_on_the_work_list_whatever_the_link_says(
    network: Network,
) -> None:
    user_id = signed_up(network)
    network.people.enrol(EMAIL, IPM)
    network.people.enrol("bob@example.org", IPM)
    network.people.profile(user_id, country="NZ", timezone="UTC+13")
    network.people.link(IPM, on=False)
    assert [erase_learner(network.client, user_id) for _ in range(2)] == [2, 2]
    found = next(read_enrolments(network.client, dirty=True))
    assert [(row.blog_id, row.user_id) for row in found] == [(LIDA, user_id), (IPM, user_id)]
    assert next(read_enrolments(network.client, erase=True)) == found
    for row in found:
        assert (row.erase, row.enrolled, row.left_gmt is None) == (True, False, False)
        assert (row.email, row.country, row.timezone) == (EMAIL, "", "")
    assert read_status(network.client).dirty == 2
    assert {site.blog_id: site.dirty for site in list_courses(network.client)}[IPM] == 1


def test_to_erase_again_leaves_the_rev_so_that_what_is_under_way_is_not_stale(
    network: Network,
) -> None:
    user_id = signed_up(network)
    revs = []
    for _ in range(2):
        erase_learner(network.client, user_id)
        revs.append(next(read_enrolments(network.client))[0].rev)
    assert revs[0] == revs[1]


def test_the_row_of_an_erased_learner_goes_when_it_is_written_back_and_the_account_stays(
    network: Network,
) -> None:
    user_id = signed_up(network)
    erase_learner(network.client, user_id)
    written_back_as_left(network)
    assert network.people.rows() == []
    assert erase_learner(network.client, user_id) == 0
    assert look_up(network.client, [EMAIL]) == {EMAIL: user_id}


def written_back_as_left(network: Network) -> Status:
    ((row,),) = read_enrolments(network.client, dirty=True)
    status = Status(*row.key, row.rev, "left")
    assert write_statuses(network.client, [status]).saved == {row.key}
    return status


def test_who_comes_back_before_that_is_erased_first_and_then_starts_anew(network: Network) -> None:
    user_id = signed_up(network)
    write_statuses(network.client, [Status(LIDA, user_id, 1, "linked", contact_id=77)])
    erase_learner(network.client, user_id)
    network.people.role(user_id, LIDA, "subscriber")
    network.people.choose(user_id, LIDA, "20181205")
    ((row,),) = read_enrolments(network.client, dirty=True)
    assert (row.erase, row.enrolled, row.contact_id) == (True, True, 77)
    status = written_back_as_left(network)
    ((row,),) = read_enrolments(network.client, dirty=True)
    assert (row.erase, row.enrolled, row.choice) == (False, True, "20181205")
    assert (row.state, row.contact_id, row.synced_rev, row.synced_gmt) == ("pending", None, 0, None)
    # Sent again after doubt, it must not be taken for the result of the new enrolment.
    assert write_statuses(network.client, [status]).stale == {row.key}


def test_a_learner_marked_while_being_signed_up_stays_on_the_list_with_the_contact(
    network: Network,
) -> None:
    user_id = network.people.enrol(EMAIL, LIDA)
    assert erase_learner(network.client, user_id) == 1
    late = Status(LIDA, user_id, 1, "linked", contact_id=77)
    assert write_statuses(network.client, [late]).stale == {late.key}
    ((row,),) = read_enrolments(network.client, dirty=True)
    assert (row.erase, row.contact_id) == (True, 77)


def test_a_mark_outlives_the_account_and_then_there_is_nobody(network: Network) -> None:
    user_id = network.people.enrol(EMAIL, LIDA)
    erase_learner(network.client, user_id)
    network.people.delete_account(user_id)
    assert erase_learner(network.client, user_id) == 1
    ((row,),) = read_enrolments(network.client, dirty=True)
    assert (row.erase, row.email) == (True, EMAIL)
    written_back_as_left(network)
    with pytest.raises(NotFoundError) as raised:
        erase_learner(network.client, user_id)
    assert raised.value.error_type == "course_sync_no_account"


def test_a_no_to_e_mail_outlives_the_erasure_as_long_as_there_is_an_account(
    network: Network,
) -> None:
    user_id = signed_up(network)
    network.people.profile(user_id, email_ok=False)
    erase_learner(network.client, user_id)
    written_back_as_left(network)
    enrol(network.client, EMAIL, LIDA)
    assert shown(network) == (False, None)

"""Learners: what they said in Mautic, who has an account, and what they say for themselves."""

from __future__ import annotations

import secrets

import pytest

from tests.contract.network import Network
from tests.wpms_hook.deeds import COHORT, IPM, IS, LIDA, TODAY
from transport.errors import CredentialsError, NotFoundError, RefusedError
from wpms_hook.courses import put_offers, read_status
from wpms_hook.enrolments import Status, read_enrolments, write_statuses
from wpms_hook.learners import Learner, Word, enrol, look_up, put_learners

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


def test_what_the_learner_has_since_said_in_wordpress_goes_before(network: Network) -> None:
    user_id = signed_up(network)
    network.people.choose(user_id, LIDA, "20181205")
    network.people.profile(user_id, email_ok=False)
    said = [Learner(user_id, email_ok=True, choices={LIDA: "is"})]
    assert put_learners(network.client, said).newer == {Word(user_id), Word(user_id, LIDA)}
    assert shown(network) == (False, "20181205")


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

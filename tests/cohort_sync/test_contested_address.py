from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from cohort_sync.enrolment_plan import plan_batch
from cohort_sync.found_contacts import Found, owners_of
from cohort_sync.learner_word import SAID_NO
from cohort_sync.planned_learner import PlannedLearner
from mautic_hook.contacts import Contact, Refusal
from tests.cohort_sync.learners import COURSE, IS, NOW, ROW, STUDY, contact
from wpms_hook.enrolments import Enrolment

ANN = replace(ROW, contact_id=11)
BEA = replace(ROW, user_id=8, email="bea@example.org", contact_id=12)
BEAS = replace(contact(IS, email="bea@example.org"), id=12)
ELSEWHERE = 3


def plans(
    rows: Sequence[Enrolment], contacts: Sequence[Contact], others: Sequence[Enrolment] = ()
) -> list[PlannedLearner]:
    """The plans of a batch; `others` are rows that are not in it."""
    ids = {row.contact_id for row in [*rows, *others]}
    by_id = {one.id: one for one in contacts if one.id in ids}
    by_email = {one.email: [one] for one in contacts}
    users = {row.user_id: row.blog_id for row in rows if row.contact_id not in by_id}
    kin = {
        user: [one for one in others if one.user_id == user and one.blog_id != blog]
        for user, blog in users.items()
    }
    return plan_batch(rows, Found(by_id, by_email, kin, owners_of(rows, others)), COURSE)


def test_a_changed_address_moves_the_contact() -> None:
    row = replace(ROW, email="new@example.org", contact_id=11)
    (planned,) = plans([row], [contact(IS, STUDY)])
    assert planned.write == {"email": "new@example.org", "id": 11}


def test_a_changed_address_that_belongs_to_somebody_else_is_reported_not_merged() -> None:
    row = replace(ROW, email="new@example.org", contact_id=11)
    other = replace(contact(email="new@example.org"), id=12)
    (planned,) = plans([row], [contact(IS), other])
    assert (planned.deed, planned.write) == ("failed", {})
    assert planned.status
    assert planned.status.state == "error"
    assert "belongs to another contact" in str(planned.status.reason)


def test_one_address_in_two_cases_is_signed_up_once_and_reported() -> None:
    two = [ROW, replace(ROW, user_id=8, email="Ann@Example.org")]
    first, second = plans(two, [])
    assert first.deed == "signed up"
    assert second.notes == ("another account of this course has the same address",)


def test_of_accounts_with_one_address_the_one_with_the_contact_keeps_it() -> None:
    newcomer = replace(ROW, user_id=6)
    first, second = plans([newcomer, ANN], [contact(IS, STUDY)])
    assert (first.deed, second.deed) == ("failed", "unchanged")
    (alone,) = plans([newcomer], [contact(IS, STUDY)], [ANN])
    assert alone.notes == first.notes


def test_in_different_courses_two_accounts_with_one_address_have_one_contact() -> None:
    other = replace(ANN, user_id=6, blog_id=ELSEWHERE)
    (planned,) = plans([ROW], [contact(IS, STUDY)], [other])
    assert (planned.deed, dict(planned.write)) == ("unchanged", {})
    assert planned.status
    assert planned.status.contact_id == 11


def test_a_contact_of_another_row_is_left_to_that_row_first() -> None:
    leaving = replace(ROW, user_id=6, enrolled=False, contact_id=11)
    moving = replace(leaving, enrolled=True, email="ann2@example.org", delivery="is")
    for before in (leaving, moving):
        (_, newcomer) = plans([before, ROW], [contact(IS, STUDY)])
        assert newcomer.again
        assert (dict(newcomer.write), newcomer.status) == ({}, None)


def test_a_contact_whose_learner_moved_away_in_another_course_is_not_taken() -> None:
    owner = replace(ANN, user_id=6, blog_id=ELSEWHERE, email="ann2@example.org")
    said_no = replace(ROW, email_ok=False)
    (planned,) = plans([said_no], [contact(IS, STUDY)], [owner])
    assert (planned.deed, dict(planned.write), planned.status) == ("not ready", {}, None)
    assert planned.stop_mail is None
    assert not planned.again
    assert "contact 11" in planned.notes[0]


def test_who_is_in_step_and_has_to_wait_is_not_forgotten() -> None:
    owner = replace(ANN, user_id=6, blog_id=ELSEWHERE, email="ann2@example.org")
    lost = replace(ROW, contact_id=99, synced_rev=ROW.rev)
    (planned,) = plans([lost], [contact(IS, STUDY)], [owner])
    assert planned.deed == "failed"
    assert planned.status
    assert "run enrolment_sync with `everything`" in str(planned.status.reason)


def test_who_left_another_course_does_not_keep_an_address_from_its_new_owner() -> None:
    left = replace(ANN, user_id=6, blog_id=ELSEWHERE, email="ann2@example.org", enrolled=False)
    (planned,) = plans([ROW], [contact(IS, STUDY)], [replace(left, synced_rev=left.rev)])
    assert planned.deed == "unchanged"
    (planned,) = plans([ROW], [contact(IS, STUDY)], [left])
    assert (planned.deed, dict(planned.write)) == ("not ready", {})


def test_who_leaves_says_nothing_about_a_contact_that_another_account_has_by_now() -> None:
    deleted = replace(ROW, enrolled=False, email_ok=False)
    newcomer = replace(ANN, user_id=9, blog_id=ELSEWHERE)
    (planned,) = plans([deleted], [contact(IS, STUDY)], [newcomer])
    assert (planned.deed, dict(planned.write), planned.stop_mail) == ("left", {}, None)
    (planned,) = plans([deleted], [contact(IS, STUDY)])
    assert (set(planned.write["tags"]), planned.stop_mail) == ({f"-{IS}", f"-{STUDY}"}, 11)


def test_who_leaves_a_course_goes_before_who_takes_their_contact_in_it() -> None:
    leaving = replace(BEA, enrolled=False, contact_id=11)
    moved = replace(ANN, email="new@example.org")
    (_, planned) = plans([leaving, moved], [contact(IS, STUDY)])
    assert planned.again
    in_step = replace(leaving, rev=1, synced_rev=1)
    (_, planned) = plans([in_step, moved], [contact(IS, STUDY)])
    assert planned.write["email"] == "new@example.org"


def test_an_address_that_its_owner_gives_up_in_the_same_batch_is_waited_for() -> None:
    ann, bea = replace(ANN, email="bea@example.org"), replace(BEA, email="bea.new@example.org")
    ann_plan, bea_plan = plans([ann, bea], [contact(IS), BEAS])
    assert ann_plan.again
    assert bea_plan.write["email"] == "bea.new@example.org"
    for planned in plans([ann, replace(bea, email="ann@example.org")], [contact(IS), BEAS]):
        assert planned.deed == "failed"
        assert "two accounts exchanged their addresses" in planned.notes[0]


def test_an_address_that_its_owner_gives_up_in_another_course_is_waited_for() -> None:
    ann = replace(ANN, email="bea@example.org")
    elsewhere = replace(BEA, blog_id=ELSEWHERE, email="bea.new@example.org")
    (planned,) = plans([ann], [contact(IS), BEAS], [elsewhere])
    assert (planned.deed, planned.status, planned.again) == ("not ready", None, False)
    (planned,) = plans([ann], [contact(IS), BEAS], [replace(elsewhere, email="bea@example.org")])
    assert planned.deed == "failed"


def test_a_new_row_takes_the_contact_of_its_account_in_another_course() -> None:
    moved = replace(ROW, email="new@example.org")
    elsewhere = replace(ANN, blog_id=ELSEWHERE, email="new@example.org", synced_gmt=NOW)
    (planned,) = plans([moved], [contact(IS, STUDY)], [elsewhere])
    assert dict(planned.write) == {"email": "new@example.org", "id": 11}
    assert planned.status
    assert planned.status.contact_id == 11


def test_of_two_accounts_with_one_contact_the_one_with_its_address_keeps_it() -> None:
    bea = replace(BEA, contact_id=11)
    ann_plan, bea_plan = plans([ANN, bea], [contact(IS, STUDY)])
    assert ann_plan.deed == "unchanged"
    assert bea_plan.write["email"] == "bea@example.org"
    assert "id" not in bea_plan.write
    assert "the contact is that of another account; made anew" in bea_plan.notes


def test_of_two_accounts_that_both_moved_from_one_contact_the_older_keeps_it() -> None:
    ann, bea = replace(ANN, email="ann2@example.org"), replace(BEA, contact_id=11)
    ann_plan, bea_plan = plans([ann, bea], [contact(IS, STUDY)])
    assert (ann_plan.write["id"], "id" in bea_plan.write) == (11, False)


def test_a_yes_on_a_new_row_lifts_the_no_that_another_course_of_the_account_brought() -> None:
    elsewhere = replace(
        ANN, blog_id=ELSEWHERE, rev=3, synced_rev=2, state="optedout", synced_gmt=NOW
    )
    refusal = Refusal("email", 3, SAID_NO)
    refused = replace(contact(IS, STUDY), no_email=True, refusals=(refusal,))
    (planned,) = plans([ROW], [refused], [elsewhere])
    assert (planned.lift_stop, planned.said) == (11, None)
    in_step = replace(elsewhere, rev=2)
    (planned,) = plans([ROW], [refused], [in_step])
    assert planned.lift_stop is None
    assert planned.said


def test_who_comes_back_with_another_address_takes_over_the_no_of_the_contact() -> None:
    back = replace(ANN, synced_rev=0, synced_gmt=NOW)
    refusal = Refusal("email", 3, SAID_NO)
    refused = replace(contact(IS, STUDY), no_email=True, refusals=(refusal,))
    (planned,) = plans([back], [refused])
    assert planned.lift_stop == 11
    (planned,) = plans([replace(back, email="new@example.org")], [refused])
    assert planned.lift_stop is None
    assert planned.said
    assert planned.said.email_ok is False


def test_a_gone_contact_does_not_come_back_through_a_row_that_is_to_be_synced_later() -> None:
    elsewhere = replace(ANN, blog_id=ELSEWHERE, synced_gmt=NOW - timedelta(days=1))
    (planned,) = plans([replace(ROW, contact_id=11)], [], [elsewhere])
    assert "id" not in planned.write
    assert "the contact was gone; made anew" in planned.notes

"""What real Mautics answered becomes the right typed value, whatever shape the version gave it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mautic_hook.batches import RowAnswer
from mautic_hook.campaigns import Campaign, WantedCampaign, find_campaigns, list_campaigns
from mautic_hook.campaigns import _create as create_campaign
from mautic_hook.categories import Category, ensure_category, list_categories
from mautic_hook.client import MauticClient
from mautic_hook.contacts import (
    MANUAL,
    Contact,
    Refusal,
    contact_of,
    create_contacts,
    edit_contacts,
    find_by_email,
    find_by_id,
)
from mautic_hook.ensuring import RefusedThingError
from mautic_hook.fields import Field, list_fields
from mautic_hook.members import add_members
from mautic_hook.preferences import Preference, WantedPreference, list_preferences
from mautic_hook.preferences import _create as create_preference
from mautic_hook.segments import Segment, find_segments
from mautic_hook.segments import _create as create_segment
from mautic_hook.stats import (
    Bounds,
    ContactChange,
    NewRefusal,
    bounds,
    contact_changes,
    last_changes,
    memberships,
    new_refusals,
    segment_changes,
)
from mautic_hook.tags import ensure_tags, list_tags
from tests.contract.recorded import VERSIONS, recorded_client, recording
from transport.errors import (
    CredentialsError,
    DoubtfulWriteError,
    PermanentError,
    RightsError,
    TransientError,
)

pytestmark = pytest.mark.parametrize("version", VERSIONS)


def answered(version: str, *names: str, **more: Any) -> MauticClient:
    return recorded_client(version, *names, **more)[0]


def of(version: str, old: int, new: int) -> int:
    """The id that the recorded server of this version gave."""
    return old if version == "5.2.0" else new


def test_tags_are_named_by_id_and_case_variants_are_kept_apart(version: str) -> None:
    found = list_tags(answered(version, "tags_list", whole=True))
    assert found == {"is": 1, "lida101-is": 2, "ipm101-is": 3, "lida101-cb": 4, "str-one": 5}


def test_a_page_is_not_taken_for_the_whole_list(version: str) -> None:
    """The recording has 5 of 12 rows; a second page that brings nothing new ends in an error."""
    total = of(version, 12, 14)
    with pytest.raises(TransientError, match=f"only 5 of {total} rows came"):
        list_tags(answered(version, "tags_list", "tags_list"))


def test_new_tags_have_their_ids_in_the_order_sent(version: str) -> None:
    made = ensure_tags(answered(version, "tags_batch_new"), ["t1", "t2"], {})
    assert [(one.name, one.id, one.outcome) for one in made] == [
        ("t1", 13, "created"),
        ("t2", 14, "created"),
    ]


def test_categories_come_as_a_list_and_global_ones_count(version: str) -> None:
    found = list_categories(answered(version, "categories_list"))
    first, second = of(version, 1, 4), of(version, 3, 6)
    assert found == [Category(first, "LiDA101"), Category(second, "LiDA101")]


def test_of_two_categories_of_one_title_the_first_is_meant(version: str) -> None:
    assert ensure_category(answered(version, "categories_list"), "lida101").id == of(version, 1, 4)


def test_a_segment_without_filter_has_no_tag(version: str) -> None:
    alias = "lida101-is-course-oeru-20181205-wp"
    (found,) = find_segments(answered(version, "segments_where_alias"), alias)
    name = "LiDA101 Independent Study Course for OERu 20181205 via WP"
    assert found == Segment(of(version, 1, 6), name, alias, True, None)


def test_the_ids_of_a_tag_filter_are_read_back_as_text(version: str) -> None:
    made = create_segment(answered(version, "segment_new_tagfilter"), "CB by tag", "cb-by-tag", 4)
    filters = recording(version, "segment_new_tagfilter")["response"]["body"]["list"]["filters"]
    assert filters[0]["properties"] == {"filter": ["4"]}
    assert made.tag_ids == frozenset({4})


def test_an_alias_with_a_number_put_behind_it_is_noticed(version: str) -> None:
    exchange = recording(version, "segment_dup_alias_of_unpublished")
    alias = exchange["request"]["json"]["alias"]
    client = answered(version, "segment_dup_alias_of_unpublished", "segment_delete")
    if version == "5.2.0":
        assert create_segment(client, "dup", alias, 4).alias == alias
    else:
        with pytest.raises(RefusedThingError, match=f"'{alias}1'"):
            create_segment(client, "dup", alias, 4)


def test_campaigns_are_read_with_their_sources(version: str) -> None:
    category = of(version, 1, 4)
    found = find_campaigns(answered(version, "campaigns_where_category"), category)
    source = frozenset({of(version, 1, 6)})
    assert [(one.id, one.segment_ids, one.events) for one in found] == [
        (1, source, 2),
        (2, source, 2),
        (3, frozenset(), 2),
        (4, source, 2),
    ]
    (first,) = list_campaigns(answered(version, "campaigns_list", whole=True))
    name = "IPM101 Independent Study Announcements for OERu 20181205"
    assert first == Campaign(1, name, source, 2)


def test_a_campaign_that_was_made_without_its_sources_is_noticed(version: str) -> None:
    """Bare ids were taken with a 201, and the campaign had no source."""
    wanted = WantedCampaign("intlists", 1, frozenset({of(version, 1, 6)}), 1, False)
    with pytest.raises(RefusedThingError, match="not fed by the segments"):
        create_campaign(answered(version, "campaign_new_lists_ints"), wanted)


def test_contacts_are_an_object_by_id_and_their_total_is_text(version: str) -> None:
    body = recording(version, "find_where_in_csv")["response"]["body"]
    assert (body["total"], type(body["contacts"])) == ("2", dict)
    client = answered(version, "find_where_in_csv")
    found = find_by_email(client, ["a_b+c@example.org", "Bob@example.org"])
    assert {email: [one.id for one in ones] for email, ones in found.items()} == {
        "a_b+c@example.org": [of(version, 3418, 3427)],
        "bob@example.org": [8],
    }


def test_no_contacts_are_an_empty_object(version: str) -> None:
    exchange = recording(version, "find_apos")["response"]["body"]
    client = answered(version, "find_apos")
    client.version = "7.0.2"
    (found,) = find_by_email(client, ["o'neil@example.org"]).values()
    assert len(found) == int(exchange["total"]) == of(version, 0, 1)


def test_what_the_wildcard_of_the_search_finds_too_many_is_left_out(version: str) -> None:
    client = answered(version, "find_us_quoted")
    rows = client.rows("/api/contacts", "contacts", tried="look", page=500)
    assert [contact_of(row).email for row in rows] == ["a_b+c@example.org", "aXb+c@example.org"]
    client = answered(version, "find_us_quoted")
    assert find_by_email(client, ["a_b+c@example.org"])["a_b+c@example.org"][0].id == of(
        version, 3418, 3427
    )


def test_a_contact_is_read_with_its_tags(version: str) -> None:
    client = answered(version, "list_email")
    ((contact,),) = find_by_email(client, ["ann@example.org"]).values()
    tags = "ipm101-is lida101-cb LIDA101-CB str-one str-two tag,comma ünï".split()
    fields = {"id": "1", "email": "ann@example.org", "firstname": "exist"}
    expected = Contact(1, "ann@example.org", fields, frozenset({*tags, "with space"}), False)
    assert contact == expected


def test_a_page_beyond_the_last_is_no_empty_list(version: str) -> None:
    with pytest.raises(TransientError, match="only 0 of 11 rows came"):
        find_by_id(answered(version, "list_beyond"), [1])


def test_each_row_of_a_batch_with_gaps_gets_its_own_answer(version: str) -> None:
    client = answered(version, "contacts_batch_new_mixed")
    rows = recording(version, "contacts_batch_new_mixed")["request"]["json"]
    answers = create_contacts(client, rows)
    assert [answer.status for answer in answers] == [201, 400, 400, 200, 200]
    assert [answer.thing and answer.thing["id"] for answer in answers] == [10, None, None, 10, 1]
    assert [answer.fields for answer in answers] == [(), ("email",), ("timezone",), (), ()]


def test_edits_with_failures_are_a_list_of_only_the_successes(version: str) -> None:
    client = answered(version, "contacts_batch_patch_mixed")
    rows = [{"id": 10}, {"id": 777777}, {"id": 777778}]
    answers = edit_contacts(client, rows)
    assert answers[0].thing is not None
    assert answers[0].thing["id"] == 10
    assert answers[1:] == [RowAnswer(404, None, "Item was not found.")] * 2


def test_a_batch_in_which_all_went_well_is_a_list(version: str) -> None:
    rows = recording(version, "wq1")["request"]["json"]
    answers = create_contacts(answered(version, "wq1"), rows)
    assert {answer.status for answer in answers} == {201}
    got = [contact_of(answer.thing).email for answer in answers if answer.thing]
    assert got == [row["email"] for row in rows]


def test_the_500_to_a_batch_too_long_leaves_doubt(version: str) -> None:
    client = answered(version, "contacts_batch_new_201")
    with pytest.raises(DoubtfulWriteError, match="A max of 200 entities"):
        create_contacts(client, [{"email": "o0@example.org"}])


def test_a_wrong_secret_is_told_as_such(version: str) -> None:
    with pytest.raises(CredentialsError, match="client id and secret"):
        list_tags(answered(version, token="oauth2_token_bad_secret"))


def test_an_expired_token_is_renewed_once(version: str) -> None:
    token = "oauth2_token_client_credentials"
    client = answered(version, "oauth2_token_expired", token, "list_email")
    rows = client.rows("/api/contacts", "contacts", tried="look", page=500)
    assert len(rows) == 1


def test_a_bad_password_is_told_though_7_says_nothing(version: str) -> None:
    token = "oauth2_token_client_credentials"
    client = answered(version, "auth_basic_bad", token, "auth_basic_bad")
    with pytest.raises(CredentialsError) as raised:
        find_by_id(client, [1])
    said = "no reason given" if version == "7.0.2" else "Authorization denied"
    assert said in str(raised.value)


def test_missing_rights_are_told_as_such(version: str) -> None:
    with pytest.raises(RightsError):
        find_segments(answered(version, "perm_denied_get_segment"), "x")


def test_the_hourly_limit_of_5_says_until_when(version: str) -> None:
    if version == "7.0.2":
        return  # Mautic 7 has no limit of its own.
    reset = int(recording(version, "rate_limit_7")["response"]["headers"]["X-RateLimit-Reset"])
    with pytest.raises(TransientError) as raised:
        find_by_id(answered(version, "rate_limit_7"), [1])
    assert raised.value.retry_after == pytest.approx(max(0.0, reset - time.time()), abs=5)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-21 {text}").replace(tzinfo=UTC)


def test_rows_of_the_audit_log_are_typed_and_their_ids_are_its_bounds(version: str) -> None:
    """Both rows are about fields, which the request leaves out; they are of the same shape."""
    found = contact_changes(answered(version, "stats_audit_log", whole=True), 0)
    first, second = ("21:02:34", "21:02:34") if version == "5.2.0" else ("21:01:54", "21:01:55")
    assert found == [
        ContactChange(1, 44, "create", moment(first), "airflow [1]"),
        ContactChange(2, 45, "create", moment(second), "airflow [1]"),
    ]
    client = answered(version, "stats_audit_log", "stats_audit_log", whole=True)
    assert bounds(client, "audit_log") == Bounds(1, 1)


def test_a_page_of_the_audit_log_is_not_taken_for_all_of_it(version: str) -> None:
    total = of(version, 67, 91)
    with pytest.raises(TransientError, match=f"only 2 of {total} rows came"):
        contact_changes(answered(version, "stats_audit_log"), 0)


def test_rows_that_were_read_already_are_out_of_order(version: str) -> None:
    with pytest.raises(TransientError, match="not in the order of their ids"):
        contact_changes(answered(version, "stats_audit_log", whole=True), 1)


def test_what_we_wrote_is_known_by_our_name(version: str) -> None:
    client = answered(version, "stats_audit_log", "self", whole=True)
    assert last_changes(client, [44, 45]) == {}


def test_a_row_of_another_kind_is_not_taken_for_a_change_of_a_segment(version: str) -> None:
    with pytest.raises(TransientError, match="a row is not one of lead_event_log"):
        segment_changes(answered(version, "stats_lead_event_log", whole=True), 0)


def test_a_do_not_contact_mark_is_read_with_reason_comment_and_moment(version: str) -> None:
    at = moment("21:02:36" if version == "5.2.0" else "21:02:00")
    found = new_refusals(answered(version, "stats_lead_donotcontact"), 0)
    assert found == [NewRefusal(2, 12, "email", MANUAL, "c", at)]


def test_a_contact_shows_who_said_no_but_not_when(version: str) -> None:
    body = recording(version, "contact_get_dnc")["response"]["body"]["contact"]
    contact = contact_of(body)
    assert contact.no_email
    assert contact.refusals == (Refusal("email", MANUAL, "WP opt-out"),)
    assert "dateAdded" not in body["doNotContact"][0]


def test_members_are_told_with_how_they_came_in(version: str) -> None:
    found = memberships(answered(version, "stats_list_members"), [3, 4, 5, 14])
    segment, others = of(version, 1, 6), ([] if version == "5.2.0" else [14])
    assert [(one.segment_id, one.contact_id) for one in found] == [
        (segment, contact) for contact in (3, 4, 5, *others)
    ]
    assert {one.by_hand for one in found} == {True}
    rows = recording(version, "perm_stats")["response"]["body"]["stats"]
    assert [row["manually_added"] for row in rows[:3]] == ["0", "0", "1"]


def test_a_table_without_statistics_is_told_as_such(version: str) -> None:
    client = answered(version, "stats_leads")
    with pytest.raises(PermanentError, match="no statistics of this table") as raised:
        client.page("/api/stats/leads", "stats", tried="read leads", params={"limit": 1})
    assert type(raised.value) is PermanentError


def test_a_segment_for_the_preference_page_is_read_with_its_public_name(version: str) -> None:
    name = "LiDA101 Independent Study Course for OERu 20181205 via WP"
    alias, public_name = "lida101-is-course-oeru-20181205-wp", "LiDA101 (independent study)"
    wanted = WantedPreference(name, alias, public_name)
    expected = Preference(
        of(version, 1, 6), name, alias, public_name, published=True, shown=True, static=True
    )
    assert create_preference(answered(version, "segment_new"), wanted) == expected
    (listed,) = list_preferences(answered(version, "segments_list_alias", whole=True))
    assert listed == replace(expected, public_name="LiDA101 IS")


def test_contacts_that_are_gone_are_told_when_others_are_put_into_a_segment(version: str) -> None:
    client = answered(version, "segment_add_contacts_batch")
    assert add_members(client, 1, [1, 2, 3, 4, 5, 999999]) == {999999}


def test_fields_are_an_object_by_id(version: str) -> None:
    found = list_fields(answered(version, "fields_list"))
    assert found == [Field(44, "wp_user_id", "number", published=True)]

"""What differs between the versions of Mautic, each as recorded on a real server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """The behaviour of one version. The field comments name the recordings."""

    number: str
    # Set on creation and never moved afterwards; else empty until the first change (contact_get).
    date_modified_is_frozen: bool
    # auth_basic_bad
    bad_basic_has_empty_body: bool
    # segment_new, campaign_new, email_new_template
    has_projects: bool
    # campaign_new: "1" instead of 1
    event_channel_id_is_text: bool
    # segment_dup_alias_of_unpublished
    alias_suffix_counts_unpublished: bool
    # campaign_tz: the answer is 500 although the campaign was saved
    trigger_date_breaks_answer: bool
    # find_apos: where … eq looks for o&#39;neil
    where_escapes_apostrophe: bool
    # email_new_segment: the user behind client credentials is refused the segments
    client_may_mail_segments: bool
    # contact_new_bad_timezone
    text_bad_choice: str
    # contact_new_number_bad
    text_bad_number: str
    # campaign_patch_publishup
    text_bad_date: str
    # field_new_text: the answer tells index and limit of length
    fields_tell_limits: bool
    # stats_tables: columns of campaign_lead_event_log
    event_log_is_versioned: bool


VERSIONS = {
    version.number: version
    for version in (
        Version(
            number="5.2.0",
            date_modified_is_frozen=False,
            bad_basic_has_empty_body=False,
            has_projects=False,
            event_channel_id_is_text=False,
            alias_suffix_counts_unpublished=False,
            trigger_date_breaks_answer=True,
            where_escapes_apostrophe=True,
            client_may_mail_segments=False,
            text_bad_choice="This value is not valid.",
            text_bad_number="This value is not valid.",
            text_bad_date="This value is not valid.",
            fields_tell_limits=False,
            event_log_is_versioned=False,
        ),
        Version(
            number="7.0.2",
            date_modified_is_frozen=True,
            bad_basic_has_empty_body=True,
            has_projects=True,
            event_channel_id_is_text=True,
            alias_suffix_counts_unpublished=True,
            trigger_date_breaks_answer=False,
            where_escapes_apostrophe=False,
            client_may_mail_segments=True,
            text_bad_choice="The selected choice is invalid.",
            text_bad_number="Please enter a number.",
            text_bad_date="Please enter a valid date and time.",
            fields_tell_limits=True,
            event_log_is_versioned=True,
        ),
    )
}

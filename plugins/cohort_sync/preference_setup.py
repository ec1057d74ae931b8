"""What Mautic needs so that learners can say there how they study: tags, segments, fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cohorts.model import Calendar, Moment, Offering
from cohorts.names import preference_alias, preference_name, status_tag
from cohorts.rolling import standing
from mautic_hook.client import MauticClient
from mautic_hook.ensuring import Ensured
from mautic_hook.fields import WantedField, ensure_fields
from mautic_hook.preferences import WantedPreference, ensure_preferences
from mautic_hook.tags import ensure_tags

#: What a mail says to one learner, shown by `{contactfield=course_notice}`.
FIELDS = (WantedField("course_notice", "Course notice", "text"),)


def set_up(client: MauticClient, calendar: Calendar, now: Moment) -> list[Ensured]:
    """Sees to the status tags, the segments of the preference centre and the contact fields.

    What is there is kept; only the public names follow what ticking means today. Raises the errors
    of `transport.errors`.
    """
    offerings = calendar.offerings
    tags = [status_tag(o.course, o.partner, d) for o in offerings for d in ("is", "cohort")]
    return [
        *ensure_tags(client, tags),
        *ensure_preferences(client, wanted_preferences(offerings, now)),
        *ensure_fields(client, FIELDS),
    ]


def wanted_preferences(offerings: Sequence[Offering], now: Moment) -> list[WantedPreference]:
    """For each offering the segment in which a learner is who studies with a cohort."""
    partners = Counter(offering.course for offering in offerings)
    return [
        WantedPreference(
            preference_name(offering.course, offering.partner),
            preference_alias(offering.course, offering.partner),
            tick_text(offering, now, name_partner=partners[offering.course] > 1),
        )
        for offering in offerings
    ]


def tick_text(offering: Offering, now: Moment, *, name_partner: bool) -> str:
    """What ticking means today: `Study LiDA101 with a cohort, next start 5 December 2018`.

    The partner is named where a course has several: no two texts on the page may be the same.
    """
    course = f"{offering.course} ({offering.partner})" if name_partner else offering.course
    following = standing(offering, now).next
    start = f"{following.start.day} {following.start:%B %Y}" if following else "to be announced"
    return f"Study {course} with a cohort, next start {start}"

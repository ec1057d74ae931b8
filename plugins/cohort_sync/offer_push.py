"""Tells the course sites what their learners may choose."""

from __future__ import annotations

import logging
from datetime import datetime

from cohorts.model import Calendar, Moment, local_date
from cohorts.rolling import Offer as CalendarOffer
from cohorts.rolling import offers, standing
from wpms_hook.client import WpmsClient
from wpms_hook.courses import Offer, list_courses, put_offers

log = logging.getLogger(__name__)


def push_offers(
    client: WpmsClient, calendar: Calendar, as_of: Moment, now: datetime, *, dry_run: bool
) -> dict[str, int]:
    """Sets today's offers of every course site; counts of pushed, unchanged and left alone.

    What learners see is never turned back: only where `as_of` is really today (design rule 6),
    and never over offers of a later day.
    """
    counts = {"pushed": 0, "unchanged": 0, "not today": 0, "no site": 0}
    sites = {site.path: site for site in list_courses(client)}
    for offering in calendar.offerings:
        on = local_date(as_of, offering.zone)
        at = standing(offering, as_of)
        wanted = tuple(_offer(offer) for offer in offers(offering, at))
        site = sites.get(offering.site)
        if on != local_date(now, offering.zone):
            counts["not today"] += 1
        elif site is None:
            log.warning("%s: there is no site %s", offering.course, offering.site)
            counts["no site"] += 1
        elif site.as_of == on and site.offers == wanted:
            counts["unchanged"] += 1
        elif dry_run or put_offers(
            client, site.blog_id, on, offering.course, offering.partner, wanted
        ):
            counts["pushed"] += 1
        else:
            counts["not today"] += 1
    return counts


def _offer(offer: CalendarOffer) -> Offer:
    cohort = offer.cohort
    if cohort is None:
        return Offer(offer.key, offer.label, offer.delivery)
    return Offer(
        offer.key, offer.label, offer.delivery, cohort.start, cohort.end, cohort.join_until
    )

"""Rolls the cohorts: reads Mautic, plans, makes what is missing. Safe to run again, any time."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from cohort_sync.campaign_template import TemplateError, draft_from
from cohort_sync.errors import FutureDateError
from cohort_sync.mautic_state import MauticState, read_state
from cohort_sync.report import RolloverReport
from cohort_sync.rollover_plan import (
    Planned,
    PlannedIntake,
    PlannedSegment,
    RolloverPlan,
    plan_rollover,
)
from cohorts.model import Calendar, Moment, local_date
from cohorts.names import campaign_category
from mautic_hook.campaigns import WantedCampaign, ensure_campaign
from mautic_hook.categories import ensure_category, with_title
from mautic_hook.client import MauticClient
from mautic_hook.emails import ensure_draft, find_emails
from mautic_hook.ensuring import Ensured
from mautic_hook.segments import ensure_segment
from mautic_hook.tags import ensure_tags
from transport.errors import RefusedError

log = logging.getLogger(__name__)


def roll_over(
    client: MauticClient, calendar: Calendar, as_of: Moment, today: Moment, *, dry_run: bool
) -> RolloverReport:
    """Sees to everything that must exist in Mautic at `as_of`, or with `dry_run` only says it.

    Raises `FutureDateError`, and the errors of `transport.errors` when Mautic cannot be read or
    written; running it again goes on where it stopped. A thing that Mautic refuses is in the
    report and does not stop the others.
    """
    if not dry_run:
        _check_not_future(calendar, as_of, today)
    state = read_state(client)
    plan = plan_rollover(calendar, as_of, today, state)
    results = (
        _foreseen(plan.things()) if dry_run else _Apply(client, calendar, state, plan).results()
    )
    return RolloverReport.of(plan, results, dry_run=dry_run)


def _check_not_future(calendar: Calendar, as_of: Moment, today: Moment) -> None:
    for offering in calendar.offerings:
        asked, now = local_date(as_of, offering.zone), local_date(today, offering.zone)
        if asked > now:
            raise FutureDateError(
                f"as_of {asked} lies after today, {now} in {offering.zone}. "
                "A day that has not come can only be looked at: set dry_run"
            )


def _foreseen(things: Iterable[Planned]) -> list[Ensured]:
    return [_foreseen_one(thing) for thing in things]


def _foreseen_one(thing: Planned) -> Ensured:
    outcome = "created" if thing.verdict == "missing" else thing.verdict
    return Ensured(thing.kind, thing.name, outcome, reason=thing.reason)


class _Apply:
    """Makes what a plan misses: tags, categories, then of each intake segments and campaign."""

    def __init__(
        self, client: MauticClient, calendar: Calendar, state: MauticState, plan: RolloverPlan
    ) -> None:
        self._client = client
        self._titles = calendar.courses
        self._plan = plan
        self._state = state
        self._segment_ids: dict[str, int] = {s.alias: s.id for s in state.segments}
        self._drafts: dict[str, Ensured] = {}

    def results(self) -> list[Ensured]:
        tags = self._tags()
        tag_ids = {**self._state.tags, **_ids(tags)}
        categories = [self._category(planned) for planned in self._plan.categories]
        things = [
            result
            for planned in self._plan.intakes
            for result in self._intake(planned, tag_ids, _ids(categories))
        ]
        return [*tags, *categories, *self._drafts.values(), *things]

    def _tags(self) -> list[Ensured]:
        missing = [tag.name for tag in self._plan.tags if tag.verdict == "missing"]
        if not missing:
            return _foreseen(self._plan.tags)
        names = [tag.name for tag in self._plan.tags]
        return _told(ensure_tags(self._client, names, dict(self._state.tags)))

    def _category(self, planned: Planned) -> Ensured:
        if planned.verdict == "unchanged":
            category = with_title(list(self._state.categories), planned.name)
            assert category is not None
            return Ensured("category", planned.name, "unchanged", category.id)
        return _told([ensure_category(self._client, planned.name)])[0]

    def _intake(
        self, planned: PlannedIntake, tag_ids: Mapping[str, int], category_ids: Mapping[str, int]
    ) -> list[Ensured]:
        results = [self._segment(segment, tag_ids) for segment in planned.segments]
        self._segment_ids.update(_ids(results))
        if planned.campaign:
            refused = [result.name for result in results if result.outcome == "refused"]
            results.append(self._campaign(planned, planned.campaign, refused, category_ids))
        return results

    def _segment(self, segment: PlannedSegment, tag_ids: Mapping[str, int]) -> Ensured:
        if segment.state.verdict != "missing":
            return _foreseen_one(segment.state)
        tag_id = tag_ids.get(segment.alias)
        if tag_id is None:
            reason = "its membership tag could not be made; see there"
            return Ensured("segment", segment.alias, "refused", reason=reason)
        try:
            return _told([ensure_segment(self._client, segment.name, segment.alias, tag_id)])[0]
        except RefusedError as error:
            return Ensured("segment", segment.alias, "refused", reason=str(error))

    def _campaign(
        self,
        planned: PlannedIntake,
        campaign: Planned,
        refused: list[str],
        category_ids: Mapping[str, int],
    ) -> Ensured:
        if campaign.verdict != "missing":
            return _foreseen_one(campaign)
        if refused:
            reason = f"its segment {refused[0]} was refused; see there"
            return Ensured("campaign", campaign.name, "refused", reason=reason)
        try:
            email_id = self._email(planned)
        except (TemplateError, _NoEmailError) as error:
            return Ensured("campaign", campaign.name, "refused", reason=str(error))
        wanted = WantedCampaign(
            name=campaign.name,
            category_id=category_ids[campaign_category(planned.intake.course)],
            segment_ids=frozenset(self._segment_ids[s.alias] for s in planned.segments),
            email_id=email_id,
            published=planned.offering.publish,
        )
        try:
            return _told([ensure_campaign(self._client, wanted)])[0]
        except RefusedError as error:
            return Ensured("campaign", campaign.name, "refused", reason=str(error))

    def _email(self, planned: PlannedIntake) -> int:
        """The id of the e-mail a campaign sends: the calendar's by name, else the template's."""
        announcement = planned.offering.announcement
        if announcement.email is not None:
            ids = find_emails(self._client, announcement.email)
            if len(ids) != 1:
                raise _NoEmailError(announcement.email, len(ids))
            return ids[0]
        draft = draft_from(announcement.template, planned.intake, self._titles)
        if draft.name not in self._drafts:
            self._drafts[draft.name] = _told([ensure_draft(self._client, draft)])[0]
        email_id = self._drafts[draft.name].id
        assert email_id is not None
        return email_id


class _NoEmailError(Exception):
    def __init__(self, name: str, count: int) -> None:
        super().__init__(
            f"Mautic has {count or 'no'} e-mails named {name!r}, and one is needed; "
            "make or rename it (Channels → Emails), or change `announcement:` in the calendar"
        )


def _ids(results: Iterable[Ensured]) -> dict[str, int]:
    return {result.name: result.id for result in results if result.id is not None}


def _told(results: list[Ensured]) -> list[Ensured]:
    """Logs what was made or refused, as it happens."""
    for result in results:
        if result.outcome == "created":
            log.info("created %s %s", result.kind, result.name)
        elif result.outcome == "refused":
            log.warning("refused %s %s: %s", result.kind, result.name, result.reason)
    return results

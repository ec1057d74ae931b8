"""The rollover's plan: what must exist in Mautic at a date, beside what does exist. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cohort_sync.mautic_state import MauticState
from cohorts.intakes import dated, wanted_intakes
from cohorts.model import SOURCES, Calendar, Intake, Moment, Offering, Source, local_date
from cohorts.names import (
    campaign_category,
    campaign_name,
    segment_alias,
    segment_name,
    status_tag,
    study_days,
)
from cohorts.rolling import Transition, transitions
from mautic_hook.campaigns import Campaign, the_campaign
from mautic_hook.categories import with_title
from mautic_hook.ensuring import Kind, RefusedThingError
from mautic_hook.segments import Segment, the_segment

Verdict = Literal["missing", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing that must exist, and how it stands now. `name` is a segment's alias."""

    kind: Kind
    name: str
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlannedSegment:
    """A segment and how it stands."""

    name: str
    alias: str
    state: Planned


@dataclass(frozen=True, slots=True)
class PlannedIntake:
    """An intake with its two segments and, when it is time for one, its campaign."""

    offering: Offering
    intake: Intake
    segments: tuple[PlannedSegment, ...]
    campaign: Planned | None


@dataclass(frozen=True, slots=True)
class RolloverPlan:
    """Everything a rollover would see to, in the order in which it must be made."""

    tags: tuple[Planned, ...]
    categories: tuple[Planned, ...]
    intakes: tuple[PlannedIntake, ...]
    transitions: tuple[Transition, ...]

    def things(self) -> list[Planned]:
        """All things of the plan."""
        segments = [segment.state for intake in self.intakes for segment in intake.segments]
        campaigns = [intake.campaign for intake in self.intakes if intake.campaign]
        return [*self.tags, *self.categories, *segments, *campaigns]


def plan_rollover(
    calendar: Calendar, as_of: Moment, today: Moment, state: MauticState
) -> RolloverPlan:
    """What must exist at `as_of`, compared with `state`; `today` dates new independent study.

    A date is local to each offering, an instant is converted. Nothing is ever planned to be
    changed or removed ("What exists in Mautic at a date").
    """
    existing = _Existing(state)
    intakes = [
        planned
        for offering in calendar.offerings
        for planned in _intakes(offering, as_of, today, existing)
    ]
    status_tags = [
        status_tag(offering.course, offering.partner, delivery)
        for offering in calendar.offerings
        for delivery in ("is", "cohort")
    ]
    membership_tags = [segment.alias for planned in intakes for segment in planned.segments]
    return RolloverPlan(
        tags=tuple(existing.tag(name) for name in [*status_tags, *membership_tags]),
        categories=tuple(existing.category(title) for title in _categories(intakes)),
        intakes=tuple(intakes),
        transitions=tuple(
            change
            for offering in calendar.offerings
            for change in transitions(offering, as_of - timedelta(days=1), as_of)
        ),
    )


def _intakes(
    offering: Offering, as_of: Moment, today: Moment, existing: _Existing
) -> list[PlannedIntake]:
    planned = []
    for wanted in wanted_intakes(offering, as_of):
        intake = dated(wanted.intake, existing.study_days, local_date(today, offering.zone))
        segments = tuple(existing.segment(intake, source) for source in SOURCES)
        campaign = existing.campaign(intake, segments) if wanted.campaign else None
        planned.append(PlannedIntake(offering, intake, segments, campaign))
    return planned


def _categories(intakes: Iterable[PlannedIntake]) -> list[str]:
    titles = [campaign_category(p.intake.course) for p in intakes if p.campaign]
    return list(dict.fromkeys(titles))


class _Existing:
    """The state, indexed for look-up."""

    def __init__(self, state: MauticState) -> None:
        self._tags = state.tags
        self._categories = list(state.categories)
        self._segments: Mapping[str, list[Segment]] = _grouped(state.segments)
        self._campaigns = state.campaigns
        self._by_name: dict[str, list[Campaign]] = defaultdict(list)
        self._by_segment: dict[int, list[Campaign]] = defaultdict(list)
        for campaign in state.campaigns:
            self._by_name[campaign.name].append(campaign)
            for segment_id in campaign.segment_ids:
                self._by_segment[segment_id].append(campaign)
        # A tag is made before its segment: after a kill between the two it alone tells the day.
        self.study_days = study_days([*self._segments, *state.tags])

    def tag(self, name: str) -> Planned:
        return Planned("tag", name, "unchanged" if name in self._tags else "missing")

    def category(self, title: str) -> Planned:
        there = with_title(self._categories, title)
        return Planned("category", title, "unchanged" if there else "missing")

    def segment(self, intake: Intake, source: Source) -> PlannedSegment:
        name, alias = segment_name(intake, source), segment_alias(intake, source)
        try:
            found = the_segment(self._segments.get(alias, []), alias, self._tags.get(alias))
            state = Planned("segment", alias, "unchanged" if found else "missing")
        except RefusedThingError as refused:
            state = Planned("segment", alias, "refused", str(refused))
        return PlannedSegment(name, alias, state)

    def campaign(self, intake: Intake, segments: tuple[PlannedSegment, ...]) -> Planned:
        name = campaign_name(intake)
        if refused := [s.alias for s in segments if s.state.verdict == "refused"]:
            reason = f"its segment {refused[0]} was refused; see there"
            return Planned("campaign", name, "refused", reason)
        if any(s.state.verdict == "missing" for s in segments):
            return Planned("campaign", name, "missing")
        ids = frozenset(self._segments[s.alias][0].id for s in segments)
        candidates = [c for segment_id in ids for c in self._by_segment[segment_id]]
        candidates += self._by_name[name]
        try:
            found = the_campaign({c.id: c for c in candidates}.values(), name, ids)
        except RefusedThingError as refused:
            return Planned("campaign", name, "refused", str(refused))
        return Planned("campaign", name, "unchanged" if found else "missing")


def _grouped(segments: Iterable[Segment]) -> Mapping[str, list[Segment]]:
    groups: dict[str, list[Segment]] = defaultdict(list)
    for segment in segments:
        groups[segment.alias].append(segment)
    return groups

"""What must exist in Mautic at a date: the intakes that get segments, and those with a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cohorts.model import Intake, Moment, Offering
from cohorts.rolling import Standing, offers, standing

#: The coming year's independent study is made in this month, so nobody falls between the years.
MONTH_OF_NEXT_YEARS_STUDY = 12


@dataclass(frozen=True, slots=True)
class WantedIntake:
    """An intake that must have its segments at the date, and its campaign when `campaign`."""

    intake: Intake
    campaign: bool


def wanted_intakes(offering: Offering, moment: Moment) -> list[WantedIntake]:
    """The intakes of an offering at a moment ("What exists in Mautic at a date", rules 6 and 8).

    Segments for every cohort that is offered or current and for independent study of the year
    (in December also of the next); campaigns from `create_before` before a cohort's start.
    """
    at = standing(offering, moment)
    return [*_study_of_the_year(offering, at), *_cohorts(offering, at)]


def dated(intake: Intake, study: Mapping[tuple[str, str, int], date], today: date) -> Intake:
    """Independent study with the day in its names settled; a cohort as it is (rule 6).

    The day found for its year in `study` (see `names.study_days`) decides; else `today`, the day
    of real creation, if it lies in that year; else 1 January stays. `today` is local to the
    offering.
    """
    if intake.delivery == "cohort":
        return intake
    year = intake.day.year
    existing = study.get((intake.course.lower(), intake.partner.lower(), year))
    if existing is None and today.year == year:
        existing = today
    return replace(intake, day=existing) if existing else intake


def _study_of_the_year(offering: Offering, at: Standing) -> list[WantedIntake]:
    if not offering.independent_study:
        return []
    years = [at.on.year]
    if at.on.month == MONTH_OF_NEXT_YEARS_STUDY:
        years.append(at.on.year + 1)
    return [
        WantedIntake(Intake(offering.course, offering.partner, "is", date(year, 1, 1)), True)
        for year in years
    ]


def _cohorts(offering: Offering, at: Standing) -> list[WantedIntake]:
    offered = {offer.cohort for offer in offers(offering, at) if offer.cohort}
    return [
        WantedIntake(
            Intake(offering.course, offering.partner, "cohort", cohort.start),
            campaign=at.on >= cohort.start - offering.create_before,
        )
        for cohort in sorted(offered | set(at.current))
    ]

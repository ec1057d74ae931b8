"""The calendar at a date, for people (tables) and for programs (the JSON of `--json`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from io import StringIO
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from cohorts.intakes import wanted_intakes
from cohorts.model import SOURCES, Calendar, Cohort, Moment, Offering, local_date
from cohorts.names import campaign_category, campaign_name, segment_alias, segment_name
from cohorts.rolling import Offer, Transition, offers, standing

_SHOWN_PAST = 1

#: Columns that the tables need.
WIDTH = 116


def as_data(calendar: Calendar, moment: Moment) -> dict[str, Any]:
    """Every offering at a moment as plain data; dates as ISO text.

    `as_of` is the local date of the first offering. The day in the names of independent study is
    known to Mautic only, so it is given as 1 January of its year (rule 6).
    """
    zone = calendar.offerings[0].zone if calendar.offerings else "UTC"
    return {
        "as_of": local_date(moment, zone).isoformat(),
        "offerings": [_offering_data(offering, moment) for offering in calendar.offerings],
    }


def console(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal, or wide enough for the tables where there is none."""
    made = Console(stderr=stderr)
    return made if made.is_terminal else Console(stderr=stderr, width=WIDTH)


def as_text(show: Callable[[Console], None]) -> str:
    """What `show` prints, as a log takes it: plain, as wide as the tables."""
    printed = StringIO()
    show(Console(file=printed, width=WIDTH, color_system=None))
    return printed.getvalue()


def cohort_table(calendar: Calendar, moment: Moment) -> RenderableType:
    """One row an offering: past, current and next cohort, and what is offered."""
    table = Table(title="Cohorts", title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    for column in ("Course", "Partner", "Past", "Current", "Next", "Learners may choose"):
        table.add_column(column, no_wrap=column != "Learners may choose")
    for offering in calendar.offerings:
        at = standing(offering, moment)
        table.add_row(
            Text(offering.course, "bold"),
            offering.partner,
            _past(at.past),
            Text(_spans(at.current), "green") if at.current else Text("–", "dim"),
            _next(at.next, len(at.later), at.on),
            "\n".join(_offer_words(offer) for offer in offers(offering, at)) or "nothing",
        )
    return table


def transition_lines(changes: Iterable[Transition]) -> RenderableType:
    """What rolled, one line a cohort."""
    lines = [
        f"{change.course} {change.partner}: cohort of {change.cohort.start} "
        f"{change.before or 'new'} → {change.after}"
        for change in changes
    ]
    return Group(*lines) if lines else Text("No cohort rolled.")


def _offering_data(offering: Offering, moment: Moment) -> dict[str, Any]:
    at = standing(offering, moment)
    wanted = wanted_intakes(offering, moment)
    intakes = [item.intake for item in wanted]
    return {
        "course": offering.course,
        "partner": offering.partner,
        "past": [_cohort_data(c) for c in at.past],
        "current": [_cohort_data(c) for c in at.current],
        "next": _cohort_data(at.next) if at.next else None,
        "later": [_cohort_data(c) for c in at.later],
        "offers": [offer_data(offer) for offer in offers(offering, at)],
        "segments": [
            {"name": segment_name(intake, source), "alias": segment_alias(intake, source)}
            for intake in intakes
            for source in SOURCES
        ],
        "campaigns": [
            {
                "name": campaign_name(item.intake),
                "category": campaign_category(item.intake.course),
            }
            for item in wanted
            if item.campaign
        ],
    }


def offer_data(offer: Offer) -> dict[str, str | None]:
    """An offer as plain data; the dates of independent study are null."""
    cohort = offer.cohort
    return {
        "key": offer.key,
        "label": offer.label,
        "delivery": offer.delivery,
        "start": cohort.start.isoformat() if cohort else None,
        "end": cohort.end.isoformat() if cohort else None,
        "join_until": cohort.join_until.isoformat() if cohort else None,
    }


def _cohort_data(cohort: Cohort) -> dict[str, str]:
    return {"start": cohort.start.isoformat(), "end": cohort.end.isoformat()}


def _past(cohorts: tuple[Cohort, ...]) -> Text:
    if not cohorts:
        return Text("–", "dim")
    more = len(cohorts) - _SHOWN_PAST
    earlier = f"\n… {more} earlier" if more > 0 else ""
    return Text(_spans(tuple(reversed(cohorts))[:_SHOWN_PAST]) + earlier, "dim")


def _next(cohort: Cohort | None, later: int, on: date) -> Text:
    if cohort is None:
        return Text("no cohort scheduled", "yellow")
    days = (cohort.start - on).days
    more = f"\nand {later} later" if later else ""
    return Text(f"{_span(cohort)}\nin {days} day{'s' * (days != 1)}{more}", "cyan")


def _spans(cohorts: tuple[Cohort, ...]) -> str:
    return "\n".join(_span(cohort) for cohort in cohorts)


def _span(cohort: Cohort) -> str:
    same_year = cohort.start.year == cohort.end.year
    return f"{cohort.start} – {cohort.end:%m-%d}" if same_year else f"{cohort.start} – {cohort.end}"


def _offer_words(offer: Offer) -> str:
    if offer.cohort is None:
        return "independent study"
    return f"{offer.key} until {offer.cohort.join_until}"

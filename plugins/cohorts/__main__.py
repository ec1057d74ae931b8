"""The calendar on the command line: `python -m cohorts check [FILE]`, `… show`, `… schema`."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console

from cohorts.calendar_file import CALENDAR_PATH, load_calendar, overlaps
from cohorts.calendar_schema import schema_text
from cohorts.errors import CalendarError, Problem
from cohorts.expansion import HORIZON
from cohorts.model import YEARS, Moment
from cohorts.rolling import transitions
from cohorts.show import as_data, cohort_table, console, transition_lines


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; returns 0, or 1 for a wrong calendar, or 2 for a wrong command."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "check":
            return _check(options.file)
        if options.command == "schema":
            sys.stdout.write(schema_text())
            return 0
        return _show(options)
    except CalendarError as error:
        _say(console(stderr=True), error.problems)
        return 1


def _check(path: Path) -> int:
    loaded = load_calendar(path)
    ahead = datetime.now(UTC).date() + HORIZON
    warnings = [*loaded.warnings, *overlaps(path.read_text("utf-8"), loaded.calendar, ahead)]
    out = console()
    _say(out, warnings)
    count = len(loaded.calendar.offerings)
    out.print(f"{path}: {count} offerings, no errors, {len(warnings)} warnings", style="green")
    return 0


def _show(options: argparse.Namespace) -> int:
    calendar = load_calendar(options.file).calendar
    try:
        calendar = calendar.only(tuple(options.course), tuple(options.partner))
    except KeyError as error:
        print(f"no offering of {error.args[0]!r}; see: python -m cohorts show", file=sys.stderr)
        return 2
    moment: Moment = options.as_of or datetime.now(UTC)
    if options.json:
        print(json.dumps(as_data(calendar, moment), indent=2, ensure_ascii=False))
        return 0
    out = console()
    out.print(cohort_table(calendar, moment))
    yesterday = moment - timedelta(days=1)
    changes = [t for o in calendar.offerings for t in transitions(o, yesterday, moment)]
    out.print("Since the day before:", style="bold")
    out.print(transition_lines(changes))
    return 0


def _say(out: Console, problems: list[Problem] | tuple[Problem, ...]) -> None:
    for problem in problems:
        style = "red" if problem.severity == "error" else "yellow"
        out.print(f"{problem.severity}: {problem}", style=style, markup=False, soft_wrap=True)


def _as_of(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2018-12-05") from None
    if day.year not in YEARS:
        raise argparse.ArgumentTypeError(f"{text}: a year from {YEARS[0]} to {YEARS[-1]}")
    return day


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cohorts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="say everything that is wrong in a calendar")
    check.add_argument("file", nargs="?", type=Path, default=CALENDAR_PATH)
    show = commands.add_parser("show", help="past, current and next cohorts, and what is offered")
    show.add_argument("--file", type=Path, default=CALENDAR_PATH)
    show.add_argument("--as-of", type=_as_of, metavar="DATE", help="a local date; default: today")
    show.add_argument("--course", action="append", default=[], metavar="CODE")
    show.add_argument("--partner", action="append", default=[], metavar="CODE")
    show.add_argument("--json", action="store_true", help="for programs")
    commands.add_parser("schema", help="print the JSON Schema of the calendar")
    return parser


if __name__ == "__main__":
    sys.exit(main())

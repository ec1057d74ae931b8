"""What a rollover did: counts and names for XCom, tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from cohort_sync.rollover_plan import RolloverPlan
from cohorts.show import as_text
from mautic_hook.ensuring import Ensured

_KINDS = {
    "segment": "segments",
    "campaign": "campaigns",
    "category": "categories",
    "tag": "tags",
    "email": "e-mail drafts",
}
_OUTCOMES = ("created", "unchanged", "refused")
#: So many names of one kind are told; the rest is a number. XCom is no place for long lists.
_MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class RolloverReport:
    """What a rollover did, or with `dry_run` would do. Names of things only, no person's data."""

    dry_run: bool
    counts: dict[str, dict[str, int]]
    created: dict[str, list[str]]
    refused: list[dict[str, str]]
    transitions: list[dict[str, str]]

    @classmethod
    def of(cls, plan: RolloverPlan, results: Iterable[Ensured], *, dry_run: bool) -> RolloverReport:
        """The report of a plan and what became of its things."""
        results = list(results)
        counter = Counter((result.kind, result.outcome) for result in results)
        return cls(
            dry_run=dry_run,
            counts={k: {o: counter[k, o] for o in _OUTCOMES} for k in _KINDS},  # type: ignore[index]
            created={
                kind: [r.name for r in results if (r.kind, r.outcome) == (kind, "created")]
                for kind in _KINDS
            },
            refused=[
                {"kind": r.kind, "name": r.name, "reason": r.reason}
                for r in results
                if r.outcome == "refused"
            ],
            transitions=[
                {
                    "course": change.course,
                    "partner": change.partner,
                    "cohort": change.cohort.start.isoformat(),
                    "before": change.before or "new",
                    "after": change.after,
                }
                for change in plan.transitions
            ],
        )

    def as_data(self) -> dict[str, Any]:
        """The report for XCom: plain data, long lists cut."""
        data = asdict(self)
        data["created"] = {kind: names[:_MOST_NAMES] for kind, names in self.created.items()}
        data["refused"] = self.refused[:_MOST_NAMES]
        return data

    def text(self) -> str:
        """The report as a log shows it."""
        return as_text(lambda console: print_report(self.as_data(), console))


def print_report(report: dict[str, Any], console: Console, most: int = _MOST_NAMES) -> None:
    """Shows a report (as `RolloverReport.as_data` gives it) to a person; `most` names a kind."""
    made = "would be created" if report["dry_run"] else "created"
    title = "Mautic (preview, nothing was written)" if report["dry_run"] else "Mautic"
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in ("", made, "already right", "refused"):
        table.add_column(column, justify="left" if not column else "right")
    for kind, words in _KINDS.items():
        counts = report["counts"][kind]
        table.add_row(words, *(str(counts[outcome]) for outcome in _OUTCOMES))
    console.print(table)
    for kind, names in report["created"].items():
        for name in names[:most] if kind in ("segment", "campaign", "email") else ():
            words = f"  {made} {kind} {name}"
            console.print(words, markup=False, highlight=False, soft_wrap=True)
        if kind in ("segment", "campaign", "email") and (more := len(names) - most) > 0:
            console.print(f"  … and {more} more {_KINDS[kind]}; all are in the log of the task")
    for item in report["refused"]:
        words = f"  refused {item['kind']} {item['name']}: {item['reason']}"
        console.print(words, style="red", markup=False, highlight=False, soft_wrap=True)
    for change in report["transitions"]:
        words = "{course} {partner}: cohort of {cohort} {before} → {after}".format(**change)
        words = f"  rolled {words}"
        console.print(words, style="cyan", markup=False, highlight=False, soft_wrap=True)
    if not report["transitions"]:
        console.print("  no cohort rolled since the day before", style="dim")
    if not any(counts["created"] or counts["refused"] for counts in report["counts"].values()):
        console.print("unchanged: everything was in place", style="green")

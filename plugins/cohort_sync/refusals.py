"""The last step of a rollover run. It imports next to nothing, so its task is short."""

from __future__ import annotations

from typing import Any

from cohort_sync.errors import RefusedThingsError


def check_refusals(report: dict[str, Any]) -> None:
    """Raises `RefusedThingsError` with every reason, so that the run is seen to need somebody."""
    if refused := report["refused"]:
        reasons = "\n".join("  {kind} {name}: {reason}".format(**item) for item in refused)
        raise RefusedThingsError(
            f"{len(refused)} things need a person; the rest is done:\n{reasons}"
        )

"""The course sites that a cohort calendar names."""

from pathlib import Path
from typing import Any

import ryaml

from sandbox.wpms.network import Site


def sites_of_calendar(path: Path) -> list[Site]:
    """One site for each offering of the calendar, titled with its course.

    The last one has its link switched off, so that there is something pending to see.
    Raises ValueError for a file that is not a calendar.
    """
    try:
        calendar: dict[str, Any] = ryaml.loads(path.read_text(encoding="utf-8"))
        default = calendar.get("defaults", {}).get("zone", "UTC")
        offerings = calendar["offerings"]
        return [
            Site(
                path=each["site"],
                title=f"{each['course']}: {calendar['courses'][each['course']]}",
                zone=each.get("zone", default),
                link="off" if each is offerings[-1] else "on",
            )
            for each in offerings
        ]
    except (ryaml.InvalidYamlError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a cohort calendar: {error}") from error

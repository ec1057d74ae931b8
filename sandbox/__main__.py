"""`python -m sandbox --port 8081 --state DIR [--wpms-port 8082] [--mautic-version 5.2.0|7.0.2]`."""

import argparse
import asyncio
from pathlib import Path

from sandbox.mautic.version import VERSIONS
from sandbox.runner import (
    build_mautic,
    build_wpms,
    credentials_from_environment,
    serve,
    wpms_credentials_from_environment,
)
from sandbox.wpms.sites import sites_of_calendar

CALENDAR = Path(__file__).parents[1] / "include" / "cohort_calendar.yaml"


def main() -> None:
    """Run the stand-in Mautic, and WPMS too, on 127.0.0.1 until they are told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--state", type=Path, required=True, help="folder for the data")
    parser.add_argument("--mautic-version", choices=sorted(VERSIONS), default="7.0.2")
    parser.add_argument("--wpms-port", type=int, help="serve a WordPress network here as well")
    parser.add_argument(
        "--calendar", type=Path, default=CALENDAR, help="whose offerings become course sites"
    )
    options = parser.parse_args()
    mautic = build_mautic(options.state, options.mautic_version, credentials_from_environment())
    servers = [("Mautic", mautic, options.port)]
    if options.wpms_port is not None:
        try:
            sites = sites_of_calendar(options.calendar)
        except (OSError, ValueError) as error:
            parser.exit(1, f"{error}\n")
        credentials = wpms_credentials_from_environment()
        wpms = build_wpms(options.state, sites, credentials, people=True)
        servers.append(("WPMS", wpms, options.wpms_port))
    try:
        asyncio.run(serve(*servers))
    except OSError as error:
        parser.exit(1, f"Cannot listen: {error.strerror}\n")


if __name__ == "__main__":
    main()

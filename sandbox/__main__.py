"""`python -m sandbox --port 8081 --state DIR [--mautic-version 5.2.0|7.0.2]`."""

import argparse
import asyncio
from pathlib import Path

from sandbox.mautic.version import VERSIONS
from sandbox.runner import build_mautic, credentials_from_environment, serve


def main() -> None:
    """Run the stand-in Mautic on 127.0.0.1 until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--state", type=Path, required=True, help="folder for the data")
    parser.add_argument("--mautic-version", choices=sorted(VERSIONS), default="7.0.2")
    options = parser.parse_args()
    app = build_mautic(options.state, options.mautic_version, credentials_from_environment())
    try:
        asyncio.run(serve(app, options.port))
    except OSError as error:
        parser.exit(1, f"Cannot listen on port {options.port}: {error.strerror}\n")


if __name__ == "__main__":
    main()

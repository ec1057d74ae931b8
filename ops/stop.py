"""`python -m ops.stop`: end what `make run` started, and nothing else."""

from __future__ import annotations

from ops.servers import read_state, stop_all
from ops.settings import Settings


def main() -> None:
    settings = Settings(port=8080, real_server=False, apply=False)
    if read_state(settings.run_folder):
        print("Stopping the servers …", flush=True)
    stopped = stop_all(settings)
    print(f"Stopped: {', '.join(stopped)}" if stopped else "Nothing is running")


if __name__ == "__main__":
    main()

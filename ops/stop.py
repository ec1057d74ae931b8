"""`python -m ops.stop`: end what `make run` and `make wordpress` started, and nothing else."""

from __future__ import annotations

from ops.running import read_state, stop_all
from ops.settings import Settings
from ops.wordpress.stage import stage_folder


def main() -> None:
    settings = Settings(port=8080, real_server=False, apply=False)
    wordpress = stage_folder(settings)
    if read_state(settings.run_folder) or read_state(wordpress):
        print("Stopping the servers …", flush=True)
    stopped = stop_all(settings.run_folder, settings.root) + stop_all(wordpress, wordpress)
    print(f"Stopped: {', '.join(stopped)}" if stopped else "Nothing is running")


if __name__ == "__main__":
    main()

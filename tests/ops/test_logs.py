"""The end of a log, for a person."""

from pathlib import Path

from ops.logs import end_of


def test_the_end_of_a_log_names_the_file_and_keeps_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "scheduler.log"
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    shown = end_of(log, lines=2).splitlines()
    assert shown == [f"The end of {log}:", "  line 98", "  line 99"]

"""Logs stay bounded while their process keeps writing."""

from __future__ import annotations

import os
from pathlib import Path

from resonanz.ops import logs


def test_bound_sets_a_full_log_aside_and_its_writer_goes_on(tmp_path: Path) -> None:
    writer = logs.open_log(tmp_path, "web")
    for _ in range(4):
        os.write(writer, b"x" * (logs.LARGEST_BYTES + 1))
        logs.bound(tmp_path)
    os.write(writer, b"later\n")
    os.close(writer)

    assert {path.name for path in tmp_path.iterdir()} == {"web.log", "web.log.1", "web.log.2"}
    assert (tmp_path / "web.log").read_bytes() == b"later\n"


def test_last_lines_of_a_log_that_is_not_there_are_none(tmp_path: Path) -> None:
    assert logs.last_lines(tmp_path, "web") == []

"""A file beyond 500 lines is two."""

from __future__ import annotations

from pathlib import Path

from resonanz.ops.checking import MOST_LINES, code_files, too_long


def test_no_file_is_too_long() -> None:
    files = code_files()

    assert too_long(files) == []
    assert len(files) > 150


def test_a_long_file_is_noticed(tmp_path: Path) -> None:
    for name, lines in {"short.py": MOST_LINES, "long.css": MOST_LINES + 1}.items():
        (tmp_path / name).write_text("a\n" * lines, "utf-8")

    assert too_long(tmp_path.iterdir()) == ["long.css has 501 lines"]

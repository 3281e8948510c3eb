"""A file beyond 500 lines is two."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 500
KINDS = ("*.py", "*.js", "*.css", "*.html")


def too_long(files: Iterable[Path]) -> list[str]:
    """The files with more lines than a reader has patience for."""
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in files}
    return [f"{file.name} has {lines} lines" for file, lines in sorted(lengths.items()) if lines > MOST_LINES]


def test_no_file_is_too_long() -> None:
    files = [file for folder in ("src", "tests") for kind in KINDS for file in (ROOT / folder).rglob(kind)]

    assert too_long(files) == []
    assert len(files) > 150


def test_a_long_file_is_noticed(tmp_path: Path) -> None:
    for name, lines in {"short.py": MOST_LINES, "long.css": MOST_LINES + 1}.items():
        (tmp_path / name).write_text("a\n" * lines, "utf-8")

    assert too_long(tmp_path.iterdir()) == ["long.css has 501 lines"]

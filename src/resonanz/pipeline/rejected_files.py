"""The files beside an imported one that hold its rejected lines as they came, names included."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

from resonanz.pipeline.models import RejectedFile

SUFFIX = ".rejected.jsonl"


def delete(file: RejectedFile) -> None:
    """Delete the file and its row; one that somebody took away already is as good as deleted."""
    path = Path(file.path)
    if path.name.endswith(SUFFIX):  # the row names no other file, and if it did, that one would not be ours
        path.unlink(missing_ok=True)
    file.delete()


def drop_lines(words: Collection[re.Pattern[str]]) -> int:
    """Drop the lines of all rejected files in which one of `words` stands; how many there were."""
    return sum(_drop(Path(path), words) for path in RejectedFile.objects.order_by("pk").values_list("path", flat=True))


def _drop(path: Path, words: Collection[re.Pattern[str]]) -> int:
    """Written beside and put in place at once: killed midway, the old file is still whole."""
    if not path.is_file() or not path.name.endswith(SUFFIX):
        return 0
    beside = path.with_name(path.name + ".new")
    dropped = 0
    with path.open(encoding="utf-8", errors="surrogateescape") as lines, _private(beside) as kept:
        for line in lines:
            if any(word.search(line) for word in words):
                dropped += 1
            else:
                kept.write(line)
        kept.flush()
        os.fsync(kept.fileno())
    beside.replace(path)
    return dropped


def _private(path: Path):  # type: ignore[no-untyped-def]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape")

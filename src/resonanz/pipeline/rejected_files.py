"""The files beside an imported one that hold its rejected lines as they came, names included."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Collection
from pathlib import Path

from resonanz.pipeline.models import RejectedFile

SUFFIX = ".rejected.jsonl"
logger = logging.getLogger(__name__)


def delete(file: RejectedFile) -> None:
    """Delete the file and its row; one that somebody took away already is as good as deleted."""
    path = Path(file.path)
    if path.name.endswith(SUFFIX):  # the row names no other file, and if it did, that one would not be ours
        path.unlink(missing_ok=True)
    file.delete()


def drop_lines(words: Collection[re.Pattern[str]]) -> int:
    """Drop the lines of all rejected files in which one of `words` stands; how many there were.

    A file that cannot be written (somebody else's folder by now, a disk that was taken out) does not keep the others.
    """
    dropped = 0
    for file in RejectedFile.objects.order_by("pk"):
        try:
            dropped += _drop(Path(file.path), words)
        except OSError:
            logger.error("the rejected lines of an import could not be cleaned: rejected file %s", file.pk)
    return dropped


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
    # The folder is the importer's: what others put there under this name is neither written to nor followed.
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape")

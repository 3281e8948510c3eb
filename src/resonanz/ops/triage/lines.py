"""What `resonanz triage` reads and writes: lines in, lines out, so that any stopped run can be gone on with.

A line of output is written whole or not at all, as far as the system allows it; as many lines as stand in the output,
so many lines of the input are answered.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

AT_ONCE = 256
_CHUNK = 1 << 16
# The rest of a longer line is read and dropped: one text is never worth more memory than this.
_LONGEST_LINE = 1 << 22

Remark = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines that stand together, as bytes without their ends; `first` is the number of the first one, from 1."""

    first: int
    lines: list[bytes]

    def texts(self, remark: Remark) -> list[str]:
        """The text of each line; `remark` hears the number of a line and what is odd about it."""
        return [_text(line, number, remark) for number, line in enumerate(self.lines, start=self.first)]


def read(file: IO[bytes], *, skip: int) -> Iterator[Lines]:
    """The lines after the first `skip` ones, at most AT_ONCE together, as soon as they arrive.

    Whoever writes a line and waits for its answer gets it.
    """
    number = 1
    for lines in _arriving(file):
        for start in range(max(0, skip + 1 - number), len(lines), AT_ONCE):
            yield Lines(number + start, lines[start : start + AT_ONCE])
        number += len(lines)


def write(file: IO[bytes], line: str) -> None:
    """One line in one piece: what is killed leaves whole lines behind."""
    file.write(f"{line}\n".encode())
    file.flush()


def drop_torn_line(file: IO[bytes]) -> bool:
    """Cut off what a killed run left of a last line, where the output goes on in a file; whether there was anything."""
    with contextlib.suppress(OSError, ValueError):
        own = file.fileno()
        found = os.fstat(own)
        if not stat.S_ISREG(found.st_mode) or not found.st_size:
            return False
        # Opened again, because a shell's >> may be written to and not read.
        with open(f"/proc/self/fd/{own}", "rb") as written:
            whole = _end_of_last_line(written, found.st_size)
        if whole < found.st_size:
            os.truncate(own, whole)
            return True
    return False


def _end_of_last_line(written: IO[bytes], size: int) -> int:
    end = size
    while end:
        start = max(0, end - _CHUNK)
        written.seek(start)
        if (place := written.read(end - start).rfind(b"\n")) >= 0:
            return start + place + 1
        end = start
    return 0


def _arriving(file: IO[bytes]) -> Iterator[list[bytes]]:
    read = getattr(file, "read1", file.read)
    rest = b""
    while chunk := read(_CHUNK):
        first, *others = chunk.split(b"\n")
        rest = (rest + first)[:_LONGEST_LINE]
        if others:
            yield [rest, *others[:-1]]
            rest = others[-1]
    if rest:
        yield [rest]


def _text(line: bytes, number: int, remark: Remark) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("utf-8", "replace")
        remark(number, "it is not UTF-8; what cannot be read was replaced")
    text = text.removeprefix("\ufeff").rstrip("\r")
    return _text_inside(text, number, remark) if text.lstrip().startswith("{") else text


def _text_inside(line: str, number: int, remark: Remark) -> str:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        remark(number, "it begins like a JSON object and is none; it was judged as it stands")
        return line
    text = entry.get("text") if isinstance(entry, dict) else None
    if isinstance(text, str):
        return text
    remark(number, 'the JSON object has no "text" that is a string; it was judged as an empty text')
    return ""

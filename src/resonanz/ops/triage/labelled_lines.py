"""Labelled texts of one's own, for `resonanz evaluate --label`: JSON lines with `text` and the label."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from resonanz.ops.errors import OperatorError
from resonanz.triage.datasets import Value

_YES, _NO = {"true", "1", "yes", "ja"}, {"false", "0", "no", "nein"}


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """The texts of a file with what is written of each; `passed_over` lines had no text or no label."""

    path: Path
    texts: list[str]
    written: list[str]
    passed_over: int
    first_passed_over: int

    def values(self, *, as_yes_or_no: bool) -> list[Value]:
        """As truth values, or as they are written."""
        return [one.lower() in _YES if as_yes_or_no else one for one in self.written]


def read(path: Path, label: str) -> LabelledTexts:
    """Raises OperatorError for a file in which no line can be used, or a value that is no single word or number."""
    texts: list[str] = []
    written: list[str] = []
    passed_over: list[int] = []
    for number, text, value in _entries(path, label):
        if text is None or value is None:
            passed_over.append(number)
            continue
        if isinstance(value, list | dict):
            raise OperatorError(
                "ops.evaluate.value",
                f'{path}, line {number}: "{label}" must be true or false, a word or a number, not a list or an object.',
            )
        texts.append(text)
        written.append(_as_written(value))
    if not texts:
        raise OperatorError("ops.evaluate.nothing", f'{path}: no line has "text" and "{label}".')
    return LabelledTexts(path, texts, written, len(passed_over), passed_over[0] if passed_over else 0)


def yes_or_no(*files: LabelledTexts) -> bool:
    """Whether every value of every file says yes or no: true, 1 or "yes". One other makes all of them names."""
    return all(one.lower() in _YES | _NO for file in files for one in file.written)


def shared(texts: Sequence[str], others: Sequence[str]) -> int:
    """How many of the texts are among the others, too."""
    known = {" ".join(one.split()).casefold() for one in others}
    return sum(" ".join(one.split()).casefold() in known for one in texts)


def _entries(path: Path, label: str) -> Iterator[tuple[int, str | None, object]]:
    for number, line in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            yield number, None, None
        else:
            yield number, entry["text"], entry.get(label)


def _as_written(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()

"""Labelled texts: how sets and our own examples are read, for learning and for measuring.

The sets themselves are other people's and stay outside the project; `resonanz train --data DIR` names their folder.
Sets under non-commercial licences are not listed here, because they may be used for evaluation only.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from resonanz.core.errors import ResonanzError
from resonanz.triage.cleaning import clean

Entry = Mapping[str, Any]
Value = str | bool
OWN = "own"
SENTIMENTS: tuple[Value, ...] = ("negative", "neutral", "positive")
YES_NO: tuple[Value, ...] = (False, True)
APART = "apart"
_REPOSTED = re.compile(r"^rt ⟨mention⟩ :? ?")
_MASKED = re.compile(r"(?:⟨\w+⟩ ?)+")
_UNSPOKEN = re.compile(r"[\W\d_]+")
# Some sets write a character outside ASCII as a backslash, u and four digits.
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_MANY_LETTERS = 20


class MissingData(ResonanzError):
    """A set that the model learns from is not in the folder, or cannot be read."""

    code = "triage.missing_data"

    def __str__(self) -> str:
        return f"The labelled texts in {self.params['path']} cannot be read: {self.params['problem']}."


@dataclass(frozen=True, slots=True)
class Source:
    """Part of a set: `value` reads the class of a line (None: not used). Texts of a `target` source are like those the
    label is meant for: calibration and threshold come from them alone. `most` bounds the texts per class."""

    folder: str
    split: str
    language: str
    value: Callable[[Entry], Value | None]
    weight: float = 1.0
    most: int | None = None
    target: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One head: its label and classes, what it learns from and, where there are some, the sets it is measured on.

    `recall`: the threshold lies where so many of those in which the label holds are found; without it, where macro-F1
    is best.
    """

    label: str
    language: str
    classes: tuple[Value, ...]
    sources: tuple[Source, ...]
    measured_on: tuple[Source, ...] = ()
    unsure_below: float = 2 / 3
    recall: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text, ready to learn from. `key` is the same for texts that differ in nothing that is judged."""

    text: str
    key: str
    place: int
    weight: float
    target: bool


def of(name: str, **classes: Value) -> Callable[[Entry], Value | None]:
    """Reads the field `name` of a line: its values, as text, and the class of each."""
    return lambda entry: classes.get(str(entry.get(name)))


def own(label: str, language: str, *, weight: float = 1.0, target: bool = False) -> Source:
    """The examples written for this project, of one language."""
    return Source(OWN, "", language, _own(label), weight=weight, target=target)


def apart(label: str, language: str, *, among: str = "") -> Source:
    """The examples written to measure on, which nothing learns from; `among` the files whose names begin so."""
    return Source(APART, among, language, _own(label))


def own_texts() -> list[str]:
    """The texts of all our own examples that may be learnt from, each once."""
    return sorted({str(entry["text"]) for entry in _own_entries(OWN, "")})


def taught_by_own(label: str, *, recall: float | None = None, among: str = "") -> tuple[Task, ...]:
    """The heads of a label without public sets; each language learns a little from the other one, too.

    `among`: the files it is measured on, as in `apart`.
    """
    return tuple(
        Task(
            label,
            language,
            YES_NO,
            (own(label, language, weight=2.0, target=True), own(label, other, weight=0.2)),
            (apart(label, language, among=among),),
            recall=recall,
        )
        for language, other in (("de", "en"), ("en", "de"))
    )


def _own(label: str) -> Callable[[Entry], Value | None]:
    return lambda entry: _own_value(label, entry)


def _own_value(label: str, entry: Entry) -> Value | None:
    """Newer examples bear all their labels, older ones say of three whether they hold."""
    if "labels" in entry:
        return str(entry["sentiment"]) if label == "sentiment" else label in entry["labels"]
    if label == "sentiment":
        # Of what is neither complaint nor question the examples do not say how it feels.
        return "negative" if entry["complaint"] else "neutral" if entry["question"] else None
    if label == "offensive":
        # Angry customers, not rude ones: only the examples of insults are marked.
        return bool(entry.get("offensive", False))
    known = entry.get(label)
    return None if known is None else bool(known)


def rows_of(sources: Iterable[Source], *, classes: tuple[Value, ...], data: Path, without: frozenset[str]) -> list[Row]:
    """The rows of the sources without repeats (the first source named wins) and without the keys in `without`."""
    seen, found = set(without), []
    for source in sources:
        kept = [0] * len(classes)
        for text, value in sorted(_labelled(source, data=data), key=lambda pair: _order(pair[0])):
            key, place = key_of(text), classes.index(value)
            if key in seen or (source.most is not None and kept[place] >= source.most):
                continue
            seen.add(key)
            kept[place] += 1
            found.append(Row(text, key, place, source.weight, source.target))
    return found


def key_of(text: str) -> str:
    """Equal for copies: with or without the repost's head, and in longer texts whatever is not a letter.

    The sets share tweets but write marks, links and quotes differently; a stricter key let 92 of the 323 tweets of the
    English development set into what was learnt.
    """
    cleaned = _REPOSTED.sub("", clean(text))
    letters = _UNSPOKEN.sub("", _MASKED.sub("", cleaned))
    return letters if len(letters) >= _MANY_LETTERS else _MASKED.sub("⟨⟩ ", cleaned)


def _order(text: str) -> bytes:
    # An order that depends on the text alone: the same rows are kept however the file is sorted.
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _labelled(source: Source, *, data: Path) -> Iterator[tuple[str, Value]]:
    is_own = source.folder in {OWN, APART}
    entries = (
        _own_entries(source.folder, source.split)
        if is_own
        else _entries(data / source.folder / f"{source.split}.jsonl.gz")
    )
    for entry in entries:
        if is_own and entry["lang"] != source.language:
            continue
        value = source.value(entry)
        if value is not None:
            yield _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(entry["text"])), value


def _entries(path: Path) -> Iterator[Entry]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise MissingData(path=str(path), problem=str(error)) from error


def _own_entries(folder: str, beginning: str) -> Iterator[Entry]:
    examples = resources.files("resonanz.triage") / "examples"
    if folder == APART:
        examples /= "kept_apart"
    for file in sorted(examples.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".jsonl") and file.name.startswith(beginning):
            for line in file.read_text("utf-8").splitlines():
                yield json.loads(line)

"""What the default model learns from: which set teaches which label, how much it counts, and what it is measured on.

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
_OWN_FILES = (
    "complaints_de.jsonl",
    "complaints_en.jsonl",
    "offensive_de.jsonl",
    "offensive_en.jsonl",
    "questions_de.jsonl",
    "questions_en.jsonl",
)
_REPOSTED = re.compile(r"^rt ⟨mention⟩ :? ?")
_MASKED = re.compile(r"(?:⟨\w+⟩ ?)+")
_UNSPOKEN = re.compile(r"[\W\d_]+")
# Some sets write a character outside ASCII as a backslash, u and four digits.
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_MANY_LETTERS = 20
_ASKING = re.compile(
    r"^(?:was|wer|wen|wem|wie|wo|wohin|woher|wann|warum|wieso|weshalb|welche[rsnm]?|wieviele?|ist|sind|gibt|hat|habe|kann|"
    r"kannst|könntest|könnte|muss|brauche|soll|wird)\b"
)


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
    """One head: its label and classes, what it learns from and, where there is one, the set it is measured on."""

    label: str
    language: str
    classes: tuple[Value, ...]
    sources: tuple[Source, ...]
    development: Source | None = None
    strength: float = 1.0
    unsure_below: float = 2 / 3


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text, ready to learn from. `key` is the same for texts that differ in nothing that is judged."""

    text: str
    key: str
    place: int
    weight: float
    target: bool


def _of(name: str, **classes: Value) -> Callable[[Entry], Value | None]:
    return lambda entry: classes.get(str(entry.get(name)))


def _own(name: str) -> Callable[[Entry], Value | None]:
    return lambda entry: entry.get(name)


def _own_sentiment(entry: Entry) -> Value | None:
    # Of what is neither complaint nor question the examples do not say how it feels.
    return "negative" if entry["complaint"] else "neutral" if entry["question"] else None


def _own_offensive(entry: Entry) -> Value | None:
    # Angry customers, not rude ones: only the examples of insults are marked.
    return bool(entry.get("offensive", False))


def _sentiment(entry: Entry) -> Value | None:
    value = entry.get("sentiment")
    return value if value in SENTIMENTS else None


def _complained_aspect(entry: Entry) -> Value | None:
    polarities = {polarity for _aspect, polarity in entry.get("aspects") or ()}
    return "negative" in polarities if polarities else None


def _complained_act(entry: Entry) -> Value | None:
    return None if entry["act"] in {"UNSURE", "DISAGREE", "THREAT", "REFUSE"} else entry["act"] == "COMPLAIN"


def _asked_act_de(entry: Entry) -> Value | None:
    return None if entry["act"] == "UNSURE" else entry["act"] == "REQUEST"


def _asked_act_en(entry: Entry) -> Value | None:
    return None if entry["act"] == "REQ" else entry["act"] == "QUE"


def _asked_assistant(entry: Entry) -> Value | None:
    # Spoken commands carry no marks at all; the opening word tells the question from the order.
    return bool(_ASKING.match(entry["text"]))


_SENTIMENT_DE = (
    Source("xlmt_de", "train", "de", _sentiment, target=True),
    Source("sb10k_de", "train", "de", _sentiment, weight=0.7, most=1400),
    Source(OWN, "", "de", _own_sentiment, weight=0.3),
)
_SENTIMENT_EN = (
    Source("xlmt_en", "train", "en", _sentiment, target=True),
    Source("semeval_en", "train", "en", _sentiment, weight=0.7, most=7400),
    Source(OWN, "", "en", _own_sentiment, weight=0.3),
)
_TOXIC = Source("germeval2021_de", "train", "de", _of("toxic", **{"0": False, "1": True}), weight=0.3)
_OFFENSIVE_EN = _of("offense", **{"not-offensive": False, "offensive": True})
_OFFENSIVE_DE = (
    Source("germeval2018_de", "train", "de", _of("offense", OTHER=False, OFFENSE=True), target=True),
    _TOXIC,
    Source(OWN, "", "de", _own_offensive),
)
_COMPLAINT_DE = (
    Source(OWN, "", "de", _own("complaint"), weight=4.0, target=True),
    Source("mobasa_de", "train", "de", _complained_aspect, weight=0.5),
    Source("speechacts_de", "train", "de", _complained_act, weight=0.2),
    Source("flausch_de", "train", "de", _of("praise", yes=False), weight=0.2, most=800),
    Source("sb10k_de", "train", "de", _of("sentiment", neutral=False, positive=False), weight=0.2, most=1000),
)
_COMPLAINT_EN = (
    Source("complaints_en", "train", "en", _of("complaint", **{"0": False, "1": True}), target=True),
    Source(OWN, "", "en", _own("complaint"), weight=2.0),
)
_QUESTION_EN = (
    Source(OWN, "", "en", _own("question"), weight=3.0, target=True),
    Source("tweetacts_en", "train", "en", _asked_act_en, weight=0.5, target=True),
)
_QUESTION_DE = (
    Source(OWN, "", "de", _own("question"), weight=3.0, target=True),
    Source("speechacts_de", "train", "de", _asked_act_de, target=True),
    Source("massive_de", "train", "de", _asked_assistant, weight=0.2, most=700),
    Source("tweetacts_en", "train", "en", _asked_act_en, weight=0.1),
)

TASKS: tuple[Task, ...] = (
    Task("sentiment", "de", SENTIMENTS, _SENTIMENT_DE, Source("xlmt_de", "dev", "de", _sentiment), unsure_below=0.5),
    Task("sentiment", "en", SENTIMENTS, _SENTIMENT_EN, Source("xlmt_en", "dev", "en", _sentiment), unsure_below=0.5),
    Task("question", "de", YES_NO, _QUESTION_DE),
    Task("question", "en", YES_NO, _QUESTION_EN),
    Task("complaint", "de", YES_NO, _COMPLAINT_DE, Source("mobasa_de", "dev", "de", _complained_aspect), strength=2.0),
    Task("complaint", "en", YES_NO, _COMPLAINT_EN),
    Task("offensive", "de", YES_NO, _OFFENSIVE_DE),
    Task(
        "offensive",
        "en",
        YES_NO,
        (
            Source("tweeteval_offensive_en", "train", "en", _OFFENSIVE_EN, target=True),
            Source(OWN, "", "en", _own_offensive),
        ),
        Source("tweeteval_offensive_en", "dev", "en", _OFFENSIVE_EN),
    ),
)


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
    entries = _own_entries() if source.folder == OWN else _entries(data / source.folder / f"{source.split}.jsonl.gz")
    for entry in entries:
        if source.folder == OWN and entry["lang"] != source.language:
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


def _own_entries() -> Iterator[Entry]:
    folder = resources.files("resonanz.triage") / "examples"
    for name in _OWN_FILES:
        for line in (folder / name).read_text("utf-8").splitlines():
            yield json.loads(line)

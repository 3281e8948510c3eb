"""The folder of a classifier: as Optimum and transformers export it, and as it stands in the data folder once added.

Added, it holds the network, the tokenizer and `added.json`: what is judged in which languages, what each class of the
network means, and the checksums of both files. Nothing in it is executable, and nothing is read by unpickling.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from resonanz.core.errors import ResonanzError
from resonanz.triage.datasets import Task, Value
from resonanz.triage.judges import TASKS

NETWORK, TOKENIZER, ADDED = "model.onnx", "tokenizer.json", "added.json"
LABELS = tuple(dict.fromkeys(task.label for task in TASKS))
MOST_PIECES = 512
"""A longer text is read to here, whatever the network could take."""
_CONFIG, _TOKENIZER_CONFIG = "config.json", "tokenizer_config.json"
# No network in one file can be larger: its format counts to there.
_MOST_BYTES = {NETWORK: 2**31, TOKENIZER: 2**27}
_MOST_SETTINGS = 2**24
# How a network begins to name another file in which its weights lie: an entry with this key and a value.
_ELSEWHERE = b"\x0a\x08location\x12"
# What transformers leaves out of config.json, because it is what it assumes.
_UNNAMED = {"0": "LABEL_0", "1": "LABEL_1"}
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


class BadClassifier(ResonanzError):
    """A folder holds no classifier that can be used; `problem` ends the sentence."""

    code = "triage.bad_classifier"

    def __init__(self, *, path: str | Path, problem: str) -> None:
        super().__init__(path=str(path), problem=problem)

    def __str__(self) -> str:
        return f"The classifier in {self.params['path']} cannot be used: {self.params['problem']}."


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a classifier. No `languages`: all of them. `values`: what each class of the network means, in
    its order; `longest`: the pieces of a text that it reads; `padding`: the piece that fills shorter texts up."""

    label: str
    languages: tuple[str, ...]
    values: tuple[Value, ...]
    longest: int
    padding: int
    digests: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of its folder: two for the same label stand beside each other if their languages differ."""
        return "-".join([self.label, *self.languages])

    @property
    def version(self) -> str:
        """Changes with the network, the tokenizer, and what its classes mean."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


def task_of(label: str) -> Task:
    """The values of a label, and below which probability they are unsure. Raises KeyError."""
    found = next((task for task in TASKS if task.label == label), None)
    if found is None:
        raise KeyError(label)
    return found


def copy(source: Path, target: Path, *, label: str, languages: Sequence[str], means: Mapping[str, str]) -> About:
    """Copy what is needed of an exported classifier into an empty folder, with `added.json`. Raises BadClassifier.

    `means` gives values by class of the network, for classes that are not called like a value.
    """
    config = _settings(source / _CONFIG)
    values = _values(source, _classes(source, config), task_of(label).classes, means)
    digests = {name: _copied(source, target, name) for name in (NETWORK, TOKENIZER)}
    padding = config.get("pad_token_id")
    about = About(
        label=label,
        languages=tuple(sorted(set(languages))),
        values=values,
        longest=_longest(source, config),
        padding=padding if isinstance(padding, int) and padding > 0 else 0,
        digests=digests,
    )
    (target / ADDED).write_text(json.dumps(asdict(about), indent=1), "utf-8")
    return about


def read(folder: Path) -> About:
    """What was added in this folder. Raises BadClassifier."""
    written = _settings(folder / ADDED)
    try:
        values = tuple(written["values"])
        known = set(map(repr, task_of(written["label"]).classes))  # True is not 1
        if not known >= set(map(repr, values)) or not 1 < written["longest"] <= MOST_PIECES or written["padding"] < 0:
            raise ValueError("beyond what can be used")
        digests = {name: str(written["digests"][name]) for name in (NETWORK, TOKENIZER)}
        languages = tuple(str(code) for code in written["languages"])
        return About(written["label"], languages, values, int(written["longest"]), int(written["padding"]), digests)
    except _MALFORMED as error:
        raise BadClassifier(path=folder, problem=f"{ADDED} is damaged; add it anew") from error


def content(folder: Path, name: str, *, about: About) -> bytes:
    """A file of what was added, as it was then. Raises BadClassifier."""
    found = _read(folder / name, most=_MOST_BYTES[name])
    if _digest(found) != about.digests[name]:
        raise BadClassifier(path=folder, problem=f"{name} is not what was added; add it anew")
    return found


def _classes(source: Path, config: Mapping[str, Any]) -> list[str]:
    kind = config.get("problem_type")
    if kind not in (None, "single_label_classification"):
        raise BadClassifier(path=source, problem=f"it does not choose one class of several ({_CONFIG}: {kind})")
    try:
        named = config.get("id2label") or _UNNAMED
        classes = [str(named[str(place)]) for place in range(len(named))]
    except _MALFORMED as error:
        raise BadClassifier(path=source, problem=f"id2label in {_CONFIG} does not name its classes") from error
    if len(classes) < 2:
        raise BadClassifier(path=source, problem=f"it has a single class ({_CONFIG})")
    return classes


def _values(
    source: Path, classes: Sequence[str], known: Sequence[Value], means: Mapping[str, str]
) -> tuple[Value, ...]:
    """What each class means. Where one is named as yes, all others say no."""
    by_name = {str(value).lower(): value for value in known}
    if unknown := sorted(set(means.values()) - set(by_name)):
        raise BadClassifier(path=source, problem=f"{unknown[0]} is none of the values {', '.join(by_name)}")
    named = {name.lower(): by_name[value] for name, value in means.items()}
    told = f"its classes are {', '.join(classes)}, and --class VALUE=CLASS says which of them is "
    if foreign := sorted(set(named) - {name.lower() for name in classes}):
        raise BadClassifier(path=source, problem=f"it has no class {foreign[0]}: {told}which value")
    found = [named.get(name.lower(), by_name.get(name.lower())) for name in classes]
    if True in found:
        found = [value is True for value in found]
    if missing := [str(value).lower() for value in known if value not in found]:
        raise BadClassifier(path=source, problem=f"{told}{', '.join(missing)}")
    if None in found:
        raise BadClassifier(path=source, problem=f"{told}the value of {classes[found.index(None)]}")
    return tuple(value for value in found if value is not None)


def _longest(source: Path, config: Mapping[str, Any]) -> int:
    path = source / _TOKENIZER_CONFIG
    named = [config.get("max_position_embeddings")]
    named += [_settings(path).get("model_max_length")] if path.exists() else []
    return min([MOST_PIECES, *(one for one in named if isinstance(one, int) and one > 1)])


def _settings(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_read(path, most=_MOST_SETTINGS))
    except _MALFORMED as error:
        raise BadClassifier(path=path.parent, problem=f"{path.name} is damaged") from error
    if not isinstance(found, dict):
        raise BadClassifier(path=path.parent, problem=f"{path.name} is damaged")
    return found


def _read(path: Path, *, most: int) -> bytes:
    try:
        if path.stat().st_size > most:
            raise BadClassifier(path=path.parent, problem=f"{path.name} is larger than {most // 2**20} MB")
        return path.read_bytes()
    except OSError as error:
        raise BadClassifier(path=path.parent, problem=f"{path.name} cannot be read") from error


def _copied(source: Path, target: Path, name: str) -> str:
    """The checksum of a file that was copied."""
    found = _read(source / name, most=_MOST_BYTES[name])
    if name == NETWORK and _ELSEWHERE in found:
        raise BadClassifier(path=source, problem=f"{name} keeps its weights in another file; export it as one")
    (target / name).write_bytes(found)
    return _digest(found)


def _digest(read: bytes) -> str:
    return hashlib.sha256(read).hexdigest()

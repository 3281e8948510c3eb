from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resonanz.triage import datasets, training
from resonanz.triage.datasets import APART, OWN, Source
from resonanz.triage.evaluate import DEFAULT_MODEL, Evaluator
from resonanz.triage.judges import TASKS

SHARED = Path(__file__).parents[3] / "shared" / "data"

# What a line of each set looks like, for each class it can have.
LINES: dict[str, list[dict[str, Any]]] = {
    "xlmt_de": [{"sentiment": value} for value in datasets.SENTIMENTS],
    "xlmt_en": [{"sentiment": value} for value in datasets.SENTIMENTS],
    "sb10k_de": [{"sentiment": value} for value in datasets.SENTIMENTS],
    "semeval_en": [{"sentiment": value} for value in datasets.SENTIMENTS],
    "germeval2018_de": [{"offense": "OTHER"}, {"offense": "OFFENSE"}],
    "germeval2021_de": [{"toxic": kind, "engaging": kind, "fact": kind} for kind in (0, 1)],
    "tweeteval_offensive_en": [{"offense": "not-offensive"}, {"offense": "offensive"}],
    "mobasa_de": [{"aspects": [["lift", "neutral"]]}, {"aspects": [["lift", "negative"]]}],
    "speechacts_de": [{"act": "ASSERT"}, {"act": "COMPLAIN"}, {"act": "REQUEST"}],
    "flausch_de": [{"praise": "yes"}, {"praise": "no"}],
    "complaints_en": [{"complaint": 0}, {"complaint": 1}],
    "tweetacts_en": [{"act": "STM"}, {"act": "QUE"}],
    "massive_de": [{"intent": 1}],
    "suggestions_en": [{"suggestion": 0}, {"suggestion": 1}],
    "youtube_spam_en": [{"spam": 0}, {"spam": 1}],
}


def _sources() -> Iterator[Source]:
    for task in TASKS:
        yield from task.sources
        yield from task.measured_on


def _write(folder: Path, source: Source, lines: list[dict[str, Any]]) -> None:
    (folder / source.folder).mkdir(exist_ok=True)
    with gzip.open(folder / source.folder / f"{source.split}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def _made_up(folder: Path) -> Path:
    """Sets of made-up words: each class has its own, among many that say nothing."""
    chance = random.Random(13)
    for source in _sources():
        if source.folder not in {OWN, APART}:
            lines = []
            for place in range(90):
                kind = place % len(LINES[source.folder])
                words = [
                    ("nothing", "yes", "perhaps")[kind],
                    *("".join(chance.choices("aeioumn", k=2)) for _ in range(6)),
                ]
                lines.append({"text": " ".join(words), "lang": source.language} | LINES[source.folder][kind])
            _write(folder, source, lines)
    return folder


def _tenth_of_shared(folder: Path) -> Path:
    for source in _sources():
        if source.folder not in {OWN, APART}:
            with gzip.open(SHARED / source.folder / f"{source.split}.jsonl.gz", "rt", encoding="utf-8") as file:
                lines = [json.loads(line) for place, line in enumerate(file) if place % 10 == 0]
            _write(folder, source, lines)
    return folder


def test_train_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    data = _made_up(tmp_path)

    tasks = [task for task in TASKS if task.language == "en" and task.label in {"sentiment", "question", "crisis"}]

    first = training.train(data=data, output=tmp_path / "first", tasks=tasks)
    second = training.train(data=data, output=tmp_path / "second", tasks=tasks)

    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    assert first == second


# Without the real sets the made-up ones walk the same way, so that nothing is ever skipped.
@pytest.mark.parametrize("make", [_tenth_of_shared if SHARED.is_dir() else _made_up])
def test_train_builds_judges_that_beat_guessing(make: Any, tmp_path: Path) -> None:
    labels = {"sentiment", "offensive", "praise", "declaration"}
    tasks = [task for task in TASKS if task.language == "de" and task.label in labels]

    figures = training.train(data=make(tmp_path), output=tmp_path / "model", tasks=tasks)

    found = Evaluator.load(tmp_path / "model").evaluate(["Wann kommt der Bus?"])[0]
    assert set(found.labels) == labels
    measured = {figure.label: figure.macro_f1 for figure in figures if figure.measured_on == "4 folds"}
    assert set(measured) == labels
    assert measured["sentiment"] > 0.45
    assert measured["offensive"] > 0.58


def test_train_says_which_set_is_missing(tmp_path: Path) -> None:
    with pytest.raises(datasets.MissingData, match="xlmt_de"):
        training.train(data=tmp_path, output=tmp_path / "model")

    assert not (tmp_path / "model").exists()


def test_rows_of_leaves_out_copies_and_what_is_kept_apart(tmp_path: Path) -> None:
    source = Source("xlmt_de", "train", "de", lambda entry: entry["sentiment"])
    texts = [
        "RT @anna: Der Zug kommt heute wirklich wieder zu spät http://t.co/1",
        "Der Zug kommt heute wirklich wieder \\u201ezu spät\\u201c!",
        "Dieser Satz steht auch in der Menge zum Messen.",
        "Kurz",
    ]
    _write(tmp_path, source, [{"text": text, "sentiment": "neutral"} for text in texts])
    apart = frozenset({datasets.key_of("@ben Dieser Satz steht auch in der Menge zum MESSEN")})

    rows = datasets.rows_of([source], classes=datasets.SENTIMENTS, data=tmp_path, without=apart)

    assert sorted(row.key for row in rows) == ["derzugkommtheutewirklichwiederzuspät", "kurz"]


def test_shipped_model_holds_no_text_and_is_small() -> None:
    content = DEFAULT_MODEL.read_bytes()

    assert len(content) <= 8 * 1024 * 1024
    for word in ("deutsche", "merkel", "trump", "arschloch", "verspätung"):
        assert word.encode() not in content.lower()

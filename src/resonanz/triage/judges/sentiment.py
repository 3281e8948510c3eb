"""How a text feels: negative, neutral or positive."""

from __future__ import annotations

from resonanz.triage.datasets import SENTIMENTS, Entry, Source, Task, Value, apart, own


def _feeling(entry: Entry) -> Value | None:
    value = entry.get("sentiment")
    return value if value in SENTIMENTS else None


TASKS = (
    Task(
        "sentiment",
        "de",
        SENTIMENTS,
        (
            Source("xlmt_de", "train", "de", _feeling, target=True),
            Source("sb10k_de", "train", "de", _feeling, weight=0.7, most=1400),
            own("sentiment", "de", weight=0.3),
        ),
        (Source("xlmt_de", "dev", "de", _feeling), apart("sentiment", "de")),
        unsure_below=0.5,
    ),
    Task(
        "sentiment",
        "en",
        SENTIMENTS,
        (
            Source("xlmt_en", "train", "en", _feeling, target=True),
            Source("semeval_en", "train", "en", _feeling, weight=0.7, most=7400),
            own("sentiment", "en", weight=0.3),
        ),
        (Source("xlmt_en", "dev", "en", _feeling), apart("sentiment", "en")),
        unsure_below=0.5,
    ),
)

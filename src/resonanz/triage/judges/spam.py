"""Advertising by strangers, fraud, chain letters, bait."""

from __future__ import annotations

from resonanz.triage.datasets import YES_NO, Source, Task, apart, of, own

TASKS = (
    Task(
        "spam",
        "de",
        YES_NO,
        (own("spam", "de", weight=2.0, target=True), own("spam", "en", weight=0.3)),
        (apart("spam", "de"),),
    ),
    Task(
        "spam",
        "en",
        YES_NO,
        (
            own("spam", "en", weight=2.0, target=True),
            Source("youtube_spam_en", "train", "en", of("spam", **{"0": False, "1": True}), weight=0.2),
            own("spam", "de", weight=0.2),
        ),
        (apart("spam", "en"),),
    ),
)

"""It would drive others from a discussion: insults, mockery, threats, slander, screaming."""

from __future__ import annotations

from resonanz.triage.datasets import YES_NO, Source, Task, of, own

TASKS = (
    Task(
        "toxic",
        "de",
        YES_NO,
        (
            Source("germeval2021_de", "train", "de", of("toxic", **{"0": False, "1": True}), target=True),
            Source("germeval2018_de", "train", "de", of("offense", OTHER=False, OFFENSE=True), weight=0.3),
            own("toxic", "de"),
        ),
    ),
    Task(
        "toxic",
        "en",
        YES_NO,
        (
            own("toxic", "en", weight=2.0, target=True),
            Source(
                "tweeteval_offensive_en",
                "train",
                "en",
                of("offense", **{"not-offensive": False, "offensive": True}),
                weight=0.3,
            ),
            own("toxic", "de", weight=0.2),
        ),
    ),
)

"""Insults, threats or vulgar abuse of somebody."""

from __future__ import annotations

from resonanz.triage.datasets import YES_NO, Source, Task, of, own

_TWEETS_EN = of("offense", **{"not-offensive": False, "offensive": True})
TASKS = (
    Task(
        "offensive",
        "de",
        YES_NO,
        (
            Source("germeval2018_de", "train", "de", of("offense", OTHER=False, OFFENSE=True), target=True),
            Source("germeval2021_de", "train", "de", of("toxic", **{"0": False, "1": True}), weight=0.3),
            own("offensive", "de"),
        ),
    ),
    Task(
        "offensive",
        "en",
        YES_NO,
        (Source("tweeteval_offensive_en", "train", "en", _TWEETS_EN, target=True), own("offensive", "en")),
        (Source("tweeteval_offensive_en", "dev", "en", _TWEETS_EN),),
    ),
)

"""It gives reasons, experience, a proposal or help, with respect. It routes nothing."""

from __future__ import annotations

from resonanz.triage.datasets import YES_NO, Source, Task, apart, of, own

TASKS = (
    Task(
        "constructive",
        "de",
        YES_NO,
        (
            Source("germeval2021_de", "train", "de", of("engaging", **{"0": False, "1": True}), target=True),
            own("constructive", "de", weight=0.3),
        ),
    ),
    Task(
        "constructive",
        "en",
        YES_NO,
        (
            own("constructive", "en", weight=2.0, target=True),
            own("constructive", "de", weight=0.3),
            Source("germeval2021_de", "train", "de", of("engaging", **{"0": False, "1": True}), weight=0.1),
        ),
        (apart("constructive", "en"),),
    ),
)

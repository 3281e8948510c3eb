"""It claims something that could be checked and found true or false."""

from __future__ import annotations

from resonanz.triage.datasets import YES_NO, Source, Task, apart, of, own

TASKS = (
    Task(
        "claims_fact",
        "de",
        YES_NO,
        (
            Source("germeval2021_de", "train", "de", of("fact", **{"0": False, "1": True}), target=True),
            own("claims_fact", "de", weight=0.3),
        ),
    ),
    Task(
        "claims_fact",
        "en",
        YES_NO,
        (
            own("claims_fact", "en", weight=2.0, target=True),
            own("claims_fact", "de", weight=0.3),
            Source("germeval2021_de", "train", "de", of("fact", **{"0": False, "1": True}), weight=0.1),
        ),
        (apart("claims_fact", "en"),),
    ),
)

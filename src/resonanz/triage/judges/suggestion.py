"""It proposes how a product or a service could be better."""

from __future__ import annotations

from resonanz.triage.datasets import YES_NO, Source, Task, apart, of, own

TASKS = (
    Task(
        "suggestion",
        "de",
        YES_NO,
        (own("suggestion", "de", weight=2.0, target=True), own("suggestion", "en", weight=0.2)),
        (apart("suggestion", "de"),),
    ),
    Task(
        "suggestion",
        "en",
        YES_NO,
        (
            own("suggestion", "en", weight=2.0, target=True),
            Source("suggestions_en", "train", "en", of("suggestion", **{"0": False, "1": True}), weight=0.2),
            own("suggestion", "de", weight=0.2),
        ),
        (apart("suggestion", "en"),),
    ),
)

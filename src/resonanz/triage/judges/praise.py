"""It says something good about a company, a product or people, or thanks them."""

from __future__ import annotations

from resonanz.triage.datasets import YES_NO, Source, Task, apart, of, own

_FLAUSCH = of("praise", yes=True, no=False)
TASKS = (
    Task(
        "praise",
        "de",
        YES_NO,
        (
            Source("flausch_de", "train", "de", _FLAUSCH, most=9000, target=True),
            own("praise", "de"),
            own("praise", "en", weight=0.2),
        ),
        (apart("praise", "de"),),
    ),
    Task(
        "praise",
        "en",
        YES_NO,
        (
            own("praise", "en", weight=2.0, target=True),
            own("praise", "de", weight=0.2),
            Source("flausch_de", "train", "de", _FLAUSCH, weight=0.1, most=2000),
        ),
        (apart("praise", "en"),),
    ),
)

"""Something that was expected did not happen, and the writer says so."""

from __future__ import annotations

from resonanz.triage.datasets import YES_NO, Entry, Source, Task, Value, apart, of, own


def _complained_aspect(entry: Entry) -> Value | None:
    polarities = {polarity for _aspect, polarity in entry.get("aspects") or ()}
    return "negative" in polarities if polarities else None


def _complained_act(entry: Entry) -> Value | None:
    return None if entry["act"] in {"UNSURE", "DISAGREE", "THREAT", "REFUSE"} else entry["act"] == "COMPLAIN"


TASKS = (
    Task(
        "complaint",
        "de",
        YES_NO,
        (
            own("complaint", "de", weight=2.0, target=True),
            Source("mobasa_de", "train", "de", _complained_aspect, weight=0.5),
            Source("speechacts_de", "train", "de", _complained_act, weight=0.2),
            Source("flausch_de", "train", "de", of("praise", yes=False), weight=0.2, most=800),
            Source("sb10k_de", "train", "de", of("sentiment", neutral=False, positive=False), weight=0.2, most=1000),
            own("complaint", "en", weight=0.2),
        ),
        (Source("mobasa_de", "dev", "de", _complained_aspect), apart("complaint", "de")),
    ),
    Task(
        "complaint",
        "en",
        YES_NO,
        (
            Source("complaints_en", "train", "en", of("complaint", **{"0": False, "1": True}), target=True),
            own("complaint", "en", weight=0.5),
        ),
        (apart("complaint", "en"),),
    ),
)

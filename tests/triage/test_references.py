from __future__ import annotations

from resonanz.triage.references import REFERENCES, published


def test_every_reference_is_one_figure_with_its_source() -> None:
    assert all(0 < one.figure < 1 and one.measure and one.system and one.source for one in REFERENCES)
    assert len({(one.label, one.set, one.measure, one.system) for one in REFERENCES}) == len(REFERENCES)


def test_published_knows_the_task_and_its_language() -> None:
    assert [one.system for one in published("offensive", "de")] == [
        "GELECTRA-large",
        "winner of 2018",
        "median of 51 runs",
    ]
    assert published("offensive", "fr") == []

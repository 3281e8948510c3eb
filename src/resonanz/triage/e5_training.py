"""What the heads over the larger encoder learn: labels of which it was measured that they are judged better with it.

All others stay with the heads that ship.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from resonanz.triage.cleaning import clean_words, readable
from resonanz.triage.datasets import YES_NO, Task, own, rows_of
from resonanz.triage.encoding.e5 import E5Encoder
from resonanz.triage.judges import TASKS

_MOST_FOR_MIDDLE = 100
_BETTER = frozenset(
    {
        ("sentiment", "de"),
        ("sentiment", "en"),
        ("offensive", "de"),
        ("offensive", "en"),
        ("toxic", "de"),
        ("constructive", "de"),
        ("claims_fact", "de"),
        ("complaint", "de"),
        ("complaint", "en"),
        ("question", "de"),
        ("question", "en"),
        ("praise", "de"),
    }
)


def e5_tasks() -> tuple[Task, ...]:
    """The tasks of the judges that are learnt over it."""
    return tuple(task for task in TASKS if (task.label, task.language) in _BETTER)


def encoder_to_learn_over(folder: Path) -> E5Encoder:
    """The encoder in `folder`; its middle is the mean over examples of our own."""
    encoder = E5Encoder(folder)
    sources = [own("complaint", language) for language in ("de", "en")]
    few = [replace(source, most=_MOST_FOR_MIDDLE) for source in sources]
    texts = [row.text for row in rows_of(few, classes=YES_NO, data=Path(), without=frozenset())]
    mean = encoder.raw(_readable(texts)).mean(axis=0)
    # Half the precision, so that the numbers kept are the numbers learnt with.
    encoder.middle = mean.astype(np.float16).astype(np.float32)
    return encoder


def _readable(texts: Sequence[str]) -> list[str]:
    return [readable(text, clean_words(text)) for text in texts]

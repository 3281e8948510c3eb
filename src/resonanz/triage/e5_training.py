"""What the heads over the larger encoder learn: labels of which it was measured that they are judged better with it.

All others stay with the heads that ship. English sentiment and complaints were tried with as few texts, too. English
sentiment was better by 0.004 on folds of the public sets; the folds for complaints hold other texts and tell nothing.
Both were worse on sets kept apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from resonanz.triage.cleaning import clean_words, readable
from resonanz.triage.datasets import OWN, YES_NO, Source, Task, own, rows_of
from resonanz.triage.e5 import E5Encoder
from resonanz.triage.judges import TASKS

# Encoding takes a second for some dozens of texts; beyond so many of a class, more of them teach hardly anything.
_MOST_PUBLIC, _MOST_OWN = 1000, 250
_MOST_FOR_MIDDLE = 100
_BETTER = frozenset({("sentiment", "de")})


def e5_tasks() -> tuple[Task, ...]:
    """The tasks of the judges that are learnt over it, each from fewer texts."""
    better = [task for task in TASKS if (task.label, task.language) in _BETTER]
    return tuple(replace(task, sources=tuple(map(_fewer, _near(task)))) for task in better)


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


def _near(task: Task) -> list[Source]:
    own_language = [source for source in task.sources if source.folder != OWN or source.language == task.language]
    return [source for source in own_language if source.target or source.folder == OWN]


def _fewer(source: Source) -> Source:
    return replace(source, most=_MOST_OWN if source.folder == OWN else _MOST_PUBLIC)

"""What a judge is: texts in, one Judgement a text out, with the pieces of text that decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.cleaning import Word


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text, as half-open character positions, and how much it spoke for the label."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """One label of one text. `value` is always the decision; `unsure` says whether to trust it."""

    value: str | bool
    probability: float
    unsure: bool
    because: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CleanText:
    """A text as judges get it: the original, its words in cleaned form with their places in it, its language or "",
    and its vector (see encoder)."""

    text: str
    words: Sequence[Word]
    language: str
    vector: NDArray[np.float32]


class TextEncoder(Protocol):
    """Texts to vectors. The first 512 numbers are those of the encoder that ships, whatever stands behind them."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row a text, whatever the text."""
        ...


class AddedEncoder(TextEncoder, Protocol):
    """One that an operator added; heads learnt over it bear its name, its checksum and its middle."""

    name: str
    digest: str
    middle: NDArray[np.float32]


class Judge(Protocol):
    """Answers one label or several that share their work. To add one: a file, and a line in `Evaluator.load`."""

    @property
    def labels(self) -> Sequence[str]:
        """What it answers; no two judges answer the same."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same text could be judged otherwise than before."""
        ...

    def judge(self, texts: Sequence[CleanText], *, with_reasons: bool) -> list[dict[str, Judgement]]:
        """What it answers of every text, in order; nothing of one that it leaves to the judges before it. Never raises
        on a text."""
        ...


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All that is believed of a text. `urgency` is 0 to 1, from `urgency_parts` by the formula in `triage.urgency`."""

    language: str
    labels: dict[str, Judgement]
    urgency: float
    versions: dict[str, str]
    urgency_parts: dict[str, float] = field(default_factory=dict)

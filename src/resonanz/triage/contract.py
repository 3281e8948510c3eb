"""What a judge is: texts in, one Judgement a text out, with the pieces of text that decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


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


class Judge(Protocol):
    """One label. `version` changes whenever the same text could be judged otherwise than before."""

    name: str
    version: str

    def judge(self, texts: Sequence[str], languages: Sequence[str]) -> list[Judgement]:
        """One judgement a text, in order; `languages` are codes like "de", "" where unknown. Never raises on a text."""
        ...


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All that is believed of a text. `urgency` is 0 to 1, from `urgency_parts` by the formula in `triage.urgency`."""

    language: str
    labels: dict[str, Judgement]
    urgency: float
    versions: dict[str, str]
    urgency_parts: dict[str, float] = field(default_factory=dict)

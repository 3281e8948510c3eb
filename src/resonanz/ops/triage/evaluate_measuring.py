"""What `resonanz evaluate` measures: the judges that ship, what they cost, and the lexicon peers beside them."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from resonanz.ops.triage.lexicon_peer_process import most_memory
from resonanz.ops.triage.lexicon_peers import NAMES, Peers
from resonanz.triage import evaluate
from resonanz.triage.datasets import APART, SENTIMENTS, Row, Source, Task
from resonanz.triage.heads import LanguageModel
from resonanz.triage.judges import TASKS
from resonanz.triage.measuring import Decided, Figure, Scores, decisions, measured, name_of, rows_apart, scores_of
from resonanz.triage.references import published

_Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeerRow:
    """What a lexicon reached on the same texts. It gives no probabilities, so it has neither calibration nor cover."""

    system: str
    decided: Decided
    texts_per_second: float
    memory: int


@dataclass(frozen=True, slots=True)
class EvaluatedRow:
    """A judge on a set: how good, how fast (texts a second on one core) and how much memory at most (bytes)."""

    figure: Figure
    texts_per_second: float
    memory: int
    peers: tuple[PeerRow, ...] = ()
    also_learnt_from: int = 0

    def as_json(self) -> dict[str, Any]:
        """Flat, with the peers and the published figures of the same task inside."""
        beside = [
            {
                "system": one.system,
                **asdict(one.decided),
                "texts_per_second": one.texts_per_second,
                "memory": one.memory,
            }
            for one in self.peers
        ]
        known = published(self.figure.label, self.figure.language)
        return {
            **asdict(self.figure),
            "texts_per_second": self.texts_per_second,
            "memory": self.memory,
            "also_learnt_from": self.also_learnt_from,
            "peers": beside,
            "published": [asdict(one) for one in known],
        }


class Measuring:
    """Measures the judges of one model on sets kept apart; what several of them need is done once."""

    def __init__(self, model: Path | None, *, data: Path | None, peers: Peers | None, precision: float) -> None:
        path = model or evaluate.DEFAULT_MODEL
        self._models = {one.language: one for one in evaluate.load_models(path)[0]}
        self._evaluator = evaluate.Evaluator.load(path)
        self._data, self._peers, self._precision = data, peers, precision
        self._scores: dict[tuple[str, _Texts], Scores] = {}
        self._rates: dict[_Texts, float] = {}

    def rows(self) -> Iterator[EvaluatedRow]:
        """One a task, language and set, in the order of the labels; nothing of sets that are not given."""
        for task in TASKS:
            for source in task.measured_on:
                if self._data is not None or source.folder == APART:
                    yield self._row(task, source)

    def _row(self, task: Task, source: Source) -> EvaluatedRow:
        rows = rows_apart(task, source, data=self._data or Path())
        model, texts = self._models[task.language], tuple(row.text for row in rows)
        scores = self._scored(model, texts)
        found = measured(model, task, source, rows, precision=self._precision, scores=scores)
        rate = self._rate(texts, task.language)
        return EvaluatedRow(found, rate, most_memory(), self._beside(task, source, rows))

    def _scored(self, model: LanguageModel, texts: _Texts) -> Scores:
        key = model.language, texts
        if key not in self._scores:
            self._scores[key] = scores_of(model, texts)
        return self._scores[key]

    def _rate(self, texts: _Texts, language: str) -> float:
        """All judges together, as a post is evaluated, without reasons."""
        if texts not in self._rates:
            hints = [language] * len(texts)
            self._rates[texts] = rate_of(
                texts, lambda: self._evaluator.evaluate(texts, language_hints=hints, with_reasons=False)
            )
        return self._rates[texts]

    def _beside(self, task: Task, source: Source, rows: Sequence[Row]) -> tuple[PeerRow, ...]:
        if self._peers is None or task.label != "sentiment" or task.language not in NAMES:
            return ()
        name = NAMES[task.language]
        told = self._peers.sentiments(name, [row.text for row in rows])
        decided = np.array([SENTIMENTS.index(value) for value in told.values])
        figure = decisions(task, name_of(source), np.array([row.place for row in rows]), decided)
        return (PeerRow(name, figure, round(len(rows) / told.processor_seconds, 1), told.memory),)


def rate_of(texts: Sequence[str], judge: Callable[[], object]) -> float:
    """Texts a second of one core, whatever else the machine does meanwhile; the peers are measured alike."""
    # Comes with scikit-learn, and is needed where something is measured only.
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415

    with threadpool_limits(limits=1):
        worked = _processor_seconds()
        judge()
        return round(len(texts) / max(_processor_seconds() - worked, 1e-3), 1)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

"""The judge of all labels that were learnt from examples (see judges/): one linear model a language.

The labels share their features, which are most of the work, so they are judged together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from resonanz.triage import heads, ngrams
from resonanz.triage.contract import CleanText, Judgement
from resonanz.triage.explaining import Occurrences, explained
from resonanz.triage.heads import LanguageModel


class LearntJudge:
    """A `contract.Judge`. Safe to share between threads: nothing changes after loading.

    Unless it `stands_in`, texts in languages without a model of their own are left to the judges before it.
    """

    def __init__(
        self, *, models: Sequence[LanguageModel], languages: Sequence[str], version: str, stands_in: bool = True
    ) -> None:
        self._models = {model.language: model for model in models}
        # A text in a language without a model of its own gets the nearest thing, and every label of it is unsure.
        nearest = next((code for code in languages if code in self._models), models[0].language)
        self._stand_in = nearest if stands_in else None
        self.labels = tuple(sorted({head.label for model in models for head in model.heads}))
        self.version = version

    def judge(self, texts: Sequence[CleanText], *, with_reasons: bool) -> list[dict[str, Judgement]]:
        """See `contract.Judge`."""
        found: list[dict[str, Judgement]] = [{} for _ in texts]
        for code, model in self._models.items():
            places = [place for place, one in enumerate(texts) if self._model_for(one.language) == code]
            own = [texts[place] for place in places]
            for place, labels in zip(places, _judge(model, own, with_reasons=with_reasons), strict=True):
                found[place] = self._doubted(labels, texts[place].language)
        return found

    def _model_for(self, language: str) -> str | None:
        return language if language in self._models else self._stand_in

    def _doubted(self, labels: dict[str, Judgement], language: str) -> dict[str, Judgement]:
        if language in self._models:
            return labels
        return {name: replace(label, unsure=True) for name, label in labels.items()}


def _judge(model: LanguageModel, texts: Sequence[CleanText], *, with_reasons: bool) -> list[dict[str, Judgement]]:
    if not texts:
        return []
    grams = ngrams.extract([[word.form for word in one.words] for one in texts])
    features = ngrams.weigh(grams, model.idf)
    scores = model.scores(features, np.array([one.vector for one in texts]))
    empty = features.starts[:-1] == features.starts[1:]
    judged = {head.label: heads.judge(head, scores, empty=empty) for head in model.heads}
    if with_reasons:
        places = Occurrences.of(grams, features, model.idf)
        judged = {head.label: explained(judged[head.label], head, model, texts, places) for head in model.heads}
    return [dict(zip(judged, row, strict=True)) for row in zip(*judged.values(), strict=True)]

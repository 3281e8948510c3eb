"""The judge of sentiment, question, complaint and offence: hashed n-grams, one linear model a language.

The labels share their features, which are most of the work, so they are judged together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from resonanz.triage import heads, ngrams
from resonanz.triage.contract import CleanText, Judgement
from resonanz.triage.heads import Head, LanguageModel


class NgramJudge:
    """A `contract.Judge`. Safe to share between threads: nothing changes after loading."""

    def __init__(self, *, models: Sequence[LanguageModel], languages: Sequence[str], version: str) -> None:
        self._models = {model.language: model for model in models}
        # A text in a language without a model of its own gets the nearest thing, and every label of it is unsure.
        self._stand_in = next((code for code in languages if code in self._models), models[0].language)
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

    def _model_for(self, language: str) -> str:
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
    scores = model.scores(features)
    empty = features.starts[:-1] == features.starts[1:]
    places = heads.Occurrences.of(grams, features, model.idf) if with_reasons else None
    bounds = np.searchsorted(grams.text_of_word, np.arange(len(texts) + 1)).tolist()
    labels: list[dict[str, Judgement]] = [{} for _ in texts]
    for head in model.heads:
        judged = heads.judge(head, scores, empty=empty)
        if places is not None:
            judged = _explain(model, head, judged, texts, bounds, places)
        for own, judgement in zip(labels, judged, strict=True):
            own[head.label] = judgement
    return labels


def _explain(
    model: LanguageModel,
    head: Head,
    judged: list[Judgement],
    texts: Sequence[CleanText],
    bounds: Sequence[int],
    places: heads.Occurrences,
) -> list[Judgement]:
    for decided, value in enumerate(head.classes):
        spoke = head.spoke_for(decided)
        rows = [row for row, one in enumerate(judged) if one.value == value and texts[row].words]
        if spoke is None or not rows:
            continue
        spoken = places.speaking_words(model.speaking(places.index, *spoke))
        for row in rows:
            share = spoken[bounds[row] : bounds[row + 1]]
            because = heads.pieces(texts[row].words, share, text=texts[row].text)
            judged[row] = replace(judged[row], because=because)
    return judged

"""The judge of all labels for which a head of the company's own was taken; its word counts before that of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from resonanz.triage import heads, ngrams
from resonanz.triage.as_written import forms
from resonanz.triage.company_head import CompanyHead
from resonanz.triage.contract import CleanText, Judgement
from resonanz.triage.explaining import Occurrences, explained


@dataclass(frozen=True, slots=True, eq=False)
class Champion:
    """A head that was taken, with its version."""

    head: CompanyHead
    version: str


class CompanyJudge:
    """A `contract.Judge`. The n-grams of a batch are made once for all heads. Safe to share between threads."""

    def __init__(self, champions: Sequence[Champion]) -> None:
        self._heads = [champion.head for champion in champions]
        self.labels = tuple(head.label for head in self._heads)
        self.versions = {champion.head.label: champion.version for champion in champions}
        self.version = "+".join(sorted(self.versions.values()))

    def judge(self, texts: Sequence[CleanText], *, with_reasons: bool) -> list[dict[str, Judgement]]:
        """See `contract.Judge`."""
        found: list[dict[str, Judgement]] = [{} for _ in texts]
        if not texts:
            return found
        grams = ngrams.extract([forms(one.text, one.words) for one in texts])
        vectors = np.array([one.vector for one in texts])
        for head in self._heads:
            for labels, judgement in zip(found, _judge(head, texts, grams, vectors, with_reasons), strict=True):
                labels[head.label] = judgement
        return found


def _judge(
    company: CompanyHead, texts: Sequence[CleanText], grams: ngrams.Grams, vectors: ngrams.Floats, with_reasons: bool
) -> list[Judgement]:
    model, head = company.model, company.model.heads[0]
    features = ngrams.weigh(grams, model.idf)
    # What is empty is empty of words: a text of words that no example had is judged by its vector.
    empty = np.array([not one.words for one in texts])
    judged = heads.judge(head, model.scores(features, vectors), empty=empty)
    if not with_reasons:
        return judged
    return explained(judged, head, model, texts, Occurrences.of(grams, features, model.idf))

"""All judges over a batch of texts: cleaned once, told apart by language, scored together, explained where it pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from resonanz.triage import artefact, heads, ngrams, urgency
from resonanz.triage.cleaning import Word, clean_words
from resonanz.triage.contract import Evaluated, Judgement
from resonanz.triage.heads import Head, LanguageModel
from resonanz.triage.language import DEFAULT_LANGUAGES, LanguageJudge

CODE_VERSION = f"{ngrams.VERSION}.1"
DEFAULT_MODEL = Path(__file__).parent / "model" / "default.triage"
# Large enough to be vectorised well, small enough that the intermediate arrays stay in the cache.
_BATCH = 256


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    words: list[Word]
    language: str


class Evaluator:
    """Evaluates texts with one model. Safe to share between threads: nothing changes after loading."""

    def __init__(self, *, models: Sequence[LanguageModel], language: LanguageJudge, version: str) -> None:
        self._models = {model.language: model for model in models}
        self._language = language
        # A text in a language without a model of its own gets the nearest thing, and every label of it is unsure.
        self._stand_in = next((code for code in language.languages if code in self._models), models[0].language)
        self.version = version
        labels = sorted({head.label for model in models for head in model.heads})
        self.versions = dict.fromkeys(labels, version) | {"language": language.version, "urgency": urgency.VERSION}

    @classmethod
    def load(cls, path: Path | None = None, *, languages: Sequence[str] = DEFAULT_LANGUAGES) -> Evaluator:
        """The model in `path`, or the one that ships; `languages` are the company's. Raises artefact.BadArtefact."""
        where = path or DEFAULT_MODEL
        found = artefact.load(where)
        if found.about.get("code") != CODE_VERSION:
            raise artefact.BadArtefact(path=where, reason="outdated")
        try:
            codes = list(found.about["heads"])
            models = [heads.read_model(code, found.about, found.arrays) for code in codes]
            models[0]
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise artefact.BadArtefact(path=where, reason="malformed") from error
        language = LanguageJudge(languages=languages)
        return cls(models=models, language=language, version=f"{CODE_VERSION}-{found.digest[:12]}")

    def evaluate(
        self, texts: Sequence[str], *, language_hints: Sequence[str] | None = None, with_reasons: bool = True
    ) -> list[Evaluated]:
        """One answer a text, in order, whatever the text. A hint is the source's usual language, "" where unknown.

        Only the first cleaning.MOST_CHARACTERS characters of a text are read. Reasons stand where a label was decided
        to hold (and where the sentiment is not neutral), as pieces of the original text.
        """
        hints = language_hints if language_hints is not None else [""] * len(texts)
        found: list[Evaluated] = []
        for start in range(0, len(texts), _BATCH):
            batch = [
                self._read(text, hint)
                for text, hint in zip(texts[start : start + _BATCH], hints[start : start + _BATCH], strict=True)
            ]
            found.extend(self._evaluate(batch, with_reasons=with_reasons))
        return found

    def _read(self, text: str, hint: str) -> _Text:
        words = clean_words(text)
        return _Text(text, words, self._language.tell(words, hint=hint))

    def _evaluate(self, batch: Sequence[_Text], *, with_reasons: bool) -> list[Evaluated]:
        found: list[Evaluated | None] = [None] * len(batch)
        for code, model in self._models.items():
            places = [place for place, one in enumerate(batch) if self._model_for(one.language) == code]
            if places:
                own = [batch[place] for place in places]
                for place, labels in zip(places, self._judge(model, own, with_reasons=with_reasons), strict=True):
                    found[place] = self._told(batch[place], labels)
        return [one for one in found if one is not None]

    def _model_for(self, language: str) -> str:
        return language if language in self._models else self._stand_in

    def _told(self, one: _Text, labels: dict[str, Judgement]) -> Evaluated:
        if one.language not in self._models:
            labels = {name: replace(label, unsure=True) for name, label in labels.items()}
        soon = urgency.assess(labels, one.words, text=one.text)
        return Evaluated(one.language, labels, soon.score, self.versions, soon.parts)

    def _judge(self, model: LanguageModel, texts: Sequence[_Text], *, with_reasons: bool) -> list[dict[str, Judgement]]:
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
    texts: Sequence[_Text],
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

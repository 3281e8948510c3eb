"""All judges over a batch of texts: cleaned once, told apart by language, scored together, explained where it pays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from resonanz.triage import artefact, heads, ngrams, urgency
from resonanz.triage.cleaning import clean_words
from resonanz.triage.contract import CleanText, Evaluated, Judge, Judgement
from resonanz.triage.language import DEFAULT_LANGUAGES, LanguageJudge
from resonanz.triage.ngram_judge import NgramJudge

CODE_VERSION = f"{ngrams.VERSION}.1"
DEFAULT_MODEL = Path(__file__).parent / "model" / "default.triage"
# Large enough to be vectorised well, small enough that the intermediate arrays stay in the cache.
_BATCH = 256


class Evaluator:
    """Cleans each text once and asks all judges. Safe to share between threads: nothing changes after loading."""

    def __init__(self, *, judges: Sequence[Judge], language: LanguageJudge) -> None:
        self._judges = judges
        self._language = language
        self.versions = {label: judge.version for judge in judges for label in judge.labels}
        self.versions |= {"language": language.version, "urgency": urgency.VERSION}

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
        version = f"{CODE_VERSION}-{found.digest[:12]}"
        return cls(judges=[NgramJudge(models=models, languages=language.languages, version=version)], language=language)

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

    def languages(self, texts: Sequence[str], *, hints: Sequence[str]) -> list[str]:
        """The language of each text, "" where it cannot be told."""
        return [self._read(text, hint).language for text, hint in zip(texts, hints, strict=True)]

    def _read(self, text: str, hint: str) -> CleanText:
        words = clean_words(text)
        return CleanText(text, words, self._language.tell(words, hint=hint))

    def _evaluate(self, batch: Sequence[CleanText], *, with_reasons: bool) -> list[Evaluated]:
        labels: list[dict[str, Judgement]] = [{} for _ in batch]
        for judge in self._judges:
            for known, more in zip(labels, judge.judge(batch, with_reasons=with_reasons), strict=True):
                known.update(more)
        return [self._told(one, found) for one, found in zip(batch, labels, strict=True)]

    def _told(self, one: CleanText, labels: dict[str, Judgement]) -> Evaluated:
        soon = urgency.assess(labels, one.words, text=one.text)
        return Evaluated(one.language, labels, soon.score, self.versions, soon.parts)

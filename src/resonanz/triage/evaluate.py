"""All judges over a batch of texts: cleaned once, told apart by language, scored together, explained where it pays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from resonanz.core.errors import ResonanzError
from resonanz.triage import added, artefact, as_written, heads, ngrams, urgency
from resonanz.triage.cleaning import as_seen, clean_words, readable
from resonanz.triage.contract import AddedEncoder, CleanText, Evaluated, Judge, Judgement
from resonanz.triage.encoding.encoder import shared_encoder
from resonanz.triage.language import DEFAULT_LANGUAGES, LanguageJudge
from resonanz.triage.learnt_judge import LearntJudge

CODE_VERSION = f"{ngrams.VERSION}.2"
DEFAULT_MODEL = Path(__file__).parent / "model" / "default.triage"
ADDED = "added-"
"""So begins the version of a label that a classifier of the operator's own judges, which nobody has calibrated."""
# Large enough to be vectorised well, small enough that the intermediate arrays stay in the cache.
_BATCH = 256


class Evaluator:
    """Cleans each text once and asks all judges. Safe to share between threads: nothing changes after loading."""

    def __init__(
        self, *, judges: Sequence[Judge], language: LanguageJudge, encoder: AddedEncoder | None = None
    ) -> None:
        self._judges = judges
        self._language = language
        self.encoder = encoder
        """The larger one, where an operator added it."""
        self.versions = {label: judge.version for judge in judges for label in judge.labels}
        self.versions |= {"language": language.version, "urgency": urgency.VERSION}

    @classmethod
    def load(cls, path: Path | None = None, *, languages: Sequence[str] = DEFAULT_LANGUAGES) -> Evaluator:
        """The model in `path`, or the one that ships with what an operator added; `languages` are the company's.

        Raises artefact.BadArtefact, and onnx_running.RuntimeMissing where `path` needs what is not installed. What was
        added and cannot be used is told in the log and left out.
        """
        models, digest = load_models(path or DEFAULT_MODEL)
        language = LanguageJudge(languages=languages)
        version = f"{CODE_VERSION}-{digest[:12]}"
        judge = LearntJudge(models=models, languages=language.languages, version=version)
        alone = cls(judges=[judge], language=language, encoder=models[0].encoder)
        return alone if path is not None else alone._with_added(digest)

    def _with_added(self, digest: str) -> Evaluator:
        """The same with what an operator added, as far as it can be used; a classifier has the last word."""
        found = self
        try:
            if (larger := added.heads_in_use()) is not None:
                found = self._with_larger(larger, digest)
        except ResonanzError as error:
            added.told_unusable(error)
        for judge in added.classifiers():
            found = found._with_classifier(judge)
        return found

    def _with_classifier(self, judge: Judge) -> Evaluator:
        # Of its label some texts stay with the judges before it: the version says who judges which how.
        before = {label: f"{self.versions[label]}+{judge.version}" for label in judge.labels}
        versions = {label: f"{ADDED}{hashlib.sha256(one.encode()).hexdigest()[:12]}" for label, one in before.items()}
        return self.beside(judge, versions=versions)

    def _with_larger(self, path: Path, digest: str) -> Evaluator:
        """The same, with the heads in `path` in place of those for the same label and language."""
        models, own = load_models(path)
        # Of a label some languages may have stayed with the heads that ship: both say which text is judged how.
        version = f"{CODE_VERSION}-{digest[:6]}{own[:6]}"
        judge = LearntJudge(models=models, languages=(), version=version, stands_in=False)
        return Evaluator(judges=[*self._judges, judge], language=self._language, encoder=models[0].encoder)

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
            together = slice(start, start + _BATCH)
            batch = self._read(texts[together], hints[together])
            found.extend(self._evaluate(batch, with_reasons=with_reasons))
        return found

    @property
    def features(self) -> str:
        """A code for what heads of a company stand on here; one that was learnt on other features fits no longer."""
        code = f"{CODE_VERSION}.{as_written.VERSION}"
        if self.encoder is None:
            return code
        read = hashlib.sha256(self.encoder.digest.encode() + self.encoder.middle.tobytes()).hexdigest()
        return f"{code}-{self.encoder.name}-{read[:12]}"

    def beside(self, judge: Judge, *, versions: Mapping[str, str]) -> Evaluator:
        """The same with one more judge, who has the last word on each of its labels; `versions` is by label."""
        joined = Evaluator(judges=[*self._judges, judge], language=self._language, encoder=self.encoder)
        joined.versions |= {**self.versions, **versions}
        return joined

    def languages(self, texts: Sequence[str], *, hints: Sequence[str]) -> list[str]:
        """The language of each text, "" where it cannot be told."""
        return self._language.tell([clean_words(text) for text in texts], hints=hints)

    def _read(self, texts: Sequence[str], hints: Sequence[str]) -> list[CleanText]:
        cleaned = [clean_words(text) for text in texts]
        languages = self._language.tell(cleaned, hints=hints)
        encoder = self.encoder or shared_encoder()
        vectors = encoder.vectors([as_seen(readable(*pair)) for pair in zip(texts, cleaned, strict=True)])
        return [CleanText(*one) for one in zip(texts, cleaned, languages, vectors, strict=True)]

    def _evaluate(self, batch: Sequence[CleanText], *, with_reasons: bool) -> list[Evaluated]:
        labels: list[dict[str, Judgement]] = [{} for _ in batch]
        for judge in self._judges:
            for known, more in zip(labels, judge.judge(batch, with_reasons=with_reasons), strict=True):
                known.update(more)
        return [self._told(one, found) for one, found in zip(batch, labels, strict=True)]

    def _told(self, one: CleanText, labels: dict[str, Judgement]) -> Evaluated:
        soon = urgency.assess(labels, one.words, text=one.text)
        return Evaluated(one.language, labels, soon.score, self.versions, soon.parts)


def load_models(path: Path) -> tuple[list[heads.LanguageModel], str]:
    """The model of each language in a file, and the hex of its checksum. Raises artefact.BadArtefact."""
    found = artefact.load(path)
    if found.about.get("code") != CODE_VERSION:
        raise artefact.BadArtefact(path=path, reason="outdated")
    encoder = added.encoder_of(found, path=path)
    try:
        models = [heads.read_model(code, found.about, found.arrays, encoder=encoder) for code in found.about["heads"]]
        models[0]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise artefact.BadArtefact(path=path, reason="malformed") from error
    return models, found.digest

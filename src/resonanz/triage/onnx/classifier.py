"""The judge of a classifier that an operator added: a network over the pieces of a text, answering one label.

It answers texts in its languages; what it does not answer stays with the judges that ship: other languages, texts of
nothing but links and names, and what the network fails on. Its probabilities are the network's own, not calibrated, and
it gives no reasons.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonanz.triage.artefact import BadArtefact
from resonanz.triage.cleaning import LINK, MAIL, MENTION, as_seen, readable
from resonanz.triage.contract import CleanText, Judgement
from resonanz.triage.onnx import classifier_files, running
from resonanz.triage.onnx.classifier_files import NETWORK, TOKENIZER, About, BadClassifier

_MASKS = frozenset({LINK, MAIL, MENTION})
_FED = ("input_ids", "attention_mask", "token_type_ids")
_NUMBERS: dict[str, type[np.integer[Any]]] = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}
# As many as stay in the processor's cache.
_PIECES_AT_ONCE = 256
_TRIED = ("Guten Tag", "Wort und word, " * 1000)
_log = logging.getLogger(__name__)

Chances = NDArray[np.float64]
Cut = tuple[list[int], list[int]]  # the pieces of a text, and to which of two texts each belongs


class OnnxClassifier:
    """A `contract.Judge` from an added folder (see classifier_files). Safe to share between threads.

    Raises BadClassifier, or RuntimeMissing where what runs it is not installed.
    """

    def __init__(self, folder: Path) -> None:
        self.about = classifier_files.read(folder)
        task = classifier_files.task_of(self.about.label)
        self.labels, self.version = (task.label,), self.about.version
        self._values, self._unsure_below = task.classes, task.unsure_below
        self._means = np.array([[value == one for one in task.classes] for value in self.about.values], dtype=float)
        self._tokenizer = _tokenizer(folder, self.about)
        self._network = _network(folder, self.about)
        self._fed = {one.name: _NUMBERS.get(one.type) for one in self._network.get_inputs()}
        outputs = [one.name for one in self._network.get_outputs()]
        self._output = "logits" if "logits" in outputs else outputs[0]
        if None in self._fed.values() or not {"input_ids"} <= set(self._fed) <= set(_FED):
            wanted = ", ".join(self._fed)
            raise BadClassifier(path=folder, problem=f"its network wants something else than pieces of text: {wanted}")

    def try_out(self, folder: Path) -> None:
        """Raises BadClassifier where it has no answer to a short and a long text."""
        try:
            logits = [self._logits([self._cut(text)]) for text in _TRIED]
        except running.RunFailed as error:
            raise BadClassifier(path=folder, problem=str(error.params["problem"])) from error
        if not np.isfinite(np.concatenate(logits)).all():
            raise BadClassifier(path=folder, problem="its network answers with what is no number")

    def judge(self, texts: Sequence[CleanText], *, with_reasons: bool) -> list[dict[str, Judgement]]:
        """See `contract.Judge`."""
        asked = [place for place, one in enumerate(texts) if self._is_asked(one)]
        chances = self._probabilities([as_seen(readable(texts[place].text, texts[place].words)) for place in asked])
        answered = [math.isfinite(row.sum()) for row in chances]
        if not all(answered):
            _log.warning("%s has no answer to %d of %d texts", self.about.name, answered.count(False), len(asked))
        found: list[dict[str, Judgement]] = [{} for _ in texts]
        for place, row, known in zip(asked, chances, answered, strict=True):
            if known:
                found[place] = {self.about.label: self._decided(row)}
        return found

    def _is_asked(self, text: CleanText) -> bool:
        of_ours = not self.about.languages or text.language in self.about.languages
        return of_ours and any(word.form not in _MASKS for word in text.words)

    def _decided(self, chances: Chances) -> Judgement:
        place = int(chances.argmax())
        chance = float(chances[place])
        return Judgement(self._values[place], round(chance, 4), chance < self._unsure_below)

    def _probabilities(self, texts: Sequence[str]) -> Chances:
        """A row a text and a column a value; of a text that the network fails on no numbers."""
        found = np.full((len(texts), len(self._values)), np.nan)
        cut = {}
        for place, text in enumerate(texts):
            try:
                cut[place] = self._cut(text)
            except running.RunFailed:
                continue
        places = list(cut)
        for together in running.batches([len(cut[place][0]) for place in places], most=_PIECES_AT_ONCE):
            own = [places[number] for number in together]
            found[own] = self._answers([cut[place] for place in own])
        return found

    def _answers(self, texts: Sequence[Cut]) -> Chances:
        try:
            logits = self._logits(texts)
        except running.RunFailed:
            if len(texts) == 1:
                return np.full((1, len(self._values)), np.nan)
            return np.concatenate([self._answers([text]) for text in texts])
        with np.errstate(invalid="ignore", over="ignore"):
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            return np.asarray(powers / powers.sum(axis=1, keepdims=True) @ self._means)

    def _logits(self, texts: Sequence[Cut]) -> Chances:
        lengths = np.array([len(pieces) for pieces, _types in texts])
        held = np.arange(lengths.max()) < lengths[:, None]
        given = {"input_ids": np.full(held.shape, self.about.padding), "attention_mask": held}
        given["token_type_ids"] = np.zeros(held.shape, dtype=np.int64)
        for name, place in (("input_ids", 0), ("token_type_ids", 1)):
            given[name][held] = np.concatenate([text[place] for text in texts])
        fed = {name: given[name].astype(kind) for name, kind in self._fed.items()}
        logits = np.asarray(running.run(self._network, self._output, fed), dtype=np.float64)
        if logits.shape != (len(texts), len(self._means)):
            raise running.RunFailed(problem=f"its network does not answer with {len(self._means)} numbers a text")
        return logits

    def _cut(self, text: str) -> Cut:
        try:
            found = self._tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8"))
        except Exception as error:  # its errors have no common class besides this one
            raise running.RunFailed(problem=str(error)) from error
        if not found.ids:
            raise running.RunFailed(problem="its tokenizer makes no pieces of a text")
        return found.ids, found.type_ids


def _tokenizer(folder: Path, about: About) -> Any:
    read = classifier_files.content(folder, TOKENIZER, about=about)
    # A few megabytes, and there only where somebody added a classifier.
    try:
        import tokenizers  # noqa: PLC0415
    except ImportError as error:
        raise running.RuntimeMissing(package="tokenizers") from error
    try:
        found = tokenizers.Tokenizer.from_buffer(read)
        found.no_padding()
        found.enable_truncation(about.longest)
    except Exception as error:  # its errors have no common class besides this one
        raise BadClassifier(path=folder, problem=f"{TOKENIZER} is no tokenizer: {error}") from error
    return found


def _network(folder: Path, about: About) -> running.Session:
    read = classifier_files.content(folder, NETWORK, about=about)
    try:
        return running.session(read, path=folder / NETWORK)
    except BadArtefact as error:
        raise BadClassifier(path=folder, problem=f"{NETWORK} is no network: {error.__cause__}") from error

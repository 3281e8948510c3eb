"""Which of the company's languages a post is written in.

py3langid's model is used: an automaton over bytes that finds short pieces of writing, and how probable each piece is in
each language. Its automaton is stepped here over many slices of a batch at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib import metadata

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from resonanz.core.errors import ResonanzError
from resonanz.triage.cleaning import Word

DEFAULT_LANGUAGES = ("de", "en")
# Below this many letters the identifier guesses, and the source's usual language is the better guess.
FEW_LETTERS = 12
_LATIN_END = "\u0250"
_OTHER_CODES = (
    "am ar bg bn el fa gu he hi hy ja ka kk km kn ko ky lo mk ml mn mr ne or pa ps ru si sr ta te th ug uk ur zh"
)
_OTHER_SCRIPTS = frozenset(_OTHER_CODES.split())
# A slice of so many bytes is read, and before it some that the one in front ends with: the automaton's state depends on
# the last six bytes alone, and a zero byte between two texts sets it back.
_SLICE = 32
_REMEMBERED = 8


class UnknownLanguage(ResonanzError):
    """A language code is not among those that can be told apart."""

    code = "triage.unknown_language"

    def __str__(self) -> str:
        return f"The language {self.params['language']!r} cannot be recognised; use ISO 639-1 codes such as de or en."


class LanguageJudge:
    """py3langid, restricted to `languages`. The first one is the answer where a text gives no hint at all."""

    name = "language"

    def __init__(self, *, languages: Sequence[str] = DEFAULT_LANGUAGES) -> None:
        # A private identifier: py3langid's module-level one is shared by everybody who imports it.
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
        known = set(identifier.labels)
        for language in languages:
            if language not in known:
                raise UnknownLanguage(language=language)
        identifier.set_languages(languages)
        self._likeliest = _Likeliest(identifier)
        self.languages = tuple(languages)
        self._only_latin = not _OTHER_SCRIPTS & set(languages)
        self.version = f"py3langid-{metadata.version('py3langid')}/1:{','.join(languages)}"

    def tell(self, texts: Sequence[Sequence[Word]], *, hints: Sequence[str]) -> list[str]:
        """The language of each cleaned text; its hint decides very short ones; "" without letters and hint."""
        letters = [self._letters(words) for words in texts]
        told = self._likeliest.of(letters)
        return [self._decided(*one) for one in zip(told, letters, hints, strict=True)]

    def _letters(self, words: Sequence[Word]) -> str:
        plain = [word.form for word in words if word.form.isalpha()]
        if self._only_latin:
            plain = [form for form in plain if form[0] < _LATIN_END]
        return " ".join(plain)

    def _decided(self, likeliest: str, letters: str, hint: str) -> str:
        if hint in self.languages and len(letters) - letters.count(" ") < FEW_LETTERS:
            return hint
        return likeliest if letters else ""


class _Likeliest:
    """The likeliest language of texts: naive Bayes over the pieces of writing that the automaton finds in them."""

    def __init__(self, identifier: LanguageIdentifier) -> None:
        self._next = np.asarray(identifier.tk_nextmove)
        self._row = np.asarray(identifier.tk_row).astype(np.int64) << 8
        self._piece = np.asarray(identifier.tk_output)
        self._chances = identifier.nb_ptc.astype(np.float64)
        self._prior = identifier.nb_pc.astype(np.float64)
        self._languages = list(identifier.nb_classes)

    def of(self, texts: Sequence[str]) -> list[str]:
        """The likeliest language of each; the first one where nothing is found."""
        encoded = [unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass") for text in texts]
        pieces = self._found(b"\0".join([*encoded, b""]))
        text_of_byte = np.repeat(np.arange(len(texts)), [len(one) + 1 for one in encoded])
        keys = text_of_byte[pieces >= 0] * len(self._chances) + pieces[pieces >= 0]
        different, counts = np.unique(keys, return_counts=True)
        text, piece = np.divmod(different, len(self._chances))
        said = np.log1p(counts)[:, None] * self._chances[piece]
        scores = np.stack([np.bincount(text, column, minlength=len(texts)) for column in said.T], axis=1)
        likeliest = np.where(scores.any(axis=1), (scores + self._prior).argmax(axis=1), 0)
        return [self._languages[place] for place in likeliest.tolist()]

    def _found(self, read: bytes) -> NDArray[np.int64]:
        """For each byte the piece that ends there, or -1; many slices are read at once, each a little from before."""
        slices = max(1, -(-len(read) // _SLICE))
        padded = b"\0" * _REMEMBERED + read.ljust(slices * _SLICE, b"\0")
        windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(padded, np.uint8), _REMEMBERED + _SLICE)
        found = np.empty((_SLICE, slices), dtype=np.int64)
        state = np.zeros(slices, dtype=np.int64)
        for place, letters in enumerate(np.ascontiguousarray(windows[::_SLICE].T), start=-_REMEMBERED):
            state = self._next[self._row[state] + letters]
            if place >= 0:
                found[place] = self._piece[state]
        return found.T.ravel()[: len(read)]

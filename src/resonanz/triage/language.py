"""Which of the company's languages a post is written in."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

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
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
        known = set(self._identifier.labels)
        for language in languages:
            if language not in known:
                raise UnknownLanguage(language=language)
        self._identifier.set_languages(languages)
        self.languages = tuple(languages)
        self._only_latin = not _OTHER_SCRIPTS & set(languages)
        self.version = f"py3langid-{metadata.version('py3langid')}/1:{','.join(languages)}"

    def tell(self, words: Sequence[Word], *, hint: str = "") -> str:
        """The language of a cleaned text; `hint` decides very short ones; "" for a text without letters and hint."""
        plain = [word.form for word in words if word.form.isalpha()]
        if self._only_latin:
            plain = [form for form in plain if form[0] < _LATIN_END]
        letters = sum(map(len, plain))
        if letters < FEW_LETTERS and hint in self.languages:
            return hint
        if not letters:
            return ""
        language, _score = self._identifier.classify(" ".join(plain))
        return str(language)

"""Check `language`: an answer in another language than the person's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.lexicon import word_set
from resonanz.guidelines.checks.reading import LINKED, MAILED, QUOTED, Reading

NAME = "language"
DEFAULT = Severity.WARNING
FEW_WORDS, FEW_LETTERS = 3, 12
# What people on European networks write; the person's own language is added.
COMMON = ("de", "en", "fr", "es", "it", "nl", "pl", "pt", "tr")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_TAGGED = re.compile(rf"[@#][\w.@-]{{1,100}}|[{LINKED}{MAILED}{QUOTED}]+")
# Words that are written so in one of the two languages and in no other of the common ones.
GERMAN = word_set("language", "GERMAN")
ENGLISH = word_set("language", "ENGLISH")


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """The draft as a whole, when none of it is in the person's language."""
    wanted = context.language_of_person.lower().partition("-")[0]
    if not wanted:
        return
    sentences = [_words(sentence.text) for sentence in reading.sentences]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEW_WORDS or sum(map(len, words)) < FEW_LETTERS:
        return
    found = tell(words, wanted=wanted)
    if not found or found == wanted:
        return
    if any(tell(sentence, wanted=wanted) == wanted for sentence in sentences if len(sentence) >= FEW_WORDS):
        return
    yield Spot(start=0, end=len(reading.text), params={"kind": "OTHER", "language": found, "wanted": wanted})


def tell(words: list[str], *, wanted: str) -> str:
    """Which language these words are in; "" where `wanted` is a language nobody can tell here."""
    german, english = (sum(word in known for word in words) for known in (GERMAN, ENGLISH))
    many, few = max(german, english), min(german, english)
    # Clear where one of the two has words enough; else the identifier knows better, and knows other languages.
    if wanted in ("de", "en") and many >= 2 * few + 1 and many * 4 >= len(words):
        return "de" if german > english else "en"
    identifier = _identifier()
    if wanted not in identifier.labels:
        return ""
    return next(str(language) for language, _score in identifier.rank(" ".join(words)) if language in {*COMMON, wanted})


def _words(text: str) -> list[str]:
    return _WORD.findall(_TAGGED.sub(" ", text))


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """One for all languages: each takes memory and most of a second to load."""
    # A private one: py3langid's module-level identifier is shared by everybody who imports it.
    return LanguageIdentifier.from_model_file(MODEL_FILE)

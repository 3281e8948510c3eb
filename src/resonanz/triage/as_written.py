"""What a head of the company's own reads: words as all judges read them, but accounts, tags and pages by their names.

The judges that ship do not know them: they learnt from posts to others. In what is said of one company they tell much,
and a head of its own is learnt anew when a post is to be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from resonanz.triage import ngrams
from resonanz.triage.cleaning import LINK, MENTION, Word, clean_words

_PAGE = re.compile(r"(?:https?://(?:www\.)?|www\.)([\w.-]+)")
VERSION = 1
"""Part of the code of what heads of a company stand on: raised whenever forms become others."""


def grams_as_written(texts: Sequence[str]) -> ngrams.Grams:
    """The n-grams of texts, with names."""
    return ngrams.extract([forms(text, clean_words(text)) for text in texts])


def forms(text: str, words: Sequence[Word]) -> list[str]:
    """The form of each word of a text, none empty and none with a blank."""
    tags = {one.end for one in words if one.form == "#"}
    return [_form(text, word, tagged=word.start in tags) for word in words]


def _form(text: str, word: Word, *, tagged: bool) -> str:
    raw = text[word.start : word.end].lower()
    if word.form == MENTION:
        return raw
    if word.form == LINK:
        page = _PAGE.match(raw)
        return f"{LINK}{page[1]}" if page else LINK
    return f"#{word.form}" if tagged else word.form

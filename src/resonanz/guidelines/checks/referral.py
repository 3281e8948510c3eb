"""Check `referral`: an answer that does nothing but send the person elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resonanz.guidelines.checks.clauses import Clause, clauses_in
from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.courtesy import after_greeting, before_closing
from resonanz.guidelines.checks.lexicon import lexicon
from resonanz.guidelines.checks.reading import Reading, Sentence

NAME = "referral"
DEFAULT = Severity.HINT
_WORDS = lexicon("referral")
_DEEP_LINK = re.compile(r"^(?:\w+://)?[^/?#\s]+[/][^\s/]+", re.IGNORECASE)
_HAS_WORDS = re.compile(r"\w")
_WORD = re.compile(r"[^\W_]+(?:'\w+)?")
_SHORT, _FRAGMENT = 5, 3
_ASKS_FOR = re.compile(r"\W*(?:which|what|when|where|who|how|welche[rsnm]?|was|wann|wo|wer|wie(?! waere| waer))\b")


def find(reading: Reading, _context: Context) -> Iterator[Spot]:
    """From the first to the last sentence that refers, where nothing else is said."""
    referring: list[Sentence] = []
    if _has_deep_link(reading):
        return
    for sentence in _body(reading):
        if not _HAS_WORDS.search(sentence.text) and not _is_link(sentence):
            continue
        if _WORDS["HERE"].search(sentence.text) or _says_more(sentence):
            return
        if _is_link(sentence) or _refers(sentence):
            if any(_adds(clause) for clause in clauses_in(sentence)):
                return
            referring.append(sentence)
        elif not _is_courtesy(sentence, closes=bool(referring)):
            return
    if referring:
        first, last = referring[0], referring[-1]
        begin = first.start + len(first.text) - len(first.text.lstrip())
        start, end = reading.original(begin, last.start + len(last.text.rstrip()))
        yield Spot(start=start, end=end, params={"kind": "ONLY"})


def _body(reading: Reading) -> Iterator[Sentence]:
    """The sentences between the greeting and the closing formula."""
    begin, end = after_greeting(reading.plain), before_closing(reading.plain)
    for sentence in reading.sentences:
        start, stop = max(sentence.start, begin), min(sentence.end, end)
        if start < stop:
            yield Sentence(start, stop, reading.plain[start:stop], sentence.asks and stop == sentence.end)


def _is_courtesy(sentence: Sentence, *, closes: bool) -> bool:
    """Whether it is kind and says nothing; after a referral a short sentence without a verb is a wish or a name."""
    if any(_WORDS[name].search(sentence.text) for name in ("COURTESY", "REGRETS", "DISCLAIMS")):
        return True
    words = _WORD.findall(sentence.text)
    return closes and len(words) <= _SHORT and not _WORDS["STATES"].search(sentence.text)


def _adds(clause: Clause) -> bool:
    """Whether a clause beside the one that refers says something of its own: neither place, nor courtesy, nor frame.

    A frame hangs on another clause: "wenn Sie Fragen haben", "die sich damit auskennt", "so that they can check".
    """
    text = clause.text
    if any(_WORDS[name].search(text) for name in ("CONTACT", "COURTESY", "DISCLAIMS", "FRAME")):
        return False
    if _WORDS["ORDERS"].search(text):
        return True
    words, states = len(_WORD.findall(text)), _WORDS["STATES"].search(text) is not None
    if _WORDS["ELSEWHERE"].search(text):
        return states and words > _FRAGMENT and _WORDS["REFERS"].search(text) is None
    return words > _SHORT or (words > _FRAGMENT and states)


def _refers(sentence: Sentence) -> bool:
    """Whether it sends the person somewhere: by a known turn of phrase, or by a place and a word that points there."""
    if _WORDS["REFERS"].search(sentence.text):
        return True
    return bool(_WORDS["ELSEWHERE"].search(sentence.text) and _WORDS["POINTS"].search(sentence.text))


def _says_more(sentence: Sentence) -> bool:
    """Whether it asks or answers something; "Haben Sie schon auf unserer Website geschaut?" does neither."""
    if sentence.asks and (_ASKS_FOR.match(sentence.text) or not _refers(sentence)):
        return True
    if _WORDS["DISCLAIMS"].search(sentence.text) or _WORDS["REGRETS"].search(sentence.text):
        return False
    return _WORDS["SUBSTANCE"].search(_WORDS["REACHED"].sub(" ", sentence.text)) is not None


def _has_deep_link(reading: Reading) -> bool:
    return any(kind == "LINK" and _DEEP_LINK.match(reading.text[start:end]) for start, end, kind in reading.addresses)


def _is_link(sentence: Sentence) -> bool:
    return "\ue002" in sentence.text or "\ue003" in sentence.text

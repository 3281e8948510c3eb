"""Check `advertising`: offers, requests to follow, surveys and praise inside an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.lexicon import lexicon, word_set
from resonanz.guidelines.checks.reading import MOST_CHARACTERS, Reading, Sentence, fold

NAME = "advertising"
DEFAULT = Severity.WARNING
_WORDS = lexicon("advertising")
_KINDS = ("SURVEY", "FOLLOW", "OFFER", "PRAISE")
# Two signs that advertise together, wherever they stand in a sentence. Neither a name of ours nor "why not" does alone.
_PAIRS = (
    ("SURVEY", "OPINION", "GRATEFUL"),
    ("FOLLOW", "CHANNEL", "JOIN"),
    ("FOLLOW", "CHANNEL", "SPREAD"),
    ("FOLLOW", "OTHERS", "SPREAD"),
    ("FOLLOW", "OTHERS", "LURE"),
    ("FOLLOW", "SPREAD", "PRIZE"),
    ("OFFER", "GOODS", "SUGGEST"),
    ("OFFER", "GOODS", "LURE"),
    ("OFFER", "SUGGEST", "LURE"),
    ("OFFER", "SUGGEST", "PRICE"),
    ("OFFER", "TURN", "PRICE"),
    ("OFFER", "GOODS", "DELIGHT"),
    ("OFFER", "OWN_LINE", "EVALUATE"),
    ("OFFER", "OWN_LINE", "HYPOTHETICAL"),
    ("OFFER", "INVITE", "EVENT"),
    ("OFFER", "INVITE", "LURE"),
    ("OFFER", "TURN", "GOODS"),
    ("OFFER", "TURN", "LURE"),
    ("OFFER", "TURN", "EVALUATE"),
)
# Means of persuasion. An answer about the matter seldom uses two of them in one sentence; what pleases twice, or is
# cheap twice, persuades too.
_PERSUASION = ("OURS", "APPEAL", "BIDDING", "OCCASION", "CHEAPLY", "TURN")
_TWICE = frozenset({"APPEAL", "CHEAPLY"})
_BAIT = re.compile(r"^[^?]{3,50}\?\s*$")
_POINTING = 40  # characters of a sentence that names nothing itself: "Do have a look there."
# Of these the one may stand in the sentence before: "Know someone who'd love it? Send them your link."
_ACROSS = ("SURVEY", "FOLLOW")
_HAS_WORDS = re.compile(r"\w")
_CONTENT = re.compile(r"[a-z]{4,}")
_STEM = 6  # letters that two forms of a word share: "Rabattes" and "Rabatte"
_EVERYWHERE = frozenset(word[:_STEM] for word in word_set("advertising", "EVERYWHERE"))


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """Each sentence that advertises, once."""
    # § 7 UWG: advertising by electronic mail needs consent first, and courts read "advertising" widely. Nothing here
    # can prove a consent yet, so no guideline and no wish of the person makes it lawful in a private message.
    least = Severity.OFF if context.is_public else Severity.FORBIDDEN
    asked = _asked(context) if context.is_public else frozenset()
    topic = _topic(context)
    before = ""
    for sentence in reading.sentences:
        if found := _advertises(sentence, before, asked, topic):
            kind, match = found
            start, end = reading.original(sentence.start + match.start(), sentence.start + match.end())
            yield Spot(start=start, end=end, params={"kind": kind, "private": not context.is_public}, least=least)
        before = sentence.text


def _asked(context: Context) -> frozenset[str]:
    """The kinds the person asks for."""
    said = fold(context.person_text[:MOST_CHARACTERS])
    return frozenset(kind for kind in ("OFFER", "FOLLOW") if _WORDS[f"ASKED_{kind}"].search(said))


def _topic(context: Context) -> frozenset[str]:
    """The words of an enquiry, by their first letters: to name, explain or price what they name is an answer."""
    said = fold(context.person_text[:MOST_CHARACTERS])
    # Whoever asks for offers in private still gets none (see above).
    if not _WORDS["ENQUIRES"].search(said) or (not context.is_public and _WORDS["ASKED_OFFER"].search(said)):
        return frozenset()
    return _stems(said)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _CONTENT.findall(text)) - _EVERYWHERE


def _advertises(
    sentence: Sentence, before: str, asked: frozenset[str], topic: frozenset[str]
) -> tuple[str, re.Match[str]] | None:
    text = sentence.text
    if not _HAS_WORDS.search(text) or _WORDS["NONE"].search(text):
        return None
    if topic and _answers(text, topic) and not _WORDS["TURN"].search(text):
        asked |= {"OFFER"}
    if _WORDS["MATTER"].search(text) or _points_to_help(text, before):
        asked |= {"OFFER", "FOLLOW", "PRAISE"}
    elif _WORDS["INSTRUCTS"].search(text):
        asked |= {"OFFER"}
    for kind in _KINDS:
        if kind not in asked and (match := _WORDS[kind].search(text)):
            return kind, match
    return _by_signs(text, before, asked)


def _answers(text: str, topic: frozenset[str]) -> bool:
    # Whoever begins with yes or no tells what was asked, in whatever words.
    return bool(topic & _stems(text) or _WORDS["ANSWERS"].search(text))


def _points_to_help(text: str, before: str) -> bool:
    help_named = _WORDS["HELP"].search
    return bool(help_named(text) or (len(text) <= _POINTING and help_named(before)))


def _by_signs(text: str, before: str, asked: frozenset[str]) -> tuple[str, re.Match[str]] | None:
    if "PRAISE" not in asked and (most := _WORDS["MOST"].search(text)):
        return "PRAISE", most
    sign = cache(lambda name: _WORDS[name].search(text))  # the pairs share their signs
    for kind, one, other in _PAIRS:
        if kind in asked or not (second := sign(other)):
            continue
        if sign(one) or (kind in _ACROSS and _WORDS[one].search(before)):
            return kind, second
    if "OFFER" in asked:
        return None
    if means := _persuades(text, before):
        return "OFFER", means
    if not (aside := _WORDS["ASIDE"].search(text)):
        return None
    # "By the way" alone is chat, "half price" alone may be an answer; together they are an offer nobody asked for.
    return ("OFFER", aside) if _WORDS["TEMPTING"].search(text) else None


def _persuades(text: str, before: str) -> re.Match[str] | None:
    """The second means of persuasion; a short question that the draft goes on from itself is one ("Need a spare?")."""
    means = [match for name in _PERSUASION for match in islice(_WORDS[name].finditer(text), 1 + (name in _TWICE))]
    needed = 1 if _BAIT.match(before) else 2
    return means[needed - 1] if len(means) >= needed else None

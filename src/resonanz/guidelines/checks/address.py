"""Check `address`: Du and Sie mixed in one draft, or another than the guideline's. German only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.language import ENGLISH, GERMAN
from resonanz.guidelines.checks.lexicon import word_set
from resonanz.guidelines.checks.reading import QUOTED, Reading, fold, mask

NAME = "address"
DEFAULT = Severity.WARNING

_FAMILIAR = word_set("address", "FAMILIAR")
# Verbs of the second person, for drafts that leave the pronoun out: "Kannst uns gern schreiben".
_SECOND_SINGULAR = word_set("address", "SECOND_SINGULAR")
# Forms no third person has; "findet" and the like could be anybody's.
_SECOND_PLURAL = word_set("address", "SECOND_PLURAL")
_LIKE_THIRD = word_set("address", "LIKE_THIRD")
_ORDERS = word_set("address", "ORDERS")
_PLURAL_ORDERS = word_set("address", "PLURAL_ORDERS")
# What follows an order rather than a noun or a first person ("Schicke ich Ihnen").
_AFTER_ORDER = word_set("address", "AFTER_ORDER")
_BEFORE_ORDER = word_set("address", "BEFORE_ORDER")
_POLITE = word_set("address", "POLITE")
_THIRD_SINGULAR = word_set("address", "THIRD_SINGULAR")
_THINGS_DO = word_set("address", "THINGS_DO")
_NAMED_BEFORE = re.compile(
    r"\b(?:[Dd]ie|[Uu]nsere|[Bb]eide|[Aa]lle|[Dd]iese|[Vv]iele|[Ee]inige|[Mm]eine|[Ii]hre|[Dd]eine|[Ee]ure|[Zz]wei"
    r"|[Dd]rei|\d{1,3}|[Kk]eine)"
    r" (?:[\wäöüß-]{1,30} ){0,2}?[A-ZÄÖÜ][\wäöüß-]{1,40}(?:en|er|e|s|n|innen)\b"
)
_SUBJECT_BEFORE = re.compile(
    r"\b(?:[Dd]ie|[Uu]nsere|[Bb]eide|[Aa]lle|[Dd]iese|[Vv]iele|[Ee]inige|[Mm]eine|[Zz]wei|[Dd]rei|\d{1,3})"
    r" (?:[\wäöüß-]{1,30} ){0,2}?[A-ZÄÖÜ][\wäöüß-]{1,40} (?:\w{2,30}en|sind)\b"
)
_SHE_BEFORE = re.compile(
    r"\b(?:[Ff]rau|[Kk]ollegin|[Mm]itarbeiterin|[Cc]hefin|[Dd]ie|[Uu]nsere|[Ee]ine|[Mm]eine|[Dd]iese|[Ii]hre"
    r"|[Dd]eine)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’]s)?")
_MASKED = re.compile(r"[#@][\w.@-]{1,100}")


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str
    folded: str
    begins: bool  # a sentence begins with it


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """Each form of the kind that should not be there."""
    familiar, formal = _forms(reading)
    if context.address == "DU":
        wrong, kind = formal, "FORMAL"
    elif context.address == "SIE":
        wrong, kind = familiar, "FAMILIAR"
    elif familiar and formal:
        wrong, kind = (familiar if len(familiar) < len(formal) else formal), "MIXED"
    else:
        return
    for word in wrong:
        yield Spot(start=word.start, end=word.end, params={"kind": kind, "word": word.text})


def _forms(reading: Reading) -> tuple[list[_Word], list[_Word]]:
    familiar: list[_Word] = []
    formal: list[_Word] = []
    before = ""
    text = _unquoted(reading)
    for start, end in _sentence_spans(text):
        sentence = text[start:end]
        words = list(_words(text, start, end))
        if _is_german(words):
            for place in range(len(words)):
                if _is_familiar(words, place):
                    familiar.append(words[place])
                elif _is_formal(words, place, before):
                    formal.append(words[place])
        before = sentence if words else before
    return familiar, formal


def _unquoted(reading: Reading) -> str:
    """What was typed, with quotations, links, hashtags and handles masked, place for place."""
    text = reading.text
    spans = [*reading.quotes, *((start, end) for start, end, _kind in reading.addresses)]
    spans += [match.span() for match in _MASKED.finditer(text)]
    return mask(text, ((start, end, QUOTED) for start, end in spans))


_SENTENCE_END = re.compile(r"[.!?…]+(?=[\s)\"“”]|$)|[\n;]+|[\u2600-\u27bf\U0001f300-\U0001faff]+")
_ABBREVIATED = re.compile(
    r"(?:\b[a-zA-Z]|\b(?:Nr|bzw|ca|inkl|ggf|evtl|Dr|Prof|Hr|Fr|Str|Tel|usw|vgl|max|mind|\d{1,2}))$"
)


def _sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.group() == "." and _ABBREVIATED.search(text, max(start, match.start() - 6), match.start()):
            continue
        yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _words(text: str, start: int, end: int) -> Iterator[_Word]:
    begins = True
    for match in _WORD.finditer(text, start, end):
        yield _Word(match.start(), match.end(), match.group(), fold(match.group()), begins)
        begins = text[match.end() : match.end() + 1] == ":"


def _is_german(words: list[_Word]) -> bool:
    """Whether it is not plainly English; "Du" and "Sie" themselves do not tell."""
    german = sum(word.folded in GERMAN for word in words)
    return sum(word.folded in ENGLISH for word in words) <= german + (not german)


def _is_familiar(words: list[_Word], place: int) -> bool:
    word = words[place]
    if word.folded.removesuffix("'s") in _FAMILIAR:
        return not _is_french(words, place)
    if word.folded == "ihr":
        return _is_plural_you(words, place)
    if word.folded in _SECOND_SINGULAR:
        return not any(other.folded in ("du", "dich", "dir") for other in words)
    return _is_order(words, place)


def _is_french(words: list[_Word], place: int) -> bool:
    """ "Café du Monde": a small word between two names."""
    if words[place].text != "du" or not 0 < place < len(words) - 1:
        return False
    before, after = words[place - 1], words[place + 1]
    return before.text.istitle() and after.text.istitle() and not before.begins


def _is_plural_you(words: list[_Word], place: int) -> bool:
    """ "ihr" as you, all of you: by a verb no other person has."""
    around = words[max(0, place - 1) : place] + words[place + 1 : place + 2]
    if any(word.folded in _SECOND_PLURAL for word in around):
        return True
    if words[place].text == "ihr" and place and words[place - 1].folded in _LIKE_THIRD:
        return place == 1 or words[0].folded in (
            "hier",
            "dort",
            "da",
            "so",
            "was",
            "wo",
            "wie",
            "wann",
            "warum",
            "dann",
            "jetzt",
        )
    later = [word.folded for word in words[place + 1 : place + 9]]
    return words[place].text == "ihr" and any(word in _SECOND_PLURAL for word in later)


def _is_order(words: list[_Word], place: int) -> bool:
    """ "Schreib uns", "bitte melde …": no first person ("Ich prüfe das und melde mich") and no noun."""
    word = words[place]
    after = words[place + 1].folded if place + 1 < len(words) else ""
    if word.folded not in _ORDERS and word.folded not in _PLURAL_ORDERS:
        return False
    before = words[place - 1] if place else None
    stands = word.begins or (before is not None and before.folded in _BEFORE_ORDER and word.text.islower())
    if not stands or after not in _AFTER_ORDER or _is_first_person(words, word):
        return False
    if word.folded in _PLURAL_ORDERS and word.folded not in _ORDERS:
        return after in (
            "uns",
            "mir",
            "bitte",
            "mal",
            "doch",
            "einfach",
            "gern",
            "gerne",
            "euch",
            "kurz",
            "nochmal",
            "am",
        )
    return True


def _is_first_person(words: list[_Word], order: _Word) -> bool:
    """ "Ich prüfe das und melde mich", "Melde mich gleich"; but "Ruf mich an" is an order."""
    others = {word.folded for word in words}
    if others & {"ich", "er", "man"}:
        return True
    return "mich" in others and (order.folded.endswith("e") or order.folded.startswith("meld"))


def _is_formal(words: list[_Word], place: int, before: str) -> bool:
    word = words[place]
    if word.text not in _POLITE:
        return False
    if word.folded == "ihr" and _is_plural_you(words, place):
        return False
    if not word.begins:
        return True
    return not _means_others(words, place, before)


def _means_others(words: list[_Word], place: int, before: str) -> bool:
    """Whether a "Sie" or "Ihr" that begins a sentence stands for what was named in the sentence before."""
    after = words[place + 1].folded if place + 1 < len(words) else ""
    if words[place].folded == "sie" and after in _THIRD_SINGULAR:
        return True
    thanks = re.search(r"[Dd]ank|[Ss]orry|[Ee]ntschuldig|leid\b", before)
    speaks_to_us = any(
        word.folded in ("uns", "unser", "unsere", "unserer", "unseren", "ihnen") for word in words[place + 1 :]
    )
    if (
        thanks
        or not before.strip()
        or (speaks_to_us and words[place].folded == "sie" and after not in ("melden", "kommen"))
    ):
        return False
    if words[place].folded == "sie":
        if after not in _THINGS_DO and not after.endswith(("en", "ern", "eln")):
            return False
        return bool(_SUBJECT_BEFORE.search(before)) or (after in _THINGS_DO and bool(_NAMED_BEFORE.search(before)))
    return bool(re.search(r"\b(?:Frau|Kollegin|Mitarbeiterin|Chefin|Autorin|Kundin|Firma|Marke)\b", before))

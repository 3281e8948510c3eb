"""What somebody says after an answer, in German or English: that they thank, that it works, or that they leave.

Plain words, and few on purpose: it points at the words that decided, and leaves open what it is not sure of. Thanks
that are none ("danke für nichts", "thanks to your delay") and threats ("wenn … kündige ich") are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 5000


@dataclass(frozen=True, slots=True)
class Words:
    """Where in the text the words stand that decided, as half-open character positions."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Afterwords:
    """What was said, each with its words; None where it was not."""

    thanks: Words | None = None
    leaving: Words | None = None


def afterwords(text: str) -> Afterwords:
    """What `text` says after an answer; of a very long one only the beginning is read."""
    thanks = leaving = None
    for start, sentence in _sentences(text[:MOST_CHARACTERS]):
        thanks = thanks or _found(_THANKS, _NO_THANKS, sentence, start)
        leaving = leaving or _found(_LEAVING, _STAYING, sentence, start)
    return Afterwords(thanks, leaving)


def _found(wanted: re.Pattern[str], unless: re.Pattern[str], sentence: str, offset: int) -> Words | None:
    if unless.search(sentence):
        return None
    found = wanted.search(sentence)
    return Words(offset + found.start(), offset + found.end()) if found else None


_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_QUOTED = re.compile(r"[„“\"»«][^„“”\"»«]{1,200}[“”\"«»]|^>.*$", re.MULTILINE)


def _sentences(text: str) -> list[tuple[int, str]]:
    """Sentences with their places; what is quoted was said by somebody else and is blanked out."""
    own = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    return [(found.start(), found[0]) for found in _SENTENCE.finditer(own)]


def _any_of(*pieces: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{piece})" for piece in pieces), re.IGNORECASE)


_THANKS = _any_of(
    r"\b(?:vielen|herzlichen|besten|lieben|tausend|schönen|schoenen|recht herzlichen)(?: \w+)? dank\b",
    r"\bdank (?:dir|euch|ihnen|an euch|an dich|ans team|an das team)\b",
    r"\b(?:danke|dankesch(?:ö|oe)n|dankeee*|dankii*|merci|thx)\b",
    r"\b(?:ich |wir )?(?:be)?danken? (?:mich|uns|dir|euch|ihnen)\b",
    r"\b(?:hat|es hat|jetzt hat(?:'s|s)?) (?:\w+ )?geklappt\b",
    r"\b(?:klappt|funktioniert|läuft|laeuft|geht) (?:jetzt |nun |endlich )?(?:wieder|jetzt|nun|einwandfrei|prima)\b",
    r"\b(?:problem|alles) (?:ist |wurde )?(?:gelöst|geloest|behoben|geklärt|geklaert)\b",
    r"\b(?:super|top|klasse|toller|spitzen)[ -]?service\b",
    r"\b(?:thanks|thank you|thank u|ty|cheers|ta very much|much appreciated|appreciate it|appreciate your help)\b",
    r"\b(?:it |that |all )?(?:works|working|worked) (?:now|again|fine|perfectly|like a charm|a treat)\b",
    r"\b(?:that|it) (?:did the trick|fixed it|sorted it|worked)\b",
    r"\b(?:all )?(?:sorted|solved|resolved)(?: now)?[.! ]*$",
    r"\byou(?:'re| are) a (?:star|legend|lifesaver)\b",
    r"\bgreat (?:service|support|help)\b",
)
_WORKING = (
    r"(?:works?|worked|working|solved|sorted|resolved|funktioniert|klappt|läuft|laeuft|geht|geklappt|gelöst|geloest|"
    r"behoben|geklärt|geklaert)"
)
_NO_THANKS = _any_of(
    r"\b(?:danke|dank|thanks|thank you|cheers) (?:auch )?(?:für|fuer|for) (?:gar )?(?:nichts|nothing|wasting|keine)\b",
    r"\b(?:na|nein|nö|no),? (?:danke|thanks|thank you|merci|vielen dank)\b",
    r"\b(?:im voraus|im vorraus|vorab|in advance)\b",
    r"\bthanks to (?:you|your|the|this|that|a)\b",
    r"\b(?:danke|dank|thanks|thank you|merci|cheers)\b[^.!?]*\b(?:aber|allerdings|trotzdem|leider|bloß|bloss|but|"
    r"however|unfortunately|still (?:not|no|broken|waiting)|though)\b",
    rf"\b{_WORKING}\b[^.!?]*\b(?:nicht|nichts|nie|not|never|doesn't|isn't)\b",
    r"\b(?:not|n't|never|nicht|nichts|nie|kein\w*|wenn|falls|sobald|if|once|when|hoffentlich|hopefully)\b[^.!?]*"
    rf"\b{_WORKING}\b",
    r"\b(?:would|wäre|waere|würde)\b[^.!?]*\b(?:appreciate|dankbar|danken)\b",
    r"\b(?:super|top|toller|great|klasse)[ -]?(?:service|support)\b[^.!?]*\b(?:nicht|not|never|nie|wochen|weeks)\b",
)
_LEAVING = _any_of(
    r"\bich kündige\b",
    r"\bich kuendige\b",
    r"\b(?:habe?|hab) (?:[\wäöüß]+ ){0,5}(?:gekündigt|gekuendigt|storniert)\b",
    r"\b(?:werde|werd|will|möchte|moechte) (?:[\wäöüß]+ ){0,5}(?:kündigen|kuendigen|stornieren|wechseln)\b",
    r"\bk(?:ü|ue)ndigung (?:ist |geht |kommt |hab(?:e)? ich |habe ich )?(?:raus|heute|folgt|unterwegs|abgeschickt)\b",
    r"\b(?:hiermit|somit) kündige\b",
    r"^\W*nie wieder\b",
    r"\bnie (?:wieder|mehr) (?:bei|mit|zu|von) (?:euch|ihnen|dem|denen|dieser|diesem)\b",
    r"\b(?:kaufe?|bestelle?|buche?|komme?|fahre?|nehme?) (?:[\wäöüß]+ ){0,5}nie (?:wieder|mehr)\b",
    r"\b(?:bestelle?|kaufe?|buche?|komme?) (?:[\wäöüß]+ ){0,4}nicht mehr\b",
    r"\bwechs(?:le|el|ele) (?:jetzt |nun |ich |sofort |den |zu |zur )+",
    r"\b(?:dann|jetzt|damit) (?:bin ich|sind wir) (?:weg|raus)\b",
    r"\b(?:bin|sind) (?:jetzt |dann |nun |ab sofort )?(?:weg|raus|kein kunde mehr|keine kundin mehr)[.! ]*$",
    r"\b(?:einen?|eine) kund(?:en|in) (?:weniger|verloren)\b",
    r"\b(?:zum|das) letzten? mal (?:bei|hier|etwas|was)\b",
    r"\b(?:gehe?|bin|kaufe?|bestelle?) (?:jetzt |nun |ich |ab sofort |künftig )*(?:zur|bei der) konkurrenz\b",
    r"\bsuche? (?:ich )?mir (?:\w+ )?(?:einen ander|was ander|etwas ander)\w*",
    r"\bi(?:'m| am|'ve| have)? (?:just |now )?(?:cancell?ed|cancell?ing|closed|closing|switched|switching)\b",
    r"\bi(?:'ll| will) (?:be )?(?:cancel|cancell?ing|switch(?:ing)?|clos(?:e|ing)) (?:my|to|the)\b",
    r"\bnever (?:again|(?:buy|order|shop|us|fly|travel|bank|com|stay|go)\w* (?:\w+ ){0,4}again)\b",
    r"\b(?:tak(?:e|ing)|took) (?:my|our) (?:business|money|custom) elsewhere\b",
    r"\b(?:go|going|gone) elsewhere\b",
    r"\b(?:lost|losing) (?:a|another|one more) (?:loyal |long-time )?customer\b",
    r"\bi(?:'m| am) (?:done|finished|through) with (?:you|this company|your)\b",
    r"\blast time i(?:'ll| will)? (?:ever )?(?:buy|order|use|shop|book)\b",
)
_STAYING = _any_of(
    r"\?",
    r"\b(?:wenn|falls|sonst|ansonsten|bevor|sollte|if|unless|otherwise|or else|almost|beinahe|fast|überlege)\b",
    r"\b(?:nicht|not|n't|keine?n?) (?:mehr )?(?:zu )?(?:k(?:ü|ue)ndigen|stornieren|wechseln|cancel|switch|going to)\b",
    r"\bk(?:ü|ue)ndige (?:ich )?(?:doch )?nicht\b",
    r"\bnie (?:wieder|mehr) (?:\w+ )?(?:passier|vorkomm|probleme|ausgefallen|stress|ärger|weg|hergeben|missen)",
    r"\b(?:passier|vorkomm|happen)\w*\b[^.!?]*\b(?:nie wieder|never again)\b",
    r"\bnever (?:again )?(?:happen|had|a problem|have)",
    r"\bcancell?ed (?:my )?(?:the )?(?:appointment|complaint|train|flight|trip)\b|\bcancell?ed (?:on|by|because)\b",
)

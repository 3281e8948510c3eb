"""How soon a person should look at a post, from what was said and how; never from who said it.

    urgency = min(1, said × how)
    said    = 1 − Π (1 − share of the label × chance that it holds), over SHARES
    how     = 1 + 0.5 if a word presses for time or names a danger + 0.1 for shouting + 0.1 for repeated marks

`said` grows with each thing that wants an answer and never passes 1; `how` lies between 1 and 1.7. How far a post
spread, its age and the time promised for an answer belong to its case and are weighed there. The author's followers,
standing or person are no part of it, on purpose: a loud customer is not a more important one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from resonanz.triage.cleaning import Word
from resonanz.triage.contract import Judgement

VERSION = "urgency-2"
SHARES: Mapping[str, float] = {
    # Somebody may be hurt, or the press is at the door: alone it weighs more than all the others together.
    "crisis": 0.95,
    # Something is wrong, and whoever says so waits.
    "complaint": 0.45,
    # A legal time may run; as it is looked for broadly and most hits are none, it weighs no more than a complaint.
    "declaration": 0.4,
    # They are still here, and may be kept.
    "cancellation_threat": 0.35,
    "negative": 0.25,
    "question": 0.25,
    # Most of it stands beside a question or a complaint already.
    "request": 0.15,
    "offensive": 0.15,
    # Good for us rather than pressing for them: a little, so that it does not wait behind what wants nothing.
    "purchase_interest": 0.1,
}
_PRESSING = 0.5
_SHOUTING = 0.1
_MARKS = 0.1
_SHOUTED_WORDS = 3
_REPEATED_MARKS = frozenset({"!!", "!!!", "??", "???", "?!"})

_PRESSING_DE = """
dringend dringendst eilt eilig sofort sofortige sofortiger umgehend unverzüglich schnellstens schnellstmöglich notfall
notruf gefahr gefährlich lebensgefahr lebensgefährlich brennt feuer rauch verletzt unfall brandgeruch gestrandet
ausgesperrt eingesperrt festsitzen stecken frist anwalt anwältin kündigung kündige
"""
_PRESSING_EN = """
urgent urgently asap immediately emergency danger dangerous hazard injured accident fire smoke burning stranded stuck
locked deadline lawyer attorney lawsuit unsafe
"""
PRESSING_WORDS = frozenset((_PRESSING_DE + _PRESSING_EN).split())


@dataclass(frozen=True, slots=True)
class Urgency:
    """The score, 0 to 1, and the parts it was made of."""

    score: float
    parts: dict[str, float]


def assess(labels: Mapping[str, Judgement], words: Sequence[Word], *, text: str) -> Urgency:
    """The urgency of one text from its judgements and its cleaned words."""
    quiet = 1.0
    for name, share in SHARES.items():
        quiet *= 1 - share * _chance(labels, name)
    said, how = 1 - quiet, _how(words, text)
    return Urgency(round(min(1.0, said * how), 4), {"said": round(said, 4), "how": round(how, 2)})


def presses(words: Iterable[Word]) -> bool:
    """Whether a word presses for time or names a danger."""
    return not PRESSING_WORDS.isdisjoint(form for _start, _end, form in words)


def _chance(labels: Mapping[str, Judgement], name: str) -> float:
    """How probable it is that the label holds; a decision against it leaves the rest of its probability."""
    if name == "negative":
        feeling = labels.get("sentiment")
        # What a decision for another feeling leaves is split between the two that were not chosen.
        return (
            0.0 if feeling is None else feeling.probability if feeling.value == name else (1 - feeling.probability) / 2
        )
    found = labels.get(name)
    if found is None:
        return 0.0
    return found.probability if found.value is True else 1 - found.probability


def _how(words: Sequence[Word], text: str) -> float:
    shouted = sum(1 for start, end, _form in words if end - start > 2 and text[start:end].isupper())
    marked = not _REPEATED_MARKS.isdisjoint(form for _start, _end, form in words)
    return 1 + _PRESSING * presses(words) + _SHOUTING * (shouted >= _SHOUTED_WORDS) + _MARKS * marked

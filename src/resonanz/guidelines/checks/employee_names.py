"""Check `employee_names`: colleagues who are named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from resonanz.guidelines.checks.contract import Context, Severity, Spot
from resonanz.guidelines.checks.courtesy import after_greeting
from resonanz.guidelines.checks.reading import Reading, fold

NAME = "employee_names"
DEFAULT = Severity.WARNING
_TITLES = frozenset({"dr", "prof", "med", "ing", "dipl", "frau", "herr", "mr", "mrs", "ms", "miss"})
_SALUTATION = (
    r"(?:frau|herrn?|hr\.|fr\.|kolleg(?:e|en|in)|mr\.?|mrs\.?|ms\.?|miss|mister|dr\.?|prof\.?)"
    r" (?:(?:dr|prof|med|dipl|ing)\.?(?:-ing\.?)? ){0,3}"
)
_COLLEAGUE = (
    r"(?:\w{0,20}kolleg(?:e|en|in)|\w{0,20}mitarbeiter(?:s|in)?|\w{0,20}chef(?:s|in)?|\w{0,20}leiter(?:s|in)?|azubi"
    r"|\w{0,20}betreuer(?:s|in)?|\w{0,20}berater(?:s|in)?|techniker(?:s|in)?|sachbearbeiter(?:s|in)?|teammitglied"
    r"|colleague|co-?worker|agent|manager|team-?mate|employee|supervisor|boss|technician|representative|rep|advisor)"
    r",? (?:namens |named |called |is called |heisst )?"
)
# A name that goes on as a company's or a street's is none of a person.
_COMPANY = (
    r"(?! ?(?:&|und|and) (?:soehne|sohn|co|partner|cie|sons|toechter)\b| (?:gmbh|ag|kg|ohg|se|inc|ltd|llc|gbr|ug"
    r"|e\.? ?k)\b"
    r"|[ -](?:strasse|str\b|platz|weg|allee|street|road))"
)
_END = rf"(?:'?s|')?(?!\w|-\w){_COMPANY}"
_BEGIN = r"(?<![\w-])"


def find(reading: Reading, context: Context) -> Iterator[Spot]:
    """Each colleague named; neither the author nor the person, nor whoever the draft greets."""
    names = _Names.of(context.employee_names)
    if names is None:
        return
    # The names themselves are looked for first: most drafts hold none of them.
    text = reading.unlinked
    own = {plain_name(context.author_name), plain_name(context.person_name)} - {()}
    greeted = after_greeting(text)
    for match in names.pattern.finditer(text):
        who = match.group()
        first, last = reading.original(match.start(), match.end())
        if match.start() < greeted or any(_is_of(who, name) for name in own):
            continue
        yield Spot(start=first, end=last, params={"kind": "NAMED", "name": reading.text[first:last]})


def _is_of(who: str, name: tuple[str, ...]) -> bool:
    """Whether these words name this person rather than a namesake: "Frau Schmidt" is the person who is Eva Schmidt."""
    words = re.findall(r"[\w-]+", who)
    said = [word for word in words if word not in _TITLES]
    if name[-1] in said or f"{name[-1]}s" in said:
        others = [word for word in said if word.removesuffix("s") not in name and word not in name]
        return not others
    return len(said) > 0 and said[-1] == name[0]


class _Names:
    """The names of a company's register, made into one pattern indexed by nothing: registers are small."""

    def __init__(self, names: tuple[str, ...]) -> None:
        parts = [part for part in map(plain_name, names) if part]
        self.pattern = re.compile("|".join(_alternatives(parts)) or r"(?!)")

    @classmethod
    def of(cls, names: tuple[str, ...]) -> _Names | None:
        return _made(names) if names else None


def pattern_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """What finds these people in folded text."""
    return _Names(names).pattern


@lru_cache(maxsize=16)
def _made(names: tuple[str, ...]) -> _Names:
    return _Names(names)


def plain_name(name: str) -> tuple[str, ...]:
    """The folded parts of a name without its titles; "Schmidt, Anna" is turned."""
    last, comma, first = name.partition(",")
    words = fold(f"{first} {last}" if comma else name).replace(".", " ").split()
    return tuple(word for word in words if word not in _TITLES)


def _alternatives(names: list[tuple[str, ...]]) -> Iterator[str]:
    whole = [name for name in names if len(name) > 1]
    full = [
        rf"{re.escape(name[0])},? (?:[\w.-]{{1,30}} ){{0,2}}?{re.escape(name[-1])}"
        rf"|{re.escape(name[-1])}, ?{re.escape(name[0])}"
        for name in whole
    ]
    if full:
        yield rf"{_BEGIN}(?:{'|'.join(full)}){_END}"
    lasts = sorted({re.escape(name[-1]) for name in names}, key=len, reverse=True)
    if lasts:
        yield rf"{_BEGIN}{_SALUTATION}(?:[\w-]{{1,30}} )?(?:{'|'.join(lasts)}){_END}"
    firsts = sorted({re.escape(name[0]) for name in whole}, key=len, reverse=True)
    if firsts:
        yield rf"{_BEGIN}{_COLLEAGUE}(?:{'|'.join(firsts)}){_END}"

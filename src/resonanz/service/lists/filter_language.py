"""Filters as people type them: `from:jonas is:late -tag:recall battery`. Plain Python, in English and in German.

What is no filter stays in `words`, as it was typed: phrases in quotation marks and a minus are the business of whoever
looks for words. A mistake is told with its place, so that a page can point at it; the rest holds nevertheless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

MOST_CHARACTERS = 200
_TOKEN = re.compile(r'-?(?:[^\s":]+:)?"[^"]*"?|\S+')
_FILTER = re.compile(r'(?P<minus>-?)(?P<name>[^\W\d_]+):(?P<value>"[^"]*"?|\S*)', re.UNICODE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_LANGUAGE = re.compile("[A-Za-z]{2}")
_AGO = re.compile(r"(\d{1,3})[dt]")

FIELDS: Mapping[str, tuple[str, ...]] = {
    "from": ("from", "von"),
    "topic": ("topic", "thema"),
    "network": ("network", "netz", "netzwerk"),
    "channel": ("channel", "kanal"),
    "kind": ("kind", "art"),
    "is": ("is", "ist"),
    "tag": ("tag", "schlagwort"),
    "before": ("before", "vor"),
    "after": ("after", "nach"),
    "assignee": ("assignee", "zuständig"),
    "lang": ("lang", "language", "sprache"),
    "mentions": ("mentions", "erwähnt"),
}
"""What can be asked: its name, and how people write it, the English word first, then the German one."""
VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "is": {
        "late": ("late", "spät", "überfällig"),
        "open": ("open", "offen"),
        "mine": ("mine", "meins", "meine", "mein"),
        "snoozed": ("snoozed", "zurückgestellt"),
        "resolved": ("resolved", "gelöst", "erledigt"),
        "free": ("free", "frei"),
        "claimed": ("claimed", "bearbeitung", "genommen"),
        "returned": ("returned", "zurück"),
        "public": ("public", "öffentlich"),
        "private": ("private", "privat"),
        "planned": ("planned", "geplant"),
        "declaration": ("declaration", "erklärung"),
        "crisis": ("crisis", "krise"),
    },
    "kind": {
        "COMPLAINT": ("complaint", "beschwerde"),
        "QUESTION": ("question", "frage"),
        "PRAISE": ("praise", "lob"),
        "OTHER": ("other", "sonstiges", "anderes"),
    },
    "assignee": {
        "me": ("me", "ich", "mir"),
        "nobody": ("nobody", "niemand"),
        "others": ("others", "andere"),
    },
    "mentions": {"me": ("me", "mich", "mir")},
}
"""The values that mean the same to everybody; those of other fields are names, which rooms know."""
_TODAY = ("today", "heute")
_YESTERDAY = ("yesterday", "gestern")
DAYS = ((_TODAY, 0), (_YESTERDAY, 1))


@dataclass(frozen=True, slots=True)
class Term:
    """One filter: `value` is canonical where `VALUES` knows it; `start` and `end` are its place in the text."""

    field: str
    value: str
    negated: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be meant, and where it stands."""

    code: str
    start: int
    end: int
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What somebody typed: filters, the words to look for, and what is wrong."""

    terms: tuple[Term, ...] = ()
    words: str = ""
    problems: tuple[Problem, ...] = ()


def parse(text: str) -> Parsed:
    """Take apart what somebody typed; nothing that is typed is an exception."""
    terms: list[Term] = []
    words: list[str] = []
    problems: list[Problem] = []
    for token in _TOKEN.finditer(text[:MOST_CHARACTERS]):
        read = _read(token.group(), token.start())
        if read is None:
            words.append(token.group())
        elif isinstance(read, Term):
            terms.append(read)
        else:
            problems.append(read)
    return Parsed(tuple(terms), " ".join(words), tuple(problems))


def _read(token: str, start: int) -> Term | Problem | None:
    """The filter, what is wrong with it, or None where it is a word."""
    found = _FILTER.fullmatch(token)
    if found is None:
        return None
    end = start + len(token)
    name, value = _canonical(found["name"], FIELDS), found["value"].strip('"').strip()
    if name is None:
        # "Re:" and "https://…" are words; "form:jonas" is a slip.
        return None if not value or value.startswith("/") else Problem(
            "filter.unknown", start, start + len(found["minus"] + found["name"]) + 1, {"name": found["name"]}
        )  # fmt: skip
    if not value:
        return Problem("filter.no_value", start, end, {"name": found["name"]})
    return _term(name, value, Term(name, value, bool(found["minus"]), start, end))


def _term(name: str, value: str, term: Term) -> Term | Problem:
    known = VALUES.get(name)
    at = term.end - len(value)
    if name in ("before", "after"):
        return term if is_day(value) else Problem("filter.no_day", at, term.end, {"value": value})
    if name == "lang":
        return term if _LANGUAGE.fullmatch(value) else Problem("filter.no_language", at, term.end)
    if known is None:
        return term
    canonical = _canonical(value, known)
    if canonical is None and name != "assignee":
        return Problem("filter.unknown_value", at, term.end, {"name": name, "value": value})
    return Term(name, canonical or value, term.negated, term.start, term.end)


def _canonical(written: str, known: Mapping[str, tuple[str, ...]]) -> str | None:
    wanted = _folded(written)
    return next((name for name, spellings in known.items() if wanted in map(_folded, spellings)), None)


def _folded(word: str) -> str:
    """Capitals do not matter, and whoever has no umlauts writes ae, oe, ue."""
    return word.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")


def is_day(written: str) -> bool:
    """Whether it can be read as a day."""
    return day(written, today=date(2024, 1, 1)) is not None


def day(written: str, *, today: date) -> date | None:
    """The day somebody means: 2026-11-20, 20.11.2026, 20.11. (the last one), today, yesterday, 3d (days ago)."""
    wanted = _folded(written)
    for spellings, ago in DAYS:
        if wanted in spellings:
            return today - timedelta(days=ago)
    if found := _AGO.fullmatch(wanted):
        return today - timedelta(days=int(found[1]))
    if found := _ISO.fullmatch(wanted):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _GERMAN.fullmatch(wanted):
        return _german(int(found[1]), int(found[2]), found[3], today)
    return None


def _german(of_month: int, month: int, year: str | None, today: date) -> date | None:
    """Without a year, the last such day."""
    if year:
        return _date(int(year), month, of_month)
    found = _date(today.year, month, of_month)
    return _date(today.year - 1, month, of_month) if found and found > today else found


def _date(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Completing:
    """What is being typed at the caret: the name of a filter (`field` is ""), or the value of one."""

    field: str
    typed: str
    start: int
    end: int


def completing(text: str, *, caret: int) -> Completing | None:
    """What could be completed where the caret stands; None within a word that begins no filter."""
    for token in _tokens(text):
        start, end = token
        if start <= caret <= end:
            typed = text[start:caret]
            bare = typed.removeprefix("-")
            name, colon, value = bare.partition(":")
            if not colon:
                return Completing("", bare, caret - len(bare), end)
            known = _canonical(name, FIELDS)
            return Completing(known, value.strip('"'), caret - len(value), end) if known else None
    return Completing("", "", caret, caret)


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    for found in _TOKEN.finditer(text[:MOST_CHARACTERS]):
        yield found.start(), found.end()


def names_beginning(typed: str, *, german: bool) -> list[str]:
    """The names of filters that begin so, each once, in one's own language."""
    wanted = _folded(typed)
    found = []
    for spellings in FIELDS.values():
        mine = spellings[1] if german and len(spellings) > 1 else spellings[0]
        if any(_folded(spelling).startswith(wanted) for spelling in spellings):
            found.append(mine)
    return found


def values_beginning(name: str, typed: str, *, german: bool) -> list[str]:
    """The values known to everybody that begin so, each once, in one's own language."""
    wanted = _folded(typed)
    found = []
    for spellings in VALUES.get(name, {}).values():
        if any(_folded(spelling).startswith(wanted) for spelling in spellings):
            found.append(spellings[1] if german and len(spellings) > 1 else spellings[0])
    return found


def written(name: str, value: str, *, german: bool) -> str:
    """A filter as one types it."""
    spellings = FIELDS[name]
    known = VALUES.get(name, {}).get(value)
    if known:
        value = known[1] if german and len(known) > 1 else known[0]
    quoted = f'"{value}"' if re.search(r"\s", value) else value
    return f"{spellings[1] if german and len(spellings) > 1 else spellings[0]}:{quoted}"

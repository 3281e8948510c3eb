"""Finding the company's own terms and names in a folded text, however many there are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from resonanz.guidelines.checks.reading import fold

_START = re.compile(r"(?<![^\W_])[^\W_]{1,2}")
_PARTS = re.compile(r"[\s_-]+")
_INNER_ENDING = r"(?:e?s|e[nmr]?)?"
_ENDING = r"(?:'?s|es|en?|n|er|')?"


class Terms:
    """Terms of one or more words, found as whole words with their endings; indexed by how they begin."""

    def __init__(self, terms: Iterable[str]) -> None:
        by_start: dict[str, list[str]] = defaultdict(list)
        for term in terms:
            if pattern := _pattern(term):
                by_start[_beginning(fold(term))].append(pattern)
        self._by_start = {start: re.compile("|".join(_longest_first(found))) for start, found in by_start.items()}

    def find(self, folded: str) -> Iterator[tuple[int, int]]:
        """Where terms stand in the folded text; they do not overlap."""
        last = 0
        for match in _START.finditer(folded):
            known = self._by_start.get(match.group()) or self._by_start.get(match.group()[0])
            if known is None or match.start() < last:
                continue
            if found := known.match(folded, match.start()):
                last = found.end()
                yield found.span()


def _beginning(folded: str) -> str:
    found = _START.search(folded)
    return found.group() if found else ""


def _longest_first(patterns: list[str]) -> list[str]:
    return sorted(patterns, key=len, reverse=True)


def _pattern(term: str) -> str:
    parts = [re.escape(part) for part in _PARTS.split(fold(term).strip(" -_#")) if part]
    if not parts or not _beginning(parts[0]):
        return ""
    between = _INNER_ENDING + r"[\s_-]{0,3}"
    return between.join(parts) + _ENDING + r"(?![^\W_])"


@lru_cache(maxsize=64)
def terms_of(terms: tuple[str, ...]) -> Terms:
    """The same company's terms, made once."""
    return Terms(terms)

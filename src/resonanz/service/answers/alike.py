"""Which words of a post tell what it is about, as PostgreSQL keeps them: without endings, and without common words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

from django.contrib.postgres.search import SearchQuery
from django.db import connection

MOST_WORDS = 8
_MOST_CHARACTERS = 2_000
_LETTERS = (4, 40)
_LEXEMES = "SELECT tsvector_to_array(to_tsvector(%s::regconfig, %s))"


def lexemes(*, text: str, language: str) -> frozenset[str]:
    """All that the text would be found by; addresses, numbers and very short words tell nothing."""
    config = "english" if language == "en" else "german"
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, [config, text[:_MOST_CHARACTERS].replace("\x00", "")])
        found: Sequence[str] = cursor.fetchone()[0]
    return frozenset(word for word in found if word.isalpha() and _LETTERS[0] <= len(word) <= _LETTERS[1])


def telling(words: Collection[str]) -> list[str]:
    """The few that tell most: long words are rare, in German above all."""
    return sorted(words, key=lambda word: (-len(word), word))[:MOST_WORDS]


def any_two(words: Collection[str]) -> SearchQuery:
    """What has two of the few telling words, or the one there is. A single common word would find half of the world."""
    few = telling(words)
    pairs = [f"({one} & {other})" for one, other in combinations(map(_quoted, few), 2)] or list(map(_quoted, few))
    return SearchQuery(" | ".join(pairs), config="simple", search_type="raw")


def any_of(words: Collection[str]) -> SearchQuery:
    """What has one of the telling words, in a small table."""
    return SearchQuery(" | ".join(map(_quoted, telling(words))), config="simple", search_type="raw")


def _quoted(word: str) -> str:
    """Letters alone reach here (`lexemes`), so the quotation marks hold."""
    return f"'{word}'"

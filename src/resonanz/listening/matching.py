"""Matching: which topics a text touches. All terms of all topics are found in one pass of one automaton.

The word boundaries are part of the patterns (" bahn "), so the automaton itself leaves "Bahnhof" out. Only topics of
which a term that they cannot do without is found are evaluated further.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from itertools import accumulate, repeat
from operator import itemgetter

from ahocorasick_rs import BytesAhoCorasick, Implementation

from resonanz.listening.folding import fold, fold_name, fold_with_positions, is_silent
from resonanz.listening.query import SIGNS, And, Node, Not, Or, Term, TermKind, parse

_number = itemgetter(0)
_LANG = b" " + SIGNS[TermKind.LANG]
_BETWEEN = " \x1e "
"""Between texts that are searched as one: no clean text holds it, folding leaves it alone, no term goes across it."""
_NONE, _MANY = -(2**63), 1 - 2**63  # among the topic ids, which are keys of the database

Condition = Callable[[AbstractSet[int]], bool]
# A topic, the terms it needs beside the one found, those it forbids, and what else must hold.
_Candidate = tuple[int, frozenset[int], frozenset[int], Condition | None]

_LETTER = r"[\w\u00ad\u200c\u200d\u0300-\u036f\u0900-\u0dff\u0e30-\u0e4e]"
# The look behind the sign keeps addresses ("me@bahn.de", "page#part") out; behind, because a pattern that begins with
# the sign is searched for ten times as fast.
_NAMED = re.compile(rf"[#＃@＠](?<![\w&/#@.\-].)(\w{_LETTER}*)((?:[.\-]+\w+)*(?:@\w+(?:[.\-]+\w+)*)?)")


class Matcher:
    """All topics compiled; build one with `Matcher.compile`. It never changes, so threads may share it."""

    def __init__(self, queries: Mapping[int, Node]) -> None:
        self._queries = dict(queries)
        terms = {term for node in self._queries.values() for term in _terms(node)}
        kinds = {term.kind for term in terms}
        self._asks_for_names = not kinds.isdisjoint({TermKind.HASHTAG, TermKind.HANDLE})
        self._asks_for_authors = TermKind.FROM in kinds
        self.languages = _told(terms, TermKind.LANG)
        """The languages that topics ask for."""
        self.authors = _told(terms, TermKind.FROM)
        """The handles that topics ask for as those of authors; one that ends with * stands for all that begin so."""
        self._languages = lru_cache(maxsize=256)(self._language_numbers)
        patterns = sorted({term.pattern for term in terms})
        searched = sorted({_words_of(pattern)[0] for pattern in patterns})
        # Numbers of terms: first what the automaton searches, then the phrases, known by one word of theirs.
        self._numbers = {pattern: number for number, pattern in enumerate(dict.fromkeys([*searched, *patterns]))}
        self._open_starts = frozenset(self._numbers[pattern] for pattern in searched if pattern[:1] != b" ")
        self._phrases: dict[int, list[tuple[int, bytes, bytes]]] = {}
        for pattern in patterns:
            self._add_phrase(pattern)
        self._phrase_words = frozenset(self._phrases)
        self._touched: dict[int, list[_Candidate]] = {}
        self._needed: set[bytes] = set()
        for topic_id, node in self._queries.items():
            self._add(topic_id, node)
        self._needs_no_words = any(pattern.startswith(_LANG) for pattern in self._needed)  # all that is said in it
        # Most terms alone decide one topic: their answers lie side by side in memory. With 10,000 topics, waiting for
        # scattered objects took half of the time.
        self._answers = array("q", (self._answer(number) for number in range(len(self._numbers))))
        self._many = frozenset(number for number in self._touched if self._answers[number] == _MANY)
        # Posts are short and the states many: the compact automaton stays in the processor's cache and beat the
        # larger DFA by a third.
        self._automaton = BytesAhoCorasick(searched, implementation=Implementation.ContiguousNFA)

    @classmethod
    def compile(cls, queries: Mapping[int, str | Node]) -> Matcher:
        """The matcher over all topics, by topic id. Raises QuerySyntaxError at the first query that is wrong."""
        return cls({key: parse(query) if isinstance(query, str) else query for key, query in queries.items()})

    def _add_phrase(self, pattern: bytes) -> None:
        first, *others = _words_of(pattern)
        if others:
            number = self._numbers[first]
            self._phrases.setdefault(number, []).append((self._numbers[pattern], pattern, others[0]))

    def _add(self, topic_id: int, node: Node) -> None:
        needed = _needed(node, wanted=True)
        if needed is None:
            raise ValueError("a query that needs no term; parse() refuses it")
        self._needed |= needed
        required, forbidden, rest = _parted(node, self._numbers)
        for number in (self._numbers[pattern] for pattern in needed):
            self._touched.setdefault(number, []).append((topic_id, required - {number}, forbidden, rest))

    def _answer(self, number: int) -> int:
        """The one topic that this term decides; or that there is none, or more to be asked."""
        match self._touched.get(number, []):
            case []:
                return _NONE
            case [(topic_id, required, forbidden, None)] if not required and not forbidden:
                return topic_id
            case _:
                return _MANY

    def match(self, text: str, *, author_handle: str = "", language: str = "") -> list[int]:
        """The ids of the topics that the text touches, ascending. `text` in NFC, as `core.text.clean` gives it."""
        return self.match_all([text], author_handles=[author_handle], languages=[language])[0]

    def match_all(
        self, texts: Sequence[str], *, author_handles: Sequence[str] = (), languages: Sequence[str] = ()
    ) -> list[list[int]]:
        """`match` for many texts; the handles and languages are as many as the texts, or none.

        Each step is done for all texts before the next: the automaton stays in the processor's cache meanwhile.
        """
        words = [fold(text) for text in texts]
        names = [self._names(text, handle) for text, handle in zip(texts, author_handles or repeat(""), strict=False)]
        scan = self._automaton.find_matches_as_indexes
        found = [scan(folded + beside, overlapping=True) for folded, beside in zip(words, names, strict=True)]
        hits = [set(map(_number, matches)) for matches in found]
        for one, matches, folded, beside in zip(hits, found, words, names, strict=True):
            if beside and not one.isdisjoint(self._open_starts):
                one -= self._open_starts
                # "*bahn" is looked for in what is said, not in who said it.
                one.update(number for number, start, _ in matches if start < len(folded))
            if not one.isdisjoint(self._phrase_words):
                self._add_phrases(one, folded)
        for one, language in zip(hits, languages, strict=False):
            if language:
                one.update(self._languages(language))
        return [self._topics(one) for one in hits]

    def suspects(self, texts: Sequence[str], *, author_handles: Sequence[str] = ()) -> list[int]:
        """Which of many texts may touch a topic, in their order: for streams of which hardly a text does.

        All of them are searched as one, for the terms alone of which each topic needs one. Whoever is not among the
        suspects touches nothing; a suspect may. Where an author is not known, no topic needs to know.
        """
        if self._needs_no_words or "\x1e" in "".join(texts):
            return list(range(len(texts)))
        folded = fold(_BETWEEN.join(texts))
        found = _places(folded, self._gate.find_matches_as_indexes(folded))
        signed = [at for at, text in enumerate(texts) if "#" in text or "@" in text or "＃" in text or "＠" in text]
        if signed and self._gate_finds(self._names(_BETWEEN.join([texts[at] for at in signed]), "")):
            found.update(at for at in signed if self._gate_finds(self._names(texts[at], "")))
        if self._asks_for_authors:
            found.update(at for at, handle in enumerate(author_handles) if handle)
        return sorted(found)

    def _gate_finds(self, names: bytes) -> bool:
        return bool(names) and bool(self._gate.find_matches_as_indexes(b" " + names))

    @cached_property
    def _gate(self) -> BytesAhoCorasick:
        needed = {_words_of(pattern)[0] for pattern in self._needed}
        return BytesAhoCorasick(sorted(needed), implementation=Implementation.ContiguousNFA)

    def _topics(self, hits: set[int]) -> list[int]:
        """The topics that hold when exactly these terms are found."""
        topics = set(map(self._answers.__getitem__, hits))
        if _MANY in topics:
            for number in hits & self._many:
                for topic_id, required, forbidden, rest in self._touched[number]:
                    if required <= hits and forbidden.isdisjoint(hits) and (rest is None or rest(hits)):
                        topics.add(topic_id)
        topics.discard(_NONE)
        topics.discard(_MANY)
        return sorted(topics)

    def _add_phrases(self, hits: set[int], folded: bytes) -> None:
        """Look for the phrases of which one word is found."""
        for number in hits & self._phrase_words:
            for phrase, pattern, other in self._phrases[number]:
                if other in folded and _phrase(pattern).search(folded):
                    hits.add(phrase)

    def explain(self, topic_id: int, text: str) -> list[tuple[int, int]]:
        """Where the words that the topic looks for stand in `text`, as half-open positions, ascending, apart.

        What it must not contain, the author and the language have no place in the text. A wildcard marks its word.
        """
        spans: set[tuple[int, int]] = set()
        folded, positions = fold_with_positions(text)
        for term in _sought(self._queries[topic_id], wanted=True):
            if term.kind is TermKind.WORDS:
                spans.update(_spans(term.pattern, folded, positions, text))
            elif term.kind in {TermKind.HASHTAG, TermKind.HANDLE}:
                spans.update(span for key, span in _named(text) if term.pattern in b" " + key + b" ")
        return _apart(spans)

    def _names(self, text: str, author_handle: str) -> bytes:
        """What is to be searched beside the words: hashtags, handles and the author, where a topic asks."""
        names = b""
        if self._asks_for_names and ("#" in text or "@" in text or "＃" in text or "＠" in text):
            names = b"".join(key + b" " for key, _ in _named(text))
        if author_handle and self._asks_for_authors:
            names += b"".join(SIGNS[TermKind.FROM] + key + b" " for key in _handle_keys(author_handle))
        return names

    def _language_numbers(self, language: str) -> tuple[int, ...]:
        """The terms that ask for the language, with its country or without: de-AT is also found as de."""
        code = fold_name(language.replace("_", "-"))
        asked = {b" " + SIGNS[TermKind.LANG] + key + b" " for key in (code, code.partition(b"-")[0])}
        return tuple(self._numbers[pattern] for pattern in asked & self._numbers.keys())


def _named(text: str) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """The hashtags and handles in `text`, each with its sign and where it stands."""
    for found in _NAMED.finditer(text):
        if found[0][0] in "#＃":
            yield SIGNS[TermKind.HASHTAG] + fold_name(found[1]), (found.start(), found.end(1))
        else:
            for key in _handle_keys(found[1] + found[2]):
                yield SIGNS[TermKind.HANDLE] + key, found.span()


def _handle_keys(handle: str) -> set[bytes]:
    """The handle, and without its server: anna@example.social is also found as anna."""
    name = fold_name(handle).strip(b".-@")
    return {name, name.partition(b"@")[0]}


# ── phrases ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _words_of(pattern: bytes) -> list[bytes]:
    """The words of a phrase with their boundaries, the longest first; the pattern itself if it is one word."""
    words = pattern.split(b" ")
    last = len(words) - 1
    bounded = [(b" " if at else b"") + word + (b" " if at < last else b"") for at, word in enumerate(words)]
    return sorted((word for word in bounded if word.strip()), key=len, reverse=True)


@lru_cache(maxsize=65536)
def _phrase(pattern: bytes) -> re.Pattern[bytes]:
    """Compiled when one of its words is found first: of thousands of phrases few ever are."""
    return re.compile(re.escape(pattern).replace(rb"\ ", b" +"))


# ── what a query needs ────────────────────────────────────────────────────────────────────────────────────────────


def _terms(node: Node) -> Iterator[Term]:
    if isinstance(node, Term):
        yield node
    else:
        for part in (node.part,) if isinstance(node, Not) else node.parts:
            yield from _terms(part)


def _places(folded: bytes, matches: Iterable[tuple[int, int, int]]) -> set[int]:
    """In which of the texts that were joined something was found."""
    starts = sorted(start for _, start, _ in matches)
    if not starts:
        return set()
    between = _BETWEEN.encode()
    # The blank behind the sign begins the next text: a whole word has it as its boundary.
    begins = list(accumulate((len(piece) + len(between) for piece in folded.split(between)), initial=-1))
    return {bisect_right(begins, start) - 1 for start in starts}


def _told(terms: Iterable[Term], kind: TermKind) -> frozenset[str]:
    """What the terms of a kind look for in what is known of a text, as somebody would write it."""
    patterns = (term.pattern for term in terms if term.kind is kind)
    begin = len(SIGNS[kind]) + 1
    return frozenset(
        pattern[begin:].strip().decode("latin-1") + ("" if pattern.endswith(b" ") else "*") for pattern in patterns
    )


def _sought(node: Node, *, wanted: bool) -> Iterator[Term]:
    """The terms that speak for the query, not against it."""
    if isinstance(node, Term):
        if wanted:
            yield node
    elif isinstance(node, Not):
        yield from _sought(node.part, wanted=not wanted)
    else:
        for part in node.parts:
            yield from _sought(part, wanted=wanted)


def _any_term_will_do(node: Node) -> bool:
    return isinstance(node, Term) or (isinstance(node, Or) and all(isinstance(part, Term) for part in node.parts))


def _needed(node: Node, *, wanted: bool) -> frozenset[bytes] | None:
    """Patterns of which one at least is found whenever `node` is as `wanted`, the rarest; None if there are none."""
    if isinstance(node, Term):
        return frozenset({node.pattern}) if wanted else None
    if isinstance(node, Not):
        return _needed(node.part, wanted=not wanted)
    needed = [_needed(part, wanted=wanted) for part in node.parts]
    known = [patterns for patterns in needed if patterns is not None]
    if isinstance(node, And) is wanted:
        return min(known, key=_frequency, default=None)
    return frozenset().union(*known) if len(known) == len(needed) else None


def _frequency(patterns: frozenset[bytes]) -> float:
    """A guess at how often one of them is found: long words are rarer; a language is in every post."""
    return sum(1e6 if pattern.startswith(b" lang:") else 4.0 ** -min(len(pattern), 12) for pattern in patterns)


def _parted(node: Node, numbers: Mapping[bytes, int]) -> tuple[frozenset[int], frozenset[int], Condition | None]:
    """The tree as required terms, forbidden terms, and a condition for what is left of it."""
    if _any_term_will_do(node) and not isinstance(node, Term):
        return frozenset(), frozenset(), None
    parts = node.parts if isinstance(node, And) else (node,)
    refused = [part.part for part in parts if isinstance(part, Not)]
    required = frozenset(numbers[part.pattern] for part in parts if isinstance(part, Term))
    forbidden = frozenset(numbers[part.pattern] for part in refused if isinstance(part, Term))
    rest = [part for part in parts if isinstance(part, And | Or)]
    conditions = [_condition(part, numbers) for part in rest]
    conditions += [_refused(_condition(part, numbers)) for part in refused if not isinstance(part, Term)]
    if not conditions:
        return required, forbidden, None
    return required, forbidden, lambda hits: all(condition(hits) for condition in conditions)


def _refused(condition: Condition) -> Condition:
    return lambda hits: not condition(hits)


def _condition(node: Node, numbers: Mapping[bytes, int]) -> Condition:
    """The tree as a function of the numbers of all terms found."""
    if isinstance(node, Term):
        return frozenset({numbers[node.pattern]}).issubset
    if isinstance(node, Not):
        return _refused(_condition(node.part, numbers))
    if _any_term_will_do(node):
        alternatives = frozenset(numbers[term.pattern] for term in _terms(node))
        return lambda hits: not alternatives.isdisjoint(hits)
    parts = [_condition(part, numbers) for part in node.parts]
    if isinstance(node, And):
        return lambda hits: all(part(hits) for part in parts)
    return lambda hits: any(part(hits) for part in parts)


# ── where it stands ───────────────────────────────────────────────────────────────────────────────────────────────


def _spans(pattern: bytes, folded: bytes, positions: Sequence[int], text: str) -> Iterator[tuple[int, int]]:
    at = folded.find(pattern)
    while at >= 0:
        first = folded.rfind(b" ", 0, at + 1) + 1
        last = folded.find(b" ", at + len(pattern) - 1) - 1
        end = positions[last] + 1
        while end < len(text) and is_silent(text[end]):
            end += 1
        yield positions[first], end
        at = folded.find(pattern, folded.find(b" ", at + 1))


def _apart(spans: AbstractSet[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ascending, those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

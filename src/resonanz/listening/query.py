"""The query language of topics (docs/topics.md): text in, a tree of terms out, errors that point at the character."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from resonanz.core.errors import ResonanzError
from resonanz.listening.folding import fold, fold_name

MOST_CHARACTERS = 10_000
MOST_TERMS = 200
MOST_DEPTH = 50
LEAST_BESIDE_WILDCARD = 2
PREFIXES = ("from", "lang")


class QuerySyntaxError(ResonanzError):
    """A query that cannot be understood; `position` is the index of the character in it to point at."""

    code = "query.wrong"

    def __init__(self, code: str, /, *, position: int, **params: object) -> None:
        super().__init__(code, position=position, **params)
        self.position = position


class TermKind(StrEnum):
    """Where a term is looked for: in the words, the hashtags or the handles of a text, or in what is known of it."""

    WORDS = "WORDS"
    HASHTAG = "HASHTAG"
    HANDLE = "HANDLE"
    FROM = "FROM"
    LANG = "LANG"


SIGNS = {TermKind.HASHTAG: b"#", TermKind.HANDLE: b"@", TermKind.FROM: b"from:", TermKind.LANG: b"lang:"}


@dataclass(frozen=True, slots=True)
class Term:
    """What must stand in the folded text, its boundaries included: `Bahn` is " bahn ", `Bahn*` is " bahn".

    `start` and `end` say where it stands in the query; two terms that look for the same are equal.
    """

    kind: TermKind
    pattern: bytes
    start: int = field(compare=False)
    end: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """`part` must not hold."""

    part: Node
    start: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts` must hold; two or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of `parts` must hold; two or more."""

    parts: tuple[Node, ...]


Node = Term | Not | And | Or


def parse(text: str) -> Node:
    """The tree of a query. NOT binds closer than AND, and AND closer than OR; two terms side by side mean AND.

    Raises QuerySyntaxError, also for a query that no word is needed to fulfil (`NOT x`), as it would find everything.
    """
    if len(text) > MOST_CHARACTERS:
        raise QuerySyntaxError("query.too_long", position=MOST_CHARACTERS, most=MOST_CHARACTERS)
    tokens = _tokens(text)
    if not tokens:
        raise QuerySyntaxError("query.empty", position=0)
    node = _Parser(tokens).whole()
    if not _needs_a_term(node, True):
        raise QuerySyntaxError("query.only_negative", position=_negation(node))
    return node


def _needs_a_term(node: Node, wanted: bool) -> bool:
    """Whether `node` can be as `wanted` only when one of its terms is found."""
    if isinstance(node, Term):
        return wanted
    if isinstance(node, Not):
        return _needs_a_term(node.part, not wanted)
    needs = (_needs_a_term(part, wanted) for part in node.parts)
    return any(needs) if isinstance(node, And) is wanted else all(needs)


def _negation(node: Node) -> int:
    """Where the NOT stands for which `node` needs no term."""
    while not isinstance(node, Term | Not):
        node = next(part for part in node.parts if not _needs_a_term(part, True))
    return node.start


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Kind(StrEnum):
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    PHRASE = "PHRASE"
    WORD = "WORD"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str
    start: int
    end: int


_OPERATORS = dict.fromkeys(("AND", "UND"), _Kind.AND)
_OPERATORS |= dict.fromkeys(("OR", "ODER"), _Kind.OR)
_OPERATORS |= dict.fromkeys(("NOT", "NICHT"), _Kind.NOT)
_OPERATORS |= {"(": _Kind.OPEN, ")": _Kind.CLOSE}
_QUOTES = '"„“”«»'  # any of them opens and any closes: pasted queries bring the quotation marks of their word processor
_TOKEN = re.compile(
    rf"""(?P<blank>\s+)
       | (?P<bracket>[()])
       | [{_QUOTES}] (?P<phrase>[^{_QUOTES}]*) (?P<closed>[{_QUOTES}]?)
       | (?P<minus>[-−](?=[^\s)]))
       | (?P<word>[^\s(){_QUOTES}]+)""",
    re.VERBOSE,
)


def _tokens(text: str) -> list[_Token]:
    # Every character begins one of the alternatives; a "-" before nothing is a word.
    return [_token(found) for found in _TOKEN.finditer(text) if found["blank"] is None]


def _token(found: re.Match[str]) -> _Token:
    start, end, text = found.start(), found.end(), found[0]
    if found["phrase"] is not None:
        if not found["closed"]:
            raise QuerySyntaxError("query.unclosed_quote", position=start)
        return _Token(_Kind.PHRASE, text, start, end)
    if found["minus"] is not None:
        return _Token(_Kind.NOT, text, start, end)
    return _Token(_OPERATORS.get(text, _Kind.WORD), text, start, end)


# ── grammar ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Parser:
    """Recursive descent over the tokens; `at` is the next one."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.terms = 0

    def whole(self) -> Node:
        node = self.any_of(0)
        if left := self.peek():  # only a bracket ends the grammar before the tokens end
            raise QuerySyntaxError("query.unexpected_parenthesis", position=left.start)
        return node

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, *kinds: _Kind) -> _Token | None:
        token = self.peek()
        if token is None or token.kind not in kinds:
            return None
        self.at += 1
        return token

    def any_of(self, depth: int) -> Node:
        parts = [self.all_of(depth, None)]
        while operator := self.take(_Kind.OR):
            parts.append(self.all_of(depth, operator))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all_of(self, depth: int, before: _Token | None) -> Node:
        parts = [self.operand(depth, before)]
        while True:
            operator = self.take(_Kind.AND)
            follows = self.peek()
            if operator is None and (follows is None or follows.kind in {_Kind.OR, _Kind.CLOSE}):
                return parts[0] if len(parts) == 1 else And(tuple(parts))
            parts.append(self.operand(depth, operator))

    def operand(self, depth: int, before: _Token | None) -> Node:
        """One thing to be looked for; `before` is the operator that needs it."""
        if depth > MOST_DEPTH:
            raise QuerySyntaxError("query.too_deep", position=self.tokens[self.at - 1].start, most=MOST_DEPTH)
        if negation := self.take(_Kind.NOT):
            return Not(self.operand(depth + 1, negation), negation.start)
        if opened := self.take(_Kind.OPEN):
            return self.group(depth + 1, opened)
        if token := self.take(_Kind.WORD, _Kind.PHRASE):
            return self.term(token)
        raise self.missing(before)

    def group(self, depth: int, opened: _Token) -> Node:
        if self.take(_Kind.CLOSE):
            raise QuerySyntaxError("query.empty_parentheses", position=opened.start)
        if self.peek() is None:
            raise QuerySyntaxError("query.unclosed_parenthesis", position=opened.start)
        node = self.any_of(depth)
        if not self.take(_Kind.CLOSE):
            raise QuerySyntaxError("query.unclosed_parenthesis", position=opened.start)
        return node

    def missing(self, before: _Token | None) -> QuerySyntaxError:
        """No operand where one should be: after the operator `before`, or before the operator that stands here."""
        operator = before or self.peek()
        if operator is None or operator.kind is _Kind.CLOSE:
            position = operator.start if operator else 0
            return QuerySyntaxError("query.unexpected_parenthesis", position=position)
        return QuerySyntaxError("query.missing_operand", position=operator.start, operator=operator.text)

    def term(self, token: _Token) -> Term:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise QuerySyntaxError("query.too_many_terms", position=token.start, most=MOST_TERMS)
        return _term(token)


# ── terms ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_PREFIXED = re.compile(r"([^\W\d_]+):(?!//)(.*)", re.DOTALL)
_UNFIT = re.compile(r"[.\-@]")  # ends a hashtag on every network, but not a handle
_LANGUAGE = re.compile(rb"[a-z]{2,3}(-[a-z0-9]+)*")


def _term(token: _Token) -> Term:
    if token.kind is _Kind.PHRASE:
        return _words(token, token.text[1:-1], token.start + 1)
    if token.text[0] in "#＃":
        return _name(token, TermKind.HASHTAG, 1)
    if token.text[0] in "@＠":
        return _name(token, TermKind.HANDLE, 1)
    if prefixed := _PREFIXED.fullmatch(token.text):
        return _prefixed(token, prefixed[1], prefixed[2])
    return _words(token, token.text, token.start)


def _prefixed(token: _Token, prefix: str, value: str) -> Term:
    if prefix.lower() == "from":
        return _name(token, TermKind.FROM, 6 if value.startswith("@") else 5)
    if prefix.lower() == "lang":
        return _language(token, value)
    if value:
        raise QuerySyntaxError("query.unknown_prefix", position=token.start, prefix=prefix, known=", ".join(PREFIXES))
    return _words(token, token.text, token.start)  # "Attention:" is a word with a colon after it


def _language(token: _Token, value: str) -> Term:
    code = fold_name(value)
    if not _LANGUAGE.fullmatch(code):
        raise QuerySyntaxError("query.not_a_language", position=token.start + 5, value=value)
    return Term(TermKind.LANG, b" lang:" + code + b" ", token.start, token.end)


def _name(token: _Token, kind: TermKind, begin: int) -> Term:
    """A hashtag or handle: the characters of the token after its sign, perhaps with a wildcard at the end."""
    written = token.text[begin:].rstrip(".,;:!?")
    name, open_end = written.removesuffix("*"), written.endswith("*")
    _refuse_wildcard(name, token.start + begin)
    folded = fold_name(unicodedata.normalize("NFC", name)).strip(b".-@")
    if not folded:
        raise QuerySyntaxError("query.missing_value", position=token.start, prefix=token.text[:begin])
    if kind is TermKind.HASHTAG and (unfit := _UNFIT.search(name)):
        raise QuerySyntaxError("query.not_a_hashtag", position=token.start + begin + unfit.start())
    _refuse_short(folded, open_end, token.start + begin)
    return Term(kind, b" " + SIGNS[kind] + folded + (b"" if open_end else b" "), token.start, token.end)


def _words(token: _Token, written: str, begin: int) -> Term:
    """A word or the consecutive words of a phrase, perhaps with a wildcard at either end."""
    bare = written.strip()
    begin += len(written) - len(written.lstrip())
    open_start, open_end = bare.startswith("*"), bare.endswith("*")
    core = bare[open_start : len(bare) - open_end if len(bare) > 1 else None]
    _refuse_wildcard(core, begin + open_start)
    folded = b" ".join(fold(unicodedata.normalize("NFC", core)).split())
    if not folded:
        raise QuerySyntaxError("query.lone_wildcard" if open_start else "query.no_word", position=token.start)
    _refuse_short(folded, open_start or open_end, begin)
    pattern = (b"" if open_start else b" ") + folded + (b"" if open_end else b" ")
    return Term(TermKind.WORDS, pattern, token.start, token.end)


def _refuse_wildcard(core: str, begin: int) -> None:
    if "*" in core:
        raise QuerySyntaxError("query.wildcard_inside", position=begin + core.index("*"))


def _refuse_short(folded: bytes, is_open: bool, position: int) -> None:
    if is_open and len(folded) < LEAST_BESIDE_WILDCARD:
        raise QuerySyntaxError("query.wildcard_too_short", position=position, least=LEAST_BESIDE_WILDCARD)

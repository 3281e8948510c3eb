from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonanz.listening.folding import fold_with_positions
from resonanz.listening.matching import Matcher
from resonanz.listening.query import And, Node, Not, QuerySyntaxError, Term, TermKind, parse


def touches(query: str, text: str, **known: str) -> bool:
    return Matcher.compile({7: query}).match(text, **known) == [7]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Müller", "Frau MUELLER ist da"),
        ("strasse", "Auf der Straße"),
        ("Bahn", "S-Bahn!"),
        ("Bahn", "(bahn)"),
        ("Bahn", "Ärger mit der #Bahn"),
        ("DB", "Danke @DB"),
        ("don't", "I don’t know"),
        ('"deutsche bahn"', "die Deutsche – Bahn"),
        ('"die bahn"', "Danke, die #Bahn kommt"),
        ('"bahn bahn"', "Bahn, Bahn"),
        ("Bahn*", "Bahnhofsuhr"),
        ("*bahn", "Straßenbahn"),
        ("*bahn*", "Straßenbahnen"),
        ('"*liche bahn*"', "gefährliche Bahnhöfe"),
        ("#bahn", "Wieder #BAHN."),
        ("#bahn*", "#bahnhof"),
        ("#東京", "in #東京 heute"),
        ("東京", "私は東京に住んでいます"),
        ("@db_bahn", "Hallo @DB_Bahn, was ist"),
        ("@anna", "cc @anna@example.social"),
        ("@anna@example.social", "cc @Anna@example.social."),
        ("👍", "super👍🏽"),
        ("a OR b c", "b x c"),
        ("a NOT (b c)", "a b"),
        ("NOT (NOT a OR b)", "a"),
        ("(a OR b) (c OR d)", "d a"),
    ],
)
def test_match_finds(query: str, text: str) -> None:
    assert touches(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Bahn", "Bahnhof Autobahn bahn_hof"),
        ("Bar", "Bär"),
        ("Bahn*", "Autobahn"),
        ("*bahn", "Bahnen"),
        ('"deutsche bahn"', "deutsche neue bahn"),
        ('"deutsche bahn"', "bahn deutsche"),
        ('"deutsche bahn"', "deutsche bahnen, die deutsche"),
        ("#bahn", "bahn # bahn #bahnhof x#bahn"),
        ("@db", "mail@db.de db"),
        ("from:db", "from:db @db"),
        ("lang:de", "lang:de"),
        ("a b", "a"),
        ("a NOT b", "b a"),
        ("a", ""),
    ],
)
def test_match_leaves_out(query: str, text: str) -> None:
    assert not touches(query, text)


def test_match_knows_author_and_language() -> None:
    assert touches("from:db lang:de", "x", author_handle="@DB@example.social", language="de-AT")
    assert not touches("from:db lang:de", "x", author_handle="db", language="en")
    assert not touches("*bahn*", "x", author_handle="autobahn")
    assert not touches("*bahn* OR from:x", "x", author_handle="autobahn")


def test_match_all_gives_the_ids_of_every_text_ascending() -> None:
    matcher = Matcher.compile({9: "bahn", 3: "bahn OR zug", 5: "lang:de zug"})

    assert matcher.match_all(["Bahn", "Zug", "Bus"], languages=["", "de", ""]) == [[3, 9], [3, 5], []]
    assert matcher.match_all(["Bahn"]) == [[3, 9]]


def test_matcher_without_topics_finds_nothing() -> None:
    assert Matcher.compile({}).match("Bahn #zug @x", author_handle="y", language="de") == []


def test_compile_refuses_a_wrong_query() -> None:
    with pytest.raises(QuerySyntaxError):
        Matcher.compile({1: "bahn", 2: "bahn AND"})


def test_match_takes_a_long_text_and_many_terms() -> None:
    matcher = Matcher.compile({number: f"wort{number} OR *ab{number}*" for number in range(1000)})

    assert matcher.match("wort " * 20_000 + "Wort999") == [999]
    assert matcher.explain(5, "x" * 99_990 + "ab5") == [(0, 99_993)]


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("strasse", "Die Straße!", ["Straße"]),
        ("café", "Im cafe\u0301, spät", ["cafe\u0301"]),
        ("*bahn*", "Straßenbahnen und Bahn", ["Straßenbahnen", "Bahn"]),
        ('"die bahn"', "Oh, die\n– Bahn. Die Bahn!", ["die\n– Bahn", "Die Bahn"]),
        ("#bahn OR @db OR zug", "Ein #Bahn-Zug, @DB", ["#Bahn", "Zug", "@DB"]),
        ("👍", "super👍🏽!", ["👍🏽"]),
        ("bahn NOT bus", "bahn bus", ["bahn"]),
        ('a OR "a b"', "a b a", ["a b", "a"]),
        ("from:x OR lang:de", "x de", []),
    ],
)
def test_explain_marks_the_words(query: str, text: str, marked: list[str]) -> None:
    spans = Matcher.compile({7: query}).explain(7, text)

    assert [text[start:end] for start, end in spans] == marked


# ── against the plainest reading of the tree ──────────────────────────────────────────────────────────────────────

WORDS = ["a", "ab", "bahn", "Bähn", "strasse", "Straße", "👍", "xbahnx", "die"]


def stands(term: Term, text: str, author: str, language: str) -> bool:
    """One term, looked for without an automaton."""
    wanted = term.pattern
    if term.kind is TermKind.WORDS:
        return wanted in fold_with_positions(text)[0]
    names = {
        TermKind.HASHTAG: re.findall(r"(?:^| )(#\w+)", text),
        TermKind.HANDLE: re.findall(r"(?:^| )(@\w+)", text),
        TermKind.FROM: [f"from:{author}"],
        TermKind.LANG: [f"lang:{language}"],
    }[term.kind]
    return any(wanted in f" {name.lower()} ".encode() for name in names)


def holds(node: Node, text: str, author: str, language: str) -> bool:
    if isinstance(node, Term):
        return stands(node, text, author, language)
    if isinstance(node, Not):
        return not holds(node.part, text, author, language)
    return (all if isinstance(node, And) else any)(holds(part, text, author, language) for part in node.parts)


terms = st.sampled_from(
    [
        *WORDS,
        '"die bahn"',
        '"a ab"',
        '"a ab bahn"',
        "bah*",
        "*ahn",
        "*ah*",
        '"*b die*"',
        "#die",
        "@ab",
        "from:ab",
        "lang:de",
    ]
)
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} OR {pair[1]})"),
        inner.map(lambda query: f"NOT {query}"),
    ),
    max_leaves=6,
)
texts = st.lists(st.sampled_from([*WORDS, ",", "–", "#die", "@ab"]), max_size=9).map(" ".join)


def parsed(query: str) -> Node | None:
    """The tree, or None for a query that nothing needs to be said for."""
    try:
        return parse(query)
    except QuerySyntaxError as error:
        if error.code != "query.only_negative":
            raise
        return None


@given(st.lists(queries, max_size=5), texts, st.sampled_from(["", "ab"]), st.sampled_from(["", "de", "en"]))
def test_match_agrees_with_the_plainest_reading(found: list[str], text: str, author: str, language: str) -> None:
    trees = {number: tree for number, query in enumerate(found) if (tree := parsed(query)) is not None}
    expected = [number for number, tree in trees.items() if holds(tree, text, author, language)]

    assert Matcher.compile({**trees}).match(text, author_handle=author, language=language) == expected


@given(queries.filter(lambda query: "NOT" not in query), texts)
def test_explain_stays_on_words(query: str, text: str) -> None:
    spans = Matcher.compile({1: query}).explain(1, text)

    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip(" ,–") == text[start:end]

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from resonanz.listening.query import MOST_TERMS, And, Node, Not, Or, QuerySyntaxError, Term, parse


def shown(node: Node) -> str:
    """The tree as text: (& …), (| …), (! …)."""
    if isinstance(node, Term):
        return node.pattern.decode("ascii").replace(" ", "_")
    if isinstance(node, Not):
        return f"(! {shown(node.part)})"
    return f"({'&' if isinstance(node, And) else '|'} {' '.join(map(shown, node.parts))})"


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("Bahn", "_bahn_"),
        ("Bahn Zug", "(& _bahn_ _zug_)"),
        ("a OR b c", "(| _a_ (& _b_ _c_))"),
        ("a AND b OR c AND NOT d", "(| (& _a_ _b_) (& _c_ (! _d_)))"),
        ("(a ODER b) UND NICHT c", "(& (| _a_ _b_) (! _c_))"),
        ("a -b -(c OR d)", "(& _a_ (! _b_) (! (| _c_ _d_)))"),
        ("a or b and c not d", "(& _a_ _or_ _b_ _and_ _c_ _not_ _d_)"),
        ("NOT NOT a", "(! (! _a_))"),
        ('"Deutsche  Bahn"', "_deutsche_bahn_"),
        ("„Deutsche Bahn“ «SNCF»", "(& _deutsche_bahn_ _sncf_)"),
        ("S-Bahn", "_s_bahn_"),
        ("12:30", "_12_30_"),
        ("https://bahn.de/x", "_https_bahn_de_x_"),
        ("Achtung: Bahn", "(& _achtung_ _bahn_)"),
        ("Bahn* *hof *zug*", "(& _bahn hof_ zug)"),
        ('"Deutsche Bahn*"', "_deutsche_bahn"),
        ("#Verspätung @DB_Bahn", "(& _#verspaetung_ _@db_bahn_)"),
        ("#bahn, #ice*", "(& _#bahn_ _#ice)"),
        ("@anna@example.social", "_@anna@example.social_"),
        ("from:@DB_Bahn lang:DE", "(& _from:db_bahn_ _lang:de_)"),
        ("x(a OR b)y", "(& _x_ (| _a_ _b_) _y_)"),
    ],
)
def test_parse_reads_the_language(query: str, tree: str) -> None:
    assert shown(parse(query)) == tree


@pytest.mark.parametrize(
    ("query", "code", "position"),
    [
        ("", "query.empty", 0),
        ("  \n", "query.empty", 0),
        ('Bahn "Deutsche', "query.unclosed_quote", 5),
        ("a (b OR c", "query.unclosed_parenthesis", 2),
        ("(", "query.unclosed_parenthesis", 0),
        ("a b) c", "query.unexpected_parenthesis", 3),
        (")", "query.unexpected_parenthesis", 0),
        ("a () b", "query.empty_parentheses", 2),
        ("a AND", "query.missing_operand", 2),
        ("OR a", "query.missing_operand", 0),
        ("a AND OR b", "query.missing_operand", 2),
        ("a (OR b)", "query.missing_operand", 3),
        ("(a OR )", "query.missing_operand", 3),
        ("a NOT", "query.missing_operand", 2),
        ("a *", "query.lone_wildcard", 2),
        ("a **", "query.lone_wildcard", 2),
        ("a Bahn*hof", "query.wildcard_inside", 6),
        ("a b*", "query.wildcard_too_short", 2),
        ("a !!", "query.no_word", 2),
        ('a ""', "query.no_word", 2),
        ("a foo:bar", "query.unknown_prefix", 2),
        ("a from:", "query.missing_value", 2),
        ("a #", "query.missing_value", 2),
        ("a #deutsche-bahn", "query.not_a_hashtag", 11),
        ("a lang:deutsch!", "query.not_a_language", 7),
        ("NOT a", "query.only_negative", 0),
        ("a OR -b", "query.only_negative", 5),
        ("NOT (a b)", "query.only_negative", 0),
        ("(a OR b) OR (c OR NICHT d)", "query.only_negative", 18),
        ("(" * 60 + "a" + ")" * 60, "query.too_deep", 50),
        ("a " * (MOST_TERMS + 1), "query.too_many_terms", 2 * MOST_TERMS),
        ("a" * 10_001, "query.too_long", 10_000),
    ],
)
def test_parse_points_at_the_character_that_is_wrong(query: str, code: str, position: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(query)

    assert (caught.value.code, caught.value.position) == (code, position)
    assert caught.value.params["position"] == position


def test_parse_allows_a_negation_that_needs_a_term() -> None:
    assert isinstance(parse("NOT (NOT a OR NOT b)"), Not)
    assert isinstance(parse("a OR (b NOT c)"), Or)


def test_parse_says_where_each_term_stands() -> None:
    query = 'Bahn OR "Deutsche Bahn"'

    node = parse(query)

    assert isinstance(node, Or)
    assert [query[term.start : term.end] for term in node.parts if isinstance(term, Term)] == [
        "Bahn",
        '"Deutsche Bahn"',
    ]


@given(st.text(st.sampled_from('ab*"()-#@: ANDORNT\u0308ßlang:from:„') | st.characters(), max_size=60))
@example("-" * 60)
@example("NOT " * 60 + "a")
@example("\ud800")
@example("from:@*")
def test_parse_raises_nothing_but_its_own_error(query: str) -> None:
    try:
        position = _first(parse(query)).start
    except QuerySyntaxError as error:
        position = error.position

    assert 0 <= position <= len(query)


def _first(node: Node) -> Term | Not:
    return node if isinstance(node, Term | Not) else _first(node.parts[0])

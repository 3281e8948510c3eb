"""The HTML of a status as plain words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonanz.networks.mastodon.plain_words import Mentioned, plain_words, without_mentions

WERKE = Mentioned("werke", "werke@mastodon.example", "https://mastodon.example/@werke")
ADA = Mentioned("ada", "ada@anderswo.example", "https://anderswo.example/users/ada")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>eins</p><p>zwei<br />drei<br>vier</p>", "eins\n\nzwei\ndrei\nvier"),
        ("a &lt;b&gt; &amp; c&#39;d &nbsp;", "a <b> & c'd"),
        ("ganz ohne\nTags", "ganz ohne Tags"),
        (
            '<a href="https://example.org/a/long/path?x=1&amp;y=2" rel="nofollow"><span class="invisible">https://</span>'
            '<span class="ellipsis">example.org/a/long/pa</span><span class="invisible">th?x=1&amp;y=2</span></a>',
            "https://example.org/a/long/path?x=1&y=2",
        ),
        ('<a href="https://www.example.org/abc/def">example.org/abc…</a>', "https://www.example.org/abc/def"),
        ('<a href="https://evil.example/">https://bank.example/</a>', "https://bank.example/ (https://evil.example/)"),
        ('Siehe <a href="https://example.org/x">hier</a>.', "Siehe hier (https://example.org/x)."),
        ('<a href="https://mastodon.example/tags/akku" class="hashtag">#<span>akku</span></a>', "#akku"),
        (
            '<span class="h-card"><a href="https://mastodon.example/@werke">@<span>werke</span></a></span> hilfe',
            "@werke@mastodon.example hilfe",
        ),
        ('<a href="https://anderswo.example/@ada">@<span>ada</span></a>', "@ada@anderswo.example"),
        ('@<a href="https://anderswo.example/profile/ada">ada</a> hilfe', "@ada@anderswo.example hilfe"),
        ('<a href="https://fremd.example/@eve">@<span>eve</span></a>', "@eve"),
        ('<a href="javascript:alert(1)">los</a>', "los"),
        ("<script>alert(1)</script><style>p{}</style>gut", "gut"),
        ("<ul><li>eins</li><li>zwei</li></ul>", "- eins\n- zwei"),
        ("<blockquote><p>gesagt</p></blockquote><p>ja</p>", "gesagt\n\nja"),
        (":blobcat: bleibt", ":blobcat: bleibt"),
        ('<p class="quote-inline">RE: <a href="https://a.example/1">https://a.example/1</a></p><p>so</p>',
         "RE: https://a.example/1\n\nso"),
        ("", ""),
    ],
)  # fmt: skip
def test_words_of_a_status_are_whole(html: str, words: str) -> None:
    assert plain_words(html, mentioned=[WERKE, ADA], most=500) == words


def test_two_of_one_name_are_not_confused() -> None:
    other = Mentioned("ada", "ada@dritte.example", "https://dritte.example/@ada")
    html = '<a href="https://anderswo.example/@ada">@<span>ada</span></a>'
    assert plain_words(html, mentioned=[ADA, other], most=500) == "@ada"


@pytest.mark.parametrize(
    ("sent", "stands"),
    [
        ("Gern.", "@ada@anderswo.example Gern."),
        ("Gern.\n\nGruß", "@ada @werke@mastodon.example   Gern.\nGruß"),
        ("Frag @ada@anderswo.example", "@eve Frag @ada"),
    ],
)
def test_what_was_sent_is_known_again(sent: str, stands: str) -> None:
    assert without_mentions(sent) == without_mentions(stands)
    assert without_mentions(sent) != without_mentions(stands + " nicht")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("<>/apbr&;@#\"'= \n…\u202e\x00ahref:")) | st.characters(), max_size=120))
def test_no_html_breaks_the_reading(html: str) -> None:
    words = plain_words(html, mentioned=[WERKE], most=50)
    assert len(words) <= 50
    assert "\x00" not in words


@pytest.mark.parametrize("piece", ["<a href='x'>", "<p>", "<", "@a", "<a>@</a>", "&amp", "</p>"])
def test_endless_html_takes_bounded_time(piece: str) -> None:
    begin = time.monotonic()
    plain_words(piece * (200_000 // len(piece)), mentioned=[WERKE], most=20_000)
    assert time.monotonic() - begin < 5

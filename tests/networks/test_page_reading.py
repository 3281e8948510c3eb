"""What pages say of themselves, the honest and the hostile ones."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.networks.page_server import PageServer, page

from resonanz.core import http
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.networks import page_reading
from resonanz.networks.page_reading import Closed, NotPublic, NoWebPage, PageError, TooLarge, facts_of, read_page

HERE = "https://www.xing.example/posts/1"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    with PageServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server


def test_head_tells_who_wrote_what_when() -> None:
    found = facts_of(
        b"""<!doctype html><html lang="de-DE"><head><title>Post &amp; mehr</title>
        <meta property="og:title" content="Ada Berg &uuml;ber Nordhain">
        <meta content="Das Rad &gt; alles" property='og:description'>
        <META NAME=author CONTENT='Ada Berg'>
        <meta property="article:published_time" content="2026-11-20T09:30:00+01:00">
        <meta property="og:site_name" content="XING"><link href="/posts/1?utm_source=mail" rel="x canonical">
        <link rel=canonical href="https://xing.example/posts/one?utm_source=mail"></head>""",
        link=HERE,
    )

    assert (found.title, found.text, found.author) == ("Ada Berg über Nordhain", "Das Rad > alles", "Ada Berg")
    assert found.published_at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert (found.site, found.language) == ("XING", "de")


def test_data_for_machines_come_first() -> None:
    found = facts_of(
        b"""<script type="application/ld+json">{"@graph": [{"@type": "BreadcrumbList"}, {"@type": "SocialMediaPosting",
        "author": [{"name": "Ada Berg"}], "datePublished": "2026-11-20", "articleBody": "Ganze <b>Worte</b>"}]}</script>
        <meta property="og:description" content="Ganze W..."><meta name=author content="Portal">""",
        link=HERE,
    )

    assert (found.text, found.author, str(found.published_at)) == ("Ganze Worte", "Ada Berg", "2026-11-20 00:00:00")


def test_newspapers_are_quoted_by_their_own_summary_only() -> None:
    found = facts_of(
        b"""<script type=application/ld+json>{"@type": "NewsArticle", "articleBody": "The whole article"}</script>
        <meta name="description" content="In short">""",
        link=HERE,
    )

    assert found.text == "In short"


@pytest.mark.parametrize(
    "claimed", ["https://bank.example/posts/1", "javascript:alert(1)", "//bank.example/1", "/", ""]
)
def test_page_is_believed_no_address_but_on_its_own_host(claimed: str) -> None:
    found = facts_of(f'<link rel="canonical" href="{claimed}">'.encode(), link=f"{HERE}?utm_source=a")

    assert found.link == HERE


def test_page_names_its_own_address() -> None:
    found = facts_of(b'<meta property="og:url" content="https://xing.example/posts/one?fbclid=1">', link=HERE)

    assert found.link == "https://xing.example/posts/one"


@pytest.mark.parametrize(
    "written", ['<meta name="robots" content="noarchive, NOSNIPPET">', ""], ids=["in the page", "in the answer"]
)
def test_who_wants_no_snippet_is_not_quoted(written: str) -> None:
    body = f'{written}<title>T</title><meta name="description" content="Words">'.encode()

    found = facts_of(body, link=HERE, robots="" if written else "googlebot: nosnippet")

    assert (found.title, found.text) == ("T", "")


def test_scripts_and_comments_tell_nothing() -> None:
    found = facts_of(
        b"""<script>var a = '<meta property="og:title" content="evil"><title>evil</title>'</script>
        <!-- <meta property="og:title" content="old"> -->
        <meta property="og:title" content="<script>x()</script>Good">""",
        link=HERE,
    )

    assert found.title == "Good"


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        ("<title>Räder</title>".encode("latin-1"), "text/html; charset=iso-8859-1", "Räder"),
        ("<title>Räder</title>".encode(), "text/html; charset=iso-8859-1", "Räder"),
        ("<title>Räder</title>".encode("latin-1"), "text/html; charset=utf-8", "R\ufffdder"),
        ("<meta charset=windows-1252><title>Räder €</title>".encode("cp1252"), "text/html", "Räder €"),
        ("<title>Räder</title>".encode("cp1252"), "text/html", "Räder"),
        ("<title>Räder</title>".encode("utf-16"), "text/html", "Räder"),
        (b"<meta charset=zlib><title>R</title>", "text/html; charset=unicode_escape", "R"),
        ("<title>Ra\u0308der</title>".encode(), "text/html; charset=none", "Räder"),
    ],
)
def test_letters_are_read_however_they_are_written(body: bytes, content_type: str, title: str) -> None:
    assert facts_of(body, link=HERE, content_type=content_type).title == title


@pytest.mark.parametrize(
    "hostile",
    [
        "<meta " * 90_000, "<" * 500_000, "<!--" * 130_000, '<meta a="' * 60_000, "<script>" * 70_000,
        "<title>" * 70_000, "<meta " + "a" * 500_000, "<meta " + "a='" * 170_000, "<meta" + " " * 500_000,
        '<script type="application/ld+json">' + "[" * 400_000 + "</script>", "<html " + "/ " * 250_000,
        '<script type="application/ld+json">' + '{"@graph":' * 20_000 + "</script>",
        "<title>" + "<div>" * 100_000 + "</title>", '<meta name=description content="' + "<b>" * 170_000 + '">',
        "<title>" + "&#x10FFFF;&#xD800;\0" * 20_000 + "</title>",
    ],
    ids=lambda hostile: hostile[:16],
)  # fmt: skip
def test_hostile_pages_cost_little(hostile: str) -> None:
    began = time.process_time()

    facts_of(hostile.encode(), link=HERE)

    assert time.process_time() - began < 2.0


@given(st.binary(max_size=400), st.text(max_size=40), st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_nothing_makes_reading_raise(body: bytes, content_type: str, link: str) -> None:
    said = b"<title>" + body + b'<meta name="author" content="' + body

    told = facts_of(said, link=link, content_type=content_type)

    assert "\0" not in f"{told}"
    assert told.published_at is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["@graph", "@type", "author", "name", "datePublished", "articleBody", "mainEntity"]),
                inner,
            )
        ),
    )
)
@settings(max_examples=300, deadline=None)
def test_no_data_for_machines_makes_reading_raise(data: object) -> None:
    written = json.dumps([data, {"@type": "Comment", "text": data, "author": data, "datePublished": data}])

    told = facts_of(f'<script type="application/ld+json">{written}</script>'.encode("utf-8", "replace"), link=HERE)

    assert told.link == HERE
    assert "\0" not in told.text + told.author


def test_page_is_asked_once_by_name_and_without_a_cookie(elsewhere: PageServer) -> None:
    elsewhere.pages["/1"] = page(b"<title>Hello</title>", headers=HTML)

    assert read_page(elsewhere.url("/1")).title == "Hello"
    assert len(elsewhere.seen) == 1
    assert elsewhere.seen[0]["user-agent"] == http.USER_AGENT
    assert "cookie" not in elsewhere.seen[0]


def test_page_that_leads_inside_is_not_followed(elsewhere: PageServer) -> None:
    elsewhere.pages["/1"] = page(status=302, headers={"Location": "http://127.0.0.1:1/secret"})

    with pytest.raises(NotPublic):
        read_page(elsewhere.url("/1"))


@pytest.mark.parametrize("link", ["http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "ftp://a.example/"])
def test_private_addresses_are_not_asked(link: str) -> None:
    with pytest.raises(NotPublic):
        read_page(link)


def test_what_is_no_page_says_why(elsewhere: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_reading, "_BOUNDS", http.Bounds(most_bytes=1_000, seconds=5.0))
    elsewhere.pages = {
        "/closed": page(b"sign in", 403, HTML),
        "/picture": page(b"\x89PNG", headers={"Content-Type": "image/png"}),
        "/huge": page(b"<title>" + b"x" * 2_000, headers=HTML),
    }

    for path, expected in (("/closed", Closed), ("/picture", NoWebPage), ("/huge", TooLarge), ("/none", Closed)):
        with pytest.raises(expected):
            read_page(elsewhere.url(path))


def test_page_that_hangs_is_left(elsewhere: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_reading, "_BOUNDS", http.Bounds(seconds=0.3))

    def hang(_request: object) -> None:
        elsewhere.stopping.wait(5)

    elsewhere.pages["/slow"] = hang

    with pytest.raises(PageError) as failed:
        read_page(elsewhere.url("/slow"))
    assert failed.value.code == "page.not_read"

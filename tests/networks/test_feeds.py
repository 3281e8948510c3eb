from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from tests.networks.page_server import PageServer, Request, page

from resonanz.core import clock
from resonanz.networks.contract import Account, Batch, Edited, Posted, PostKind
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.feeds import FeedGone, FeedNetwork
from resonanz.networks.feeds.reading import NotAFeed

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RSS_HEAD = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Stadtwerke</title>'

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Blog</title><id>tag:blog,1</id>
<entry><id>tag:blog,1:2</id><title type="text">1 &lt; 2 &amp; 3</title><updated>2026-11-19T08:00:00+01:00</updated>
<author><name>Ada  Berg</name><uri>https://blog.example/ada</uri><email>ada@blog.example</email></author>
<link href="javascript:alert(1)"/>
<content type="html">&lt;p&gt;Erstens&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;
&lt;p&gt;Zweitens&lt;/p&gt;</content>
</entry></feed>"""


def rss(*items: tuple[str, str, str]) -> bytes:
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>{date}</item>"
        for guid, title, date in items
    )
    return f"{RSS_HEAD}{entries}</channel></rss>".encode()


def poll(pages: PageServer, body: bytes | None = None, cursor: str | None = "", **headers: str) -> list[Batch]:
    if body is not None:
        pages.pages["/feed"] = page(body, headers=headers)
    with clock.moved_to(NOON):
        return list(FeedNetwork().poll(Account(network="feeds", address=pages.url("/feed")), cursor or ""))


def posts(batches: list[Batch]) -> list[Posted]:
    return [event for batch in batches for event in batch.events if isinstance(event, Posted)]


def test_rss_entries_become_articles(pages: PageServer) -> None:
    body = rss(("a", "Strom wird teurer", "<pubDate>Fri, 20 Nov 2026 10:00:00 +0100</pubDate>"), ("b", "Ohne Tag", ""))
    first, second = posts(poll(pages, body))
    assert (first.native_id, first.text, first.kind) == ("a", "Strom wird teurer", PostKind.ARTICLE)
    assert first.posted_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert first.origin == pages.url("/feed")
    assert first.author is not None
    assert (first.author.native_id, first.author.name) == (pages.url("/feed"), "Stadtwerke")
    assert second.posted_at == NOON


def test_atom_text_is_plain_and_addresses_are_web_addresses(pages: PageServer) -> None:
    [entry] = posts(poll(pages, ATOM.encode(), **{"Content-Type": "application/atom+xml"}))
    assert entry.text == "1 < 2 & 3\n\nErstens\n\nZweitens"
    assert (entry.native_id, entry.url, entry.language) == ("tag:blog,1:2", "", "de")
    assert entry.author is not None
    assert (entry.author.native_id, entry.author.name) == ("https://blog.example/ada", "Ada Berg")
    assert "ada@" not in repr(entry)


def test_json_feed_is_read(pages: PageServer) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Forum",
        "language": "de",
        "items": [
            {"id": 7, "title": "Frage", "content_html": "<p>Geht <b>das</b>?</p>", "date_published": "2026-11-01"},
            {"id": "8", "content_text": "<b> bleibt", "authors": [{"name": "Eve", "url": "data:text/html,x"}]},
            {"id": "9", "content_text": "alt", "date_published": "9999-12-31T23:59:59-12:00"},
            "kein Eintrag",
        ],
    }
    [batch] = poll(pages, json.dumps(feed).encode())
    first, second = posts([batch])
    assert (first.native_id, first.text, first.language) == ("7", "Frage\n\nGeht das?", "de")
    assert (second.text, second.author and second.author.native_id) == ("<b> bleibt", "Eve")
    assert [bad.reason for bad in batch.bad] == ["date.out_of_range", "entry.not_an_object"]


def test_conditions_are_sent_and_not_modified_brings_nothing(pages: PageServer) -> None:
    tag, day = '"v1"', "Fri, 20 Nov 2026 09:00:00 GMT"

    def conditional(request: Request) -> None:
        same = request.headers.get("If-None-Match") == tag and request.headers.get("If-Modified-Since") == day
        whole = page(rss(("a", "Neu", "")), headers={"ETag": tag, "Last-Modified": day})
        (page(status=304) if same else whole)(request)

    pages.pages["/feed"] = conditional
    [batch] = poll(pages)
    assert len(batch.events) == 1
    assert poll(pages, cursor=batch.cursor) == []


def test_second_poll_brings_only_what_is_new_or_reworded(pages: PageServer) -> None:
    [first] = poll(pages, rss(("a", "Eins", ""), ("b", "Zwei", "")))
    [second] = poll(pages, rss(("c", "Drei", ""), ("b", "Zwei, verbessert", ""), ("a", "Eins", "")), first.cursor)
    posted, edited = second.events
    assert isinstance(posted, Posted)
    assert isinstance(edited, Edited)
    assert (posted.native_id, edited.native_id, edited.text) == ("c", "b", "Zwei, verbessert")
    assert poll(pages, cursor=second.cursor) == []


def test_broken_cursor_starts_anew(pages: PageServer) -> None:
    for cursor in ("garbage", "[]", '{"etag": 1}', '{"etag": "", "modified": "", "seen": 3}'):
        assert len(posts(poll(pages, rss(("a", "Eins", "")), cursor))) == 1


@pytest.mark.parametrize("date", ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 +0000"])
def test_impossible_date_is_put_aside_once_and_the_rest_goes_on(pages: PageServer, date: str) -> None:
    body = rss(("a", "Eins", f"<pubDate>{date}</pubDate>"), ("b", "Zwei", ""))
    [batch] = poll(pages, body)
    assert ([post.native_id for post in posts([batch])], [bad.reason for bad in batch.bad]) == (
        ["b"],
        ["date.out_of_range"],
    )
    assert poll(pages, body, batch.cursor) == []


def test_future_date_is_the_moment_of_polling(pages: PageServer) -> None:
    [entry] = posts(poll(pages, rss(("a", "Bald", "<pubDate>Fri, 20 Nov 2037 10:00:00 GMT</pubDate>"))))
    assert entry.posted_at == NOON


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Login</body></html>", b"plain", b"\x00\xff", b"{}", b'{"items": []}', b"{" * 99_999, b"[1]",
     b"/etc/passwd", b"\x1f\x8b\x08cut"],
)  # fmt: skip
def test_what_is_not_a_feed_says_so(pages: PageServer, body: bytes) -> None:
    with pytest.raises(NotAFeed):
        poll(pages, body)


def test_page_in_place_of_a_feed_that_was_read_is_waited_out(pages: PageServer) -> None:
    [first] = poll(pages, rss(("a", "Eins", "")))
    with pytest.raises(TryLater, match="not_a_feed"):
        poll(pages, b"<html><body>Wartung</body></html>", first.cursor)
    [second] = poll(pages, rss(("b", "Zwei", ""), ("a", "Eins", "")), first.cursor)

    assert [one.native_id for one in posts([second])] == ["b"]


def test_feed_that_breaks_off_keeps_what_came(pages: PageServer) -> None:
    body = rss(("a", "Eins", ""), ("b", "Zwei", ""))
    [batch] = poll(pages, body[: body.index(b"Zwei") + 2])
    assert [post.native_id for post in posts([batch])] == ["a"]
    assert [bad.reason for bad in batch.bad] == ["document.cut_off"]


def test_feed_that_broke_off_is_asked_for_again_as_a_whole(pages: PageServer) -> None:
    body = rss(("a", "Eins", ""), ("b", "Zwei", ""))
    [cut] = poll(pages, body[:-30], ETag='"1"')
    [whole] = poll(pages, body, cut.cursor, ETag='"1"')
    assert "if-none-match" not in pages.seen[-1]
    assert [post.native_id for post in posts([whole])] == ["b"]


def test_packed_feed_is_read_and_entity_bomb_is_not(pages: PageServer) -> None:
    packed = gzip.compress(rss(("a", "Eins", "")))
    assert posts(poll(pages, packed, **{"Content-Encoding": "gzip"}))[0].text == "Eins"
    bomb = (
        b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        + b"".join(f'<!ENTITY x{n} "{"&b;" * 9}">'.encode() for n in range(9))
        + b'<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    )
    [entry] = posts(poll(pages, bomb + rss(("a", "&x8;&file;", ""))[38:]))
    assert len(entry.text) < 1_000
    assert "root:" not in entry.text


def test_many_entries_and_long_fields_are_bounded(pages: PageServer) -> None:
    [batch] = poll(pages, rss(*((str(number), "x", "") for number in range(2_500)), ("y" * 9_000, "z", "")))
    assert len(batch.events) == 2_000
    assert [bad.reason for bad in batch.bad] == ["feed.too_many_entries"]
    assert 0 < len(batch.cursor or "") < 100_000
    [entry] = posts(poll(pages, rss(("y" * 9_000, "z" * 90_000, ""))))
    assert len(entry.native_id) < 100
    assert len(entry.text) <= 20_000


@pytest.mark.parametrize(
    ("status", "headers", "error", "seconds"),
    [
        (410, {}, FeedGone, None),
        (404, {}, Refused, None),
        (401, {}, NotAuthorised, None),
        (403, {}, TryLater, 300),
        (429, {"Retry-After": "120"}, TryLater, 120),
        (503, {"Retry-After": format_datetime(NOON.replace(hour=13), usegmt=True)}, TryLater, 3600),
        (503, {"Retry-After": "bald"}, TryLater, 60),
        (500, {}, TryLater, 60),
    ],
)
def test_refusals_arrive_as_their_errors(
    pages: PageServer, status: int, headers: dict[str, str], error: type[Exception], seconds: float | None
) -> None:
    pages.pages["/feed"] = page(b"no", status, headers)
    with pytest.raises(error) as raised:
        poll(pages)
    if isinstance(raised.value, TryLater):
        assert raised.value.seconds == seconds


def test_feed_of_reddit_is_read_and_its_limit_waited_for(pages: PageServer) -> None:
    entry = (
        "<entry><author><name>/u/ada</name><uri>https://www.reddit.com/user/ada</uri></author>"
        '<category term="fahrrad" label="r/fahrrad"/><content type="html">&lt;!-- SC_OFF --&gt;&lt;div class="md"&gt;'
        "&lt;p&gt;Welches Lastenrad?&lt;/p&gt;&lt;/div&gt;&lt;!-- SC_ON --&gt;</content><id>t3_abc</id>"
        '<link href="https://www.reddit.com/r/fahrrad/comments/abc/rad/"/><updated>2026-11-20T11:00:00+00:00</updated>'
        "<title>Rad gesucht</title></entry>"
    )
    feed = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>r</title>{entry}</feed>'
    pages.pages["/r/fahrrad/new/.rss"] = page(feed.encode(), headers={"Content-Type": "application/atom+xml"})
    account = Account(network="feeds", address=pages.url("/r/fahrrad/new/.rss"))

    (batch,) = list(FeedNetwork().poll(account, ""))
    pages.pages["/r/fahrrad/new/.rss"] = page(b"", status=429, headers={"x-ratelimit-reset": "345"})
    with pytest.raises(TryLater) as later:
        list(FeedNetwork().poll(account, ""))

    (said,) = batch.events
    assert isinstance(said, Posted)
    assert said.text == "Rad gesucht\n\nWelches Lastenrad?"
    assert (said.author and said.author.name, said.url) == (
        "/u/ada",
        "https://www.reddit.com/r/fahrrad/comments/abc/rad/",
    )
    assert later.value.seconds == 345

"""Reading RSS, Atom and JSON Feed from bytes, polled or from a file, into posts of the network "feeds"."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser

from resonanz.core import clock, text
from resonanz.networks.contract import Author, BadEvent, Media, Posted, PostKind
from resonanz.networks.errors import Refused
from resonanz.networks.feeds.media import json_media, xml_media
from resonanz.networks.feeds.websub import Links, links_of

NETWORK = "feeds"
MOST_TEXT = 20_000
MOST_ENTRIES = 2_000
# Parsing deeply nested markup costs its square: 160,000 characters of <div> take seconds, these a third of one.
_MOST_HTML = 60_000
_MOST_ID = 500
_MOST_RAW = 2_000
_YEARS = range(1970, 2200)
_ROOT_CLOSED = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
JSON_FEED = "https://jsonfeed.org/version/"

DATE_OUT_OF_RANGE = "date.out_of_range"
CUT_OFF = "document.cut_off"


class NotAFeed(Refused):
    """What came is neither RSS nor Atom nor JSON Feed."""

    code = "feed.not_a_feed"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry as its feed tells it, whatever the format; `text` is plain already."""

    native_id: str
    text: str
    said_at: datetime | None
    url: str
    language: str
    author_name: str
    author_url: str
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it tells itself: `links` are those that a hub has to do with. Its entries are read once."""

    origin: str
    title: str
    entries: Iterable[_Entry | BadEvent]
    links: Links


def read_feed(
    body: bytes, *, origin: str = "", fallback_origin: str = "", content_type: str = ""
) -> list[Posted | BadEvent]:
    """The entries of a feed, in its order. `origin` is the feed's address; without it the one that the feed names
    itself counts, and where it names none `fallback_origin`.

    An entry without a date was said now; one from the future too, since nobody reads what was not yet said. Raises
    NotAFeed.
    """
    feed = open_feed(body, content_type=content_type)
    return entries_of(feed, origin=origin or feed.origin or fallback_origin)


def open_feed(body: bytes, *, content_type: str = "", base: str = "") -> Feed:
    """A feed with its links, whose addresses may lean on `base`. Raises NotAFeed."""
    read = _read_json_feed if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else _read_xml_feed
    return read(body, content_type, base)


def entries_of(feed: Feed, *, origin: str) -> list[Posted | BadEvent]:
    """Its entries, in its order."""
    now = clock.now()
    found: list[Posted | BadEvent] = []
    for entry in feed.entries:
        if len(found) == MOST_ENTRIES:
            return [*found, BadEvent("", "feed.too_many_entries")]
        found.append(entry if isinstance(entry, BadEvent) else _posted(entry, feed, origin, now))
    return found


def _posted(entry: _Entry, feed: Feed, origin: str, now: datetime) -> Posted:
    native_id = entry.native_id or entry.url or f"sha256:{hashlib.sha256(entry.text.encode()).hexdigest()}"
    return Posted(
        network=NETWORK,
        origin=origin,
        native_id=native_id,
        author=_author(entry, feed, origin),
        text=entry.text,
        posted_at=min(entry.said_at or now, now),
        kind=PostKind.ARTICLE,
        url=entry.url,
        language=entry.language,
        root_id=native_id,
        media=entry.media,
    )


def _author(entry: _Entry, feed: Feed, origin: str) -> Author:
    """Feeds name people without ids; within one feed the page or the name has to do, else the feed itself speaks."""
    name = entry.author_name or ("" if entry.author_url else feed.title)
    return Author(native_id=_short(entry.author_url or entry.author_name or origin), name=name, url=entry.author_url)


def _short(native_id: str) -> str:
    if len(native_id) <= _MOST_ID:
        return native_id
    return f"sha256:{hashlib.sha256(native_id.encode()).hexdigest()}"


def _line(value: object, most: int = 300) -> str:
    """One clean line, "" for whatever is not text."""
    return " ".join(text.clean(value, most=most).split()) if isinstance(value, str) else ""


def _link(value: object) -> str:
    """A web address, "" for anything a browser would run or not understand."""
    link = _line(value, 2_000)
    return link if link.lower().startswith(("http://", "https://")) else ""


def _id(value: object) -> str:
    return _short(_line(value, 100_000))


def _together(title: str, words: str) -> str:
    """Title and text as one; many feeds repeat the one in the other."""
    if not title or words.startswith(title):
        return words
    return text.clean(f"{title}\n\n{words}", most=MOST_TEXT)


# RSS and Atom


def _read_xml_feed(body: bytes, content_type: str, base: str) -> Feed:
    headers = {"content-type": content_type} if content_type else {}
    # A stream and never the bytes themselves: feedparser would take them for an address or the name of a file.
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.get("version") or found.version == "json1":
        raise NotAFeed("feed.not_a_feed")
    links = found.feed.get("links", [])
    own = next((_link(link.get("href")) for link in links if link.get("rel") == "self"), "")
    title = _line(found.feed.get("title"))
    language = _line(found.feed.get("language"), 35)
    origin = own or _link(found.feed.get("link"))
    entries = [_xml_entry(entry, language) for entry in found.entries[: MOST_ENTRIES + 1]]
    if entries and not _ROOT_CLOSED.search(body[-1_000:]):
        # It broke off, most likely within the last entry; half a post is none.
        entries[-1] = BadEvent(json.dumps({"id": _id(found.entries[len(entries) - 1].get("id"))}), CUT_OFF)
    ways = [(str(link.get("rel", "")).lower(), str(link.get("href", ""))) for link in links]
    return Feed(origin, title, entries, links_of(ways, base))


def _xml_entry(entry: Any, language: str) -> _Entry | BadEvent:
    try:
        said_at = _moment(entry.get("published_parsed") or entry.get("updated_parsed"))
    except (ValueError, OverflowError):
        return BadEvent(json.dumps({"id": _id(entry.get("id")), "title": _line(entry.get("title"))}), DATE_OUT_OF_RANGE)
    author = entry.get("author_detail") or {}
    contents = entry.get("content") or [entry.get("summary_detail") or {}]
    title = " ".join(_plain(entry.get("title_detail") or {}, 300).split())
    return _Entry(
        native_id=_id(entry.get("id")),
        text=_together(title, _plain(contents[0], MOST_TEXT)),
        said_at=said_at,
        url=_link(entry.get("link")),
        language=_line(contents[0].get("language"), 35) or language,
        author_name=_line(author.get("name") or entry.get("author")),
        author_url=_link(author.get("href")),
        media=xml_media(entry),
    )


def _plain(detail: Any, most: int) -> str:
    value = detail.get("value") or ""
    if detail.get("type") == "text/plain":
        return text.clean(value, most=most)
    return text.from_html(value[:_MOST_HTML], most=most)


def _moment(parsed: Any) -> datetime | None:
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    if moment.year not in _YEARS:
        raise ValueError(DATE_OUT_OF_RANGE)
    return moment


# JSON Feed


def _read_json_feed(body: bytes, _content_type: str, base: str) -> Feed:
    try:
        found = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise NotAFeed("feed.not_a_feed") from error
    items = found.get("items")
    if not str(found.get("version", "")).startswith(JSON_FEED) or not isinstance(items, list):
        raise NotAFeed("feed.not_a_feed")
    origin = _link(found.get("feed_url")) or _link(found.get("home_page_url"))
    title, language = _line(found.get("title")), _line(found.get("language"), 35)
    return Feed(origin, title, _json_entries(items, found, language), links_of(_json_links(found), base))


def _json_links(feed: dict[str, Any]) -> list[tuple[str, str]]:
    hubs = feed.get("hubs")
    listed = hubs if isinstance(hubs, list) else []
    found = [("hub", one.get("url")) for one in listed if isinstance(one, dict) and _is_websub(one.get("type"))]
    return [(way, url) for way, url in [*found, ("self", feed.get("feed_url"))] if isinstance(url, str)]


def _is_websub(kind: object) -> bool:
    """Whether we understand such a hub; there is rssCloud, too."""
    return isinstance(kind, str) and kind.lower() in {"websub", "pubsubhubbub"}


def _json_entries(items: list[Any], feed: dict[str, Any], language: str) -> Iterator[_Entry | BadEvent]:
    for item in items:
        raw = json.dumps(item)[:_MOST_RAW]
        if not isinstance(item, dict):
            yield BadEvent(raw, "entry.not_an_object")
            continue
        try:
            said_at = _json_moment(item.get("date_published") or item.get("date_modified"))
        except (ValueError, OverflowError):
            yield BadEvent(raw, DATE_OUT_OF_RANGE)
            continue
        author = _json_author(item) or _json_author(feed)
        yield _Entry(
            native_id=_id(str(item["id"]) if isinstance(item.get("id"), int | float) else item.get("id")),
            text=_together(_line(item.get("title")), _json_text(item)),
            said_at=said_at,
            url=_link(item.get("url")) or _link(item.get("external_url")),
            language=_line(item.get("language"), 35) or language,
            author_name=_line(author.get("name")),
            author_url=_link(author.get("url")),
            media=json_media(item),
        )


def _json_author(holder: dict[str, Any]) -> dict[str, Any]:
    authors = holder.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else holder.get("author")
    return first if isinstance(first, dict) else {}


def _json_text(item: dict[str, Any]) -> str:
    if isinstance(item.get("content_html"), str):
        return text.from_html(item["content_html"][:_MOST_HTML], most=MOST_TEXT)
    words = item.get("content_text") or item.get("summary")
    return text.clean(words, most=MOST_TEXT) if isinstance(words, str) else ""


def _json_moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    if value.startswith("0000"):
        raise ValueError(DATE_OUT_OF_RANGE)
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.year not in _YEARS:
        raise ValueError(DATE_OUT_OF_RANGE)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

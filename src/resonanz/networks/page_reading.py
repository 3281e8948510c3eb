"""What a page says of itself in its head: who wrote what when. Asked for once, when a person wants it; never executed.

Pages are by strangers: the one HTTP client keeps them to public addresses, a size and a time; what is read of them is
a bounded beginning, tag by tag, in time that grows with its length alone. Nothing here is believed: it is offered.
"""

from __future__ import annotations

import html as entities
import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from resonanz.core import http, text
from resonanz.core.errors import ResonanzError
from resonanz.networks import links

MOST_BYTES = 3 * 1024 * 1024
MOST_AT_ONCE = 3
_BOUNDS = http.Bounds(most_bytes=MOST_BYTES, connect_seconds=4.0, read_seconds=6.0, seconds=8.0)
_UNFOLDING = http.Bounds(most_bytes=MOST_BYTES, connect_seconds=3.0, read_seconds=4.0, seconds=5.0)
_PATIENCE_SECONDS = 1.0
_MOST_READ = 512 * 1024
_MOST_TAGS, _MOST_TAG, _MOST_JSON, _MOST_NODES = 400, 6_000, 200_000, 60
_MOST_TEXT, _MOST_NAME = 20_000, 200
_TAG = re.compile(r"<(meta|link|title|html|script)(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+([a-zA-Z][\w:.-]{0,60}+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>`]++)))?+""", re.ASCII
)
_CHARSET = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
# The names by which pages call what browsers read; no codec of Python's own that unpacks or executes.
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252",
    "cp1252": "cp1252", "iso-8859-15": "iso-8859-15", "iso-8859-2": "iso-8859-2", "windows-1250": "cp1250",
    "windows-1251": "cp1251", "koi8-r": "koi8-r", "windows-1254": "cp1254", "iso-8859-9": "cp1254",
    "shift_jis": "shift_jis", "euc-jp": "euc-jp", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030",
    "big5": "big5", "euc-kr": "euc-kr",
}  # fmt: skip
_WITH_WORDS = {"articleBody", "reviewBody", "text"}
_OWN_WORDS = frozenset({"SocialMediaPosting", "DiscussionForumPosting", "Comment", "Review", "Question", "Answer"})
"""Kinds whose words in the data are what was said, and not what a newspaper sells."""
_SAID = _OWN_WORDS | {"NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "VideoObject", "WebPage"}
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


class PageError(ResonanzError):
    """The page cannot be read."""

    code = "page.not_read"


class NotPublic(PageError):
    """The address, or one that it leads to, is private, or none that is asked."""

    code = "page.not_public"


class NoWebPage(PageError):
    """What stands there is no web page: a picture, a file."""

    code = "page.no_web_page"


class TooLarge(PageError):
    """The page is larger than is read."""

    code = "page.too_large"


class Closed(PageError):
    """The page is not shown to whoever is not signed in there, or is not there; `status` is what it answers."""

    code = "page.closed"


class Busy(PageError):
    """Too many pages are being read at this moment."""

    code = "page.busy"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of itself; "" and None where it says nothing. A time without an offset is as its author's clock
    showed it. `link` is the address that it says is its own, if that is on the same host, else where it was found."""

    link: str
    title: str = ""
    text: str = ""
    author: str = ""
    site: str = ""
    language: str = ""
    published_at: datetime | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing that could be offered."""
        return not (self.title or self.text or self.author or self.published_at)


def read_page(link: str) -> Facts:
    """Ask once, and read. Raises a PageError that says why not."""
    answer = _asked(link, _BOUNDS)
    if answer.status != 200:
        raise Closed(status=answer.status)
    if not _is_page(answer):
        raise NoWebPage
    return _facts(answer)


def unfold(link: str) -> Facts:
    """Ask once where a link leads; of what is no page, or closed, the address alone. Raises PageError."""
    answer = _asked(link, _UNFOLDING)
    if answer.status != 200 or not _is_page(answer):
        return Facts(link=links.canonical(answer.url))
    return _facts(answer)


def _asked(link: str, bounds: http.Bounds) -> http.Answer:
    if not _places.acquire(timeout=_PATIENCE_SECONDS):
        raise Busy
    try:
        return http.ask("GET", link, headers={"Accept": "text/html,application/xhtml+xml"}, bounds=bounds)
    except http.AddressRefused as error:
        raise NotPublic from error
    except http.TooLarge as error:
        raise TooLarge(most=MOST_BYTES // (1024 * 1024)) from error
    except http.HTTPError as error:
        raise PageError from error
    finally:
        _places.release()


def _is_page(answer: http.Answer) -> bool:
    content_type = answer.headers.get("content-type", "text/html")
    return bool(re.match(r"\s*(?:text/html|application/xhtml\+xml)\s*(?:;|$)", content_type, re.IGNORECASE))


def _facts(answer: http.Answer) -> Facts:
    return facts_of(
        answer.body, link=answer.url, content_type=answer.headers.get("content-type", "text/html"),
        robots=answer.headers.get("x-robots-tag", ""),
    )  # fmt: skip


def facts_of(body: bytes, *, link: str, content_type: str = "", robots: str = "") -> Facts:
    """What these bytes say of themselves. Nothing in them makes this raise."""
    head = _Head(_decoded(body[:_MOST_READ], content_type))
    said = head.said()
    tells_words = "nosnippet" not in f"{robots} {head.first('robots')}".lower()
    own = _words(said.get("words"), _MOST_TEXT) if said.get("@type") in _OWN_WORDS else ""
    told = own or _words(head.first("og:description", "twitter:description", "description"), _MOST_TEXT)
    return Facts(
        link=_own_link(head.first("canonical", "og:url"), link),
        title=_line(head.first("og:title", "twitter:title", "title")),
        text=told if tells_words else "",
        author=_line(_name(said.get("author")) or _no_link(head.first("article:author", "author", "twitter:creator"))),
        site=_line(head.first("og:site_name")),
        language=_language(head.first("lang", "og:locale")),
        published_at=_moment(said.get("datePublished") or said.get("dateCreated"))
        or _moment(head.first("article:published_time", "date", "dc.date", "dcterms.created")),
    )


class _Head:
    """The tags of a page that tell of it: the first one of each name counts."""

    def __init__(self, page: str) -> None:
        self._told: dict[str, str] = {}
        self._data: list[str] = []
        self._read(_without_comments(page))

    def first(self, *names: str) -> str:
        """What the first of these names that is told at all says."""
        return next((self._told[name] for name in names if self._told.get(name, "").strip()), "")

    def said(self) -> Mapping[str, Any]:
        """The first thing in the data for machines (JSON-LD, schema.org) that is something said; it is only parsed."""
        for written in self._data:
            try:
                found = json.loads(written)
            except (ValueError, RecursionError):
                continue
            for node in _nodes(found):
                kind = node.get("@type")
                kinds = kind if isinstance(kind, list) else [kind]
                named = next((one for one in kinds if isinstance(one, str) and one in _SAID), None)
                if named:
                    words = next((node[key] for key in _WITH_WORDS if isinstance(node.get(key), str)), "")
                    return {**node, "@type": named, "words": words}
        return {}

    def _read(self, page: str) -> None:
        place = 0
        for _ in range(_MOST_TAGS):
            found = _TAG.search(page, place)
            if found is None:
                return
            name, place = found[1].lower(), found.end()
            attributes = _attributes(page[place : place + _MOST_TAG])
            if name == "meta":
                key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
                self._tell(key.strip().lower(), attributes.get("content", ""))
            elif name == "link" and "canonical" in attributes.get("rel", "").lower().split():
                self._tell("canonical", attributes.get("href", ""))
            elif name == "html":
                self._tell("lang", attributes.get("lang", ""))
            elif name in {"title", "script"}:
                place = self._within(name, attributes, page, place)

    def _within(self, name: str, attributes: Mapping[str, str], page: str, place: int) -> int:
        """What stands between two tags; where the second one stands."""
        begins = page.find(">", place) + 1
        closing = re.compile(rf"</{name}", re.IGNORECASE).search(page, begins) if begins else None
        if closing is None:
            return len(page)
        if name == "title":
            self._tell("title", entities.unescape(page[begins : min(closing.start(), begins + 2_000)]))
        elif attributes.get("type", "").strip().lower() == "application/ld+json":
            self._data.append(page[begins : min(closing.start(), begins + _MOST_JSON)])
        return closing.end()

    def _tell(self, name: str, value: str) -> None:
        if name and value.strip():
            self._told.setdefault(name, value)


def _attributes(piece: str) -> dict[str, str]:
    found: dict[str, str] = {}
    place = 0
    while one := _ATTRIBUTE.match(piece, place):
        place = one.end()
        value = next((given for given in one.groups()[1:] if given is not None), "")
        found.setdefault(one[1].lower(), entities.unescape(value))
    return found


def _without_comments(page: str) -> str:
    kept, place = [], 0
    while (begins := page.find("<!--", place)) >= 0:
        kept.append(page[place:begins])
        ends = page.find("-->", begins)
        if ends < 0:
            return "".join(kept)
        place = ends + 3
    return "".join([*kept, page[place:]])


def _nodes(found: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The things in the data, the outer ones first, and not too many."""
    waiting: list[tuple[object, int]] = [(found, 0)]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        one, depth = waiting.pop(0)
        if isinstance(one, list):
            waiting += [(each, depth + 1) for each in one[:_MOST_NODES]] if depth < 4 else []
        elif isinstance(one, dict):
            yield one
            waiting += [(one[key], depth + 1) for key in ("@graph", "mainEntity") if key in one] if depth < 4 else []


def _decoded(body: bytes, content_type: str) -> str:
    """By the mark at its beginning, else by what the server says, else the page, else as most pages are written."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    named = re.search(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", content_type, re.IGNORECASE)
    within = _CHARSET.search(body[:2_048])
    for name in (named[1] if named else "", within[1].decode("ascii", "replace") if within else ""):
        if encoding := _ENCODINGS.get(name.lower()):
            decoded = body.decode(encoding, "replace")
            # Servers say latin-1 of whatever they do not know; what is UTF-8 throughout is nothing else.
            return decoded if encoding == "utf-8" or not _is_utf8(body) else body.decode("utf-8", "ignore")
    return body.decode("utf-8", "ignore") if _is_utf8(body) else body.decode("cp1252", "replace")


def _is_utf8(body: bytes) -> bool:
    """Whether it is UTF-8 with something in it that is no ASCII; the cut at its end may have gone through a letter."""
    if body.isascii():
        return False
    try:
        body[: max(len(body) - 4, 0)].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(body) - 8
    return True


def _own_link(claimed: str, found: str) -> str:
    """What a page says is its address counts on its own host alone: else it could pass for any other."""
    here, there = links.parts_of(found), links.parts_of(claimed)
    if here and there and links.bare_host(here) == links.bare_host(there) and len(there.path) > 1:
        return links.canonical(claimed)
    return links.canonical(found)


def _words(value: object, most: int) -> str:
    return text.from_html(value, most=most) if isinstance(value, str) else ""


def _line(value: object) -> str:
    return " ".join(_words(value, 2_000).split())[:_MOST_NAME]


def _no_link(value: str) -> str:
    return "" if "://" in value else value


def _name(author: object) -> str:
    if isinstance(author, list):
        author = author[0] if author else ""
    if isinstance(author, dict):
        author = author.get("name")
    return _no_link(author) if isinstance(author, str) else ""


def _language(value: str) -> str:
    found = re.fullmatch(r"([a-zA-Z]{2,3})(?:[-_][\w-]{1,20})?", value.strip())
    return found[1].lower() if found else ""


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return found if 1970 < found.year < 2200 else None

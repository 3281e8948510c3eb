"""What stands in a status, as plain words: its HTML read, shortened links and mentions written out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from resonanz.core import text

# The time of cleaning grows with the square of how deep tags are nested; see core.text.
_MOST_HTML = 60_000
_PARAGRAPHS = frozenset({"p", "div", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"})
_KEPT = {*_PARAGRAPHS, "a", "br", "li"}
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_AROUND_BREAKS = re.compile(r" *\n *")
_MANY_BREAKS = re.compile(r"\n{3,}")
_LEADING_MENTIONS = re.compile(r"^(?:\s*@[\w.\-]+(?:@[\w.\-]+(?::\d+)?)?)+")
_SERVER_OF_MENTION = re.compile(r"(@[\w.\-]+)@[\w.\-]+(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Somebody a status names: `url` is where the link goes, `handle` is @user@server without its first @."""

    username: str
    handle: str
    url: str


def plain_words(html: str, *, mentioned: Sequence[Mentioned] = (), most: int) -> str:
    """The words of a status. Servers shorten links and cut the server off mentions; here they are whole again."""
    # What nh3 leaves is well-formed, so that the parser below meets no riddles. It refuses broken surrogates itself.
    safe = nh3.clean(text.clean(html, most=_MOST_HTML), tags=_KEPT, attributes={"a": {"href"}}, link_rel=None)
    words = _Words(mentioned)
    words.feed(safe)
    words.close()
    joined = _AROUND_BREAKS.sub("\n", "".join(words.parts))
    return text.clean(_MANY_BREAKS.sub("\n\n", joined), most=most)


def without_mentions(words: str) -> str:
    """The words without the mentions they begin with, blanks evened out; for comparing what was sent and what stands.

    A server may write mentions with or without the server in them, and breaks as paragraphs.
    """
    return " ".join(_SERVER_OF_MENTION.sub(r"\1", _LEADING_MENTIONS.sub("", words)).split())


class _Words(HTMLParser):
    def __init__(self, mentioned: Sequence[Mentioned]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._by_url = {one.url: one.handle for one in mentioned if one.url}
        self._by_name = _each_named_once(mentioned)
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self.parts))
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            href, begin = self._link
            self._link = None
            label = "".join(self.parts[begin:])
            del self.parts[begin:]
            self._add_link(label, href)
        elif tag in _PARAGRAPHS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(_BLANKS.sub(" ", data))

    def _add_link(self, label: str, href: str) -> None:
        before = self.parts[-1] if self.parts else ""
        # Some servers put the @ before the link and not into it.
        at_before = before.endswith("@") and not label.startswith("@")
        name = label.strip().removeprefix("@")
        handle = self._by_url.get(href) or (self._by_name.get(name.casefold()) if name != label or at_before else None)
        if handle and at_before:
            self.parts[-1] = before[:-1]
        self.parts.append(f"@{handle}" if handle else _link_in_words(label, href))


def _each_named_once(mentioned: Sequence[Mentioned]) -> Mapping[str, str]:
    """Handles by bare name, where the name is one person's only."""
    found: dict[str, str] = {}
    for one in mentioned:
        name = one.username.casefold()
        found[name] = one.handle if found.get(name, one.handle) == one.handle else ""
    return found


def _link_in_words(label: str, href: str) -> str:
    """The label, if it says as much as the address; else the address, beside the label where that says more."""
    bare = label.strip()
    if not href.startswith(("http://", "https://")) or bare.startswith(("#", "@")):
        return label
    if bare and _bare_address(bare).rstrip("/") == _bare_address(href).rstrip("/"):
        return bare if "://" in bare else href
    shown = _bare_address(bare.rstrip("….").strip())
    if not shown or ("." in shown and _bare_address(href).startswith(shown)):
        return href
    return f"{label} ({href})"


def _bare_address(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.")

"""ActivityStreams 2.0: a collection of activities, as in the outbox.json of a Mastodon archive.

The document is one JSON object of any size; its items are read one after the other, so that memory stays bounded and
a file that breaks off keeps what came before.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from resonanz.core import clock, text
from resonanz.networks.contract import (
    AccountGone,
    Author,
    BadEvent,
    Deleted,
    Edited,
    Event,
    Posted,
    PostKind,
    Quoted,
    Visibility,
)
from resonanz.networks.readers.fields import MOST_MENTIONS, MOST_TEXT, Fields, Unreadable, an_id, moment

NETWORK = "mastodon"
MOST_ITEM = 1024 * 1024
_CHUNK = 64 * 1024
_MOST_HTML = 60_000
_MOST_RAW = 1_000
_ITEMS = re.compile(r'"(?:orderedItems|items)"\s*:\s*\[')
_BROKEN = re.compile("[\ud800-\udfff]")
_BETWEEN = re.compile(r"[\s,]*")
_QUOTES = ("quote", "quoteUrl", "quoteUri", "_misskey_quote")
_PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_SAYING = frozenset({"Note", "Article", "Question", "Page", "Document", "Image", "Video", "Audio", "Event"})
_USER = re.compile(r"/(?:users/|@|profile/|u/)([^/@?#]+)/?$")


class _Window:
    """The part of the document that is being read."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        # Broken bytes become lone surrogates and are found again in their own item.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.text = ""
        self.at = 0
        self.ended = False

    def more(self) -> bool:
        """Reads on and drops what is behind `at`; not when the document has ended or an item has outgrown its bound."""
        rest = self.text[self.at :]
        if self.ended or len(rest) > MOST_ITEM:
            return False
        chunk = self._stream.read(max(_CHUNK, len(rest)))
        self.ended = not chunk
        self.text, self.at = rest + self._decoder.decode(chunk, final=self.ended), 0
        return True

    def shown(self) -> str:
        """The beginning of what could not be read."""
        return _printable(self.text[self.at : self.at + _MOST_RAW])


def read_activities(stream: io.BufferedReader) -> Iterator[tuple[int, Event | BadEvent]]:
    """Each item's number with its event or the reason why there is none."""
    window = _Window(stream)
    while not (start := _ITEMS.search(window.text)):
        if not window.more():
            yield 1, _single(window.text)
            return
    window.at = start.end()
    for number, item in enumerate(_items(window), start=1):
        yield number, item if isinstance(item, BadEvent) else read_activity(item)


def read_activity(item: object) -> Event | BadEvent:
    """The event of one activity, or of one thing said that stands for itself."""
    raw = ""
    try:
        raw = json.dumps(item, ensure_ascii=False)
        if _BROKEN.search(raw):
            raise Unreadable("utf8.broken")
        if not isinstance(item, dict):
            raise Unreadable("item.not_an_object")
        return _event(item)
    except Unreadable as error:
        return BadEvent(_printable(raw[:_MOST_RAW]), error.reason)
    except RecursionError:
        return BadEvent("", "json.too_deep")


def _items(window: _Window) -> Iterator[object]:
    decoder = json.JSONDecoder()
    while True:
        window.at = _BETWEEN.match(window.text, window.at).end()  # type: ignore[union-attr]  # it matches "" too
        if window.text.startswith("]", window.at):
            return
        try:
            item, end = decoder.raw_decode(window.text, window.at)
        except (ValueError, RecursionError) as error:
            if isinstance(error, ValueError) and window.more():
                continue
            yield BadEvent(window.shown(), _breakage(window, error))
            return
        # A number or a word may go on in the next chunk; an object may not.
        if end == len(window.text) and window.more():
            continue
        yield item
        window.at = end


def _breakage(window: _Window, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "json.too_deep"
    # Broken JSON within the document looks the same until the bound is reached; there is no way to find the next item.
    return "document.cut_off" if window.ended else "item.unreadable"


def _printable(raw: str) -> str:
    return raw.encode("utf-8", "backslashreplace").decode()


def _single(document: str) -> Event | BadEvent:
    try:
        found = json.loads(document)
    except (ValueError, RecursionError):
        return BadEvent(_printable(document[:_MOST_RAW]), "document.no_items")
    return read_activity(found)


def _event(item: Fields) -> Event:
    kind = _first(item.get("type"))
    if kind in _SAYING:
        return _posted(item, item)
    if kind == "Delete":
        return _deleted(item)
    said = item.get("object")
    if kind == "Create" and isinstance(said, dict):
        return _posted(said, item)
    if kind == "Update" and isinstance(said, dict) and _first(said.get("type")) in _SAYING:
        at = moment(said, "updated") if said.get("updated") else _published(item)
        return Edited(network=NETWORK, origin="", native_id=an_id(said, "id", None), text=_text(said), edited_at=at)
    # Sharing, liking and following say nothing in words; their kind is told instead of being passed over.
    raise Unreadable("activity.not_a_post", kind[:50] if isinstance(kind, str) and kind.isalpha() else "")


def _published(item: Fields) -> datetime:
    return moment(item, "published") if item.get("published") else clock.now()


def _posted(said: Fields, activity: Fields) -> Posted:
    native_id, parent_id = an_id(said, "id", None), _reference(said.get("inReplyTo"))
    author = _reference(said.get("attributedTo")) or _reference(activity.get("actor"))
    readers = _references(said.get("to")) + _references(said.get("cc"))
    is_public = not _PUBLIC.isdisjoint(readers)
    return Posted(
        network=NETWORK,
        origin="",
        native_id=native_id,
        author=Author(native_id=author, handle=_handle(author), url=_link(author)) if author else None,
        text=_text(said),
        posted_at=moment(said if said.get("published") else activity, "published"),
        kind=_kind(said, parent_id, is_public, readers),
        visibility=Visibility.PUBLIC if is_public else Visibility.PRIVATE,
        url=_link(_reference(said.get("url"))) or _link(native_id),
        language=_language(said),
        parent_id=parent_id,
        root_id="" if parent_id else native_id,
        mentions=_mentions(said.get("tag")),
        quoted=_quoted(said),
    )


def _quoted(said: Fields) -> Quoted | None:
    """What it quotes, which it tells by its address alone: as FEP-044f has it, or as servers had it before."""
    try:
        found = next((one for name in _QUOTES if (one := _reference(said.get(name)))), "")
    except Unreadable:  # no reason to lose the post that quotes it
        return Quoted()
    return Quoted(found, _link(found)) if found else None


def _deleted(item: Fields) -> Deleted | AccountGone:
    gone, at = an_id({"object": _reference(item.get("object"))}, "object", None), _published(item)
    if gone == _reference(item.get("actor")):
        return AccountGone(network=NETWORK, origin="", native_id=gone, gone_at=at)
    return Deleted(network=NETWORK, origin="", native_id=gone, deleted_at=at)


def _kind(said: Fields, parent_id: str, is_public: bool, readers: list[str]) -> PostKind:
    if not is_public and not any(reader.endswith("/followers") for reader in readers):
        return PostKind.MESSAGE
    if _first(said.get("type")) == "Article":
        return PostKind.ARTICLE
    return PostKind.COMMENT if parent_id else PostKind.POST


def _text(said: Fields) -> str:
    """What was said, in plain words. A summary is the content warning and stands before it."""
    content = said.get("content")
    if not isinstance(content, str) and isinstance(said.get("contentMap"), dict):
        content = next(iter(said["contentMap"].values()), "")
    parts = (said.get("name"), said.get("summary"), content)
    plain = (text.from_html(part[:_MOST_HTML], most=MOST_TEXT) for part in parts if isinstance(part, str))
    return text.clean("\n\n".join(part for part in plain if part), most=MOST_TEXT)


def _language(said: Fields) -> str:
    languages = said.get("contentMap")
    if not isinstance(languages, dict) or len(languages) != 1:
        return ""
    return text.clean(str(next(iter(languages))), most=35)


def _mentions(tags: object) -> tuple[str, ...]:
    found = (tag for tag in (tags if isinstance(tags, list) else []) if isinstance(tag, dict))
    names = [tag.get("name") or tag.get("href") for tag in found if tag.get("type") == "Mention"]
    return tuple(text.clean(name, most=300).removeprefix("@") for name in names[:MOST_MENTIONS] if type(name) is str)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _reference(value: Any) -> str:
    """The id that a value stands for: text, or an object with an id or a link, alone or the first of several."""
    value = _first(value)
    if isinstance(value, dict):
        value = value.get("id") or value.get("href")
    return an_id({"id": value}, "id") if isinstance(value, str) else ""


def _references(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _link(value: str) -> str:
    return value if value.startswith(("https://", "http://")) else ""


def _handle(author: str) -> str:
    """name@host as people write it, where the address of the profile shows the name; a guess for showing, no key."""
    try:
        parts = urlsplit(author)
    except ValueError:
        return ""
    name = _USER.search(parts.path)
    return f"{name[1]}@{parts.hostname}" if name and parts.hostname else ""

"""What stands beside an entry of a feed: enclosures, Media RSS (media:content, media:thumbnail), JSON attachments.

Media RSS is how YouTube, Flickr and many newspapers tell of pictures: https://www.rssboard.org/media-rss. What it says
that they show, the parser takes for words of the entry, so it stands in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resonanz.core import text
from resonanz.networks.contract import Media, MediaKind

MOST = 16
_MOST_URL, _MOST_ALT = 2_000, 1_500
_KINDS = {"image": MediaKind.IMAGE, "video": MediaKind.VIDEO, "audio": MediaKind.AUDIO}
_ENDINGS = {
    MediaKind.IMAGE: ("jpg", "jpeg", "png", "gif", "webp", "avif"),
    MediaKind.VIDEO: ("mp4", "webm", "mov", "m4v"),
    MediaKind.AUDIO: ("mp3", "m4a", "ogg", "opus", "wav"),
}


def xml_media(entry: Any) -> tuple[Media, ...]:
    """What an entry of RSS or Atom brings, each address once."""
    thumbnails = entry.get("media_thumbnail") or []
    preview = next((link for one in thumbnails if isinstance(one, dict) and (link := _url(one.get("url")))), "")
    found = [*_contents(entry, preview), *_enclosures(entry, preview)]
    if preview and not found:
        found = [Media(MediaKind.IMAGE, preview)]
    return _each_once(found)


def json_media(item: dict[str, Any]) -> tuple[Media, ...]:
    """What an item of a JSON Feed brings: its picture and its attachments."""
    found = [Media(MediaKind.IMAGE, image)] if (image := _url(item.get("image"))) else []
    attachments = item.get("attachments")
    for one in attachments[:MOST] if isinstance(attachments, list) else []:
        if isinstance(one, dict) and (url := _url(one.get("url"))):
            found.append(Media(_kind(one.get("mime_type"), url), url, alt=_alt(one.get("title"))))
    return _each_once(found)


def _contents(entry: Any, preview: str) -> Iterator[Media]:
    for one in (entry.get("media_content") or [])[:MOST]:
        if isinstance(one, dict) and (url := _url(one.get("url"))):
            kind = _KINDS.get(str(one.get("medium"))) or _kind(one.get("type"), url)
            width, height = _pixels(one.get("width")), _pixels(one.get("height"))
            yield Media(kind, url, preview, width=width, height=height)


def _enclosures(entry: Any, preview: str) -> Iterator[Media]:
    for one in (entry.get("enclosures") or [])[:MOST]:
        if isinstance(one, dict) and (url := _url(one.get("href"))):
            yield Media(_kind(one.get("type"), url), url, preview)


def _each_once(found: list[Media]) -> tuple[Media, ...]:
    return tuple({one.url: one for one in reversed(found)}.values())[::-1][:MOST]


def _kind(content_type: object, url: str) -> MediaKind:
    """By the type it is said to have, else by the end of its address."""
    if isinstance(content_type, str) and content_type:
        return _KINDS.get(content_type.partition("/")[0].strip().lower(), MediaKind.DOCUMENT)
    ending = url.partition("?")[0].rpartition(".")[2].lower()
    return next((kind for kind, endings in _ENDINGS.items() if ending in endings), MediaKind.DOCUMENT)


def _url(value: object) -> str:
    found = value.strip() if isinstance(value, str) and len(value) <= _MOST_URL else ""
    return found if found.lower().startswith(("https://", "http://")) else ""


def _alt(value: object) -> str:
    return text.from_html(value[:_MOST_ALT], most=_MOST_ALT) if isinstance(value, str) else ""


def _pixels(value: object) -> int:
    digits = str(value)
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 6 else 0

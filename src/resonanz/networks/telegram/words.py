"""The words of a message as plain text: hidden links written out, and a sign for what stands beside the words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resonanz.core import text
from resonanz.networks.telegram.places import Found

MOST = 10_000
_MOST_ENTITIES = 100
_MOST_ADDRESS = 2_000
_MOST_NAME = 200
_MOST_OPTIONS = 12
_SIGNS = {
    "photo": "🖼", "paid_media": "🖼", "video": "🎬", "animation": "🎬", "video_note": "🎬", "story": "🎬", "voice": "🎤",
    "contact": "👤", "dice": "🎲",
}  # fmt: skip
"""What bears nothing that can be read. Of a contact nothing is kept: those are data of somebody who is not here."""
_NAMED = {"document": ("📎", "file_name"), "audio": ("🎵", "title")}


def words_of(found: Found) -> str:
    """All that the message says; "" for what only Telegram itself tells. Raises one of the usual faults."""
    said = "text" if found.get("text") else "caption"
    words = found.get(said) or ""
    if not isinstance(words, str):
        raise TypeError("no words")
    entities = entities_of(found.get("entities" if said == "text" else "caption_entities"))
    parts = [_linked(words[:MOST], entities), *_beside(found)]
    return text.clean("\n".join(part for part in parts if part), most=MOST)


def named_in(found: Found) -> tuple[tuple[str, ...], bool]:
    """The accounts that it names, by handle or by number; and whether it is an order to a bot, nothing else."""
    said = "text" if found.get("text") else "caption"
    words = str(found.get(said) or "")
    entities = entities_of(found.get("entities" if said == "text" else "caption_entities"))
    names = [name for one in entities if (name := _named(words, one))]
    starts = [one for one in entities if one.get("type") == "bot_command" and one.get("offset") == 0]
    is_start = any(_cut(words, one).partition("@")[0] == "/start" for one in starts)
    return tuple(dict.fromkeys(names))[:50], is_start


def entities_of(found: object) -> list[dict[str, Any]]:
    """Those that say where they stand."""
    listed = found[:_MOST_ENTITIES] if isinstance(found, list) else []
    return [one for one in listed if isinstance(one, dict) and _stands(one)]


def _stands(entity: dict[str, Any]) -> bool:
    offset, length = entity.get("offset"), entity.get("length")
    return isinstance(offset, int) and isinstance(length, int) and offset >= 0 and length > 0


def _cut(words: str, entity: dict[str, Any]) -> str:
    """Telegram counts in UTF-16."""
    whole = words.encode("utf-16-le", "surrogatepass")
    offset, length = int(entity["offset"]), int(entity["length"])
    return whole[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def _named(words: str, entity: dict[str, Any]) -> str:
    kind, user = entity.get("type"), entity.get("user")
    if kind == "text_mention" and isinstance(user, dict):
        return str(user["id"]) if isinstance(user.get("id"), int) else ""
    if kind == "mention":
        return _cut(words, entity).removeprefix("@")
    return _cut(words, entity).partition("@")[2] if kind == "bot_command" else ""


def _linked(words: str, entities: list[dict[str, Any]]) -> str:
    """With the addresses behind words written out."""
    links = [one for one in entities if one.get("type") == "text_link" and _is_address(one.get("url"))]
    whole = words.encode("utf-16-le", "surrogatepass")
    for one in sorted(links, key=lambda link: int(link["offset"]), reverse=True):
        end = min((int(one["offset"]) + int(one["length"])) * 2, len(whole))
        if one["url"].rstrip("/") not in words:
            whole = whole[:end] + f" ({one['url']})".encode("utf-16-le", "replace") + whole[end:]
    return whole.decode("utf-16-le", "replace")


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= _MOST_ADDRESS


def _beside(found: Found) -> Iterator[str]:
    yield from (sign for name, sign in _SIGNS.items() if found.get(name) and not _is_twice(found, name))
    for name, (sign, key) in _NAMED.items():
        if isinstance(one := found.get(name), dict) and not _is_twice(found, name):
            yield f"{sign} {_line(one.get(key))}".rstrip()
    if isinstance(sticker := found.get("sticker"), dict):
        yield _line(sticker.get("emoji")) or "🖼"
    yield from _where(found)
    if isinstance(poll := found.get("poll"), dict):
        yield f"📊 {_line(poll.get('question'))}"
        options = poll.get("options")
        for option in options[:_MOST_OPTIONS] if isinstance(options, list) else []:
            yield f"– {_line(option.get('text')) if isinstance(option, dict) else ''}"


def _is_twice(found: Found, name: str) -> bool:
    """A moving picture also comes as a document, for programs that know only those."""
    return name == "document" and bool(found.get("animation"))


def _where(found: Found) -> Iterator[str]:
    venue, location = found.get("venue"), found.get("location")
    if isinstance(venue, dict):
        yield f"📍 {_line(venue.get('title'))}, {_line(venue.get('address'))}"
    elif isinstance(location, dict) and location.get("live_period") is not None:
        yield "📍"  # every step of somebody on the way would come as an edit; where they are is not kept
    elif isinstance(location, dict):
        at = [location.get(name) for name in ("latitude", "longitude")]
        yield "📍 " + ", ".join(f"{one:.5f}" for one in at if isinstance(one, int | float) and abs(one) <= 180)


def _line(value: object) -> str:
    return " ".join(text.clean(value, most=_MOST_NAME).split()) if isinstance(value, str) else ""

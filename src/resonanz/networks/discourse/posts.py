"""A post as Discourse describes it, as an event of the house. The same for what is asked and what is brought."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin

from resonanz.core import clock, text
from resonanz.networks.contract import (
    Account,
    Author,
    Deleted,
    Edited,
    Media,
    MediaKind,
    Posted,
    PostKind,
    Visibility,
)
from resonanz.networks.discourse.client import base, host

NAME = "discourse"
FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What reading foreign JSON that lies about its shape can raise."""
_SAID = frozenset({1, 2})
"""Kinds of posts that people write for all who read the topic; not whispers among staff, nor notes of the forum."""
_MOST_TEXT = 40_000
_MOST_HTML = 60_000
_MOST_PICTURES = 10
_MOST_MENTIONS = 50
_ASIDE = re.compile(r"<(/?)aside\b([^<>]{0,2000})>", re.IGNORECASE)
_SOURCE = re.compile(r'data-onebox-src="([^"<>]{1,2000})"')
_MENTION = re.compile(r'<a\b[^<>]{0,300}?\bclass="mention"[^<>]{0,300}?>@([\w.-]{1,100})</a>', re.IGNORECASE)
_IMAGE = re.compile(r"<img\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'\b(src|alt|class|width|height)="([^"<>]{0,2000})"')
_NO_PICTURE = ("emoji", "avatar", "site-icon")

Found = Mapping[str, Any]


def posted(found: Found, account: Account, *, is_private: bool, title: str = "", addressed: bool = False) -> Posted:
    """What somebody said. Raises one of FAULTS. `title` is that of its topic, and part of the words of its first post.

    The thread is the topic, "t" and its number: no post names the first one by its id.
    """
    number, topic_id = whole(found["post_number"]), whole(found["topic_id"])
    cooked = without_others_words(_string(found["cooked"]))
    title = _title(found) or text.clean(title, most=500)
    words = text.from_html(cooked, most=_MOST_TEXT)
    mentions = mentions_in(cooked)
    ours = account.handle.casefold()
    said_to_us = addressed or is_private or _answers(found, ours) or ours in {name.casefold() for name in mentions}
    return Posted(
        network=NAME,
        origin=host(account),
        native_id=id_of(found),
        author=_author(found, account),
        text=text.clean(f"{title}\n\n{words}" if number == 1 and title else words, most=_MOST_TEXT),
        posted_at=min(moment(found["created_at"]), clock.now()),
        kind=PostKind.MESSAGE if is_private else PostKind.POST if number == 1 else PostKind.COMMENT,
        visibility=Visibility.PRIVATE if is_private else Visibility.PUBLIC,
        url=address_of(found, account),
        root_id=f"t{topic_id}",
        mentions=mentions,
        addressed=said_to_us,
        media=pictures(cooked, account),
    )


def edited(said: Posted, found: Found) -> Edited:
    """That it reads otherwise now. Raises one of FAULTS."""
    return Edited(
        network=NAME,
        origin=said.origin,
        native_id=said.native_id,
        text=said.text,
        edited_at=min(moment(found["updated_at"]), clock.now()),
        media=said.media,
    )


def deleted(native_id: str, account: Account) -> Deleted:
    """The post is gone, or nobody may read it any more."""
    return Deleted(network=NAME, origin=host(account), native_id=native_id, deleted_at=clock.now())


def is_said(found: Found) -> bool:
    """Whether a person said it and others may read it. Raises one of FAULTS."""
    return (
        found.get("post_type", 1) in _SAID
        and whole(found["user_id"], least=-10) > 0
        and not found.get("hidden")
        and not is_gone(found)
    )


def is_gone(found: Found) -> bool:
    """Whether its author or a moderator took it away; for a day the forum still shows that there was something."""
    return bool(found.get("deleted_at") or found.get("user_deleted"))


def id_of(found: Found) -> str:
    """The number of a post, which stays when it moves to another topic. Raises one of FAULTS."""
    return str(whole(found["id"]))


def address_of(found: Found, account: Account) -> str:
    """Where people read it."""
    slug = quote(_string(found.get("topic_slug"))[:200], safe="-") or "-"
    return f"{base(account)}/t/{slug}/{whole(found['topic_id'])}/{whole(found['post_number'])}"


def version_of(found: Found) -> int:
    """How often it was edited, as the forum counts. Raises one of FAULTS."""
    return whole(found.get("version") or 1)


def without_others_words(cooked: str) -> str:
    """The post without what it quotes from others; of a preview of a page, its address is left."""
    cooked = cooked[:_MOST_HTML]
    parts: list[str] = []
    place, began, depth, source = 0, 0, 0, ""
    for tag in _ASIDE.finditer(cooked):
        if not tag[1]:
            depth += 1
            if depth == 1:
                began, found = tag.start(), _SOURCE.search(tag[2])
                source = f"<p>{found[1]}</p>" if found else ""
        elif depth:
            depth -= 1
            if not depth:
                parts += [cooked[place:began], source]
                place = tag.end()
    return "".join([*parts, cooked[place:]])


def mentions_in(cooked: str) -> tuple[str, ...]:
    """The accounts that a post names."""
    return tuple(dict.fromkeys(found[1] for found in _MENTION.finditer(cooked)))[:_MOST_MENTIONS]


def pictures(cooked: str, account: Account) -> tuple[Media, ...]:
    """The pictures of a post, but for small signs between the words."""
    found = (_picture(dict(_ATTRIBUTE.findall(tag[1])), account) for tag in _IMAGE.finditer(cooked))
    return tuple(one for one in found if one)[:_MOST_PICTURES]


def moment(value: object) -> datetime:
    """A time with its offset. Raises one of FAULTS."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("no date")
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a date without offset")
    return found.astimezone(UTC)


def whole(value: object, *, least: int = 1) -> int:
    """A number that counts something. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 2**53:
        raise ValueError("no number")
    return value


def _picture(attributes: dict[str, str], account: Account) -> Media | None:
    if any(word in attributes.get("class", "") for word in _NO_PICTURE) or not attributes.get("src"):
        return None
    address = urljoin(f"{base(account)}/", html.unescape(attributes["src"]))
    if not address.startswith(("https://", "http://")):
        return None
    sizes = [int(attributes.get(name, "")) if _is_size(attributes.get(name, "")) else 0 for name in ("width", "height")]
    alt = " ".join(text.clean(html.unescape(attributes.get("alt", "")), most=1_500).split())
    return Media(MediaKind.IMAGE, address, address, alt, *sizes)


def _is_size(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 6


def _author(found: Found, account: Account) -> Author:
    handle, name = text.clean(_string(found["username"]), most=255), _string(found.get("name"))
    if not handle:
        raise ValueError("no name")
    return Author(
        native_id=str(whole(found["user_id"])),
        handle=handle,
        name=" ".join(text.clean(name, most=200).split()) or handle,
        url=f"{base(account)}/u/{quote(handle, safe='')}",
    )


def _answers(found: Found, ours: str) -> bool:
    answered = found.get("reply_to_user")
    return isinstance(answered, dict) and str(answered.get("username") or "").casefold() == ours != ""


def _title(found: Found) -> str:
    return text.clean(_string(found.get("topic_title")), most=500)


def _string(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("no words")
    return value

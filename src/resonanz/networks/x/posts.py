"""A post as X describes it, as an event of the house. The same for what is asked and what is brought.

X renamed tweets to posts in what it answers and asks for (version 2.167), and not in what it brings; both are read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from resonanz.core import clock, text
from resonanz.networks.contract import Account, Author, Counted, Deleted, Media, MediaKind, Posted, PostKind, Quoted

NAME = "x"
ORIGIN = ""
"""Ids are unique on all of X."""
SITE = "https://x.com"
MOST_TEXT = 25_000
FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What reading foreign JSON that lies about its shape can raise."""
_MOST_LINKS = 50
_MOST_MEDIA = 8
_MOST_MENTIONS = 50
_ID = re.compile(r"[0-9]{1,19}")
_HANDLE = re.compile(r"\w{1,50}", re.ASCII)
_KINDS = {"photo": MediaKind.IMAGE, "video": MediaKind.VIDEO, "animated_gif": MediaKind.VIDEO}
_REPLIED, _QUOTED = "replied_to", "quoted"
_REPOSTED = frozenset({"retweeted", "reposted"})
_EPOCH_MS = 1_288_834_974_657
"""When X began to count: its ids hold the time in thousandths of a second from here on, above 22 bits."""

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Beside:
    """What X puts beside posts instead of into them: `users` and other `posts` by their ids, `media` by their keys."""

    users: Mapping[str, Found] = field(default_factory=dict)
    posts: Mapping[str, Found] = field(default_factory=dict)
    media: Mapping[str, Found] = field(default_factory=dict)

    @classmethod
    def read(cls, answer: Found) -> Beside:
        """The includes of an answer, or of an event."""
        found = answer.get("includes")
        found = found if isinstance(found, dict) else {}
        posts = [*_objects(found.get("posts")), *_objects(found.get("tweets"))]
        users = [one["data"] if isinstance(one.get("data"), dict) else one for one in _objects(found.get("users"))]
        return cls(
            users={one["id"]: one for one in users if isinstance(one.get("id"), str)},
            posts={one["id"]: one for one in posts if isinstance(one.get("id"), str)},
            media={
                one["media_key"]: one for one in _objects(found.get("media")) if isinstance(one.get("media_key"), str)
            },
        )


def posted(found: Found, beside: Beside, account: Account, *, addressed: bool = False) -> Posted:
    """What somebody said. Raises one of FAULTS.

    It is addressed to us where it names us, answers us or quotes us: then X lets us answer it, too.
    """
    native_id = id_of(found)
    parent = referenced(found, _REPLIED)
    author = _author(found, beside)
    mentions = tuple(_mentions(found))
    to_us = addressed or _is_to(account, found, beside, mentions)
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author,
        text=_words(found),
        posted_at=min(moment(found["created_at"]), clock.now()),
        kind=PostKind.COMMENT if parent else PostKind.POST,
        url=f"{SITE}/{author.handle or 'i'}/status/{native_id}",
        language=_language(found),
        parent_id=parent,
        root_id=str(found["conversation_id"]) if _is_id(found.get("conversation_id")) else parent or native_id,
        mentions=mentions,
        addressed=to_us and author.native_id != account.native_id,
        media=tuple(_media(found, beside)),
        quoted=_quoted(found, beside),
    )


def counted(found: Found) -> Counted:
    """How often it was liked, passed on, answered and seen. Raises one of FAULTS."""
    numbers = found.get("public_metrics")
    numbers = numbers if isinstance(numbers, dict) else {}
    reposts = _number(numbers, "repost_count") or _number(numbers, "retweet_count")
    quotes = _number(numbers, "quote_count")
    return Counted(
        network=NAME,
        origin=ORIGIN,
        native_id=id_of(found),
        counted_at=clock.now(),
        likes=_number(numbers, "like_count"),
        shares=None if reposts is None and quotes is None else (reposts or 0) + (quotes or 0),
        replies=_number(numbers, "reply_count"),
        views=_number(numbers, "impression_count"),
    )


def deleted(native_id: str) -> Deleted:
    """The post is gone, or nobody may read it any more."""
    return Deleted(network=NAME, origin=ORIGIN, native_id=native_id, deleted_at=clock.now())


def earlier_versions(found: Found) -> tuple[str, ...]:
    """The ids that the post had before it was edited: each edit makes a new post, and the old one is to be forgotten.

    Raises one of FAULTS.
    """
    native_id = int(id_of(found))
    return tuple(one for one in _history(found) if int(one) < native_id)


def newest_version(found: Found) -> str:
    """The id under which the post stands today. Raises one of FAULTS."""
    return max([id_of(found), *_history(found)], key=int)


def is_protected(found: Found, beside: Beside) -> bool:
    """Whether only those may read it whom its author lets: we may not keep it."""
    author = found.get("author_id")
    return isinstance(author, str) and beside.users.get(author, {}).get("protected") is True


def is_repost(found: Found) -> bool:
    """Whether it only passes on what somebody else said."""
    return any(kind in _REPOSTED for kind, _ in _references(found))


def referenced(found: Found, kind: str) -> str:
    """The id of the post that this one answers ("replied_to") or quotes ("quoted"); "" for none."""
    return next((native_id for named, native_id in _references(found) if named == kind), "")


def id_of(found: Found) -> str:
    """The id of a post. Raises one of FAULTS."""
    return checked_id(found["id"])


def checked_id(value: object) -> str:
    """What can be an id of X, and so stand in an address. Raises ValueError."""
    if not _is_id(value):
        raise ValueError("no id")
    return str(value)


def said_at(native_id: str) -> datetime:
    """When a post was made, as its id tells."""
    return datetime.fromtimestamp(((int(native_id) >> 22) + _EPOCH_MS) / 1000, UTC)


def id_at(moment: datetime) -> str:
    """The least id that a post made then can have."""
    return str(max((int(moment.timestamp() * 1000) - _EPOCH_MS) << 22, 1))


def moment(value: object) -> datetime:
    """A time with its offset. Raises one of FAULTS."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("no date")
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a date without offset")
    return found.astimezone(UTC)


def _words(found: Found) -> str:
    """The words, with addresses as people wrote them, and without those of its own pictures. Raises one of FAULTS."""
    whole = found.get("note_post") or found.get("note_tweet")
    source = whole if isinstance(whole, dict) and isinstance(whole.get("text"), str) else found
    words = source["text"]
    if not isinstance(words, str):
        raise TypeError("no words")
    words = html.unescape(words[:MOST_TEXT])
    for short, long in _links(source):
        words = words.replace(short, long)
    return text.clean(words, most=MOST_TEXT)


def _links(source: Found) -> Iterator[tuple[str, str]]:
    for link in _objects(_part(source, "entities").get("urls"))[:_MOST_LINKS]:
        short, long = link.get("url"), link.get("unwound_url") or link.get("expanded_url")
        if not isinstance(short, str) or not short.startswith("https://t.co/") or not isinstance(long, str):
            continue
        is_picture = "media_key" in link or str(link.get("display_url")).startswith(("pic.x.com", "pic.twitter.com"))
        yield short, "" if is_picture else long if long.startswith(("http://", "https://")) else short


def _author(found: Found, beside: Beside) -> Author:
    native_id = checked_id(found["author_id"])
    user = beside.users.get(native_id, {})
    handle = user.get("username") or found.get("username") or ""
    handle = handle if isinstance(handle, str) and _HANDLE.fullmatch(handle) else ""
    name = user.get("name")
    named = " ".join(text.clean(name, most=200).split()) if isinstance(name, str) else ""
    return Author(
        native_id=native_id,
        handle=handle,
        name=named or handle,
        url=f"{SITE}/{handle}" if handle else f"{SITE}/i/user/{native_id}",
    )


def _mentions(found: Found) -> Iterator[str]:
    for one in _objects(_part(found, "entities").get("mentions"))[:_MOST_MENTIONS]:
        handle, native_id = one.get("username"), one.get("id")
        if isinstance(handle, str) and _HANDLE.fullmatch(handle):
            yield handle
        elif _is_id(native_id):
            yield str(native_id)


def _is_to(account: Account, found: Found, beside: Beside, mentions: Iterable[str]) -> bool:
    ours = account.native_id
    names_us = {account.handle.casefold(), ours} - {""}
    if any(named.casefold() in names_us for named in mentions):
        return True
    if not ours:
        return False
    if any(one.get("id") == ours for one in _objects(_part(found, "entities").get("mentions"))):
        return True  # also under another name than the one by which we know ourselves
    quoted = beside.posts.get(referenced(found, _QUOTED), {})
    return ours in (found.get("in_reply_to_user_id"), quoted.get("author_id"))


def _quoted(found: Found, beside: Beside) -> Quoted | None:
    """Which post it quotes, never its words: X wants them gone when they change there, and nobody would tell us."""
    native_id = referenced(found, _QUOTED)
    if not native_id:
        return None
    quoted = beside.posts.get(native_id, {})
    if is_protected(quoted, beside):
        return Quoted()
    author = None
    if _is_id(quoted.get("author_id")):
        who = _author(quoted, beside)
        author = Author(who.native_id, who.handle, url=who.url)
    handle = author.handle if author else ""
    return Quoted(native_id, f"{SITE}/{handle or 'i'}/status/{native_id}", author)


def _media(found: Found, beside: Beside) -> Iterator[Media]:
    keys = _part(found, "attachments").get("media_keys")
    for key in keys[:_MOST_MEDIA] if isinstance(keys, list) else []:
        item = beside.media.get(key) if isinstance(key, str) else None
        kind = _KINDS.get(str(item.get("type"))) if item else None
        preview = _address(item, "preview_image_url") if item else ""
        url = (_address(item, "url") if item else "") or preview
        if item is None or kind is None or not url:
            continue
        alt = item.get("alt_text")
        yield Media(
            kind,
            url,
            preview or url,
            " ".join(text.clean(alt, most=1_500).split()) if isinstance(alt, str) else "",
            _number(item, "width") or 0,
            _number(item, "height") or 0,
        )


def _references(found: Found) -> list[tuple[str, str]]:
    named = found.get("referenced_posts") or found.get("referenced_tweets")
    return [
        (one["type"], one["id"])
        for one in _objects(named)
        if isinstance(one.get("type"), str) and _is_id(one.get("id"))
    ]


def _history(found: Found) -> list[str]:
    ids = found.get("edit_history_post_ids") or found.get("edit_history_tweet_ids")
    return [one for one in ids if _is_id(one)] if isinstance(ids, list) else []


def _language(found: Found) -> str:
    """X says "und" where it does not know, and q… for what is no language (only links, only pictures)."""
    language = found.get("lang")
    known = isinstance(language, str) and re.fullmatch(r"[a-z]{2}(-[A-Za-z]{2,4})?", language)
    return str(language) if known else ""


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and _ID.fullmatch(value) is not None


def _part(found: Found, name: str) -> Found:
    part = found.get(name)
    return part if isinstance(part, dict) else {}


def _objects(values: object) -> list[dict[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _address(item: Found, name: str) -> str:
    found = item.get(name)
    return found if isinstance(found, str) and found.startswith("https://") and len(found) <= 2_000 else ""


def _number(found: Found, name: str) -> int | None:
    number = found.get(name)
    is_number = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**31
    return number if is_number else None

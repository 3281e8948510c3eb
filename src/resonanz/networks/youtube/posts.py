"""Comments and films as YouTube describes them, as events of the house."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from resonanz.core import clock, text
from resonanz.networks.contract import Account, Author, Counted, Deleted, Edited, Media, MediaKind, Posted, PostKind

NAME = "youtube"
ORIGIN = ""
"""Ids are unique on all of YouTube."""
SITE = "https://www.youtube.com"
MOST_TEXT = 10_000
FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What reading foreign JSON that lies about its shape can raise."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}(?:\.[A-Za-z0-9_-]{1,128})?", re.ASCII)
_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_HANDLE = re.compile(r"(?<![\w.@])@([\w.·-]{3,30})")
_SIZES = ("maxres", "standard", "high", "medium", "default")
_MOST_MENTIONS = 20

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """What is kept of a comment or film to see what became of it: its wording as a number, and its counts."""

    said: int
    version: int
    likes: int
    replies: int
    views: int = 0


def commented(found: Found, account: Account, *, video_id: str) -> Posted:
    """A comment below a film, or an answer to one. Raises one of FAULTS.

    The comment with which a thread begins is its root: below a film that a thousand people talk of stand as many talks.
    """
    native_id, snippet = id_of(found), part(found, "snippet")
    root_id = native_id.partition(".")[0]
    author = _author(snippet)
    words = _words(snippet)
    ours = author is not None and author.native_id == account.native_id
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author,
        text=words,
        posted_at=moment(snippet["publishedAt"]),
        kind=PostKind.COMMENT,
        url=address_of(native_id, video_id),
        parent_id=root_id if is_reply(native_id) else video_id,
        root_id=root_id,
        mentions=_mentions(words),
        addressed=not ours,
    )


def shown(found: Found) -> Posted:
    """A film: its title and what stands below it. Raises one of FAULTS."""
    native_id, snippet = checked_video(found["id"]), part(found, "snippet")
    title, below = _plain(snippet["title"]), _plain(snippet.get("description") or "")
    words = text.clean(f"{title}\n\n{below}".strip(), most=MOST_TEXT)
    language = snippet.get("defaultLanguage") or snippet.get("defaultAudioLanguage")
    channel = _channel(snippet["channelId"])
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=Author(channel, name=_line(snippet.get("channelTitle")), url=f"{SITE}/channel/{channel}"),
        text=words,
        posted_at=moment(snippet["publishedAt"]),
        kind=PostKind.POST,
        url=address_of("", native_id),
        language=language if isinstance(language, str) and re.fullmatch(r"[a-z]{2}(-[A-Za-z]{2,4})?", language) else "",
        root_id=native_id,
        mentions=_mentions(words),
        media=_media(native_id, snippet),
    )


def state_of_comment(found: Found, said: Posted, *, replies: int = 0) -> State:
    """Of a comment; `replies`: below it."""
    likes = number(part(found, "snippet").get("likeCount")) or 0
    return State(_seconds(said), version_of(said.text), likes, replies)


def state_of_video(found: Found, said: Posted) -> State:
    """Of a film. Who hides its likes, or has no comments, tells none of them."""
    told = part(found, "statistics")
    likes, replies, views = (number(told.get(name)) or 0 for name in ("likeCount", "commentCount", "viewCount"))
    return State(_seconds(said), version_of(said.text), likes, replies, views)


def _seconds(said: Posted) -> int:
    """When it was said, as a cursor keeps it: a cursor reads no number below 0."""
    return max(int(said.posted_at.timestamp()), 0)


def counted(native_id: str, state: State, *, is_video: bool = False) -> Counted:
    """How often it was liked, answered and seen."""
    return Counted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        counted_at=clock.now(),
        likes=state.likes,
        replies=None if is_reply(native_id) else state.replies,
        views=state.views if is_video else None,
    )


def edited(said: Posted, found: Found) -> Edited:
    """It reads otherwise now; when a film was changed, nobody says."""
    at = part(found, "snippet").get("updatedAt")
    return Edited(
        network=NAME,
        origin=ORIGIN,
        native_id=said.native_id,
        text=said.text,
        edited_at=moment(at) if at else clock.now(),
        media=said.media or None,
    )


def deleted(native_id: str) -> Deleted:
    """It is gone, or nobody but its author may see it any more."""
    return Deleted(network=NAME, origin=ORIGIN, native_id=native_id, deleted_at=clock.now())


def is_rejected(found: Found) -> bool:
    """Whether somebody who moderates the channel took the comment away for good."""
    return part(found, "snippet").get("moderationStatus") == "rejected"


def is_public(video: Found) -> bool:
    """Whether everybody may see a film; among our own there are also those that nobody shall see yet."""
    return part(video, "status").get("privacyStatus") == "public"


def is_reply(native_id: str) -> bool:
    """Whether a comment stands below another one: then its id begins with that one's."""
    return "." in native_id


def is_video(native_id: str) -> bool:
    """Whether it is a film and no comment; ids of comments are longer."""
    return _VIDEO.fullmatch(native_id) is not None


def id_of(found: Found) -> str:
    """The id of a comment. Raises one of FAULTS."""
    return checked_id(found["id"])


def checked_id(value: object) -> str:
    """What can be the id of a comment or film, and so stand in an address. Raises ValueError."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("no id")
    return value


def checked_video(value: object) -> str:
    """What can be the id of a film. Raises ValueError."""
    if not isinstance(value, str) or not is_video(value):
        raise ValueError("no film")
    return value


def moment(value: object) -> datetime:
    """A time with its offset, never one to come. Raises one of FAULTS."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("no date")
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a date without offset")
    return min(found.astimezone(UTC), clock.now())


def address_of(native_id: str, video_id: str) -> str:
    """Where people read a comment, or see a film."""
    if not video_id:
        return ""
    return f"{SITE}/watch?v={video_id}" + (f"&lc={native_id}" if native_id else "")


def version_of(words: str) -> int:
    """A number that changes with the words."""
    return zlib.crc32(words.encode())


def number(value: object) -> int | None:
    """How many; YouTube writes large numbers as words. None where it is not told."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def part(found: Found, name: str) -> Found:
    """A part of a resource; an empty one where it is missing. Raises one of FAULTS."""
    inside = found.get(name)
    return inside if isinstance(inside, dict) else {}


def _words(snippet: Found) -> str:
    """What was written; asked for as plain text, so no part of it is HTML."""
    words = snippet.get("textOriginal") or snippet["textDisplay"]
    return text.clean(_plain(words), most=MOST_TEXT)


def _plain(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no words")
    return value


def _line(value: object) -> str:
    return " ".join(text.clean(value, most=200).split()) if isinstance(value, str) else ""


def _author(snippet: Found) -> Author | None:
    """Nobody, where YouTube no longer says who it was."""
    told = part(snippet, "authorChannelId").get("value")
    if told is None:
        return None
    channel, name = _channel(told), _line(snippet.get("authorDisplayName"))
    handle = name[1:] if _HANDLE.fullmatch(name) else ""
    return Author(channel, handle=handle, name=name, url=f"{SITE}/channel/{channel}")


def _channel(value: object) -> str:
    found = checked_id(value)
    if is_reply(found):
        raise ValueError("no channel")
    return found


def _mentions(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.rstrip(".") for found in _HANDLE.findall(words)))[:_MOST_MENTIONS]


def _media(native_id: str, snippet: Found) -> tuple[Media, ...]:
    pictures = part(snippet, "thumbnails")
    for size in _SIZES:
        url = part(pictures, size).get("url")
        if isinstance(url, str) and url.startswith("https://") and len(url) <= 2_000:
            return (Media(MediaKind.VIDEO, address_of("", native_id), url),)
    return ()

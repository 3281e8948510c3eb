"""Posts, comments and messages as Reddit describes them, as events of the house."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from resonanz.core import clock, text
from resonanz.networks.contract import (
    Account,
    AccountGone,
    Author,
    Counted,
    Deleted,
    Edited,
    Media,
    MediaKind,
    Posted,
    PostKind,
    Quoted,
    Visibility,
)

NAME = "reddit"
ORIGIN = ""
"""Ids are unique on all of Reddit."""
SITE = "https://www.reddit.com"
MOST_TEXT = 40_000
FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What reading foreign JSON that lies about its shape can raise."""
COMMENT, POST, MESSAGE = "t1", "t3", "t4"
_ID = re.compile(r"(t[134])_[0-9a-z]{1,13}", re.ASCII)
_NAME = re.compile(r"[\w-]{1,30}", re.ASCII)
_PATH = re.compile(r"/[\w/%.~-]{1,500}")
_THREAD = re.compile(r"/comments/([0-9a-z]{1,13})/", re.ASCII)
_MENTION = re.compile(r"(?<![\w/])/?u/([\w-]{3,20})", re.ASCII)
_DELETED = "[deleted]"
_GONE = frozenset({_DELETED, "[removed]", "[ Removed by Reddit ]"})
_CLOSED = frozenset({"private", "employees_only", "gold_only"})
"""Kinds of subreddits that only their members read."""
_MOST_MENTIONS = 20

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """What is kept of something that was heard to see what became of it. `is_to_us`: the others are let go first."""

    said: int
    version: int
    score: int
    answers: int
    is_to_us: bool
    author: str


def heard(thing: object, account: Account, *, in_inbox: bool = False) -> Posted:
    """What somebody said, by a thing of a list. Raises one of FAULTS."""
    kind, found = opened(thing)
    if kind == MESSAGE:
        return _message(found, account)
    return _comment(found, account, in_inbox=in_inbox) if kind == COMMENT else _post(found, account)


def opened(thing: object) -> tuple[str, Found]:
    """Its kind, and what is in it. Raises one of FAULTS."""
    data = thing["data"]  # type: ignore[index] # what it is, is caught
    if not isinstance(data, dict):
        raise TypeError("no thing")
    return kind_of(checked_id(data["name"])), data


def state_of(thing: object, said: Posted) -> State:
    """To be kept. What is passed on with it counts as part of its words. Raises one of FAULTS."""
    _, found = opened(thing)
    words = said.text if said.quoted is None else f"{said.text}\n{said.quoted.native_id}\n{said.quoted.text}"
    return State(
        said=int(said.posted_at.timestamp()),
        version=zlib.crc32(words.encode()),
        score=max(_number(found.get("score")), 0),
        answers=max(_number(found.get("num_comments")), 0),
        is_to_us=said.addressed,
        author=said.author.native_id if said.author else "",
    )


def said_at(thing: object) -> int:
    """When, in seconds since 1970. Raises one of FAULTS."""
    _, found = opened(thing)
    return int(_moment(found["created_utc"]).timestamp())


def is_gone(thing: object) -> bool:
    """Whether its author deleted it, or somebody who moderates took it away. Raises one of FAULTS."""
    kind, found = opened(thing)
    if kind == POST and (found.get("removed_by_category") or found.get("title") == _DELETED):
        return True
    words = found.get("selftext") if kind == POST else found.get("body")
    return isinstance(words, str) and words.strip() in _GONE


def has_no_author(thing: object) -> bool:
    """Whether the account that said it is gone, while the words still stand there. Raises one of FAULTS."""
    _, found = opened(thing)
    return found.get("author") == _DELETED


def counted(native_id: str, state: State) -> Counted:
    """Its votes, and how often it was answered where Reddit tells that."""
    return Counted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        counted_at=clock.now(),
        likes=state.score,
        replies=state.answers if kind_of(native_id) == POST else None,
    )


def edited(thing: object, said: Posted) -> Edited:
    """It reads otherwise now. Raises one of FAULTS."""
    _, found = opened(thing)
    at = found.get("edited")
    is_told = isinstance(at, int | float) and not isinstance(at, bool)
    unedited = said.posted_at if said.quoted else clock.now()  # what others said cannot be edited by who passes it on
    return Edited(
        network=NAME,
        origin=ORIGIN,
        native_id=said.native_id,
        text=said.text,
        edited_at=_moment(at) if is_told else unedited,
        media=said.media,
        quoted=said.quoted,
    )


def deleted(native_id: str) -> Deleted:
    """It is gone."""
    return Deleted(network=NAME, origin=ORIGIN, native_id=native_id, deleted_at=clock.now())


def account_gone(author: str) -> AccountGone:
    """The account is gone, and all that it said has to go."""
    return AccountGone(network=NAME, origin=ORIGIN, native_id=author, gone_at=clock.now())


def checked_id(value: object) -> str:
    """What Reddit calls the full name of a thing ("t1_abc"). Raises ValueError."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("no id")
    return value


def kind_of(native_id: str) -> str:
    """Whether it is a comment, a post or a message."""
    return native_id[:2]


def person(name: object) -> Author | None:
    """Somebody. Names never change at Reddit, and are the same in capitals. Raises ValueError."""
    if name is None or name == _DELETED:
        return None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("no name")
    return Author(name.casefold(), handle=name, name=name, url=f"{SITE}/user/{name}")


def _comment(found: Found, account: Account, *, in_inbox: bool) -> Posted:
    native_id, author = checked_id(found["name"]), person(found.get("author"))
    words = _words(found, "body")
    mentions, path = _mentions(words), found.get("permalink") or found.get("context")
    thread = _THREAD.search(path) if isinstance(path, str) else None
    root = found.get("link_id") or (f"{POST}_{thread[1]}" if thread else "")
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author,
        text=words,
        posted_at=_moment(found["created_utc"]),
        kind=PostKind.COMMENT,
        visibility=_visibility(found),
        url=_address(path),
        parent_id=checked_id(found["parent_id"]) if found.get("parent_id") else "",
        root_id=checked_id(root) if root else "",
        mentions=mentions,
        addressed=(in_inbox or _names(account, mentions)) and not _is_ours(author, account),
    )


def _post(found: Found, account: Account) -> Posted:
    native_id, author = checked_id(found["name"]), person(found.get("author"))
    link = found.get("url") if not found.get("is_self") else ""
    link = link if isinstance(link, str) and link.startswith("https://") and len(link) <= 2_000 else ""
    is_picture = link.startswith("https://i.redd.it/")
    title = text.clean(_plain(found["title"]), most=500)
    below = _words(found, "selftext") if found.get("selftext") else "" if is_picture else link
    words = text.clean(f"{title}\n\n{below}", most=MOST_TEXT)
    mentions = _mentions(words)
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author,
        text=words,
        posted_at=_moment(found["created_utc"]),
        kind=PostKind.POST,
        visibility=_visibility(found),
        url=_address(found.get("permalink")),
        root_id=native_id,
        mentions=mentions,
        addressed=_names(account, mentions) and not _is_ours(author, account),
        media=(Media(MediaKind.IMAGE, link),) if is_picture else (),
        quoted=_passed_on(found),
    )


def _passed_on(found: Found) -> Quoted | None:
    """The post of another subreddit that it carries (a crosspost); an empty one where that is gone, or not for all."""
    if not found.get("crosspost_parent"):
        return None
    carried = found.get("crosspost_parent_list")
    try:
        first = carried[0]  # type: ignore[index] # what it is, is caught
        if is_gone({"data": first}) or _visibility(first) is Visibility.PRIVATE:
            return Quoted()
        words = text.clean(_plain(first["title"]), most=500)
        below = _words(first, "selftext") if first.get("selftext") else ""
        said = f"{words}\n\n{below}" if below else words
        return Quoted(checked_id(first["name"]), _address(first.get("permalink")), person(first.get("author")), said)
    except (*FAULTS, IndexError):  # no reason to lose the post that passes it on
        return Quoted()


def _message(found: Found, account: Account) -> Posted:
    native_id, author = checked_id(found["name"]), person(found.get("author"))
    first = found.get("first_message_name")
    subject = text.clean(_plain(found.get("subject") or ""), most=300)
    words = _words(found, "body")
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author,
        text=words if first or not subject else f"{subject}\n\n{words}",
        posted_at=_moment(found["created_utc"]),
        kind=PostKind.MESSAGE,
        visibility=Visibility.PRIVATE,
        url=f"{SITE}/message/messages/{native_id[3:]}",
        parent_id=checked_id(found["parent_id"]) if found.get("parent_id") else "",
        root_id=checked_id(first) if first else native_id,
        addressed=not _is_ours(author, account),
    )


def _words(found: Found, name: str) -> str:
    """The words as people read them: Reddit tells them as HTML, too, without the signs of its markup."""
    shown = found.get(f"{name}_html")
    if isinstance(shown, str) and shown:
        return text.from_html(shown, most=MOST_TEXT)
    return text.clean(_plain(found[name]), most=MOST_TEXT)


def _visibility(found: Found) -> Visibility:
    return Visibility.PRIVATE if str(found.get("subreddit_type")) in _CLOSED else Visibility.PUBLIC


def _plain(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no words")
    return value


def _moment(value: object) -> datetime:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 2**33:
        raise ValueError("no date")
    return min(datetime.fromtimestamp(value, UTC), clock.now())


def _address(path: object) -> str:
    """Where people read it; Reddit tells paths, some with a question behind."""
    bare = path.partition("?")[0] if isinstance(path, str) else ""
    return f"{SITE}{bare}" if _PATH.fullmatch(bare) and not bare.startswith("//") else ""


def _mentions(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_MENTION.findall(words)))[:_MOST_MENTIONS]


def _names(account: Account, mentions: tuple[str, ...]) -> bool:
    return bool(account.native_id) and account.native_id in {one.casefold() for one in mentions}


def _is_ours(author: Author | None, account: Account) -> bool:
    return author is not None and author.native_id == account.native_id


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else 0

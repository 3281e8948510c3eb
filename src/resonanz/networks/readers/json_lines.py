"""Our own format, one event a line; docs/import-format.md describes it for people."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Set
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict, TypeVar

from resonanz.core import clock
from resonanz.networks.contract import (
    AccountGone,
    Author,
    BadEvent,
    Counted,
    Deleted,
    Edited,
    Event,
    Posted,
    PostKind,
    Quoted,
    Visibility,
)
from resonanz.networks.readers.fields import (
    MOST_MENTIONS,
    Fields,
    Unreadable,
    an_id,
    count,
    flag,
    link,
    moment,
    required,
    stars,
    words,
)

MOST_LINE = 1024 * 1024
_MOST_RAW = 1_000
_COMMON = frozenset({"type", "network", "origin", "id"})
_AUTHOR = frozenset({"id", "handle", "name", "url"})
_QUOTED = frozenset({"id", "url", "author", "text"})
_FIELDS: dict[str, frozenset[str]] = {
    "posted": _COMMON
    | {"author", "text", "posted_at", "kind", "visibility", "url", "language", "parent_id", "root_id"}
    | {"mentions", "addressed", "rating", "quoted"},
    "edited": _COMMON | {"text", "edited_at", "rating"},
    "deleted": _COMMON | {"deleted_at"},
    "account_gone": _COMMON | {"gone_at"},
    "counted": _COMMON | {"counted_at", "likes", "shares", "replies", "views"},
}
_NETWORK = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}")
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4})?")
Choice = TypeVar("Choice", bound=StrEnum)
_KINDS = {kind.value: kind for kind in PostKind}
_VISIBILITIES = {visibility.value: visibility for visibility in Visibility}


class _Where(TypedDict):
    network: str
    origin: str
    native_id: str


def read_lines(stream: io.BufferedReader) -> Iterator[tuple[int, Event | BadEvent]]:
    """Each line's number with its event or the reason why there is none; blank lines are passed over. Never raises on
    what the lines hold, and holds no more than MOST_LINE of any of them."""
    number, known_past = 0, clock.now()
    while line := stream.readline(MOST_LINE + 1):
        number += 1
        if len(line) > MOST_LINE and not line.endswith(b"\n"):
            _skip_line(stream)
            yield number, BadEvent(_shown(line[:_MOST_RAW]), "line.too_long")
        elif not line.isspace():
            yield number, read_line(line, known_past)


def read_line(line: bytes, known_past: datetime | None = None) -> Event | BadEvent:
    """The event of one line. A line without its end that is not whole JSON was cut off."""
    try:
        return _event(_object(line), known_past)
    except Unreadable as error:
        return BadEvent(_shown(line), error.reason)
    except UnicodeDecodeError:
        return BadEvent(_shown(line), "utf8.broken")
    except (ValueError, RecursionError) as error:
        if isinstance(error, RecursionError):
            return BadEvent(_shown(line), "json.too_deep")
        return BadEvent(_shown(line), "json.broken" if line.endswith(b"\n") else "line.cut_off")


def _skip_line(stream: io.BufferedReader) -> None:
    while piece := stream.readline(MOST_LINE):
        if piece.endswith(b"\n"):
            return


def _shown(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace").rstrip("\r\n")


def _object(line: bytes) -> Fields:
    found = json.loads(line.decode("utf-8").removeprefix("\ufeff"))
    if type(found) is not dict:
        raise Unreadable("json.not_an_object")
    return found


def _event(entry: Fields, known_past: datetime | None) -> Event:
    kind = required(entry, "type")
    known = _FIELDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        raise Unreadable("type.unknown")
    if not entry.keys() <= known:
        # A misspelt field would otherwise be lost without a word.
        raise Unreadable("field.unknown", _named(entry.keys() - known))
    return _READERS[str(kind)](entry, _where(entry), known_past)


def _named(fields: Set[str]) -> str:
    """The first of the names, unless it is no name at all: reasons end in tables and logs."""
    name = min(fields)
    return name if name.isidentifier() and name.isascii() and len(name) < 50 else "?"


def _where(entry: Fields) -> _Where:
    network = an_id(entry, "network", None)
    if not _NETWORK.fullmatch(network):
        raise Unreadable("field.not_a_name", "network")
    return {"network": network, "origin": an_id(entry, "origin"), "native_id": an_id(entry, "id", None)}


def _posted(entry: Fields, where: _Where, known_past: datetime | None) -> Posted:
    language = an_id(entry, "language")
    if not _LANGUAGE.fullmatch(language):
        raise Unreadable("field.not_a_language", "language")
    return Posted(
        **where,
        author=_author(entry.get("author")),
        text=words(entry, "text"),
        posted_at=moment(entry, "posted_at", known_past=known_past),
        kind=_choice(entry, "kind", _KINDS, PostKind.POST),
        visibility=_choice(entry, "visibility", _VISIBILITIES, Visibility.PUBLIC),
        url=link(entry, "url"),
        language=language,
        parent_id=an_id(entry, "parent_id"),
        root_id=an_id(entry, "root_id"),
        mentions=_mentions(entry.get("mentions", [])),
        addressed=flag(entry, "addressed"),
        rating=stars(entry, "rating"),
        quoted=_quoted(entry.get("quoted")),
    )


def _author(author: Any) -> Author | None:
    if author is None:
        return None
    _check(author, "author", _AUTHOR)
    try:
        return Author(
            native_id=an_id(author, "id", None),
            handle=an_id(author, "handle"),
            name=" ".join(words(author, "name", most=300, default="").split()),
            url=link(author, "url"),
        )
    except Unreadable as error:
        raise _within("author", error) from None


def _quoted(quoted: Any) -> Quoted | None:
    if quoted is None:
        return None
    _check(quoted, "quoted", _QUOTED)
    try:
        author, text = _author(quoted.get("author")), words(quoted, "text", default="")
        return Quoted(an_id(quoted, "id", None), link(quoted, "url"), author, text)
    except Unreadable as error:
        raise _within("quoted", error) from None


def _check(part: Any, name: str, known: frozenset[str]) -> None:
    if type(part) is not dict:
        raise Unreadable("field.wrong_type", name)
    if not part.keys() <= known:
        raise Unreadable("field.unknown", f"{name}.{_named(part.keys() - known)}")


def _within(name: str, error: Unreadable) -> Unreadable:
    """The same reason, with the object in which the field stands."""
    code, _, field = error.reason.partition(":")
    return Unreadable(code, f"{name}.{field}")


def _choice(entry: Fields, name: str, choices: dict[str, Choice], default: Choice) -> Choice:
    value = entry.get(name)
    if value is None:
        return default
    if type(value) is not str or value not in choices:
        raise Unreadable("field.not_a_choice", name)
    return choices[value]


def _mentions(mentions: Any) -> tuple[str, ...]:
    if type(mentions) is not list:
        raise Unreadable("field.wrong_type", "mentions")
    if len(mentions) > MOST_MENTIONS:
        raise Unreadable("field.too_long", "mentions")
    return tuple([an_id({"mentions": mention}, "mentions", None) for mention in mentions])


def _edited(entry: Fields, where: _Where, known_past: datetime | None) -> Edited:
    at = moment(entry, "edited_at", known_past=known_past)
    return Edited(**where, text=words(entry, "text"), edited_at=at, rating=stars(entry, "rating"))


def _deleted(entry: Fields, where: _Where, known_past: datetime | None) -> Deleted:
    return Deleted(**where, deleted_at=moment(entry, "deleted_at", known_past=known_past))


def _account_gone(entry: Fields, where: _Where, known_past: datetime | None) -> AccountGone:
    return AccountGone(**where, gone_at=moment(entry, "gone_at", known_past=known_past))


def _counted(entry: Fields, where: _Where, known_past: datetime | None) -> Counted:
    return Counted(
        **where,
        counted_at=moment(entry, "counted_at", known_past=known_past),
        likes=count(entry, "likes"),
        shares=count(entry, "shares"),
        replies=count(entry, "replies"),
        views=count(entry, "views"),
    )


_READERS: dict[str, Callable[[Fields, _Where, datetime | None], Event]] = {
    "posted": _posted,
    "edited": _edited,
    "deleted": _deleted,
    "account_gone": _account_gone,
    "counted": _counted,
}

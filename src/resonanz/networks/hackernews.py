"""Hacker News: heard through its public search, looked at again at its own interface. Nobody can write there from here.

What is heard and what is missed stands in docs/networks.md.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from resonanz.core import clock, http, text
from resonanz.networks.asking import ask, json_object
from resonanz.networks.contract import (
    Account,
    Author,
    BadEvent,
    Batch,
    Capability,
    Deleted,
    Edited,
    Entries,
    Entry,
    Event,
    Limits,
    Option,
    Posted,
    PostKind,
)
from resonanz.networks.errors import Refused, TryLater

NAME = "hackernews"
SEARCH = "https://hn.algolia.com"
ITEMS = "https://hacker-news.firebaseio.com"
MOST_PAGES = 5
HITS_A_PAGE = 200
MOST_WATCHED = 200
LOOKS = 10
_SHOWN = "https://news.ycombinator.com"
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024)
_FIRST_SECONDS = 7 * 86_400
# Authors may edit for two hours, and the index may lag behind: the last three hours are asked for each time.
_AGAIN_SECONDS = 3 * 3600
_WATCHED_SECONDS = 30 * 86_400
_WAIT_SECONDS = 60.0
_LOOK_LATER_SECONDS = 300.0
_BLOCKED_SECONDS = 3600.0  # who asks more than 10,000 times an hour is shut out; there is no token that could be wrong
_MOST_SEEN = 3_000
_MOST_WORDS = 20
_MOST_TEXT = 20_000
_MOST_HTML = 60_000
_MOST_RAW = 2_000
_FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError)
_LINK = re.compile(r'<a href="([^"<>]{1,2000})"[^<>]{0,300}>[^<]{0,2000}</a>', re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p\b[^<>]{0,200}>", re.IGNORECASE)


class HackerNewsNetwork:
    """Account.handle is the company's own account there, where it has one: what it says is heard, too.

    Settings: "words", with blanks between.
    """

    name = NAME
    title = "Hacker News"
    capabilities = frozenset({Capability.POLL, Capability.LISTEN_WIDER, Capability.EDITS, Capability.DELETIONS})
    limits = Limits(poll_seconds=300, fills_gap_days=None)
    asks_for = Entries(handle=Entry("nordhain", is_needed=False))
    options = (Option("words", is_needed=True),)

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What holds one of the words, or is our own, since `cursor`; then what became of a few that were heard."""
        return _Poll(account, _Cursor.read(cursor)).batches()


@dataclass(slots=True)
class _Stretch:
    """How far a source was read, in seconds since 1970: all up to `done`.

    Pages come newest first. Where reading stopped on the way, what was said up to `below` is still to come; after it
    all up to `top` is read.
    """

    done: int
    top: int = 0
    below: int = 0


@dataclass(slots=True)
class _Cursor:
    """`seen`: when it was said and its wording, hashed, by id, of late; `watched`: when it was said, by id."""

    stretches: dict[str, _Stretch] = field(default_factory=dict)
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)
    watched: dict[str, int] = field(default_factory=dict)
    next_look: int = 0

    @classmethod
    def read(cls, cursor: str) -> _Cursor:
        """The cursor, a fresh one where the text is none: then all is new, and is stored once."""
        try:
            found = json.loads(cursor or "{}")
            return cls(
                {str(key): _Stretch(*map(int, value)) for key, value in found.get("stretches", {}).items()},
                {str(key): (int(value[0]), str(value[1])) for key, value in found.get("seen", {}).items()},
                {str(key): int(value) for key, value in found.get("watched", {}).items()},
                max(int(found.get("next_look", 0)), 0),
            )
        except (*_FAULTS, IndexError, RecursionError):
            return cls()

    def write(self) -> str:
        """As it is kept with the channel."""
        stretches = {key: [one.done, one.top, one.below] for key, one in self.stretches.items()}
        kept = {"stretches": stretches, "seen": self.seen, "watched": self.watched, "next_look": self.next_look}
        return json.dumps(kept, separators=(",", ":"))

    def let_go(self, sources: list[str], now: int) -> None:
        """Forget sources that are no longer asked for, what no search shows again, and what is too old to look at."""
        self.stretches = {key: one for key, one in self.stretches.items() if key in sources}
        shown_again = min((one.done for one in self.stretches.values()), default=now) - _AGAIN_SECONDS
        late = sorted(self.seen.items(), key=lambda one: one[1][0])[-_MOST_SEEN:]
        self.seen = {key: one for key, one in late if one[0] >= shown_again}
        young = [(key, said) for key, said in self.watched.items() if said > now - _WATCHED_SECONDS]
        self.watched = dict(sorted(young, key=lambda one: one[1])[-MOST_WATCHED:])

    def turns(self) -> list[str]:
        """Whose turn it is to be looked at; the next ones come next time."""
        first = self.next_look if self.next_look < len(self.watched) else 0
        turns = list(self.watched)[first : first + LOOKS]
        self.next_look = first + len(turns)
        return turns


class _Poll:
    def __init__(self, account: Account, cursor: _Cursor) -> None:
        self._cursor = cursor
        self._sources = _sources(account)
        self._now = int(clock.now().timestamp())

    def batches(self) -> Iterator[Batch]:
        """The last one always comes: a quiet channel was read, too."""
        for source in self._sources:
            yield from self._read(source)
        events, failure = self._look_again()
        yield Batch(tuple(events), self._kept())
        if failure:
            raise failure

    def _read(self, source: str) -> Iterator[Batch]:
        """Newest first, each page below the one before: behind the first 1,000 of a search no page shows anything."""
        stretch = self._cursor.stretches.setdefault(source, _Stretch(self._now - _FIRST_SECONDS))
        if not stretch.below:
            stretch.top = stretch.below = self._now
        for _ in range(MOST_PAGES):
            since = stretch.done - _AGAIN_SECONDS
            hits, has_more = self._search(source, since, stretch.below)
            events, bad = self._new(hits)
            below = min(_oldest(hits), stretch.below - 1) if has_more else 0
            if below < since:
                stretch.done, stretch.top, stretch.below = stretch.top, 0, 0
            else:
                stretch.below = below
            yield Batch(tuple(events), self._kept(), tuple(bad))
            if not stretch.below:
                return

    def _kept(self) -> str:
        self._cursor.let_go(self._sources, self._now)
        return self._cursor.write()

    def _search(self, source: str, since: int, until: int) -> tuple[list[Any], bool]:
        kind, _, value = source.partition(":")
        asked = {
            "query": f'"{value}"' if kind == "word" else "",
            "tags": "(story,comment,poll)" + (f",author_{value}" if kind == "author" else ""),
            "numericFilters": f"created_at_i>={since},created_at_i<={until}",
            "hitsPerPage": str(HITS_A_PAGE),
            "typoTolerance": "false",
        }
        found = _object(self._get(f"{SEARCH}/api/v1/search_by_date?{urlencode(asked)}"))
        hits, pages = found.get("hits"), found.get("nbPages")
        if not isinstance(hits, list) or not isinstance(pages, int):
            raise TryLater(_WAIT_SECONDS, "answer.unreadable")
        return hits, pages > 1

    def _new(self, newest_first: list[Any]) -> tuple[list[Event], list[BadEvent]]:
        events: list[Event] = []
        bad: list[BadEvent] = []
        for hit in reversed(newest_first):
            try:
                events += self._news_of(as_posted(hit))
            except _FAULTS as error:
                bad += self._put_aside(hit, error)
        return events, bad

    def _news_of(self, posted: Posted) -> list[Event]:
        wording, said_at = _hash(posted.text), int(posted.posted_at.timestamp())
        _, known = self._cursor.seen.get(posted.native_id, (0, ""))
        self._cursor.seen[posted.native_id] = (said_at, wording)
        if not known:
            self._cursor.watched[posted.native_id] = said_at
        return [] if known == wording else [_edited(posted) if known else posted]

    def _put_aside(self, hit: object, error: Exception) -> list[BadEvent]:
        """Once, though the search shows it for hours."""
        raw = json.dumps(hit)[:_MOST_RAW]
        key = f"!{_hash(raw)}"
        known = key in self._cursor.seen
        self._cursor.seen[key] = (self._now, "")
        return [] if known else [BadEvent(raw, f"event.{type(error).__name__}")]

    def _look_again(self) -> tuple[list[Event], TryLater | None]:
        """What is gone of those whose turn it is; a failure is told after what was found is safe."""
        gone: list[Event] = []
        for native_id in self._cursor.turns():
            try:
                if self._is_gone(native_id):
                    gone.append(Deleted(network=NAME, origin="", native_id=native_id, deleted_at=clock.now()))
                    del self._cursor.watched[native_id]
                    self._cursor.next_look -= 1
            except Refused as refused:  # no reason to stop listening
                return gone, TryLater(_LOOK_LATER_SECONDS, refused.words)
            except TryLater as failure:
                return gone, failure
        return gone, None

    def _is_gone(self, native_id: str) -> bool:
        """Whether its author deleted it or its moderators did. `null` may be said of what is only too new."""
        answer = self._get(f"{ITEMS}/v0/item/{native_id}.json")
        if answer.body.strip() == b"null":
            return False
        found = _object(answer)
        return str(found.get("id")) == native_id and (found.get("deleted") is True or found.get("dead") is True)

    def _get(self, url: str) -> http.Answer:
        answer = ask("GET", url, headers={"Accept": "application/json"}, bounds=_BOUNDS, denied=())
        if answer.status in {401, 403}:
            raise TryLater(_BLOCKED_SECONDS, f"http.{answer.status}")
        if answer.status != 200:
            raise Refused(f"http.{answer.status}")
        return answer


def as_posted(hit: Any) -> Posted:
    """A hit of the search as a post; raises one of the usual faults where it is none."""
    native_id, is_comment = _id(hit["objectID"]), "comment" in hit["_tags"]
    said = comment_text(hit) if is_comment else story_text(hit)
    if not said:
        raise ValueError("nothing is said")
    return Posted(
        network=NAME,
        origin="",
        native_id=native_id,
        author=_author(hit["author"]),
        text=said,
        posted_at=_moment(hit["created_at_i"]),
        kind=PostKind.COMMENT if is_comment else PostKind.POST,
        url=f"{_SHOWN}/item?id={native_id}",
        parent_id=_id_if_told(hit.get("parent_id")) if is_comment else "",
        root_id=_id_if_told(hit.get("story_id")) if is_comment else native_id,
    )


def comment_text(hit: dict[str, Any]) -> str:
    """The words of a comment."""
    return plain(_string(hit.get("comment_text")))


def story_text(hit: dict[str, Any]) -> str:
    """The title of a story, its words if it has any, and the address that it leads to."""
    title = text.clean(html.unescape(_string(hit.get("title"))), most=500)
    parts = [title, plain(_string(hit.get("story_text"))), text.clean(_string(hit.get("url")), most=2_000)]
    return text.clean("\n\n".join(part for part in parts if part), most=_MOST_TEXT)


def plain(markup: str) -> str:
    """Words without markup: paragraphs, which are only opened there, stand apart; shortened links are written out."""
    spaced = _PARAGRAPH.sub("\n\n", _LINK.sub(r"\1", markup[:_MOST_HTML]))
    return text.from_html(spaced, most=_MOST_TEXT)


def _sources(account: Account) -> list[str]:
    typed = str(account.settings.get("words") or "").replace('"', " ").split()
    words = [f"word:{word}" for word in dict.fromkeys(typed)][:_MOST_WORDS]
    handle = re.sub(r"[^\w-]", "", account.handle, flags=re.ASCII)
    return [*words, f"author:{handle}"] if handle else words


def _edited(posted: Posted) -> Edited:
    return Edited(network=NAME, origin="", native_id=posted.native_id, text=posted.text, edited_at=clock.now())


def _author(name: object) -> Author | None:
    if name is None:
        return None
    if not isinstance(name, str) or not name.strip() or len(name) > 100:
        raise ValueError("no name")
    return Author(native_id=name, handle=name, url=f"{_SHOWN}/user?id={quote(name, safe='', errors='replace')}")


def _moment(seconds: object) -> datetime:
    """Never one to come: nobody reads what was not yet said."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
        raise ValueError("no moment")
    return min(datetime.fromtimestamp(seconds, UTC), clock.now())


def _oldest(hits: list[Any]) -> int:
    """Where to go on; without a single readable time there is no telling."""
    times = [hit.get("created_at_i") for hit in hits if isinstance(hit, dict)]
    readable = [time for time in times if isinstance(time, int) and time > 0]
    if not readable:
        raise TryLater(_WAIT_SECONDS, "answer.unreadable")
    return min(readable)


def _id(value: object) -> str:
    found = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (found.isascii() and found.isdecimal() and len(found) < 20):
        raise ValueError("no id")
    return found


def _id_if_told(value: object) -> str:
    return "" if value is None else _id(value)


def _string(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("no words")
    return value


def _object(answer: http.Answer) -> dict[str, Any]:
    try:
        return json_object(answer)
    except ValueError as error:
        raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error


def _hash(value: str) -> str:
    return hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=6).hexdigest()

"""Polling a forum: what our account was notified of, what is new for all, and what became of posts that were heard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event, Posted
from resonanz.networks.discourse.client import WAIT_SECONDS, NotForUs, NotThere, get, signed_in
from resonanz.networks.discourse.posts import (
    FAULTS,
    Found,
    deleted,
    edited,
    id_of,
    is_gone,
    is_said,
    moment,
    posted,
    version_of,
    whole,
)
from resonanz.networks.discourse.topics import Topics
from resonanz.networks.errors import NotAuthorised, Refused, TryLater

MOST_NOTED = 15
MOST_PAGES = 5
LOOKS = 8
MOST_WATCHED = 200
PAGE = 60
WINDOW = 50
"""The forum shows the posts among this many numbers below the one that is asked for."""
_FIRST = timedelta(days=7)
_WATCHED = timedelta(days=30)
_TO_US = frozenset({1, 2, 3, 6, 15})  # mentioned, replied, quoted, private message, group mentioned
_NEAR_US = frozenset({9, 17})  # a post in a topic that we watch, and the first one of a topic


@dataclass(slots=True)
class Cursor:
    """`noted`, `latest`: the newest notification and post that were read. `watched`: when it was said and its version,
    by id; `next_look`: which of them comes next.
    """

    noted: int = 0
    latest: int = 0
    watched: dict[str, tuple[int, int]] = field(default_factory=dict)
    next_look: int = 0

    @classmethod
    def read(cls, cursor: str) -> Cursor:
        """The cursor, a fresh one where the text is none: then what is read again is stored once."""
        try:
            found = json.loads(cursor or "{}")
            watched = {str(key): (int(said), int(version)) for key, (said, version) in found["watched"].items()}
            numbers = [max(int(found[name]), 0) for name in ("noted", "latest", "next_look")]
            return cls(numbers[0], numbers[1], watched, numbers[2])
        except (*FAULTS, RecursionError):
            return cls()

    def write(self) -> str:
        """As it is kept with the channel."""
        kept = {"noted": self.noted, "latest": self.latest, "watched": self.watched, "next_look": self.next_look}
        return json.dumps(kept, separators=(",", ":"))

    def watch(self, said: Posted, version: int) -> None:
        """Look at it again from now on, for a month, and while few others came after it."""
        self.watched[said.native_id] = (int(said.posted_at.timestamp()), version)
        since = (clock.now() - _WATCHED).timestamp()
        young = sorted((one for one in self.watched.items() if one[1][0] > since), key=lambda one: (one[1][0], one[0]))
        self.watched = dict(young[-MOST_WATCHED:])

    def turns(self) -> list[str]:
        """Whose turn it is to be looked at; the next ones come next time."""
        first = self.next_look if self.next_look < len(self.watched) else 0
        turns = list(self.watched)[first : first + LOOKS]
        self.next_look = first + len(turns)
        return turns


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`."""
    return _Poll(account, Cursor.read(cursor)).batches()


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._topics = Topics(account)
        self._events: list[Event] = []
        self._bad: list[BadEvent] = []

    def batches(self) -> Iterator[Batch]:
        """The last one always comes: a quiet forum was read, too. What was found before a failure is brought first."""
        try:
            self._read_notifications()
            yield self._batch()
            if self._account.settings.get("public") == "local":
                yield from self._read_latest()
            self._look_again()
        except TryLater:
            yield self._batch()
            raise
        yield self._batch()

    def _batch(self) -> Batch:
        batch = Batch(tuple(self._events), self._cursor.write(), tuple(self._bad))
        self._events, self._bad = [], []
        return batch

    def _read_notifications(self) -> None:
        """The oldest first: where many are new, the others come with the next poll."""
        for number, note in self._unread()[:MOST_NOTED]:
            try:
                if (kind := note.get("notification_type")) in _TO_US | _NEAR_US:
                    self._hear_of(note, addressed=kind in _TO_US)
            except NotThere:
                pass  # it went meanwhile
            except NotForUs:
                signed_in(self._account)  # the same is said of a key that is taken no more; else it was moved away
            except FAULTS as error:
                self._bad.append(put_aside(note, error))
            self._cursor.noted = number

    def _unread(self) -> list[tuple[int, Found]]:
        """Notifications that were not yet read, by their numbers. A first poll looks a week back."""
        found: dict[int, Found] = {}
        since = clock.now() - _FIRST
        for page in range(MOST_PAGES):
            notes = self._notifications(page * PAGE)
            fresh = {whole(note["id"]): note for note in notes if _is_unread(note, self._cursor.noted)}
            if not self._cursor.noted:
                fresh = {number: note for number, note in fresh.items() if _is_since(note, since)}
            found |= fresh
            if len(notes) < PAGE or not fresh:
                break
        return sorted(found.items())

    def _notifications(self, offset: int) -> list[Found]:
        """Refused here means that the key is gone: whoever is signed in may read what they were told."""
        try:
            answer = get(self._account, "/notifications.json", limit=PAGE, offset=offset)
        except (NotForUs, NotThere) as error:
            raise NotAuthorised(status=403) from error
        notes = answer.get("notifications")
        if not isinstance(notes, list):
            raise TryLater(WAIT_SECONDS, "answer.unreadable")
        return notes

    def _hear_of(self, note: Found, *, addressed: bool) -> None:
        post = self._post_of(note)
        topic = self._topics.of(whole(post["topic_id"]))
        if is_said(post):
            self._heard(
                posted(post, self._account, is_private=topic.is_private, title=topic.title, addressed=addressed), post
            )

    def _post_of(self, note: Found) -> Found:
        data = note.get("data")
        number = data.get("original_post_id") if isinstance(data, dict) else None
        if number is not None:
            return self._shown(f"{whole(number)}")
        return self._shown(f"by_number/{whole(note['topic_id'])}/{whole(note['post_number'])}")

    def _shown(self, name: str) -> Found:
        """A post. What has no number is none: an answer like that says nothing of the post, which is read later."""
        found = get(self._account, f"/posts/{name}.json")
        if "id" not in found:
            raise TryLater(WAIT_SECONDS, "answer.unreadable")
        return found

    def _heard(self, said: Posted, post: Found) -> None:
        self._events.append(said)
        self._cursor.watch(said, version_of(post))

    def _read_latest(self) -> Iterator[Batch]:
        """All that is new for everybody, upwards from the last one read, window by window."""
        newest = self._latest()
        top = max((whole(post["id"]) for post in newest if _has_id(post)), default=0)
        if not self._cursor.latest:
            self._cursor.latest = max(top - WINDOW, 0)
        for _ in range(MOST_PAGES):
            if self._cursor.latest >= top:
                return
            until = min(self._cursor.latest + WINDOW, top)
            page = newest if until == top else self._latest(until)
            for post in sorted(filter(_has_id, page), key=lambda one: int(one["id"])):
                if self._cursor.latest < post["id"] <= until:
                    self._hear_public(post)
            self._bad += [put_aside(post, ValueError()) for post in page if not _has_id(post)]
            self._cursor.latest = until
            yield self._batch()

    def _latest(self, before: int | None = None) -> list[Any]:
        try:
            answer = get(self._account, "/posts.json", **({"before": before} if before else {}))
        except Refused as error:
            raise TryLater(WAIT_SECONDS, error.words) from error
        found = answer.get("latest_posts")
        if not isinstance(found, list):
            raise TryLater(WAIT_SECONDS, "answer.unreadable")
        return found

    def _hear_public(self, post: Found) -> None:
        try:
            if is_said(post):
                self._heard(posted(post, self._account, is_private=False), post)
        except FAULTS as error:
            self._bad.append(put_aside(post, error))

    def _look_again(self) -> None:
        """At posts that were heard. One that we may no longer see is gone for us, if our key is still good."""
        hidden: list[str] = []
        for native_id in self._cursor.turns():
            try:
                self._look(native_id, self._shown(native_id))
            except NotThere:
                self._gone(native_id)
            except NotForUs:
                hidden.append(native_id)
            except FAULTS as error:
                self._bad.append(put_aside(native_id, error))
                self._forget(native_id)
        if hidden and signed_in(self._account):
            for native_id in hidden:
                self._gone(native_id)

    def _look(self, native_id: str, post: Found) -> None:
        if id_of(post) != native_id:
            raise ValueError("another post")
        if is_gone(post):
            self._gone(native_id)
            return
        said_at, known = self._cursor.watched[native_id]
        if (version := version_of(post)) == known or not is_said(post):
            return
        topic = self._topics.of(whole(post["topic_id"]))
        said = posted(post, self._account, is_private=topic.is_private, title=topic.title)
        self._events.append(edited(said, post))
        self._cursor.watched[native_id] = (said_at, version)

    def _gone(self, native_id: str) -> None:
        self._events.append(deleted(native_id, self._account))
        self._forget(native_id)

    def _forget(self, native_id: str) -> None:
        del self._cursor.watched[native_id]
        self._cursor.next_look = max(self._cursor.next_look - 1, 0)


def _is_unread(note: object, noted: int) -> bool:
    number = note.get("id") if isinstance(note, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and noted < number < 2**53


def _is_since(note: Found, since: Any) -> bool:
    try:
        return bool(moment(note["created_at"]) > since)
    except FAULTS:
        return True


def _has_id(post: object) -> bool:
    number = post.get("id") if isinstance(post, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**53

"""Polling YouTube: what is said below our films, what became of it, and, in `films`, the films themselves.

Nothing tells of an answer below an old comment, an edit or a deletion: threads are looked at again, fifty for a unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event, Missed, Posted
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.youtube.client import Forbidden, NotThere, get
from resonanz.networks.youtube.cursor import WATCHED, Cursor, fifties, seconds
from resonanz.networks.youtube.films import Films
from resonanz.networks.youtube.posts import (
    FAULTS,
    State,
    checked_video,
    commented,
    counted,
    deleted,
    edited,
    id_of,
    is_rejected,
    is_reply,
    number,
    part,
    state_of_comment,
)
from resonanz.networks.youtube.withheld import withheld

PAGE = 100
MOST_PAGES = 50
"""Of comments in one poll, so that a list without end has one."""
MOST_ANSWER_PAGES = 5
_FIRST = timedelta(days=7)
_LATE = 60
"""YouTube shows a comment up to so many seconds after others that were said later."""


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`."""
    return _Poll(account, Cursor.read(cursor)).batches()


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._events: list[Event] = []
        self._bad: list[BadEvent] = []
        self._missed: list[Missed] = []
        self._unreadable: set[str] = set()

    def batches(self) -> Iterator[Batch]:
        """The last one always comes: a quiet channel was read, too. What was found before a failure comes first."""
        films = Films(self._account, self._cursor, self._events, self._bad)
        try:
            yield from self._read_threads()
            self._look_again()
            if films.are_due():
                yield self._batch()
                films.read()
        except TryLater:
            yield self._batch()
            raise
        yield self._batch()

    def _batch(self) -> Batch:
        batch = Batch(tuple(self._events), self._cursor.write(), tuple(self._bad), missed=tuple(self._missed))
        self._events.clear()
        self._bad.clear()
        self._missed.clear()
        return batch

    def _read_threads(self) -> Iterator[Batch]:
        """Threads, the newest first, down to what is known. How far that came is kept once all of it was read."""
        first = seconds(clock.now() - _FIRST)
        until, newest, token = max(self._cursor.since - _LATE, 0) or first, self._cursor.since or first, ""
        lowest = seconds(clock.now())
        for _ in range(MOST_PAGES):
            page = self._threads(token)
            moments = [at for one in page["items"] if (at := self._hear_thread(one, min(first, until)))]
            newest, lowest = max([newest, *moments]), min([lowest, *moments])
            token = _next(page)
            if not token or not page["items"] or lowest <= until:
                break
            yield self._batch()
        else:
            self._miss(lowest)
        self._cursor.since = newest
        yield self._batch()

    def _miss(self, lowest: int) -> None:
        """More was said than one poll reads; the first one of all looks back as far as it comes."""
        if self._cursor.since:
            began, ended = (datetime.fromtimestamp(at, UTC) for at in (self._cursor.since, lowest))
            self._missed.append(Missed(began, ended, is_filled=False))

    def _threads(self, token: str) -> dict[str, Any]:
        asked: dict[str, object] = {"part": "snippet,replies", "order": "time", "textFormat": "plainText"}
        asked |= {"allThreadsRelatedToChannelId": self._account.native_id, "maxResults": PAGE}
        try:
            return get(self._account, "commentThreads", asked | ({"pageToken": token} if token else {}))
        except (NotThere, Forbidden) as error:  # our own channel: it was closed, or is no longer that of this token
            raise NotAuthorised(status=403) from error

    def _hear_thread(self, thread: Any, horizon: int) -> int:
        """When it was begun; 0 for what cannot be read. What was held back and let through stands further down."""
        try:
            top = thread["snippet"]["topLevelComment"]
            said, total = commented(top, self._account, video_id=_film_of(thread)), _answers_to(thread)
            at = seconds(said.posted_at)
            if said.native_id not in self._cursor.comments and at > horizon and not is_rejected(top):
                state = state_of_comment(top, said, replies=total)
                self._tell(said, state)
                self._hear_answers(thread)
                self._cursor.watch_comment(said.native_id, state)  # known once its answers are
        except FAULTS as error:
            self._bad.append(put_aside(thread, error))
            return 0
        return at

    def _tell(self, said: Posted, state: State) -> None:
        self._events.append(said)
        if state.likes or state.replies:
            self._events.append(counted(said.native_id, state))

    def _hear_answers(self, thread: Any, *, has_changed: bool = True) -> None:
        """Those that are new: a few stand beside their thread, of more than these it is asked where `has_changed`."""
        beside = part(thread, "replies").get("comments")
        beside = beside if isinstance(beside, list) else []
        horizon = clock.now() - WATCHED
        is_all = len(beside) >= _answers_to(thread) or not has_changed
        for one in beside if is_all else self._answers(id_of(thread)):
            try:
                said = commented(one, self._account, video_id=_film_of(thread))
                is_new = said.native_id not in self._cursor.comments and said.posted_at > horizon
                if is_new and is_reply(said.native_id) and not is_rejected(one):
                    state = state_of_comment(one, said)
                    self._tell(said, state)
                    self._cursor.watch_comment(said.native_id, state)
            except FAULTS as error:
                self._bad.append(put_aside(one, error))

    def _answers(self, root_id: str) -> list[Any]:
        asked: dict[str, object] = {"part": "snippet", "parentId": root_id, "textFormat": "plainText"}
        found: list[Any] = []
        token = ""
        for _ in range(MOST_ANSWER_PAGES):
            more: dict[str, object] = {"pageToken": token} if token else {}
            try:
                page = get(self._account, "comments", asked | {"maxResults": PAGE} | more)
            except Refused:  # it went meanwhile, or its film was closed
                return found
            found += page["items"]
            token = _next(page)
            if not token:
                break
        return found

    def _look_again(self) -> None:
        """At what was heard. What is missing is asked for alone before it counts as gone."""
        turns = self._cursor.turns()
        missing: list[str] = []
        for ids in fifties([key for key in turns if not is_reply(key)]):
            stands = self._stands("commentThreads", ids, "snippet,replies")
            missing += [key for key in ids if key not in stands]
            for thread in stands.values():
                self._look_at_thread(thread)
        for ids in fifties([key for key in turns if is_reply(key)]):
            missing += self._look_at_answers([key for key in ids if key in self._cursor.comments])
        self._look_for([key for key in missing if key in self._cursor.comments and key not in self._unreadable])
        for key in self._unreadable:
            self._cursor.look_later(key)

    def _look_for(self, missing: list[str]) -> None:
        """What did not come: gone only where it cannot be asked for alone either, and does not wait for review."""
        for ids in fifties(missing):
            stands = self._stands("comments", ids, "snippet")
            lost = [key for key in ids if key not in stands and key not in self._unreadable]
            waiting = withheld(self._account, lost) if lost else set()
            for key in waiting:
                self._cursor.look_later(key)
            self._forget([key for key in lost if key not in waiting])

    def _stands(self, path: str, ids: list[str], parts: str) -> dict[str, Any]:
        """What is there of these, by id. A no to many may be for one of them: each half is asked alone."""
        try:
            found = get(self._account, path, {"part": parts, "id": ids, "textFormat": "plainText"})
        except Refused as error:
            if len(ids) > 1:
                half = len(ids) // 2
                return self._stands(path, ids[:half], parts) | self._stands(path, ids[half:], parts)
            if not isinstance(error, NotThere):
                self._unreadable.update(ids)
            return {}
        return {one["id"]: one for one in found["items"] if isinstance(one, dict) and one.get("id") in ids}

    def _look_at_thread(self, thread: Any) -> None:
        try:
            native_id, top, total = id_of(thread), thread["snippet"]["topLevelComment"], _answers_to(thread)
            before = self._cursor.comments[native_id]
            said = commented(top, self._account, video_id=_film_of(thread))
            if said.native_id != native_id:
                raise ValueError("another comment")
            if not is_rejected(top):  # where one went and one came, there are as many as before
                self._hear_answers(thread, has_changed=total != before.replies)
            self._look(top, said, before, replies=total)
        except FAULTS as error:
            self._bad.append(put_aside(thread, error))

    def _look_at_answers(self, ids: list[str]) -> list[str]:
        """Those of them that are not there."""
        stands = self._stands("comments", ids, "snippet") if ids else {}
        for native_id, one in stands.items():
            try:
                self._look(one, commented(one, self._account, video_id=""), self._cursor.comments[native_id], replies=0)
            except FAULTS as error:
                self._bad.append(put_aside(one, error))
        return [key for key in ids if key not in stands]

    def _look(self, found: Any, said: Posted, before: State, *, replies: int) -> None:
        if is_rejected(found):
            self._forget([said.native_id])
            return
        now = state_of_comment(found, said, replies=replies)
        if now.version != before.version:
            self._events.append(edited(said, found))
        if (now.likes, now.replies) != (before.likes, before.replies):
            self._events.append(counted(said.native_id, now))
        self._cursor.comments[said.native_id] = now
        self._cursor.put_off.pop(said.native_id, None)

    def _forget(self, ids: list[str]) -> None:
        gone = [one for native_id in ids for one in self._cursor.forget(native_id)]
        self._events += [deleted(native_id) for native_id in dict.fromkeys(gone)]


def _film_of(thread: Any) -> str:
    """The film below which a thread stands; "" where it stands below something else of the channel."""
    found = thread["snippet"].get("videoId")
    return checked_video(found) if found else ""


def _answers_to(thread: Any) -> int:
    return number(thread["snippet"].get("totalReplyCount")) or 0


def _next(page: dict[str, Any]) -> str:
    token = page.get("nextPageToken")
    return token if isinstance(token, str) and len(token) <= 2_000 else ""

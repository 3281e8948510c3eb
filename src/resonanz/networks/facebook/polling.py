"""Polling a Page: its posts and what is said below them, posts that name it, messages, and what became of some of it.

A quiet poll takes three requests and one or two for what is looked at again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event, Posted
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.facebook import posts
from resonanz.networks.facebook.client import graph
from resonanz.networks.facebook.delivered import FIELDS
from resonanz.networks.meta.cursor import MOST_POSTS, Cursor, settled
from resonanz.networks.meta.faults import WAIT_SECONDS, NoRight, NotThere
from resonanz.networks.meta.looking import Looking
from resonanz.networks.meta.place import is_ours
from resonanz.networks.meta.reading import FAULTS, Found, identifier, moment, pages
from resonanz.networks.meta.talks import Talks

MOST_CHANGED = 10
_PAGE = 100
_MOST_COMMENT_PAGES = 10
_MOST_TAGGED_PAGES = 20
_LOOKS = posts.Looks()


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`; once a day Facebook is asked to bring what happens on this Page to our webhook."""
    polling = _Poll(account, Cursor.read(cursor))
    if account.app is not None:
        polling.subscribe()
    return polling.batches()


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._graph = graph(account)
        self._events: list[Event] = []
        self._bad: list[BadEvent] = []

    def subscribe(self) -> None:
        """Without it the application's webhook hears nothing of this Page; polling does without."""
        if not self._cursor.wants_deliveries():
            return
        self._cursor.subscribed = int(clock.now().timestamp())
        try:
            self._graph.post(f"/{self._account.native_id}/subscribed_apps", {"subscribed_fields": ",".join(FIELDS)})
        except NoAnswer as error:
            raise TryLater(WAIT_SECONDS, str(error.params.get("reason", ""))) from error
        except Refused:
            pass

    def batches(self) -> Iterator[Batch]:
        """The last one always comes: a quiet Page was read, too. What was found before a failure is brought first."""
        try:
            for post_id in self._changed():
                self._graph.spare()
                yield from self._read_post(post_id)
            yield self._batch()
            # Where Meta gives one of them to nobody like us, for want of a right or for good, the others are heard.
            with contextlib.suppress(Refused):
                self._read_tagged()
            with contextlib.suppress(Refused):
                self._read_talks()
            yield self._batch()
            self._graph.spare()
            self._look_again()
        except TryLater:
            yield self._batch()
            raise
        yield self._batch()

    def _batch(self) -> Batch:
        batch = Batch(tuple(self._events), self._cursor.write(), tuple(self._bad))
        self._events, self._bad = [], []
        return batch

    def _changed(self) -> list[str]:
        """The newest posts on which something was said since they were read, the longest waiting first."""
        try:
            (listed,) = pages(
                self._graph, f"/{self._account.native_id}/feed", most=1, fields="id,updated_time", limit=MOST_POSTS
            )
        except NoRight as error:
            raise NotAuthorised(status=403) from error
        said: dict[str, int] = {}
        for one in listed:
            try:
                said[identifier(one["id"])] = _seconds(one["updated_time"])
            except FAULTS as error:
                self._bad.append(put_aside(one, error))
        self._cursor.posts = {key: at for key, at in self._cursor.posts.items() if key in said}
        changed = [key for key, at in said.items() if at > self._cursor.posts.get(key, self._cursor.since)]
        return sorted(changed, key=lambda key: said[key])[:MOST_CHANGED]

    def _read_post(self, post_id: str) -> Iterator[Batch]:
        """A post, and the comments since it was read last, the oldest first; one that is refused holds up no other."""
        read_until = self._cursor.posts.get(post_id, self._cursor.since)
        try:
            found = self._graph.get(f"/{post_id}", fields=posts.POST_FIELDS)
            updated_at, said = _seconds(found["updated_time"]), posts.posted(found, self._account)
            if post_id not in self._cursor.posts and _seconds(found["created_time"]) > self._cursor.since:
                self._hear(said, found, is_post=True)
            is_theirs = not is_ours(said.author, self._account)
            yield from self._read_comments(post_id, read_until, updated_at, is_theirs=is_theirs)
        except NotThere:
            return  # it went meanwhile; the next look finds out
        except (Refused, *FAULTS) as error:
            if isinstance(error, NoRight) and not _LOOKS.may_read(self._graph):
                raise NotAuthorised(status=403) from error
            self._bad.append(put_aside(post_id, error))
            self._cursor.posts[post_id] = int(clock.now().timestamp())

    def _read_comments(self, post_id: str, read_until: int, updated_at: int, *, is_theirs: bool) -> Iterator[Batch]:
        number = 0
        for page in pages(
            self._graph, f"/{post_id}/comments", most=_MOST_COMMENT_PAGES, fields=posts.COMMENT_FIELDS,
            filter="stream", order="chronological", since=max(read_until - 1, 0), limit=_PAGE,
        ):  # fmt: skip
            number += 1
            newest = self._hear_comments(page, post_id, read_until, is_theirs=is_theirs)
            self._cursor.posts[post_id] = max(settled(newest), read_until)
            yield self._batch()
        if number < _MOST_COMMENT_PAGES:  # else the rest comes with the next poll
            self._cursor.posts[post_id] = max(self._cursor.posts.get(post_id, 0), settled(updated_at))

    def _hear_comments(self, page: list[Any], post_id: str, read_until: int, *, is_theirs: bool) -> int:
        newest = 0
        for one in page:
            try:
                said = posts.commented(one, self._account, post_id=post_id, begins_there=is_theirs)
                newest = max(newest, int(said.posted_at.timestamp()))
                if said.posted_at.timestamp() >= read_until - 1:
                    self._hear(said, one, is_post=False)
            except FAULTS as error:
                self._bad.append(put_aside(one, error))
        return newest

    def _hear(self, said: Posted, found: Found, *, is_post: bool) -> None:
        self._events.append(said)
        if not is_ours(said.author, self._account):
            self._cursor.watch(said, posts.version_of(found), posts.counted(found), is_post=is_post)

    def _read_tagged(self) -> None:
        """Posts of others, elsewhere, that name the Page; the newest first."""
        path, newest = f"/{self._account.native_id}/tagged", self._cursor.tagged
        for page in pages(self._graph, path, most=_MOST_TAGGED_PAGES, fields=posts.POST_FIELDS, limit=25):
            fresh = [one for one in page if self._hear_tagged(one)]
            newest = max([newest, *(_seconds(one["created_time"]) for one in fresh)])
            if len(fresh) < len(page):
                break
        self._cursor.tagged = newest

    def _hear_tagged(self, one: Any) -> bool:
        try:
            said = posts.posted(one, self._account)
            is_new = _seconds(one["created_time"]) > self._cursor.tagged
        except FAULTS as error:
            self._bad.append(put_aside(one, error))
            return False
        if is_new:
            self._hear(said, one, is_post=True)
        return is_new

    def _read_talks(self) -> None:
        talks = Talks(posts.PLACE, self._account, self._graph, self._cursor)
        try:
            talks.read()
        finally:
            self._events += talks.events
            self._bad += talks.bad

    def _look_again(self) -> None:
        looking = Looking(_LOOKS, self._account, self._graph, self._cursor)
        try:
            looking.look()
        finally:
            self._events += looking.events
            self._bad += looking.bad


def _seconds(value: object) -> int:
    found: datetime = moment(value)
    return int(found.timestamp())

"""Polling: notifications every time; now and then our own posts and who answered them, hashtags, and a second look.

Notifications alone are not enough: a server has been seen to give none for an answer that came right after its post.
They are sorted by when their author says they were written, so that one with a slow clock appears below others that
are known: a page is the last one only when it holds nothing new.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.bluesky.client import query, session_of
from resonanz.networks.bluesky.cursor import Cursor
from resonanz.networks.bluesky.posts import (
    FAULTS,
    View,
    counted,
    counts,
    deleted,
    is_post,
    no_longer_quoting,
    posted,
    quoted_in,
    uri_of,
    wants_not_to_be_found,
)
from resonanz.networks.contract import Account, BadEvent, Batch, Event
from resonanz.networks.errors import Refused, TryLater

REASONS = ("mention", "reply", "quote")
_PAGE = 100
_MOST_PAGES = 200
_PAGES_BACK = 3
_AT_ONCE = 25  # as many posts as app.bsky.feed.getPosts gives
_LOOKS = 2 * _AT_ONCE
_PAST_AT_FIRST = timedelta(days=7)
_SLOW_CLOCKS = timedelta(days=1)
_ROUND = timedelta(seconds=30)
_LAG = timedelta(minutes=1)
_WATCHED_FOR = timedelta(days=30)
_OWN = 25
_FOUND = 50
_MOST_THREADS = 5
_SINGLE_LOOKS = 5
_MOST_HASHTAGS = 10
_NO_PROFILE = "Profile not found"
_WAIT_SECONDS = 60.0
logger = logging.getLogger(__name__)


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new since `cursor`. A quiet look, which comes every three seconds, brings no batch."""
    yield from _Poll(account, Cursor.read(cursor)).batches()


class _Poll:
    def __init__(self, account: Account, cursor: Cursor) -> None:
        self._account = account
        self._cursor = cursor
        self._now = clock.now()

    def batches(self) -> Iterator[Batch]:
        is_round = not self._cursor.round_at or self._age(self._cursor.round_at) >= _ROUND
        is_quiet = True
        for views in self._notified(pages=_PAGES_BACK if is_round else 1):
            is_quiet = False
            yield self._batch(views, addressed=True)
        self._cursor.read_at = self._now.isoformat()
        if is_round:
            yield from self._round()
            self._cursor.round_at = self._now.isoformat()
        if is_round or not is_quiet:
            yield Batch((), self._cursor.write())

    def _notified(self, *, pages: int) -> Iterator[list[View]]:
        """Posts that mention, answer or quote us and are not known, the oldest first, a few at a time."""
        fresh: dict[str, Any] = {}
        place = ""
        for number in range(_MOST_PAGES):
            found = query(self._account, "app.bsky.notification.listNotifications", self._page(place))
            told = _listed(found, "notifications")
            unknown = {uri: one for one in told if (uri := _address_in(one)) and not self._cursor.is_known(uri)}
            fresh |= unknown
            place = str(found.get("cursor") or "")
            if not place or not told or self._is_far_back(told[-1]) or (number + 1 >= pages and not unknown):
                break
        else:
            logger.warning("more notifications than one poll reads; the oldest of them are not read")
        for uris in _portions(list(reversed(fresh))):
            views = self._views(uris)
            shown = {view["uri"] for view in views}
            # One that is not shown may be on its way; a minute later it was deleted, or is hidden from us.
            self._cursor.know(uri for uri in uris if uri in shown or _was_indexed_before(fresh[uri], self._now - _LAG))
            yield views

    def _page(self, place: str) -> dict[str, object]:
        asked: dict[str, object] = {"limit": _PAGE, "reasons": REASONS}
        return {**asked, "cursor": place} if place else asked

    def _is_far_back(self, notification: Any) -> bool:
        """Whether what stands below it was read long ago, or was said long before we began to listen."""
        begun = datetime.fromisoformat(self._cursor.read_at) if self._cursor.read_at else None
        return _was_indexed_before(notification, begun - _SLOW_CLOCKS if begun else self._now - _PAST_AT_FIRST)

    def _round(self) -> Iterator[Batch]:
        own = self._own()
        yield self._batch(self._unknown(own))
        for uri, replies in self._answered(own).items():
            views = self._unknown(self._below(uri))
            self._cursor.replies[uri] = replies  # not before they were read: the next question may fail
            yield self._batch(views)
        for tag in hashtags_of(self._account):
            yield self._batch(self._unknown(self._tagged(tag)))
        yield Batch(tuple(self._look_again()), self._cursor.write())

    def _own(self) -> list[View]:
        """What colleagues said with other apps, for the thread it belongs to."""
        asked = {"actor": session_of(self._account).did, "limit": _OWN, "filter": "posts_with_replies"}
        try:
            feed = _listed(query(self._account, "app.bsky.feed.getAuthorFeed", asked), "feed")
        except Refused as error:
            if _NO_PROFILE not in error.words:
                raise
            return []  # an account that was opened a moment ago is shown a little later; it has said nothing yet
        return _objects([one.get("post") for one in _objects(feed) if "reason" not in one])

    def _answered(self, own: Sequence[View]) -> dict[str, int]:
        """Those of our posts that have more answers than we heard of, with how many, the newest first."""
        now = {uri: counts(view)[2] or 0 for view in own if (uri := _address_in(view))}
        self._cursor.replies = {uri: self._cursor.replies.get(uri, 0) for uri in now}
        more = [uri for uri in now if now[uri] > self._cursor.replies[uri]][:_MOST_THREADS]
        return {uri: now[uri] for uri in more}

    def _below(self, uri: str) -> list[View]:
        asked = {"uri": uri, "depth": 1, "parentHeight": 0}
        try:
            thread = query(self._account, "app.bsky.feed.getPostThread", asked).get("thread")
        except Refused:  # gone meanwhile
            return []
        if not isinstance(thread, dict):
            raise TryLater(_WAIT_SECONDS, "answer.unreadable")
        return _objects([one.get("post") for one in _objects(thread.get("replies"))])

    def _tagged(self, tag: str) -> list[View]:
        """The newest posts with a hashtag, but for those whose authors do not want to be found by strangers."""
        try:
            found = query(
                self._account, "app.bsky.feed.searchPosts", {"q": f"#{tag}", "limit": _FOUND, "sort": "latest"}
            )
        except Refused:
            logger.info("a server refuses a search")
            return []
        return [view for view in _objects(_listed(found, "posts")) if not _is_hidden(view)]

    def _unknown(self, views: Iterable[View]) -> list[View]:
        """Those not heard yet, the oldest first."""
        fresh = [view for view in views if not self._cursor.is_known(_address_in(view) or "")]
        self._cursor.know(uri for view in fresh if (uri := _address_in(view)))
        return fresh[::-1]

    def _look_again(self) -> Iterator[Event]:
        """Deletions and counts, of which the network tells nobody. Missing at two looks, it is asked for alone."""
        missing = []
        for uris in _portions(self._cursor.look(_LOOKS)):
            found = {uri: view for view in self._views(uris) if (uri := _address_in(view))}
            missing += [uri for uri in uris if uri not in found]
            for uri, view in found.items():
                yield from self._news_of(uri, view)
        gone = [uri for uri in missing if uri in self._cursor.missed][:_SINGLE_LOOKS]
        self._cursor.missed += [uri for uri in missing if uri not in self._cursor.missed]
        for uri in gone:
            if self._is_gone(uri):
                self._cursor.forget(uri)
                yield deleted(uri)

    def _is_gone(self, uri: str) -> bool:
        """Whether the server says so: deleted, or closed to us by its author, who does not want us to read it."""
        try:
            asked = {"uri": uri, "depth": 0, "parentHeight": 0}
            thread = query(self._account, "app.bsky.feed.getPostThread", asked).get("thread")
        except Refused as refused:
            return refused.words.startswith("NotFound")
        return isinstance(thread, dict) and (thread.get("notFound") is True or _is_closed_to_us(thread))

    def _news_of(self, uri: str, view: View) -> Iterator[Event]:
        before, now = self._cursor.watched[uri], _seen(view)
        self._cursor.missed = [one for one in self._cursor.missed if one != uri]
        self._cursor.watched[uri] = now
        if now[:3] != before[:3]:
            yield counted(view)
        if now[3:] and not before[3:]:
            yield no_longer_quoting(view)
        if _was_indexed_before(view, self._now - _WATCHED_FOR):
            self._cursor.forget(uri)

    def _views(self, uris: Sequence[str]) -> list[View]:
        """The posts as they stand there, in this order; those that are gone, or hidden from us, are not among them."""
        found = _listed(query(self._account, "app.bsky.feed.getPosts", {"uris": uris}), "posts")
        known = {uri: view for view in _objects(found) if (uri := _address_in(view))}
        return [known[uri] for uri in uris if uri in known]

    def _batch(self, views: Iterable[View], *, addressed: bool = False) -> Batch:
        events: list[Event] = []
        unread: list[BadEvent] = []
        for view in views:
            try:
                events += self._events(view, addressed=addressed)
            except FAULTS as error:
                unread.append(put_aside(view, error))
        return Batch(tuple(events), self._cursor.write(), tuple(unread))

    def _events(self, view: View, *, addressed: bool) -> list[Event]:
        said = posted(view, addressed=addressed)
        self._cursor.watch(uri_of(view), _seen(view))
        return [said, counted(view)] if any(counts(view)) else [said]

    def _age(self, moment: str) -> timedelta:
        return self._now - datetime.fromisoformat(moment)


def _seen(view: View) -> list[int | None]:
    """What is kept of a post to tell what became of it: its counts, and a 1 where it does not show what it quotes."""
    try:
        quoted = quoted_in(view)
    except FAULTS:
        quoted = None
    return [*counts(view), *([1] if quoted and not quoted.native_id else [])]


def hashtags_of(account: Account) -> list[str]:
    """The hashtags of the channel, each once, without #."""
    typed = str(account.settings.get("hashtags") or "").replace(",", " ").split()
    return list(dict.fromkeys(tag for word in typed if (tag := word.removeprefix("#").lower())))[:_MOST_HASHTAGS]


def _is_closed_to_us(thread: dict[str, Any]) -> bool:
    """Whether its author blocks us. Whom we block ourselves is hidden from us, too, and has deleted nothing."""
    author = thread.get("author")
    viewer = author.get("viewer") if isinstance(author, dict) else None
    if not isinstance(viewer, dict):
        return False
    return thread.get("blocked") is True and viewer.get("blockedBy") is True and not viewer.get("blocking")


def _portions(uris: list[str]) -> Iterator[list[str]]:
    return (uris[start : start + _AT_ONCE] for start in range(0, len(uris), _AT_ONCE))


def _address_in(thing: Any) -> str | None:
    uri = thing.get("uri") if isinstance(thing, dict) else None
    return uri if isinstance(uri, str) and is_post(uri) else None


def _listed(found: dict[str, Any], name: str) -> list[Any]:
    """A list that the lexicon promises. An answer without it says nothing of what there is, nor that there is none."""
    value = found.get(name)
    if not isinstance(value, list):
        raise TryLater(_WAIT_SECONDS, "answer.unreadable")
    return value


def _objects(value: object) -> list[Any]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _is_hidden(view: View) -> bool:
    try:
        return wants_not_to_be_found(view)
    except FAULTS:
        return False


def _was_indexed_before(thing: Any, moment: datetime) -> bool:
    try:
        return datetime.fromisoformat(thing["indexedAt"]) < moment
    except FAULTS:
        return False

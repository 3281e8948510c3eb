"""What is searched for, told as it is said: X's filtered stream, by the bearer token of the application.

X lets an application hold one connection, so one channel of it listens; the others are told so and search as before.
What comes is charged, whoever's rule it fits. A stream does not go on where it was cut: a search fills that in
(`reading.poll`), from where the stream stood (`Batch.place`).
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

from resonanz.core import clock, http
from resonanz.core.http_held import StreamBounds
from resonanz.core.http_streams import NotStreaming, stream_lines
from resonanz.networks.asking import put_aside, refuse
from resonanz.networks.contract import Account, BadEvent, Batch, Event
from resonanz.networks.errors import NetworkError, NotAuthorised, Refused, TryLater, Unsupported
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.streams import Listening
from resonanz.networks.x import rules, tariff
from resonanz.networks.x.client import WAIT_SECONDS, base, first_problem, path_with, problem_in, refusal, words_of
from resonanz.networks.x.posts import (
    FAULTS,
    Beside,
    checked_id,
    deleted,
    earlier_versions,
    id_of,
    is_protected,
    is_repost,
    posted,
)
from resonanz.networks.x.reading import AT_ONCE, OPTION, count, query_of
from resonanz.networks.x.stood import Stood

# The stream is the one place where X's description has not renamed tweets to posts.
_FIELDS: dict[str, object] = {
    "tweet.fields": (
        "id", "text", "created_at", "conversation_id", "entities", "lang", "attachments", "note_tweet",
        "public_metrics",
    ),
    "expansions": (
        "author_id", "in_reply_to_user_id", "referenced_tweets.id", "edit_history_tweet_ids", "attachments.media_keys",
    ),
    "user.fields": ("id", "name", "username", "protected"),
    "media.fields": ("type", "url", "preview_image_url", "alt_text", "width", "height"),
}  # fmt: skip
_PATH = "/2/tweets/search/stream"
_KIND = "application/json"
BOUNDS = StreamBounds(idle_seconds=60.0)
"""X says every 20 seconds that it is there."""
_RESERVE = 20
"""So much of the budget, in posts, is not spent by listening: one more with authors and pictures may be on its way."""
_PLACE_SECONDS = 30.0
_AGAIN_SECONDS = 1.0
_TAKEN_SECONDS = 300.0
_NOTICED_SECONDS = 15.0
"""X takes a moment to notice that a connection of ours has ended."""
_LET_GO_SECONDS = 10.0
_TAKEN = "x.connection_taken"
_connections: dict[tuple[str, str], threading.Lock] = {}
"""One for each application; whoever holds it has the connection, or is about to ask for it."""
_let_go: dict[tuple[str, str], float] = {}
"""When one of ours ended last."""


def stream(account: Account, listening: Listening) -> Iterator[Batch]:
    """What fits the words and hashtags of the channel, as it is said."""
    query = query_of(account)
    if account.settings.get(OPTION) != AT_ONCE or not query:
        raise Unsupported
    if account.app is None or not account.app.bearer:
        raise Unsupported(reason=rules.NO_BEARER)
    _check_budget(account)
    with _connection(account, listening) as is_just_ended:
        is_new = rules.agree(account, query)
        try:
            yield from _told(account, listening)
        except TryLater as error:
            if is_just_ended and error.params["reason"] == _TAKEN:
                raise TryLater(_NOTICED_SECONDS, _TAKEN) from error
            if is_new and error.seconds > WAIT_SECONDS:  # else it would be charged while another channel listens
                rules.withdraw(account)
            raise
        finally:
            if listening.stopping():
                rules.withdraw(account)


def _told(account: Account, listening: Listening) -> Iterator[Batch]:
    heard = _Hearing(account, listening.place)
    url = base(account) + path_with(_PATH, _FIELDS)
    headers = {"Authorization": f"Bearer {account.app.bearer if account.app else ''}"}
    lines = stream_lines(url, headers=headers, kind=_KIND, stopping=listening.stopping, bounds=BOUNDS)
    with _failures(), contextlib.closing(lines):
        if next(lines, "") is not None:
            return  # told to stop before X agreed
        try:
            yield heard.opened()
            for line in lines:
                yield from (Batch((), None),) if line is None else heard.take(line)
        finally:
            _let_go[_key(account)] = clock.monotonic()


@contextlib.contextmanager
def _connection(account: Account, listening: Listening) -> Iterator[bool]:
    """Whoever is about to let go of it, because the channel was changed, is waited for; another channel is not.

    Whether it was let go of a moment ago.
    """
    key = _key(account)
    lock = _connections.setdefault(key, threading.Lock())
    until = clock.monotonic() + _LET_GO_SECONDS
    while not lock.acquire(timeout=0.2):
        if clock.monotonic() >= until or listening.stopping():
            raise TryLater(_TAKEN_SECONDS, _TAKEN)
    try:
        yield key in _let_go and clock.monotonic() - _let_go[key] < _TAKEN_SECONDS
    finally:
        lock.release()


def _key(account: Account) -> tuple[str, str]:
    return base(account), account.app.bearer if account.app else ""


def _check_budget(account: Account) -> None:
    if account.meter.affords(tariff.POST_READ) < _RESERVE:
        raise BudgetUsedUp(account.meter.until_anew().total_seconds(), "")


class _Hearing:
    """One connection: what it told, and how far it came."""

    def __init__(self, account: Account, place: str) -> None:
        self._account = account
        self._tag = rules.tag_of(account)
        self._stood = Stood.read(place)
        self._moved = clock.monotonic()

    def opened(self) -> Batch:
        """X agreed."""
        self._stood = self._stood.opens()
        return Batch((), None, place=self._stood.write())

    def take(self, line: str) -> Iterator[Batch]:
        """What one line tells. It is counted once it was handed on: what was not is searched for, and counted then."""
        if not line.strip():  # X is there
            yield self._batch((), is_much=False)
            return
        try:
            found = _object(line)
        except (ValueError, RecursionError) as error:
            yield self._batch((), put_aside(line, error))
            return
        if not isinstance(found.get("data"), dict):
            raise _disconnected(found)
        known = frozenset(self._stood.seen)
        yield self._heard(found)
        count(self._account, {**found, "data": [found["data"]]}, is_owned=False, known=known)
        _check_budget(self._account)

    def _heard(self, found: dict[str, Any]) -> Batch:
        item = found["data"]
        try:
            native_id = id_of(item)
            if native_id in self._stood.seen or not self._is_ours(found):
                return self._batch((), is_much=False)
            author_id = checked_id(item["author_id"])
            events = _events(item, Beside.read(found), self._account)
        except FAULTS as error:
            return self._batch((), put_aside(item, error))
        self._stood.tells(native_id, author_id)
        return self._batch(events)

    def _is_ours(self, found: dict[str, Any]) -> bool:
        matching = found.get("matching_rules")
        return any(one.get("tag") == self._tag for one in matching or () if isinstance(one, dict))

    def _batch(self, events: tuple[Event, ...], *bad: BadEvent, is_much: bool = True) -> Batch:
        """With its place: with whatever was heard, and every half minute."""
        self._stood.hears()
        now = clock.monotonic()
        if not is_much and now - self._moved < _PLACE_SECONDS:
            return Batch((), None)
        self._moved = now
        return Batch(events, None, bad, place=self._stood.write())


def _events(item: dict[str, Any], beside: Beside, account: Account) -> tuple[Event, ...]:
    if is_repost(item) or is_protected(item, beside):
        return ()
    said = posted(item, beside, account)
    return (*map(deleted, earlier_versions(item)), said)


def _object(line: str) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _disconnected(found: dict[str, Any]) -> NetworkError:
    """X says why it lets go of us."""
    problem = first_problem(found)
    if problem is None:
        return TryLater(_AGAIN_SECONDS, "answer.unreadable")
    if problem.get("title") == "operational-disconnect":  # a server of theirs goes, and another one is there
        return TryLater(_AGAIN_SECONDS, "operational-disconnect")
    return _refused(200, problem)


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """The application is refused, and not the account: whatever X says, the channel is polled all the same."""
    try:
        yield
    except NotStreaming as error:
        raise _not_streaming(error.answer) from error
    except http.AddressRefused as error:
        raise Unsupported(reason=error.code) from error
    except http.HTTPError as error:
        raise TryLater(_AGAIN_SECONDS, error.code) from error


def _not_streaming(answer: http.Answer) -> NetworkError:
    problem = problem_in(answer)
    if problem is not None and problem.get("connection_issue"):
        return _refused(answer.status, problem)
    try:
        refuse(answer, reads=True, denied=(401,))
    except NotAuthorised:
        return Unsupported(reason=rules.BEARER_REFUSED)
    except TryLater as error:
        return error
    return TryLater(WAIT_SECONDS, "answer.unreadable") if problem is None else _refused(answer.status, problem)


def _refused(status: int, problem: dict[str, Any]) -> NetworkError:
    issue = problem.get("connection_issue")
    if issue == "TooManyConnections":
        return TryLater(_TAKEN_SECONDS, _TAKEN)
    if issue:  # a rule that was agreed on a moment ago takes its time
        return TryLater(WAIT_SECONDS, words_of(problem))
    error = refusal(status, problem)
    return Unsupported(reason=error.words) if isinstance(error, Refused) else error

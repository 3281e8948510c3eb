"""Polling a list of reviews: what is new, what was changed, what is gone, and what we answered elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from resonanz.core import clock
from resonanz.networks.asking import put_aside
from resonanz.networks.contract import Account, BadEvent, Batch, Event
from resonanz.networks.errors import Refused, TryLater
from resonanz.networks.reviews.cursor import Cursor, Known
from resonanz.networks.reviews.review import (
    FAULTS,
    NotThere,
    Page,
    Review,
    Source,
    Unreadable,
    answered,
    answered_otherwise,
    edited,
    gone,
    id_of_answer,
    posted,
)

LOOKS = 20
"""So many that are missing from a list are asked for alone, each time."""
MOST_PAGES = 50
_WAIT_SECONDS = 60.0
_MOST_FIELDS, _MOST_NAME, _DEPTH = 40, 100, 5


@dataclass(frozen=True, slots=True)
class Pace:
    """`sweep`: how often all that is watched is compared; `lists`: how long the list shows a review, None: always."""

    sweep: timedelta
    lists: timedelta | None = None


def poll(source: Source, account: Account, cursor: str, pace: Pace) -> Iterator[Batch]:
    """What is new since `cursor`. What was read before a failure is read again: it is stored once."""
    yield _Poll(source, account, Cursor.read(cursor), pace).batch()


class _Poll:
    def __init__(self, source: Source, account: Account, cursor: Cursor, pace: Pace) -> None:
        self._source = source
        self._account = account
        self._cursor = cursor
        self._pace = pace
        self._events: list[list[Event]] = []
        self._bad: list[BadEvent] = []

    def batch(self) -> Batch:
        """Everything that one poll brings, the oldest first."""
        sweeps = clock.now().timestamp() - self._cursor.swept >= self._pace.sweep.total_seconds()
        seen, floor = self._read_list(to_the_end=sweeps)
        if sweeps and floor is not None:
            self._look_for(self._missing(seen, floor))
        self._cursor.tidy()
        told = [event for events in reversed(self._events) for event in events]
        return Batch(tuple(told), self._cursor.write(), tuple(self._bad))

    def _read_list(self, *, to_the_end: bool) -> tuple[set[str], float | None]:
        """The ids that were seen, and down to which place the list was read; None where it cannot be read."""
        seen: set[str] = set()
        for number, page in enumerate(self._source.pages()):
            self._bad += [one for one in page.bad if self._cursor.is_news(one.raw)]
            if page.bad and not page.reviews:  # the others will hardly be readable either
                return seen, None
            fresh = [review for review in page.reviews if review.native_id not in seen]
            changes = [self._compare(review) for review in fresh]
            seen |= {review.native_id for review in fresh}
            lowest = min((review.listed_at.timestamp() for review in page.reviews), default=clock.now().timestamp())
            is_known = bool(page.reviews) and not any(changes)
            if lowest <= self._lowest(to_the_end) or (is_known and not to_the_end) or number + 1 >= MOST_PAGES:
                return seen, lowest
        return seen, 0.0

    def _lowest(self, to_the_end: bool) -> float:
        """Below this nothing is of interest."""
        watched = min((known.listed for known in self._cursor.watched.values()), default=self._cursor.since)
        return min(watched - 1, self._cursor.since) if to_the_end else self._cursor.since

    def _compare(self, review: Review) -> bool:
        """Whether it is new or otherwise than it was."""
        known = self._cursor.watched.get(review.native_id)
        if known is None and review.listed_at.timestamp() <= self._cursor.since:
            return False
        found = list(self._changes(review, known))
        self._cursor.watch(review)
        if found:
            self._events.append(found)
        return bool(found)

    def _changes(self, review: Review, known: Known | None) -> Iterator[Event]:
        now = Known.of(review)
        if known is None:
            yield posted(review, self._account)
        elif known.mark != now.mark:
            yield edited(review, self._account)
        before = known.answer if known else ""
        if review.answer and not before:
            yield answered(review, review.answer, self._account)
        elif review.answer and before != now.answer:
            yield answered_otherwise(review, review.answer, self._account)
        elif before and not review.answer:
            yield gone(id_of_answer(review.native_id), self._account)

    def _missing(self, seen: set[str], floor: float) -> list[str]:
        """What is watched and should have stood in what was read of the list."""
        if self._pace.lists is not None:
            floor = max(floor, (clock.now() - self._pace.lists).timestamp())
        return [key for key, known in self._cursor.watched.items() if key not in seen and known.listed > floor]

    def _look_for(self, missing: list[str]) -> None:
        """A list may be wrong for a moment: only the network's word about that one review counts.

        What is there all the same, or cannot be read, stays, and holds up neither the others nor what is new.
        """
        waiting = [native_id for native_id in missing if native_id not in self._cursor.looked]
        for native_id in waiting[:LOOKS]:
            self._cursor.looked.append(native_id)
            try:
                self._compare(self._source.one(native_id))
            except NotThere:
                self._cursor.forget(native_id)
                self._events.append([gone(native_id, self._account)])
            except (Unreadable, Refused):
                continue
            except TryLater:
                return
        if len(waiting) <= LOOKS:
            self._cursor.swept, self._cursor.looked = clock.now().timestamp(), []


def page_of(items: object, reads: Callable[[Any], Review]) -> Page:
    """A page, with what could not be read put aside. Raises TryLater where it is none."""
    if not isinstance(items, list):
        raise TryLater(_WAIT_SECONDS, "answer.unreadable")
    reviews: list[Review] = []
    bad: list[BadEvent] = []
    for item in items:
        try:
            reviews.append(reads(item))
        except FAULTS as error:
            bad.append(put_aside(_shape(item), error))
    return Page(tuple(reviews), tuple(bad))


def _shape(item: object, depth: int = _DEPTH) -> object:
    """What it was made of, without what it said: networks tell mail addresses and devices that are not ours to keep.

    Its own id is left, if it is one: by that people find it.
    """
    if isinstance(item, dict) and depth:
        named = [(str(key)[:_MOST_NAME], value) for key, value in list(item.items())[:_MOST_FIELDS]]
        return {key: _id_or_shape(key, value, depth) for key, value in named}
    if isinstance(item, list) and depth:
        return [_shape(one, depth - 1) for one in item[:1]]
    return type(item).__name__


def _id_or_shape(key: str, value: object, depth: int) -> object:
    is_id = key in {"id", "reviewId"} and isinstance(value, str) and len(value) <= _MOST_NAME and depth == _DEPTH
    return value if is_id else _shape(value, depth - 1)


def one_of(found: object, native_id: str, reads: Callable[[Any], Review]) -> Review:
    """The review that was asked for. Raises Unreadable where another one came, or none."""
    try:
        review = reads(found)
        if review.native_id != native_id:
            raise ValueError("another review")
    except FAULTS as error:
        raise Unreadable(_WAIT_SECONDS, "answer.unreadable") from error
    return review

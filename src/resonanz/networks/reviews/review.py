"""A review and the one answer it may have, as a network gives them, and as events of the house."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from resonanz.core import clock, text
from resonanz.networks.contract import Account, Author, BadEvent, Deleted, Edited, Posted, PostKind
from resonanz.networks.errors import Refused, TryLater

FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError, IndexError, OSError)
"""What reading foreign JSON that lies about its shape can raise; OSError: a time beyond what the system counts."""
MOST_TEXT = 20_000
MOST_ID = 480
STARS = range(1, 6)
_ANSWER = "/reply"


class NotThere(Refused):
    """The network itself says that there is no such review."""


class Unreadable(TryLater):
    """The network answered, but not with a review that we can read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the company says to a review. `native_id` is the network's own for it, "" where it has none."""

    text: str
    at: datetime
    native_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What somebody says of us. `listed_at`: by what the list is ordered; `changed_at`: None where nobody tells.

    `author_id`: "" where the network names nobody; then the review stands for who wrote it, for each may write one.
    """

    native_id: str
    text: str
    rating: int
    said_at: datetime
    listed_at: datetime
    changed_at: datetime | None = None
    author_id: str = ""
    author_name: str = ""
    author_url: str = ""
    url: str = ""
    language: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the list, the newest first."""

    reviews: tuple[Review, ...]
    bad: tuple[BadEvent, ...] = ()


class Source(Protocol):
    """A list of reviews at a network, asked with one token. Each raises a NetworkError."""

    def pages(self) -> Iterator[Page]:
        """The list, newest first, page by page."""
        ...

    def one(self, native_id: str) -> Review:
        """A review as it stands now; raises NotThere."""
        ...

    def answer(self, review: Review, words: str) -> None:
        """Say it, in place of the answer that `review` was seen with."""
        ...


class Takes(Source, Protocol):
    """A source that also lets an answer be taken back."""

    def take_back(self, review: Review) -> None:
        """The answer is gone."""
        ...


def mark_of(review: Review) -> str:
    """What tells two wordings of a review apart, stars included."""
    return short(f"{review.rating}\n{review.text}")


def mark_of_answer(review: Review) -> str:
    """What tells two answers apart; "" where there is none."""
    return short(review.answer.text) if review.answer else ""


def posted(review: Review, account: Account) -> Posted:
    """That somebody reviewed us."""
    return Posted(
        network=account.network,
        origin=account.origin,
        native_id=review.native_id,
        author=Author(native_id=review.author_id or review.native_id, name=review.author_name, url=review.author_url),
        text=review.text,
        posted_at=min(review.said_at, clock.now()),
        kind=PostKind.REVIEW,
        url=review.url,
        language=review.language,
        root_id=review.native_id,
        addressed=True,
        rating=review.rating,
    )


def edited(review: Review, account: Account) -> Edited:
    """That it reads otherwise now, or gives other stars."""
    return Edited(
        network=account.network,
        origin=account.origin,
        native_id=review.native_id,
        text=review.text,
        edited_at=min(review.changed_at or clock.now(), clock.now()),
        rating=review.rating,
    )


def answered(review: Review, answer: Answer, account: Account) -> Posted:
    """That we answered it, from here or elsewhere."""
    return Posted(
        network=account.network,
        origin=account.origin,
        native_id=id_of_answer(review.native_id),
        author=Author(native_id=account.native_id, handle=account.handle, name=account.name),
        text=answer.text,
        posted_at=min(answer.at, clock.now()),
        kind=PostKind.COMMENT,
        url=review.url,
        parent_id=review.native_id,
        root_id=review.native_id,
    )


def answered_otherwise(review: Review, answer: Answer, account: Account) -> Edited:
    """That our answer reads otherwise now."""
    return Edited(
        network=account.network,
        origin=account.origin,
        native_id=id_of_answer(review.native_id),
        text=answer.text,
        edited_at=min(answer.at, clock.now()),
    )


def gone(native_id: str, account: Account) -> Deleted:
    """A review, or our answer to it, is no longer there."""
    return Deleted(network=account.network, origin=account.origin, native_id=native_id, deleted_at=clock.now())


def id_of_answer(native_id: str) -> str:
    """By what the one answer to a review is known; networks give it no id, or one that nobody reads."""
    return f"{native_id}{_ANSWER}"


def id_of_answered(native_id: str) -> str:
    """The review to which an answer belongs. Raises Refused where it is none."""
    if not native_id.endswith(_ANSWER):
        raise Refused("NotFound")
    return native_id.removesuffix(_ANSWER)


def checked_id(value: object) -> str:
    """An id, which is opaque. Raises one of FAULTS."""
    if not isinstance(value, str) or not value or len(value) > MOST_ID or not value.isprintable():
        raise ValueError("no id")
    return value


def stars(value: object) -> int:
    """One to five. Raises one of FAULTS."""
    if not isinstance(value, int) or isinstance(value, bool) or value not in STARS:
        raise ValueError("no stars")
    return value


def titled(title: object, body: object) -> str:
    """The words, with their heading before them where there is one. Raises one of FAULTS."""
    parts = [text.clean(_string(part), most=MOST_TEXT).strip() for part in (title, body)]
    return "\n\n".join(part for part in parts if part)


def name(value: object) -> str:
    """The name that is shown. Raises one of FAULTS."""
    return " ".join(text.clean(_string(value), most=200).split())


def moment(value: object) -> datetime:
    """A time with its offset. Raises one of FAULTS."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("no date")
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a date without offset")
    return found


def _string(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("no words")
    return value


def short(words: str) -> str:
    """A mark that tells words apart and from which nobody reads them."""
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

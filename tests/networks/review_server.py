"""What servers of reviews on the loopback have in common: who said what, our one answer, and how they answer badly."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks.loopback_server import Answer, LoopbackServer

from resonanz.core import clock
from resonanz.networks.contract import Account


@dataclass(frozen=True)
class Said:
    """A review as somebody left it, and our answer to it."""

    review_id: str
    text: str
    stars: int
    at: datetime
    changed_at: datetime
    name: str = "Ada Berg"
    answer: str = ""
    answered_at: datetime | None = None


@dataclass
class ReviewServer(LoopbackServer):
    """`asked`: each request, method and path. `faulty` answers first. `page`: so many reviews come at once.

    `spoil`: the id of a review that gives more stars than there are. `hangs_up`: an order takes effect, and its answer
    never comes. `tells_changes`: whether the network says when a review was changed last.
    """

    reviews: dict[str, Said] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    faulty: Callable[[str, str], Answer | None] = lambda _method, _path: None
    is_revoked: bool = False
    hangs_up: bool = False
    page: int = 100
    tells_changes: bool = True
    spoil: str = ""

    # What people do there.

    def say(
        self, text: str = "Geht gut.", stars: int = 4, *, ago: timedelta = timedelta(hours=1), name: str = "Ada Berg"
    ) -> str:
        """A new review; its id."""
        review_id = self.id_of(len(self.reviews) + 1)
        at = clock.now() - ago
        self.reviews[review_id] = Said(review_id, text, stars, at, at, name)
        return review_id

    def change(self, review_id: str, text: str, stars: int) -> None:
        """Its author says it otherwise, now."""
        self.reviews[review_id] = replace(self.reviews[review_id], text=text, stars=stars, changed_at=clock.now())

    def answer_by_hand(self, review_id: str, words: str) -> None:
        """A colleague answers on the network's own page; "": takes the answer back."""
        at = clock.now() if words else None
        self.reviews[review_id] = replace(self.reviews[review_id], answer=words, answered_at=at)

    # What each network says for itself.

    def id_of(self, number: int) -> str:
        """An id as the network writes it."""
        return f"review-{number}"

    def account(self) -> Account:
        """Our account there, as a channel has it."""
        raise NotImplementedError

    def respond(self, method: str, path: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        """The answer to a request that nothing is wrong with."""
        raise NotImplementedError

    def too_many(self) -> Answer:
        """What it says when too much was asked."""
        raise NotImplementedError

    def refused_token(self) -> Answer:
        """What it says to a token that it does not take any more."""
        raise NotImplementedError

    def error_in_a_200(self) -> Answer:
        """What is wrong stands inside."""
        raise NotImplementedError

    # What it answers.

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """The answer to one request."""
        self.asked.append(f"{method} {path}")
        if found := self.faulty(method, path):
            return found
        address = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        answer = self.respond(method, address.path, asked, headers, body)
        if self.hangs_up and method not in {"GET", "HEAD"} and not self.is_signing_in(address.path):
            time.sleep(0.05)
            return None
        return answer

    def is_signing_in(self, path: str) -> bool:
        """Whether a token is asked for there."""
        return path.endswith(("/token", "/accesstoken", "/find"))

    def newest(self, *, changed: bool) -> list[Said]:
        """All that is said, by when it was said or changed, the last one first."""
        said = [replace(one, stars=9) if one.review_id == self.spoil else one for one in self.reviews.values()]
        return sorted(said, key=lambda one: (one.changed_at if changed else one.at, one.review_id), reverse=True)

    def orders(self) -> list[str]:
        """What was asked that changes something."""
        return [one for one in self.asked if not one.startswith("GET") and "token" not in one]


def as_json(found: object, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON."""
    return status, {"Content-Type": "application/json", **headers}, json.dumps(found).encode()


def html(status: int = 200) -> Answer:
    """A page of somebody between us."""
    return status, {"Content-Type": "text/html"}, b"<!doctype html><title>Wartung</title><p>Gleich wieder da."


def pages_of(items: list[Any], size: int) -> Iterator[list[Any]]:
    """The items, so many at once."""
    for first in range(0, max(len(items), 1), size):
        yield items[first : first + size]

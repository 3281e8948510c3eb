"""Google Play: reviews of an app of the company, and its answers, by the key of a service account.

What is heard and what is missed stands in docs/networks.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from resonanz.core import text
from resonanz.networks import google
from resonanz.networks.contract import (
    Account,
    Batch,
    Capability,
    Correction,
    Entries,
    Entry,
    Limits,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.errors import NotAuthorised
from resonanz.networks.reviews import answering, reading
from resonanz.networks.reviews.review import MOST_TEXT, Answer, Page, Review, checked_id, name, stars

NAME = "google_play"
API = "https://androidpublisher.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_STORE = "https://play.google.com/store/apps/details"
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+", re.ASCII)
_PAGE = 100
# Google lists what was said or changed in the last week, to the hour perhaps.
_PACE = reading.Pace(sweep=timedelta(hours=6), lists=timedelta(days=6, hours=12))


class GooglePlayNetwork:
    """Account.handle is the name of the app's package, Account.secret the key file (JSON) of a service account."""

    name = NAME
    title = "Google Play"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.IDENTIFY,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.CORRECT,
        }
    )
    # 200 questions an hour for an app: 12 polls, and what a sweep and answers take.
    limits = Limits(text_length=350, poll_seconds=300, settle_seconds=60, by_the_minute=False, fills_gap_days=7)
    asks_for = Entries(
        handle=Entry("com.nordhain.app", called="package"), secret=Entry('{"type": …}', called="service_key")
    )

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What was said or changed since then."""
        return reading.poll(_App.of(account), account, cursor, _PACE)

    def identify(self, account: Account) -> Account:
        """The app, if the key may read its reviews."""
        typed = account.handle.strip()
        if not _PACKAGE.fullmatch(typed) or len(typed) > 255:
            raise ValueError("no package")
        known = replace(account, origin=typed, native_id=typed, handle=typed, name=account.name or typed)
        next(_App.of(known).pages())
        return known

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """The one answer to the review."""
        return answering.reply(_App.of(account), order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for below the review."""
        return answering.find_sent(_App.of(account), order)

    def correct(self, account: Account, correction: Correction) -> None:
        """In place of what we said before."""
        answering.correct(_App.of(account), correction)


@dataclass(frozen=True, slots=True)
class _App:
    """The reviews of one app."""

    package: str
    google: google.Google

    @classmethod
    def of(cls, account: Account) -> _App:
        """Asked with a token that is fetched once for each poll or answer."""
        package = account.native_id or account.handle
        if not _PACKAGE.fullmatch(package):
            raise NotAuthorised(status=401)  # it would become part of an address
        key = google.service_account(account.secret)
        token = google.token_of(key, SCOPE, server=account.address or google.SIGN_IN)
        return cls(package, google.Google(account.address or API, token))

    def pages(self) -> Iterator[Page]:
        """What was said or changed within a week, the last one first."""
        more: Mapping[str, object] = {}
        while True:
            found = self.google.get(self._path(), maxResults=_PAGE, **more)
            yield reading.page_of(found.get("reviews", []), self._read)
            pagination = found.get("tokenPagination")
            token = pagination.get("nextPageToken") if isinstance(pagination, dict) else None
            if not isinstance(token, str) or not token or more == {"token": token}:
                return
            more = {"token": token}

    def one(self, native_id: str) -> Review:
        """A review as it is now."""
        return reading.one_of(self.google.get(self._path(native_id)), native_id, self._read)

    def answer(self, review: Review, words: str) -> None:
        """Google says what it made of it; tags would be taken out, so that is looked at when it is read back."""
        self.google.call("POST", f"{self._path(review.native_id)}:reply", {"replyText": words})

    def _path(self, native_id: str = "") -> str:
        review = f"/{quote(native_id, safe=':')}" if native_id else ""
        return f"/androidpublisher/v3/applications/{self.package}/reviews{review}"

    def _read(self, found: Mapping[str, Any]) -> Review:
        """Of the person's device nothing is taken over, though Google tells it, and its language is not the words'."""
        native_id = checked_id(found["reviewId"])
        comments = [one for one in found["comments"] if isinstance(one, dict)]
        said = [one["userComment"] for one in comments if "userComment" in one][-1]
        answers = [one["developerComment"] for one in comments if "developerComment" in one]
        at = _moment(said["lastModified"])
        return Review(
            native_id=native_id,
            text=_words(said.get("originalText") or said["text"]),
            rating=stars(said["starRating"]),
            said_at=at,
            listed_at=at,
            changed_at=at,
            author_name=name(found.get("authorName")),
            url=f"{_STORE}?{urlencode({'id': self.package, 'reviewId': native_id})}",
            answer=_answer(answers[-1]) if answers else None,
        )


def _answer(found: Mapping[str, Any]) -> Answer:
    return Answer(_words(found["text"]), _moment(found["lastModified"]))


def _words(value: object) -> str:
    """Title and body come with a tab between."""
    if not isinstance(value, str):
        raise TypeError("no words")
    title, tab, body = value.partition("\t")
    parts = (title.strip(), body.strip()) if tab else (value.strip(),)
    return text.clean("\n\n".join(part for part in parts if part), most=MOST_TEXT)


def _moment(found: Mapping[str, Any]) -> datetime:
    """Seconds as text, as Google writes large numbers."""
    seconds = int(found["seconds"])
    nanos = found.get("nanos") or 0
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=int(nanos) // 1000)

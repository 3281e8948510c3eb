"""App Store: reviews of an app of the company, and its answers, by a key of App Store Connect.

What is heard and what is missed stands in docs/networks.md.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from resonanz.core import clock, http, text
from resonanz.networks import asking
from resonanz.networks.assertions import Key, NoKey, key_of, signed
from resonanz.networks.contract import (
    Account,
    Batch,
    Capability,
    Correction,
    Entries,
    Entry,
    Limits,
    Option,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.reviews import answering, reading
from resonanz.networks.reviews.review import (
    FAULTS,
    Answer,
    NotThere,
    Page,
    Review,
    checked_id,
    moment,
    name,
    stars,
    titled,
)

NAME = "app_store"
API = "https://api.appstoreconnect.apple.com"
ISSUER, KEY_ID = "issuer_id", "key_id"
AGREEMENTS = "app_store.agreements"
_STORE = "https://apps.apple.com/app/id"
_APP = re.compile(r"[0-9]{1,20}", re.ASCII)
_LASTS = timedelta(minutes=15)  # Apple takes none that lasts longer than twenty
_SKEW = timedelta(minutes=1)  # our clock may be a little ahead of Apple's, and its no would end the channel
_PAGE = 100
_WAIT_SECONDS = 60.0
_AGREEMENTS_SECONDS = 900.0
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)
_GONE = frozenset({404, 410})
_DENIED = frozenset({401, 403})
_PACE = reading.Pace(sweep=timedelta(hours=6))


class AppStoreNetwork:
    """Account.handle is the number of the app (its Apple ID), Account.secret the private key of App Store Connect.

    Settings: "key_id" and "issuer_id" of that key; one that belongs to a person has no issuer.
    """

    name = NAME
    title = "App Store"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.IDENTIFY,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    # 3,600 questions an hour with one key, and most polls take one.
    limits = Limits(text_length=5_970, poll_seconds=300, settle_seconds=60, fills_gap_days=None)
    asks_for = Entries(
        handle=Entry("1234567890", called="apple_id"),
        secret=Entry("-----BEGIN PRIVATE KEY-----…", called="api_key"),
        options=(Option(KEY_ID, is_needed=True, is_line=True), Option(ISSUER, is_line=True)),
    )

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What was said since then, and, a few times a day, what became of the rest."""
        return reading.poll(_App.of(account), account, cursor, _PACE)

    def identify(self, account: Account) -> Account:
        """The app, if the key may see it."""
        typed = account.handle.strip().removeprefix("id")
        if not _APP.fullmatch(typed):
            raise ValueError("no app")
        called = _App.of(replace(account, native_id=typed)).called()
        return replace(account, origin=typed, native_id=typed, handle=typed, name=account.name or called)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """The one answer to the review; Apple publishes it within a day."""
        return answering.reply(_App.of(account), order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for below the review, published or not yet."""
        return answering.find_sent(_App.of(account), order)

    def correct(self, account: Account, correction: Correction) -> None:
        """In place of what we said before."""
        answering.correct(_App.of(account), correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the answer."""
        answering.withdraw(_App.of(account), native_id)


@dataclass(frozen=True, slots=True)
class _App:
    """The reviews of one app."""

    number: str
    base: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, account: Account) -> _App:
        """Asked with a word that we sign anew for each poll or answer."""
        number = account.native_id or account.handle
        if not _APP.fullmatch(number):
            raise NotAuthorised(status=401)  # it would become part of an address
        return cls(number, (account.address or API).rstrip("/"), _token(account))

    def called(self) -> str:
        """Its name in the store."""
        found = self._get(f"/v1/apps/{self.number}", {"fields[apps]": "name"})
        try:
            return name(found["data"]["attributes"]["name"]) or self.number
        except FAULTS as error:
            raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error

    def pages(self) -> Iterator[Page]:
        """All that was ever said, the newest first."""
        asked: dict[str, object] = {"sort": "-createdDate", "include": "response", "limit": _PAGE}
        while True:
            found = self._get(f"/v1/apps/{self.number}/customerReviews", asked)
            yield reading.page_of(found.get("data"), partial(self._read, answers=_answers_in(found)))
            cursor = _next_in(found)
            if not cursor or cursor == asked.get("cursor"):
                return
            asked = {**asked, "cursor": cursor}

    def one(self, native_id: str) -> Review:
        """A review as it is now."""
        found = self._get(f"/v1/customerReviews/{quote(native_id, safe='')}", {"include": "response"})
        return reading.one_of(found.get("data"), native_id, partial(self._read, answers=_answers_in(found)))

    def answer(self, review: Review, words: str) -> None:
        """A second one takes the place of the first."""
        data = {
            "type": "customerReviewResponses",
            "attributes": {"responseBody": words},
            "relationships": {"review": {"data": {"type": "customerReviews", "id": review.native_id}}},
        }
        self._call("POST", "/v1/customerReviewResponses", {"data": data})

    def take_back(self, review: Review) -> None:
        """By its own id."""
        if review.answer is not None:
            self._call("DELETE", f"/v1/customerReviewResponses/{quote(review.answer.native_id, safe='')}")

    def _read(self, found: Mapping[str, Any], answers: Mapping[str, Answer]) -> Review:
        said = found["attributes"]
        at = moment(said["createdDate"])
        response = (found.get("relationships") or {}).get("response") or {}
        linked = response.get("data")
        return Review(
            native_id=checked_id(found["id"]),
            text=titled(said.get("title"), said.get("body")),
            rating=stars(said["rating"]),
            said_at=at,
            listed_at=at,
            author_name=name(said.get("reviewerNickname")),
            url=f"{_STORE}{self.number}",
            answer=answers[linked["id"]] if linked else None,  # one that did not come is not one that is gone
        )

    def _get(self, path: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        answer = self._ask("GET", f"{path}?{urlencode(parameters)}", None)
        try:
            return asking.json_object(_accepted(answer, reads=True))
        except ValueError as error:
            raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error

    def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> None:
        answer = _accepted(self._ask(method, path, body), reads=False)
        try:
            if answer.body.strip():
                asking.json_object(answer)
        except ValueError as error:
            raise NoAnswer(reason="answer.unreadable") from error

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None) -> http.Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        return asking.ask(method, f"{self.base}{path}", headers=headers, body=body, bounds=_BOUNDS, denied=())


def _token(account: Account) -> str:
    now = clock.now()
    issuer, key_id = account.settings.get(ISSUER, "").strip(), account.settings.get(KEY_ID, "").strip()
    # A key of a person has no issuer, and speaks for whoever made it.
    who = {"iss": issuer} if issuer else {"sub": "user"}
    times = {"iat": int((now - _SKEW).timestamp()), "exp": int((now + _LASTS).timestamp())}
    return signed(_key(account), {**who, **times, "aud": "appstoreconnect-v1"}, key_id=key_id)


def _key(account: Account) -> Key:
    try:
        return key_of(account.secret)
    except NoKey as error:
        raise NotAuthorised(status=401) from error


def _answers_in(found: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers that came beside reviews, by their ids; a review whose answer cannot be read is put aside with it."""
    included = found.get("included", [])
    if not isinstance(included, list):
        raise TryLater(_WAIT_SECONDS, "answer.unreadable")
    answers: dict[str, Answer] = {}
    for one in included:
        with contextlib.suppress(*FAULTS):
            if one["type"] == "customerReviewResponses":
                answers[checked_id(one["id"])] = _answer(one)
    return answers


def _answer(found: Mapping[str, Any]) -> Answer:
    said = found["attributes"]
    return Answer(titled("", said["responseBody"]), moment(said["lastModifiedDate"]), checked_id(found["id"]))


def _next_in(found: Mapping[str, Any]) -> str:
    """Where the list goes on: only that is taken of the address that came, so that our word goes nowhere else."""
    links = found.get("links")
    address = links.get("next") if isinstance(links, dict) else None
    try:
        return parse_qs(urlsplit(address).query)["cursor"][0] if isinstance(address, str) else ""
    except FAULTS:
        return ""


def _accepted(answer: http.Answer, *, reads: bool) -> http.Answer:
    """The answer, unless it says no: by its status, or by errors where 200 was said."""
    try:
        errors = asking.json_object(answer).get("errors")
    except ValueError:
        errors = None
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        raise _refusal(answer.status, errors[0])
    if 200 <= answer.status < 300:
        return answer
    if reads or answer.status < 500:  # whoever answered here, it was not Apple
        raise TryLater(_WAIT_SECONDS, f"http.{answer.status}")
    raise NoAnswer(reason=f"http.{answer.status}")


def _refusal(answered: int, error: Mapping[str, Any]) -> Exception:
    said, code = str(error.get("status") or ""), str(error.get("code") or "")
    status = int(said) if said.isascii() and said.isdecimal() and len(said) == 3 else answered
    words = text.clean(str(error.get("detail") or error.get("title") or code), most=300) or f"http.{status}"
    if "AGREEMENTS" in code:  # until somebody accepts them in App Store Connect; the key is good
        return TryLater(_AGREEMENTS_SECONDS, AGREEMENTS)
    if status in _DENIED:
        return NotAuthorised(status=status)
    if status in _GONE:
        return NotThere(words)
    return TryLater(_WAIT_SECONDS, words) if status >= 500 or status == 429 else Refused(words)

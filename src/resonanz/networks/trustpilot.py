"""Trustpilot: reviews of a website or shop of the company, and its answers, by the company's API key.

What is heard and what is missed stands in docs/networks.md.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from resonanz.core import http, text
from resonanz.networks import asking
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

NAME = "trustpilot"
API = "https://api.trustpilot.com"
API_KEY, BUSINESS_USER = "trustpilot_key", "business_user"
_SITE = "https://www.trustpilot.com"
_UNIT = re.compile(r"[0-9a-f]{24}", re.ASCII)
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)
_PAGE = 100
_MOST_PAGES = 100
_WAIT_SECONDS = 60.0
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)
_GONE = frozenset({404, 410})
_DENIED = frozenset({401, 403})
# Its terms want what is kept to be compared at least once in 24 hours.
_PACE = reading.Pace(sweep=timedelta(hours=20))


class TrustpilotNetwork:
    """Account.handle is the company's domain as it is reviewed there, Account.secret the secret of its API key.

    Settings: "trustpilot_key" is that key, "business_user" the number of the colleague in whose name answers are said.
    """

    name = NAME
    title = "Trustpilot"
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
    # The smallest plan has 200,000 questions a year; a poll takes one, a sweep some more.
    limits = Limits(
        text_length=4_000,
        poll_seconds=600,
        settle_seconds=60,
        fills_gap_days=None,
        keep_days=90,
        keep_source="Trustpilot API: refreshed once in 24 hours, which we do for 90 days",
    )
    asks_for = Entries(
        handle=Entry("nordhain.example", called="domain"),
        secret=Entry(called="api_secret"),
        options=(
            Option(API_KEY, is_needed=True, is_line=True),
            Option(BUSINESS_USER, is_needed=True, is_line=True),
        ),
    )

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What was said since then, and, once a day, what became of the rest."""
        return reading.poll(_Unit.of(account), account, cursor, _PACE)

    def identify(self, account: Account) -> Account:
        """The business unit of the domain, if the key may read its reviews."""
        typed = account.handle.strip().lower().removeprefix("https://").removeprefix("www.").rstrip("/")
        if not _DOMAIN.fullmatch(typed):
            raise ValueError("no domain")
        unit, called = _found(account, typed)
        known = replace(account, origin=unit, native_id=unit, handle=typed, name=account.name or called)
        next(_Unit.of(known).pages())
        return known

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """The one answer to the review."""
        return answering.reply(_Unit.of(account), order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for below the review."""
        return answering.find_sent(_Unit.of(account), order)

    def correct(self, account: Account, correction: Correction) -> None:
        """The answer is taken back and said anew."""
        answering.correct(_Unit.of(account), correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the answer."""
        answering.withdraw(_Unit.of(account), native_id)


@dataclass(frozen=True, slots=True)
class _Unit:
    """The reviews of one business unit, asked with a token that is fetched once for each poll or answer."""

    unit: str
    base: str
    speaks: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, account: Account) -> _Unit:
        """The unit of a channel."""
        if not _UNIT.fullmatch(account.native_id):
            raise NotAuthorised(status=401)  # it would become part of an address
        return cls(account.native_id, _base(account), account.settings.get(BUSINESS_USER, ""), _token(account))

    def pages(self) -> Iterator[Page]:
        """All that was ever said, the newest first."""
        for number in range(1, _MOST_PAGES + 1):
            asked = {"orderBy": "createdat.desc", "perPage": _PAGE, "page": number}
            found = self._get(f"/v1/private/business-units/{self.unit}/reviews?{urlencode(asked)}").get("reviews")
            yield reading.page_of(found, _read)
            if not found:
                return

    def one(self, native_id: str) -> Review:
        """A review as it is now."""
        return reading.one_of(self._get(f"/v1/private/reviews/{quote(native_id, safe='')}"), native_id, _read)

    def answer(self, review: Review, words: str) -> None:
        """Trustpilot says nowhere that a second answer takes the place of the first, so that is taken back before."""
        self.take_back(review)
        body = {"authorBusinessUserId": self.speaks, "message": words}
        self._call("POST", f"/v1/private/reviews/{quote(review.native_id, safe='')}/reply", body)

    def take_back(self, review: Review) -> None:
        """Nothing, where there is no answer."""
        if review.answer is not None:
            self._call("DELETE", f"/v1/private/reviews/{quote(review.native_id, safe='')}/reply")

    def _get(self, path: str) -> dict[str, Any]:
        return _object(self._ask("GET", path, None))

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


def _base(account: Account) -> str:
    return (account.address or API).rstrip("/")


def _key(account: Account) -> str:
    return account.settings.get(API_KEY, "").strip()


def _token(account: Account) -> str:
    """For a hundred hours; no person has to sign in for it."""
    pair = b64encode(f"{_key(account)}:{account.secret.strip()}".encode()).decode()
    url = f"{_base(account)}/v1/oauth/oauth-business-users-for-applications/accesstoken"
    headers = {"Authorization": f"Basic {pair}", "Accept": "application/json"}
    with asking.failures(reads=True):  # a token that did not reach us binds nobody
        answer = http.ask("POST", url, headers=headers, form={"grant_type": "client_credentials"}, bounds=_BOUNDS)
    asking.refuse(answer, reads=True, denied=())
    token = _object(answer).get("access_token")
    if not isinstance(token, str) or not token.isprintable() or not token:
        raise TryLater(_WAIT_SECONDS, "answer.unreadable")
    return token


def _found(account: Account, domain: str) -> tuple[str, str]:
    """The number of the domain's business unit, and what it is called."""
    url = f"{_base(account)}/v1/business-units/find?{urlencode({'name': domain})}"
    headers = {"apikey": _key(account), "Accept": "application/json"}
    found = _object(asking.ask("GET", url, headers=headers, bounds=_BOUNDS, denied=()))
    try:
        if not _UNIT.fullmatch(found["id"]):
            raise ValueError("no unit")
        return found["id"], name(found.get("displayName")) or domain
    except FAULTS as error:
        raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error


def _read(found: Mapping[str, Any]) -> Review:
    """Neither the mail address nor the order of who wrote it, though Trustpilot tells both."""
    native_id, consumer = checked_id(found["id"]), found["consumer"]
    author, at = checked_id(consumer["id"]), moment(found["createdAt"])
    said = found.get("companyReply")
    language = found.get("language")
    return Review(
        native_id=native_id,
        text=titled(found.get("title"), found.get("text")),
        rating=stars(found["stars"]),
        said_at=at,
        listed_at=at,
        author_id=author,
        author_name=name(consumer.get("displayName")),
        author_url=f"{_SITE}/users/{quote(author, safe='')}",
        url=f"{_SITE}/reviews/{quote(native_id, safe='')}",
        language=text.clean(language, most=8) if isinstance(language, str) else "",
        answer=Answer(titled("", said["text"]), moment(said.get("updatedAt") or said["createdAt"])) if said else None,
    )


def _object(answer: http.Answer) -> dict[str, Any]:
    try:
        return asking.json_object(_accepted(answer, reads=True))
    except ValueError as error:
        raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error


def _accepted(answer: http.Answer, *, reads: bool) -> http.Answer:
    """The answer, unless it says no: by its status, or by a fault where 200 was said."""
    words = _words_of(answer)
    if 200 <= answer.status < 300:
        if words is not None:
            raise TryLater(_WAIT_SECONDS, words) if reads else NoAnswer(reason=words)
        return answer
    if words is None:  # whoever answered here, it was not Trustpilot
        if reads or answer.status < 500:
            raise TryLater(_WAIT_SECONDS, f"http.{answer.status}")
        raise NoAnswer(reason=f"http.{answer.status}")
    if answer.status in _DENIED:
        raise NotAuthorised(status=answer.status)
    raise NotThere(words) if answer.status in _GONE else Refused(words)


def _words_of(answer: http.Answer) -> str | None:
    """A no in Trustpilot's own words, or in those of the gate before it; None where it is none of theirs."""
    try:
        found = asking.json_object(answer)
    except ValueError:
        return None
    fault = found.get("fault")
    said = fault.get("faultstring") if isinstance(fault, dict) else None
    said = said or found.get("message") or found.get("reason") or found.get("error")
    return text.clean(str(said), most=300) if said else None

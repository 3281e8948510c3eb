"""Google Business Profile: reviews of a shop or branch of the company on Google Maps, and its answers.

By the company's own application at Google, as whoever may manage the profile. What is heard and what is missed stands
in docs/networks.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from resonanz.networks import google, oauth
from resonanz.networks.authorising import AppEntry, AppTerms, ConnectTerms, Shown, Step
from resonanz.networks.contract import (
    Account,
    App,
    Batch,
    Capability,
    Correction,
    Entries,
    Limits,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.reviews import answering, reading
from resonanz.networks.reviews.review import FAULTS, STARS, Answer, Page, Review, checked_id, moment, name, titled

NAME = "google_business"
API = "https://mybusiness.googleapis.com"
RIGHT = "https://www.googleapis.com/auth/business.manage"
_ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
_LOCATIONS = "https://mybusinessbusinessinformation.googleapis.com"
_CONSENT = "https://accounts.google.com/o/oauth2/v2/auth"
_PLACE = re.compile(r"accounts/[0-9]{1,30}/(locations/[0-9]{1,30})", re.ASCII)
_STARS = {word: number for number, word in zip(STARS, ("ONE", "TWO", "THREE", "FOUR", "FIVE"), strict=True)}
_PAGE = 50
_MOST_ACCOUNTS = 20
_MOST_PAGES = 20
_MOST_LINK = 2_000
_TRANSLATED, _ORIGINAL = "(Translated by Google)", "(Original)"
_PACE = reading.Pace(sweep=timedelta(hours=12))


class GoogleBusinessNetwork:
    """Account.native_id is the location as Google names it ("accounts/…/locations/…"), its origin the last part."""

    name = NAME
    title = "Google Business Profile"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.CONNECT,
            Capability.APP,
            Capability.RENEW,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    # An answer may have 4,096 bytes; with few signs that take four of them that is more than this.
    limits = Limits(text_length=2_000, poll_seconds=300, settle_seconds=60, fills_gap_days=None)
    asks_for = Entries()
    connecting = ConnectTerms(
        rights=(RIGHT,),
        needs=("google_business.own_app", "google_business.manager"),
        sees=("google_business.reviews",),
        sees_not=("password", "google_business.rest"),
        server=API,
    )
    app = AppTerms(
        console="https://console.cloud.google.com/apis/credentials",
        steps=(
            Step("google_business.project"),
            Step("google_business.access"),
            Step("google_business.enable"),
            Step("google_business.consent", (Shown.RIGHTS,)),
            Step("google_business.client", (Shown.REDIRECT,)),
        ),
        entries=(
            AppEntry("client_id", "Client ID", is_secret=False, example="1234567890-abc.apps.googleusercontent.com"),
            AppEntry("client_secret", "Client secret"),
        ),
    )

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What was said or changed since then."""
        return reading.poll(_Location.of(account), account, cursor, _PACE)

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """Google's page. It gives a renewal only where it is asked for one, and again only where it asks again."""
        page = _CONSENT if server == API else f"{server}/o/oauth2/v2/auth"
        more = {"access_type": "offline", "prompt": "consent"}
        return oauth.page_url(
            page, app, rights=(RIGHT,), redirect_uri=redirect_uri, state=state, challenge=challenge, more=more
        )

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The locations that the person may manage."""
        url = _tokens_of(server)
        tokens = oauth.exchange(url, app, redirect_uri=redirect_uri, code=code, verifier=verifier, in_header=False)
        if tokens.rights and RIGHT not in tokens.rights:  # Google lets people take single rights away
            raise NotAuthorised(status=403)
        bare = Account(
            network=NAME,
            address=server,
            secret=tokens.secret,
            renewal=tokens.renewal,
            expires_at=tokens.expires_at,
            app=app,
        )
        return tuple(_locations(bare))

    def renew(self, account: Account) -> Account:
        """Another token for an hour; Google keeps the renewal until somebody takes it back."""
        if account.app is None or not account.renewal:
            raise NotAuthorised(status=401)
        url = _tokens_of(account.address or API)
        tokens = oauth.renewed(url, account.app, account.renewal, in_header=False)
        return replace(account, secret=tokens.secret, renewal=tokens.renewal, expires_at=tokens.expires_at)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """The one answer to the review."""
        return answering.reply(_Location.of(account), order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for below the review."""
        return answering.find_sent(_Location.of(account), order)

    def correct(self, account: Account, correction: Correction) -> None:
        """In place of what we said before."""
        answering.correct(_Location.of(account), correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the answer."""
        answering.withdraw(_Location.of(account), native_id)


@dataclass(frozen=True, slots=True)
class _Location:
    """The reviews of one location."""

    place: str
    google: google.Google

    @classmethod
    def of(cls, account: Account) -> _Location:
        """That of a channel."""
        if not _PLACE.fullmatch(account.native_id):
            raise NotAuthorised(status=401)  # it would become part of an address
        return cls(account.native_id, google.Google(account.address or API, account.secret))

    def pages(self) -> Iterator[Page]:
        """All that was ever said, the last one that was changed first."""
        token = ""
        while True:
            more = {"pageToken": token} if token else {}
            found = self.google.get(self._path(), pageSize=_PAGE, orderBy="updateTime desc", **more)
            yield reading.page_of(found.get("reviews", []), _read)
            following = found.get("nextPageToken")
            if not isinstance(following, str) or not following or following == token:
                return
            token = following

    def one(self, native_id: str) -> Review:
        """A review as it is now."""
        return reading.one_of(self.google.get(self._path(native_id)), native_id, _read)

    def answer(self, review: Review, words: str) -> None:
        """A second one takes the place of the first."""
        self.google.call("PUT", f"{self._path(review.native_id)}/reply", {"comment": words})

    def take_back(self, review: Review) -> None:
        """It is gone."""
        self.google.call("DELETE", f"{self._path(review.native_id)}/reply")

    def _path(self, native_id: str = "") -> str:
        review = f"/{quote(native_id, safe='')}" if native_id else ""
        return f"/v4/{self.place}/reviews{review}"


def _locations(account: Account) -> Iterator[Account]:
    """All locations of all accounts (persons and groups) that whoever let us in may manage; each of them once."""
    is_google = account.address == API
    accounts = google.Google(_ACCOUNTS if is_google else account.address, account.secret)
    places = google.Google(_LOCATIONS if is_google else account.address, account.secret)
    known: set[str] = set()
    for group in _listed(accounts, "/v1/accounts", "accounts")[:_MOST_ACCOUNTS]:
        for found in _listed(places, f"/v1/{_named(group)}/locations", "locations", readMask="name,title"):
            one = _location(_named(group), found, account)
            if one.origin not in known:
                known.add(one.origin)
                yield one


def _listed(asked: google.Google, path: str, key: str, **parameters: object) -> list[Any]:
    """All pages of a list. Raises TryLater where it is none."""
    found: list[Any] = []
    more: dict[str, object] = {}
    for _ in range(_MOST_PAGES):
        page = asked.get(path, **parameters, **more)
        items = page.get(key, [])
        if not isinstance(items, list):
            raise TryLater(google.WAIT_SECONDS, "answer.unreadable")
        found += items
        if not isinstance(token := page.get("nextPageToken"), str) or not token:
            break
        more = {"pageToken": token}
    return found


def _named(group: Any) -> str:
    try:
        if not re.fullmatch(r"accounts/[0-9]{1,30}", group["name"], re.ASCII):
            raise ValueError("no account")
        return str(group["name"])
    except FAULTS as error:
        raise TryLater(google.WAIT_SECONDS, "answer.unreadable") from error


def _location(group: str, found: Any, account: Account) -> Account:
    try:
        place = f"{group}/{found['name']}"
        if not (parts := _PLACE.fullmatch(place)):
            raise ValueError("no location")
        called = name(found.get("title")) or parts[1]
    except FAULTS as error:
        raise TryLater(google.WAIT_SECONDS, "answer.unreadable") from error
    return replace(account, origin=parts[1], native_id=place, name=called)


def _read(found: Mapping[str, Any]) -> Review:
    """Without the picture of who wrote it."""
    reviewer = found.get("reviewer") or {}
    said = found.get("reviewReply")
    said_at = moment(found["createTime"])
    changed_at = moment(found.get("updateTime") or found["createTime"])
    return Review(
        native_id=checked_id(found["reviewId"]),
        text=_as_written(titled("", found.get("comment"))),
        rating=_STARS[found["starRating"]],
        said_at=said_at,
        listed_at=changed_at,
        changed_at=changed_at,
        author_name="" if reviewer.get("isAnonymous") else name(reviewer.get("displayName")),
        url=_link(found.get("reviewReplyUrl")),
        answer=Answer(titled("", said["comment"]), moment(said["updateTime"])) if said else None,
    )


def _link(value: object) -> str:
    """Where those who manage the profile see the review."""
    return value if isinstance(value, str) and value.startswith("https://") and len(value) <= _MOST_LINK else ""


def _as_written(words: str) -> str:
    """Google puts a translation behind the words, or before them; what was written is what is heard."""
    if words.startswith(_TRANSLATED) and _ORIGINAL in words:
        return words.partition(_ORIGINAL)[2].strip()
    return words.partition(f"\n\n{_TRANSLATED}")[0].strip()


def _tokens_of(server: str) -> str:
    return f"{google.SIGN_IN if server == API else server}/token"

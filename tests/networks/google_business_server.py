"""Google Business Profile on the loopback, as the published descriptions of its three interfaces say that they answer.

Letting in is done by `OAuthServer`, whose tokens last an hour and whose renewals stay. Locations stand below accounts;
reviews come by pages of fifty at most, the last one that was changed first; one answer to each, of 4,096 bytes at most.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.networks.loopback_server import Answer
from tests.networks.oauth_server import CLIENT_ID, CLIENT_SECRET, OAuthServer
from tests.networks.review_server import ReviewServer, Said, as_json

from resonanz.core import clock
from resonanz.networks.contract import Account, App
from resonanz.networks.google_business import RIGHT

PLACE = "accounts/11/locations/22"
TOKEN = "ya29.business"
APP = App(CLIENT_ID, CLIENT_SECRET)
_WORDS = {1: "ONE", 2: "TWO", 3: "THREE", 4: "FOUR", 5: "FIVE"}


def no(code: int, status: str, message: str) -> Answer:
    """A no of Google."""
    return as_json({"error": {"code": code, "message": message, "status": status}}, code)


@dataclass
class GoogleBusinessServer(ReviewServer):
    """`locations`: what they are called, by account and number."""

    locations: dict[str, dict[str, str]] = field(
        default_factory=lambda: {"accounts/11": {"locations/22": "Nordhain Bonn", "locations/23": "Nordhain Köln"}}
    )
    oauth: OAuthServer = field(default_factory=lambda: OAuthServer(rotates=False))
    shown: int = 1

    def id_of(self, number: int) -> str:
        """As Google writes them."""
        return f"AbFvOqk{number:04d}"

    def account(self) -> Account:
        """One location."""
        return Account(
            network="google_business", address=self.url, origin="locations/22", native_id=PLACE, name="Nordhain Bonn",
            secret=TOKEN, renewal="1//r", app=APP,
        )  # fmt: skip

    def too_many(self) -> Answer:
        """Also what a project is told that Google has not yet let in: its quota is nought."""
        return no(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Requests'.")

    def refused_token(self) -> Answer:
        """It was taken back."""
        return no(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")

    def error_in_a_200(self) -> Answer:
        """As if all were well."""
        return as_json({"error": {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}})

    def respond(self, method: str, path: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        """Its routes."""
        if path == "/token":
            status, more, given = self.oauth.answer(method, path, headers, body) or no(500, "INTERNAL", "")
            return status, more, given.replace(b"read write", RIGHT.encode())
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if self.is_revoked or token not in {TOKEN, *self.oauth.tokens}:
            return self.refused_token()
        if path == "/v1/accounts":
            return as_json({"accounts": [{"name": name, "type": "LOCATION_GROUP"} for name in self.locations]})
        if found := re.fullmatch(r"/v1/(accounts/\d+)/locations", path):
            return self._locations(self.locations.get(found[1], {}), asked)
        if found := re.fullmatch(rf"/v4/{PLACE}/reviews(?:/([^/]+))?(/reply)?", path):
            return self._reviews(method, found[1] or "", bool(found[2]), asked, body)
        return no(404, "NOT_FOUND", "Requested entity was not found.")

    def _locations(self, named: dict[str, str], asked: dict[str, str]) -> Answer:
        assert asked["readMask"] == "name,title"
        first = int(asked.get("pageToken", "0"))
        rows = [{"name": name, "title": title} for name, title in named.items()]
        more = {"nextPageToken": str(first + self.shown)} if first + self.shown < len(rows) else {}
        return as_json({"locations": rows[first : first + self.shown], **more})

    def _reviews(self, method: str, review_id: str, is_reply: bool, asked: dict[str, str], body: bytes) -> Answer:
        if not review_id:
            return self._list(asked)
        said = self.reviews.get(review_id)
        if said is None:
            return no(404, "NOT_FOUND", "Requested entity was not found.")
        if not is_reply:
            return as_json(self.written(said))
        return self._delete(said) if method == "DELETE" else self._reply(said, json.loads(body))

    def written(self, said: Said) -> dict[str, Any]:
        """A review as it stands in the list."""
        found: dict[str, Any] = {
            "name": f"{PLACE}/reviews/{said.review_id}", "reviewId": said.review_id,
            "reviewer": {"displayName": said.name, "profilePhotoUrl": "https://lh3.example/portrait"},
            "reviewReplyUrl": f"https://business.google.com/reviews/{said.review_id}",
            "starRating": _WORDS.get(said.stars, "MANY"),
            "createTime": _time(said.at), "updateTime": _time(said.changed_at),
        }  # fmt: skip
        if said.text:
            found["comment"] = said.text
        if said.answer and said.answered_at:
            found["reviewReply"] = {"comment": said.answer, "updateTime": _time(said.answered_at)}
        return found

    def _list(self, asked: dict[str, str]) -> Answer:
        assert asked["orderBy"] == "updateTime desc"
        said = self.newest(changed=True)
        first, size = int(asked.get("pageToken", "0")), min(int(asked["pageSize"]), 50, self.page)
        rows = [self.written(one) for one in said[first : first + size]]
        found: dict[str, Any] = {"reviews": rows, "totalReviewCount": len(said)} if rows else {}
        return as_json(found | ({"nextPageToken": str(first + size)} if first + size < len(said) else {}))

    def _reply(self, said: Said, sent: dict[str, Any]) -> Answer:
        words = str(sent["comment"])
        if not words or len(words.encode()) > 4096:
            return no(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
        self.reviews[said.review_id] = replace(said, answer=words, answered_at=clock.now())
        return as_json({"comment": words, "updateTime": _time(clock.now())})

    def _delete(self, said: Said) -> Answer:
        if not said.answer:
            return no(404, "NOT_FOUND", "Requested entity was not found.")
        self.answer_by_hand(said.review_id, "")
        return as_json({})


def _time(moment: datetime) -> str:
    """With nine digits behind the second, as Google may write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"

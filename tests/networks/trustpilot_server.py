"""Trustpilot on the loopback, as its published description says that it answers.

Tokens for whoever shows key and secret; business units by their domain; reviews by numbered pages, with what is
nobody's business beside them; one answer to each, in the name of a colleague; faults as it and the gate before it write
them.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import dataclass, replace
from typing import Any

from tests.networks.loopback_server import Answer
from tests.networks.review_server import ReviewServer, Said, as_json

from resonanz.core import clock
from resonanz.networks.contract import Account

UNIT, DOMAIN, USER = "46d6a890ffa235a75b00021d", "nordhain.example", "507f191e810c19729de860ea"
KEY, SECRET, TOKEN = "tp-key", "tp-geheim", "tp-token"


def no(status: int, message: str) -> Answer:
    """A no of Trustpilot."""
    return as_json({"message": message, "errorCode": 1000 + status}, status)


@dataclass
class TrustpilotServer(ReviewServer):
    """`posted`: bodies of answers, as they came."""

    tells_changes: bool = False
    posted: tuple[dict[str, Any], ...] = ()

    def id_of(self, number: int) -> str:
        """As Trustpilot writes them."""
        return f"{number:024x}"

    def account(self) -> Account:
        """The company's domain."""
        return Account(
            network="trustpilot", address=self.url, origin=UNIT, native_id=UNIT, handle=DOMAIN, name="Nordhain",
            secret=SECRET, settings={"trustpilot_key": KEY, "business_user": USER},
        )  # fmt: skip

    def too_many(self) -> Answer:
        """Of the gate."""
        return as_json({"fault": {"faultstring": "Rate limit quota violation."}}, 429)

    def refused_token(self) -> Answer:
        """The key was taken back."""
        return as_json({"fault": {"faultstring": "Invalid Access Token"}}, 401)

    def error_in_a_200(self) -> Answer:
        """As if all were well."""
        return as_json({"fault": {"faultstring": "Backend is down"}})

    def respond(self, method: str, path: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        """Its routes."""
        if self.is_revoked:
            return self.refused_token()
        if path == "/v1/oauth/oauth-business-users-for-applications/accesstoken":
            pair = b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
            if pair != f"{KEY}:{SECRET}" or body != b"grant_type=client_credentials":
                return as_json({"reason": "Unknown API Key"}, 401)
            return as_json({"access_token": TOKEN, "expires_in": "359999"})
        if path == "/v1/business-units/find":
            if headers.get("Apikey", headers.get("apikey")) != KEY:
                return as_json({"fault": {"faultstring": "Invalid ApiKey"}}, 401)
            known = {"id": UNIT, "displayName": "Nordhain Räder", "name": {"identifying": DOMAIN}}
            return as_json(known) if asked["name"] == DOMAIN else no(404, "Business unit not found.")
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.refused_token()
        return self._private(method, path, asked, body)

    def _private(self, method: str, path: str, asked: dict[str, str], body: bytes) -> Answer:
        if path == f"/v1/private/business-units/{UNIT}/reviews":
            size, number = min(int(asked["perPage"]), self.page), int(asked["page"])
            shown = self.newest(changed=False)[(number - 1) * size : number * size]
            return as_json({"links": [], "reviews": [self.written(one) for one in shown]})
        found = re.fullmatch(r"/v1/private/reviews/([^/]+)(/reply)?", path)
        said = self.reviews.get(found[1]) if found else None
        if found is None or said is None:
            return no(404, "Review not found.")
        if not found[2]:
            return as_json(self.written(said))
        return self._delete(said) if method == "DELETE" else self._reply(said, json.loads(body))

    def written(self, said: Said) -> dict[str, Any]:
        """A review with all that Trustpilot tells a company of it."""
        title, tab, text = said.text.partition("\t")
        at = said.answered_at.isoformat() if said.answered_at else ""
        return {
            "id": said.review_id, "stars": said.stars, "title": title if tab else "", "text": text if tab else title,
            "language": "de", "createdAt": said.at.isoformat(), "updatedAt": said.changed_at.isoformat(),
            "consumer": {"id": "5e3de1b45fb06f0001790b50", "displayName": said.name, "displayLocation": "Bonn, DE"},
            "referralEmail": "ada@privat.example", "referenceId": "Bestellung-4711", "status": "active",
            "companyReply": {"text": said.answer, "createdAt": at, "updatedAt": None} if said.answer else None,
        }  # fmt: skip

    def _reply(self, said: Said, sent: dict[str, Any]) -> Answer:
        if sent["authorBusinessUserId"] != USER:
            return no(400, "The business user has no access to this business unit.")
        if said.answer:
            return no(409, "The review already has a reply.")
        self.posted += (sent,)
        self.reviews[said.review_id] = replace(said, answer=sent["message"], answered_at=clock.now())
        return 201, {}, b""

    def _delete(self, said: Said) -> Answer:
        if not said.answer:
            return no(404, "Reply not found.")
        self.answer_by_hand(said.review_id, "")
        return 204, {}, b""

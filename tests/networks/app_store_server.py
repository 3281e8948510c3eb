"""App Store Connect on the loopback, as Apple's published description says that it answers.

Words signed by ES256 that last twenty minutes at most, by the key of a team or of a person; lists with what belongs to
them beside, by pages whose address comes with the one before; answers that are published later; errors as Apple writes
them.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from tests.networks.loopback_server import Answer
from tests.networks.review_server import ReviewServer, Said, as_json
from tests.networks.signing_keys import ec_key, pem

from resonanz.core import clock
from resonanz.networks.contract import Account

APP, KEY_ID, ISSUER = "1234567890", "2X9R4HXF34", "57246542-96fe-1a63-e053-0824d011072a"
_MOST_SECONDS = 20 * 60


def no(status: int, code: str, detail: str) -> Answer:
    """A no of Apple."""
    return as_json(
        {"errors": [{"id": "e", "status": str(status), "code": code, "title": code, "detail": detail}]}, status
    )


@dataclass
class AppStoreServer(ReviewServer):
    """`is_agreed`: whether the company accepted Apple's newest agreement."""

    tells_changes: bool = False
    is_agreed: bool = True
    next_base: str = "https://api.appstoreconnect.apple.com"

    def id_of(self, number: int) -> str:
        """As Apple writes them."""
        return f"00000024-4b1d-6e7a-{number:012d}"

    def account(self) -> Account:
        """The app."""
        return Account(
            network="app_store", address=self.url, origin=APP, native_id=APP, handle=APP, name="Nordhain",
            secret=pem(ec_key()), settings={"key_id": KEY_ID, "issuer_id": ISSUER},
        )  # fmt: skip

    def too_many(self) -> Answer:
        """The limit of an hour."""
        return no(429, "RATE_LIMIT_EXCEEDED", "You have exceeded the limit for this hour.")

    def refused_token(self) -> Answer:
        """The key was revoked, or never was one."""
        return no(401, "NOT_AUTHORIZED", "Provide a properly configured and signed bearer token.")

    def error_in_a_200(self) -> Answer:
        """As if all were well."""
        return as_json({"errors": [{"status": "500", "code": "UNEXPECTED_ERROR", "title": "An unexpected error."}]})

    def respond(self, method: str, path: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        """Its routes."""
        if self.is_revoked or not self._is_known(headers.get("Authorization", "")):
            return self.refused_token()
        if not self.is_agreed:
            return no(403, "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "A required agreement is missing.")
        if path == f"/v1/apps/{APP}":
            return as_json({"data": {"type": "apps", "id": APP, "attributes": {"name": "Nordhain Räder"}}})
        if path == f"/v1/apps/{APP}/customerReviews":
            return self._list(asked)
        if path == "/v1/customerReviewResponses" and method == "POST":
            return self._respond(json.loads(body)["data"])
        if found := re.fullmatch(r"/v1/customerReviewResponses/r-(.+)", path):
            return self._delete(found[1])
        said = self.reviews.get(path.rpartition("/")[2])
        if said is None or not path.startswith("/v1/customerReviews/"):
            return no(404, "NOT_FOUND", "There is no resource of this type with this id.")
        return as_json({"data": self.written(said), "included": self._included([said])})

    def written(self, said: Said) -> dict[str, Any]:
        """A review as it stands in the list."""
        title, tab, text = said.text.partition("\t")
        linked = {"type": "customerReviewResponses", "id": f"r-{said.review_id}"} if said.answer else None
        return {
            "type": "customerReviews", "id": said.review_id,
            "attributes": {
                "rating": said.stars, "title": title if tab else None, "body": text if tab else title,
                "reviewerNickname": said.name, "createdDate": said.at.isoformat(), "territory": "DEU",
            },
            "relationships": {"response": {"data": linked, "links": {}}},
        }  # fmt: skip

    def _included(self, said: list[Said]) -> list[dict[str, Any]]:
        return [
            {"type": "customerReviewResponses", "id": f"r-{one.review_id}", "attributes": {
                "responseBody": one.answer, "lastModifiedDate": one.answered_at.isoformat(), "state": "PENDING_PUBLISH",
            }}
            for one in said if one.answer and one.answered_at
        ]  # fmt: skip

    def _list(self, asked: dict[str, str]) -> Answer:
        said = self.newest(changed=False)
        first, size = int(asked.get("cursor", "0")), min(int(asked["limit"]), self.page)
        shown = said[first : first + size]
        links = {"self": self.next_base}
        if first + size < len(said):
            links["next"] = f"{self.next_base}/v1/apps/{APP}/customerReviews?cursor={first + size}&limit={size}"
        return as_json(
            {"data": [self.written(one) for one in shown], "included": self._included(shown), "links": links}
        )

    def _respond(self, data: dict[str, Any]) -> Answer:
        said = self.reviews.get(data["relationships"]["review"]["data"]["id"])
        if said is None:
            return no(404, "NOT_FOUND", "There is no resource of this type with this id.")
        words = str(data["attributes"]["responseBody"])
        if len(words) > 5970:
            return no(409, "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG", "The response is too long.")
        self.reviews[said.review_id] = replace(said, answer=words, answered_at=clock.now())
        return as_json({"data": {"type": "customerReviewResponses", "id": f"r-{said.review_id}"}}, 201)

    def _delete(self, review_id: str) -> Answer:
        said = self.reviews.get(review_id)
        if said is None or not said.answer:
            return no(404, "NOT_FOUND", "There is no resource of this type with this id.")
        self.answer_by_hand(review_id, "")
        return 204, {}, b""

    def _is_known(self, authorization: str) -> bool:
        try:
            head, claims, signature = authorization.removeprefix("Bearer ").split(".")
            raw = _decoded(signature)
            numbers = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
            ec_key().public_key().verify(numbers, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        except (ValueError, InvalidSignature):
            return False
        said, how, now = json.loads(_decoded(claims)), json.loads(_decoded(head)), clock.now().timestamp()
        is_ours = said.get("iss") == ISSUER or (said.get("sub") == "user" and "iss" not in said)
        lasts = said["exp"] > now and said["exp"] - said["iat"] <= _MOST_SECONDS
        return is_ours and lasts and how == {"alg": "ES256", "typ": "JWT", "kid": KEY_ID} and _is_meant(said)


def _is_meant(said: dict[str, Any]) -> bool:
    return bool(said["aud"] == "appstoreconnect-v1")


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))

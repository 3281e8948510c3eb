"""Google Play on the loopback, as the published description of its interface says that it answers.

Tokens for an hour, given to whoever signed with the key of the service account, its clock compared; reviews of a week
by pages, the last one that was changed first; answers of at most 350 characters, without tags; errors as Google writes
them.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from tests.networks.loopback_server import Answer
from tests.networks.review_server import ReviewServer, Said, as_json
from tests.networks.signing_keys import pem, rsa_key

from resonanz.core import clock
from resonanz.networks.contract import Account

PACKAGE = "com.nordhain.app"
EMAIL = "resonanz@nordhain.iam.gserviceaccount.com"
TOKEN = "ya29.play"
_WEEK = timedelta(days=7)
_SKEW = 600


def key_file(**more: str) -> str:
    """As Google's console gives it."""
    found = {"type": "service_account", "client_email": EMAIL, "private_key_id": "k1", "private_key": pem(rsa_key()),
             "token_uri": "https://elsewhere.example/token"}  # fmt: skip
    return json.dumps(found | more)


def no(code: int, status: str, message: str) -> Answer:
    """A no of Google."""
    return as_json({"error": {"code": code, "message": message, "status": status}}, code)


@dataclass
class GooglePlayServer(ReviewServer):
    """`may_read`: whether the service account was let in to the app."""

    may_read: bool = True
    clock_is_off: bool = False

    def id_of(self, number: int) -> str:
        """As Google writes them."""
        return f"gp:AOqpTOE{number:04d}"

    def account(self) -> Account:
        """The app."""
        return Account(
            network="google_play", address=self.url, origin=PACKAGE, native_id=PACKAGE, handle=PACKAGE,
            name="Nordhain", secret=key_file(),
        )  # fmt: skip

    def too_many(self) -> Answer:
        """The quota of an hour."""
        return no(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Reviews'.")

    def refused_token(self) -> Answer:
        """It was taken back."""
        return no(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")

    def error_in_a_200(self) -> Answer:
        """As if all were well."""
        return as_json({"error": {"code": 503, "message": "Backend Error", "status": "UNAVAILABLE"}})

    def respond(self, method: str, path: str, asked: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        """Its routes."""
        if path == "/token":
            return self._token(body)
        if self.is_revoked or headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.refused_token()
        found = re.fullmatch(rf"/androidpublisher/v3/applications/{PACKAGE}/reviews(?:/(.+?)(:reply)?)?", path)
        if not found:
            return no(404, "NOT_FOUND", "Package not found.")
        if not self.may_read:
            return no(403, "PERMISSION_DENIED", "The caller does not have permission")
        if not found[1]:
            return self._list(asked)
        said = self.reviews.get(unquote(found[1]))
        if said is None:
            return no(404, "NOT_FOUND", "Review not found.")
        return self._reply(said, json.loads(body)) if found[2] else as_json(self.written(said))

    def written(self, said: Said) -> dict[str, Any]:
        """A review as it stands in the list."""
        comments: list[dict[str, Any]] = [
            {"userComment": {
                "text": said.text, "lastModified": _time(said.changed_at), "starRating": said.stars,
                "reviewerLanguage": "de", "device": "klte", "androidOsVersion": 23, "appVersionName": "1.2",
                "deviceMetadata": {"productName": "Galaxy", "ramMb": 2048},
            }}
        ]  # fmt: skip
        if said.answer and said.answered_at:
            comments.append({"developerComment": {"text": said.answer, "lastModified": _time(said.answered_at)}})
        return {"reviewId": said.review_id, "authorName": said.name, "comments": comments}

    def _token(self, body: bytes) -> Answer:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        head, claims, signature = form["assertion"].split(".")
        try:
            rsa_key().public_key().verify(_decoded(signature), f"{head}.{claims}".encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            return as_json({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
        said = json.loads(_decoded(claims))
        now = clock.now().timestamp()
        if self.clock_is_off or not now - _SKEW < said["iat"] <= now + _SKEW or said["exp"] - said["iat"] > 3600:
            words = "Invalid JWT: Token must be a short-lived token (60 minutes). Check your iat and exp values."
            return as_json({"error": "invalid_grant", "error_description": words}, 400)
        is_meant = said["aud"] == "https://oauth2.googleapis.com/token" and json.loads(_decoded(head))["kid"] == "k1"
        if said["iss"] != EMAIL or not is_meant:
            return as_json({"error": "invalid_grant", "error_description": "Invalid grant: account not found"}, 400)
        return as_json({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})

    def _list(self, asked: dict[str, str]) -> Answer:
        of_the_week = [one for one in self.newest(changed=True) if one.changed_at > clock.now() - _WEEK]
        first, size = int(asked.get("token", "0")), min(int(asked.get("maxResults", "10")), self.page)
        shown = of_the_week[first : first + size]
        found: dict[str, Any] = {"reviews": [self.written(one) for one in shown]} if shown else {}
        if first + size < len(of_the_week):
            found["tokenPagination"] = {"nextPageToken": str(first + size)}
        return as_json(found)

    def _reply(self, said: Said, sent: dict[str, Any]) -> Answer:
        words = re.sub(r"<[^<>]*>", "", str(sent.get("replyText", "")))
        if not words or len(words) > 350:
            return no(400, "INVALID_ARGUMENT", "Reply text is too long.")
        self.reviews[said.review_id] = replace(said, answer=words, answered_at=clock.now())
        return as_json({"result": {"replyText": words, "lastEdited": _time(clock.now())}})


def _time(moment: datetime) -> dict[str, Any]:
    return {"seconds": str(int(moment.timestamp())), "nanos": moment.microsecond * 1000}


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))

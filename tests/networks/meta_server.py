"""What servers on the loopback that answer as Meta's do have in common: tokens, proofs, versions, errors, limits.

Written from Meta's published description. What is wrong with them is said by `faulty`, which answers first.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks.loopback_server import Answer, LoopbackServer

APP_ID, APP_SECRET, VERIFY = "4711", "app-secret-of-nordhain", "verify-token-of-the-channel"
Said = dict[str, Any]


def as_json(found: object, status: int = 200, **headers: str) -> Answer:
    """An answer of the API."""
    return status, {"Content-Type": "application/json; charset=UTF-8", **headers}, json.dumps(found).encode()


def no(code: int, words: str, *, subcode: int = 0, status: int = 400, headers: dict[str, str] | None = None) -> Answer:
    """An error of the API."""
    error = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    return as_json({"error": error | ({"error_subcode": subcode} if subcode else {})}, status, **(headers or {}))


GONE = no(
    100, "Unsupported get request. Object does not exist, cannot be loaded due to missing permissions", subcode=33
)
EXPIRED = no(190, "Error validating access token: Session has expired", subcode=463, status=401)


def lacking(right: str) -> Answer:
    """The token lacks a right."""
    return no(10, f"(#10) This endpoint requires the '{right}' permission", status=403)


def signed(body: bytes, *, secret: str = APP_SECRET) -> dict[str, str]:
    """The headers of a delivery."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-hub-signature-256": f"sha256={signature}"}


def time(moment: datetime) -> str:
    """A time as the API writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: `body` of JSON or of a form."""

    method: str
    path: str
    asked: dict[str, str]
    body: dict[str, Any]
    token: str


@dataclass
class MetaServer(LoopbackServer):
    """`tokens`: whose each is. `rights`: those that all of them have. `asked`: each request, method and path."""

    tokens: dict[str, str] = field(default_factory=dict)
    rights: set[str] = field(default_factory=set)
    asked: list[Request] = field(default_factory=list)
    version: str = "v25.0"
    proves: bool = True
    requests_left: int = 10_000
    usage: dict[str, str] = field(default_factory=dict)
    faulty: Callable[[Request], Answer | None] = lambda _request: None

    def count(self, start: str) -> int:
        """How many requests began so: method and path."""
        return sum(f"{one.method} {one.path}".startswith(start) for one in self.asked)

    def answer(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> Answer:
        """The answer to one request."""
        address = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        is_form = "form" in headers.get("Content-Type", "")
        given = {name: values[0] for name, values in parse_qs(raw.decode()).items()} if is_form else None
        body = given if given is not None else json.loads(raw or b"{}")
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        request = Request(method, address.path, asked, body, token)
        self.asked.append(request)
        if found := self.faulty(request):
            return found
        if unversioned := self.outside(request):
            return unversioned
        prefix = f"/{self.version}/"
        if not address.path.startswith(prefix):
            return no(2635, "You are calling a deprecated version", status=400)
        short = Request(method, address.path.removeprefix(prefix[:-1]), asked, body, token)
        if signing_in := self.sign_in(short):
            return signing_in
        if refused := self._refused(short):
            return refused
        status, more, sent = self.route(short)
        return status, {**more, **self.usage}, sent

    def outside(self, request: Request) -> Answer | None:
        """The answer to what is asked without a version."""
        return None

    def sign_in(self, request: Request) -> Answer | None:
        """The answer to what needs no token."""
        return None

    def route(self, request: Request) -> Answer:
        """The answer to what is asked with a good token."""
        raise NotImplementedError

    def _refused(self, request: Request) -> Answer | None:
        self.requests_left -= 1
        if self.requests_left < 0:
            usage = {"1": [{"type": "pages", "call_count": 101, "estimated_time_to_regain_access": 7}]}
            header = {"X-Business-Use-Case-Usage": json.dumps(usage)}
            return no(80001, "(#80001) There have been too many calls to this Page account.", headers=header)
        if request.token not in self.tokens:
            return no(190, "Invalid OAuth access token.", status=401)
        proof = hmac.new(APP_SECRET.encode(), request.token.encode(), hashlib.sha256).hexdigest()
        if self.proves and request.asked.get("appsecret_proof") != proof:
            return no(100, "API calls from the server require an appsecret_proof argument")
        return None


def paged(rows: list[Said], asked: dict[str, str], *, most: int = 100) -> dict[str, Any]:
    """A page of a list, with where the next begins."""
    first, limit = int(asked.get("after") or 0), min(int(asked.get("limit", 25)), most)
    found: dict[str, Any] = {"data": rows[first : first + limit]}
    if rows:
        found["paging"] = {"cursors": {"before": str(first), "after": str(first + limit)}}
        if first + limit < len(rows):
            found["paging"]["next"] = "https://graph.example/next?access_token=never-follow-this"
    return found

"""A server on the loopback that lets accounts in, as RFC 6749 (codes, tokens, refreshing), 6750 and 7636 (S256) say.

Codes are good once and for a minute, a code that comes twice revokes what it gave, and refreshing gives another renewal
and ends the one before; whoever shows an old one loses all of that line (OAuth 2.1, 4.3.1). What is wrong with it is
said by `faulty`, which answers first.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from tests.networks.loopback_server import Answer, LoopbackServer

from resonanz.core import clock

CLIENT_ID, CLIENT_SECRET = "nordhain app", "s3cret:with/odd+signs"
REDIRECT = "http://localhost:8000/channels/connected/"


def as_json(found: object, status: int = 200, **headers: str) -> Answer:
    """An answer of the server."""
    return (
        status,
        {"Content-Type": "application/json", "Cache-Control": "no-store", **headers},
        json.dumps(found).encode(),
    )


def error(code: str, status: int = 400) -> Answer:
    """A no in the words of RFC 6749, 5.2."""
    return as_json({"error": code, "error_description": f"because of {code}"}, status)


@dataclass
class Code:
    """What was given when somebody agreed."""

    redirect_uri: str
    challenge: str
    ends_at: datetime
    line: int
    is_used: bool = False


@dataclass
class OAuthServer(LoopbackServer):
    """`accounts`: those of whoever agrees, by id. `asked`: the paths of all requests. `lasts`: how long tokens do."""

    accounts: dict[str, str] = field(default_factory=lambda: {"7": "nordhain"})
    lasts: timedelta = timedelta(hours=2)
    rotates: bool = True
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    renewals: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    lines: int = 0
    faulty: Callable[[str], Answer | None] = lambda _path: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """What it says to a request; a fault with the status 0 says nothing."""
        with self._lock:
            found = self._answered(path, headers.get("Authorization", ""), body)
        return found if found[0] else None

    def _answered(self, path: str, authorization: str, body: bytes) -> Answer:
        way = urlsplit(path).path
        self.asked.append(way)
        if (fault := self.faulty(way)) is not None:
            return fault
        form = dict(parse_qsl(body.decode()))
        if way == "/token":
            return self._token(form, authorization)
        if way == "/me":
            return self._me(authorization)
        return error("not_found", 404)

    def agree(self, page: str) -> dict[str, str]:
        """Press the button on the page of this address: what the browser is led back with."""
        asked = dict(parse_qsl(urlsplit(page).query))
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.lines += 1
        ends_at = clock.now() + timedelta(seconds=60)
        self.codes[code] = Code(asked["redirect_uri"], asked["code_challenge"], ends_at, self.lines)
        return {"code": code, "state": asked["state"]}

    def back(self, page: str) -> str:
        """The query of the address to which that leads."""
        return urlencode(self.agree(page))

    def revoke(self) -> None:
        """Somebody takes all of it back on the server's page."""
        self.tokens.clear()
        self.renewals.clear()

    def _token(self, form: dict[str, str], authorization: str) -> Answer:
        if not self._knows(form, authorization):
            return error("invalid_client", 401)
        if form.get("grant_type") == "authorization_code":
            return self._for_code(form)
        if form.get("grant_type") == "refresh_token":
            return self._for_renewal(form.get("refresh_token", ""))
        return error("unsupported_grant_type")

    def _knows(self, form: dict[str, str], authorization: str) -> bool:
        if authorization.startswith("Basic "):
            name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            return (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, CLIENT_SECRET)
        shown = form.get("client_secret", "")
        return form.get("client_id") == CLIENT_ID and hmac.compare_digest(shown, CLIENT_SECRET)

    def _for_code(self, form: dict[str, str]) -> Answer:
        given = self.codes.get(form.get("code", ""))
        verifier = form.get("code_verifier", "")
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if given is None or given.ends_at < clock.now() or form.get("redirect_uri") != given.redirect_uri:
            return error("invalid_grant")
        if given.is_used:
            self._end(given.line)
            return error("invalid_grant")
        if challenge != given.challenge or not 43 <= len(verifier) <= 128:
            return error("invalid_grant")
        given.is_used = True
        return self._give(given.line)

    def _for_renewal(self, renewal: str) -> Answer:
        if renewal in self.ended:  # stolen, or asked twice: nobody can tell
            self._end(self.ended[renewal])
            return error("invalid_grant")
        line = self.renewals.get(renewal)
        if line is None:
            return error("invalid_grant")
        if self.rotates:
            self.ended[renewal] = self.renewals.pop(renewal)
        return self._give(line)

    def _give(self, line: int) -> Answer:
        token, renewal = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.tokens[token] = (line, clock.now() + self.lasts)
        found = {"access_token": token, "token_type": "Bearer", "expires_in": int(self.lasts.total_seconds())}
        if self.rotates or line not in self.renewals.values():
            self.renewals[renewal] = line
            found["refresh_token"] = renewal
        return as_json(found | {"scope": "read write"})

    def _end(self, line: int) -> None:
        self.tokens = {token: one for token, one in self.tokens.items() if one[0] != line}
        self.renewals = {renewal: one for renewal, one in self.renewals.items() if one != line}

    def _me(self, authorization: str) -> Answer:
        line, ends_at = self.tokens.get(authorization.removeprefix("Bearer "), (0, clock.now()))
        if not line or ends_at <= clock.now():
            return as_json({"error": "invalid_token"}, 401)
        return as_json([{"id": native_id, "name": name} for native_id, name in self.accounts.items()])

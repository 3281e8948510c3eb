"""Asking Google: with the token of a person or of a service account, and what its refusals mean.

A service account is known by a key file (JSON), with which we sign for a token that lasts an hour (RFC 7523).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from resonanz.core import clock, http, text
from resonanz.networks import asking
from resonanz.networks.assertions import Key, NoKey, key_of, signed
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.reviews.review import FAULTS, NotThere

SIGN_IN = "https://oauth2.googleapis.com"
WAIT_SECONDS = 60.0
CLOCK = "google.clock"
_TIMES = re.compile(r"\biat\b")
_QUOTA_SECONDS = 900.0
_LASTS_SECONDS = 3600
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)
_UNAUTHORISED, _FORBIDDEN = 401, 403
_GONE = frozenset({404, 410})
_QUOTA = frozenset({"RESOURCE_EXHAUSTED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """What a key file says: whose key it is, and the key."""

    email: str
    key_id: str
    key: Key = field(repr=False)


def service_account(typed: str) -> ServiceAccount:
    """The account of a key file that somebody pasted. Raises NotAuthorised where it is none."""
    try:
        found = json.loads(typed)
        if found["type"] != "service_account":
            raise ValueError("another kind of key")
        return ServiceAccount(str(found["client_email"]), str(found["private_key_id"]), key_of(found["private_key"]))
    except (*FAULTS, NoKey, RecursionError) as error:
        raise NotAuthorised(status=_UNAUTHORISED) from error


def token_of(account: ServiceAccount, scope: str, *, server: str) -> str:
    """A token for an hour. `server`: who is asked. Raises a NetworkError: NotAuthorised where the key is not taken."""
    now = int(clock.now().timestamp())
    # The one who is meant is always Google itself, whoever is asked.
    claims = {"iss": account.email, "scope": scope, "aud": f"{SIGN_IN}/token", "iat": now, "exp": now + _LASTS_SECONDS}
    form = {"grant_type": _GRANT, "assertion": signed(account.key, claims, key_id=account.key_id)}
    with asking.failures(reads=True):  # a token that did not reach us binds nobody
        answer = http.ask("POST", f"{server}/token", form=form, bounds=_BOUNDS)
    asking.refuse(answer, reads=True, denied=())
    return _token_in(answer)


@dataclass(frozen=True, slots=True)
class Google:
    """One of Google's interfaces, asked with a token; `base` is its address without a slash behind."""

    base: str
    token: str = field(repr=False)

    def get(self, path: str, **parameters: object) -> dict[str, Any]:
        """What it answers to a question. Raises NotThere and every NetworkError but NoAnswer."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        answer = self._ask("GET", f"{path}{query}", None)
        try:
            return asking.json_object(_accepted(answer, reads=True))
        except ValueError as error:
            raise TryLater(WAIT_SECONDS, "answer.unreadable") from error

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """What it answers to an order; NoAnswer where that cannot be read, though it may have taken effect."""
        answer = self._ask(method, path, body)
        try:
            return asking.json_object(_accepted(answer, reads=False))
        except ValueError as error:
            raise NoAnswer(reason="answer.unreadable") from error

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None) -> http.Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        return asking.ask(method, f"{self.base}{path}", headers=headers, body=body, bounds=_BOUNDS, denied=())


def _token_in(answer: http.Answer) -> str:
    try:
        found = asking.json_object(answer)
    except ValueError as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error
    if isinstance(token := found.get("access_token"), str) and token and answer.status == 200:
        return token
    if not isinstance(said := found.get("error"), str):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    if _TIMES.search(str(found.get("error_description"))):  # our clock is wrong, not the key
        raise TryLater(_QUOTA_SECONDS, CLOCK)
    if said in {"invalid_grant", "invalid_client", "unauthorized_client"}:
        raise NotAuthorised(status=answer.status)
    raise Refused(text.clean(f"{said} {found.get('error_description') or ''}", most=300).strip())


def _accepted(answer: http.Answer, *, reads: bool) -> http.Answer:
    """The answer, unless it says no: by its status, or by an error where 200 was said."""
    try:
        error = asking.json_object(answer).get("error")
    except ValueError:
        error = None
    if isinstance(error, dict):
        raise _refusal(answer.status, error)
    if 200 <= answer.status < 300:
        return answer
    if reads or answer.status < 500:  # whoever answered here, it was not Google
        raise TryLater(WAIT_SECONDS, f"http.{answer.status}")
    raise NoAnswer(reason=f"http.{answer.status}")


def _refusal(status: int, error: Mapping[str, Any]) -> Exception:
    code = error.get("code") if isinstance(error.get("code"), int) else status
    listed = error.get("errors")
    told = [one.get("reason") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    reasons = {one for one in [error.get("status"), *told] if isinstance(one, str)}
    words = text.clean(str(error.get("message") or ""), most=300) or f"http.{code}"
    if reasons & _QUOTA or code == 429:
        return TryLater(_QUOTA_SECONDS, "http.429")
    if code in {_UNAUTHORISED, _FORBIDDEN}:
        return NotAuthorised(status=code)
    if code in _GONE:
        return NotThere(words)
    return TryLater(WAIT_SECONDS, words) if isinstance(code, int) and code >= 500 else Refused(words)

"""Asking a personal data server (PDS) of the AT Protocol: sessions, XRPC methods, and what its refusals mean.

XRPC is HTTP: queries are GET, procedures POST, errors `{"error": name, "message": words}` (https://atproto.com/specs/xrpc).
"""

from __future__ import annotations

import hashlib
import json
import threading
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from resonanz.core import clock, http, text
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater

# An answer takes up to three requests, and the lease of the outbox is a minute.
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)
_WAIT_SECONDS = 60.0
_RENEWED_BEFORE_SECONDS = 60.0
_WORN_OUT = frozenset({"ExpiredToken", "InvalidToken"})
_LOCKED_OUT = frozenset({"AuthenticationRequired", "AccountTakedown", "AuthFactorTokenRequired", "AuthMissing"})
_MOST_SESSIONS = 200


@dataclass(frozen=True, slots=True)
class Session:
    """Our account as its server let it in. `until`: when the token ends, in seconds since 1970."""

    did: str
    handle: str
    token: str = field(repr=False)
    until: float = 0.0


def query(account: Account, method: str, parameters: Mapping[str, object]) -> dict[str, Any]:
    """What the server answers to a question. Refused in its own words; what has none (a wall before it) is TryLater."""
    path = f"{method}?{urlencode(parameters, doseq=True)}" if parameters else method
    answer = _with_session("GET", account, path, None)
    try:
        return asking.json_object(_accepted(_by_the_server(answer)))
    except ValueError as error:
        raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error


def call(account: Account, method: str, body: Mapping[str, object]) -> dict[str, Any]:
    """What the server answers to an order; NoAnswer where it says yes in a way that cannot be read."""
    answer = _accepted(_with_session("POST", account, method, body))
    try:
        return asking.json_object(answer) if answer.body.strip() else {}
    except ValueError as error:
        raise NoAnswer(reason="answer.unreadable") from error


def session_of(account: Account) -> Session:
    """The session of the account: the one it has while that holds, else a new one. Raises NotAuthorised."""
    key = _key(account)
    with _lock_of(key):
        held = _sessions.get(key)
        if held is None or held.until - _RENEWED_BEFORE_SECONDS < clock.now().timestamp():
            held = _sessions[key] = _signed_in(account)
            while len(_sessions) > _MOST_SESSIONS:
                _sessions.popitem(last=False)
        return held


def base(account: Account) -> str:
    """The address of the server, without a slash at its end."""
    return account.address.rstrip("/")


def word_of(found: Mapping[str, Any], name: str, *, most: int = 512) -> str:
    """The text under a name, "" where there is none; raises ValueError where it is longer than any server's."""
    value = found.get(name)
    if not isinstance(value, str):
        return ""
    if len(value) > most:
        raise ValueError(f"{name} is too long")
    return text.clean(value, most=most)


# A session may be made 30 times in five minutes and 300 times a day; with a token of two hours, a process needs twelve.
_sessions: OrderedDict[str, Session] = OrderedDict()
_locks: dict[str, threading.Lock] = {}
_guard = threading.Lock()


def _lock_of(key: str) -> threading.Lock:
    with _guard:
        return _locks.setdefault(key, threading.Lock())


def _key(account: Account) -> str:
    return hashlib.sha256(json.dumps([base(account), account.handle, account.secret]).encode()).hexdigest()


def _with_session(method: str, account: Account, path: str, body: object) -> http.Answer:
    """The answer; once more with a new session where the old one has ended before its time."""
    session = session_of(account)
    answer = _ask(method, account, path, body, session.token)
    if answer.status in {400, 401} and _error_of(answer) in _WORN_OUT:
        _forget(account, session)
        answer = _ask(method, account, path, body, session_of(account).token)
    if answer.status == 401 or _error_of(answer) in _LOCKED_OUT:
        _forget(account, session)
        raise NotAuthorised(status=answer.status)
    return answer


def _forget(account: Account, session: Session) -> None:
    key = _key(account)
    with _lock_of(key):
        if _sessions.get(key) == session:
            del _sessions[key]


def _signed_in(account: Account) -> Session:
    body = {"identifier": account.native_id or account.handle.removeprefix("@"), "password": account.secret}
    answer = _ask("POST", account, "com.atproto.server.createSession", body, "")
    if answer.status == 401 or _error_of(answer) in _LOCKED_OUT:
        raise NotAuthorised(status=answer.status)
    try:
        found = asking.json_object(_accepted(_by_the_server(answer)))
        token = word_of(found, "accessJwt", most=8_000)
        session = Session(word_of(found, "did"), word_of(found, "handle"), token, _end_of(token))
    except (ValueError, OverflowError, RecursionError) as error:
        raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error
    if not session.did.startswith("did:") or not token:
        raise TryLater(_WAIT_SECONDS, "answer.unreadable")
    return session


def _end_of(token: str) -> float:
    """When a token (a JWT, RFC 7519) ends by its own word. Its signature is its server's affair."""
    payload = token.split(".")[1] if token.count(".") == 2 else ""
    found = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)) or b"{}")
    end = found.get("exp") if isinstance(found, dict) else None
    return float(end) if isinstance(end, int | float) else clock.now().timestamp() + 2 * _RENEWED_BEFORE_SECONDS


def _ask(method: str, account: Account, path: str, body: object, token: str) -> http.Answer:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = f"{base(account)}/xrpc/{path}"
    return asking.ask(method, address, headers=headers, body=body, bounds=_BOUNDS, denied=frozenset())


def _accepted(answer: http.Answer) -> http.Answer:
    """The answer, if it is a yes; else Refused."""
    if 200 <= answer.status < 300:
        return answer
    raise Refused(_words_of(answer))


def _by_the_server(answer: http.Answer) -> http.Answer:
    """The answer, unless it is a no without a word of the protocol: that is of a wall before the server, and passes."""
    if answer.status >= 300 and not _error_of(answer):
        raise TryLater(_WAIT_SECONDS, _words_of(answer))
    return answer


def _error_of(answer: http.Answer) -> str:
    return _said(answer).get("error", "") if answer.status >= 400 else ""


def _words_of(answer: http.Answer) -> str:
    said = _said(answer)
    words = ": ".join(word for word in (said.get("error", ""), said.get("message", "")) if word)
    return text.clean(words, most=300) or f"http.{answer.status}"


def _said(answer: http.Answer) -> dict[str, str]:
    try:
        found = asking.json_object(answer)
    except ValueError:
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}

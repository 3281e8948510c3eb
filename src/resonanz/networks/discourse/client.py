"""Asking a forum: its API key, and what its refusals mean (docs.discourse.org)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from resonanz.core import http, text
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater

WAIT_SECONDS = 60.0
# An answer takes up to three requests, and the lease of the outbox is a minute.
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)
_GONE = frozenset({404, 410})
_FORBIDDEN = 403


class NotThere(Refused):
    """The forum itself says that there is no such thing; a wall before it or another program cannot say so."""


class NotForUs(Refused):
    """The forum does not let our account see or do it, or no longer takes its key: it says the same of both."""


@dataclass(frozen=True, slots=True)
class User:
    """Our account, as the forum knows it."""

    native_id: str
    handle: str


def get(account: Account, path: str, **parameters: object) -> dict[str, Any]:
    """What the forum answers to a question. Raises NotThere, NotForUs and every NetworkError but NoAnswer."""
    query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
    answer = _ask("GET", account, f"{path}{query}", None)
    try:
        return asking.json_object(_accepted(answer))
    except ValueError as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error


def call(account: Account, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
    """What the forum answers to an order; NoAnswer where it says yes in a way that cannot be read."""
    answer = _accepted(_ask(method, account, path, body))
    try:
        return asking.json_object(answer) if answer.body.strip() else {}
    except ValueError as error:
        raise NoAnswer(reason="answer.unreadable") from error


def signed_in(account: Account) -> User:
    """Whose key it is. Raises NotAuthorised where the forum lets nobody in with it."""
    try:
        found = get(account, "/session/current.json").get("current_user")
    except Refused as error:
        raise NotAuthorised(status=_FORBIDDEN) from error
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("id"), int)
        or not isinstance(found.get("username"), str)
    ):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    return User(str(found["id"]), text.clean(found["username"], most=255))


def base(account: Account) -> str:
    """The address of the forum, without a slash at its end."""
    return account.address.rstrip("/")


def host(account: Account) -> str:
    """The forum's name: what makes the numbers of its posts unique."""
    return urlsplit(base(account)).netloc


def _ask(method: str, account: Account, path: str, body: Mapping[str, object] | None) -> http.Answer:
    headers = {"Api-Key": account.secret, "Api-Username": account.handle, "Accept": "application/json"}
    return asking.ask(method, f"{base(account)}{path}", headers=headers, body=body, bounds=_BOUNDS, denied=())


def _accepted(answer: http.Answer) -> http.Answer:
    if 200 <= answer.status < 300:
        return answer
    words = _words_of(answer)
    if words is None:  # whoever answered here, it was not the forum
        raise TryLater(WAIT_SECONDS, f"http.{answer.status}")
    if answer.status in _GONE:
        raise NotThere(words)
    if answer.status in {401, _FORBIDDEN}:
        raise NotForUs(words)
    raise Refused(words)


def _words_of(answer: http.Answer) -> str | None:
    """A no in the forum's own words, None where it is none of the forum."""
    try:
        found = asking.json_object(answer)
    except ValueError:
        return None
    said = found.get("errors") or found.get("error") or found.get("failed")
    words = [one for one in said if isinstance(one, str)] if isinstance(said, list) else [str(said)] if said else []
    return text.clean(" ".join(words), most=300) or (f"http.{answer.status}" if said else None)

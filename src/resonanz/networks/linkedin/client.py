"""Asking LinkedIn: a version of its interface, which lives for a year, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resonanz.core import http, text
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.rates import retry_after

API = "https://api.linkedin.com"
VERSION = "202607"
"""Sunset a year later, in July 2027; a newer one is a newer release of ours."""
OLD_VERSION = "linkedin.version"
WAIT_SECONDS = 60.0
_QUOTA_SECONDS = 900.0
_VERSION_SECONDS = 3_600.0
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=12.0, seconds=18.0)
_LIMITED, _UPGRADE, _UNAUTHORISED, _FORBIDDEN = 429, 426, 401, 403
_GONE = frozenset({404, 410})


class NotThere(Refused):
    """LinkedIn itself says that there is no such thing."""


class NotForUs(Refused):
    """LinkedIn does not let the Page see or do it, or takes the right for it away: it says the same of both."""


def get(account: Account, path: str) -> dict[str, Any]:
    """What LinkedIn answers to a question. Raises NotThere, NotForUs and every NetworkError but NoAnswer."""
    answer = _accepted(_ask("GET", account, path, None), reads=True)
    try:
        return asking.json_object(answer)
    except ValueError as error:
        raise TryLater(WAIT_SECONDS, "answer.unreadable") from error


def elements(found: Mapping[str, Any]) -> list[Any]:
    """What stands in a list that LinkedIn answered with. Raises TryLater where it is none."""
    listed = found.get("elements")
    if not isinstance(listed, list):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    return listed


def call(
    account: Account, method: str, path: str, body: Mapping[str, object] | None = None, *, is_patch: bool = False
) -> dict[str, Any]:
    """What LinkedIn answers to an order, nothing where it says nothing; NoAnswer where that cannot be read."""
    answer = _accepted(_ask(method, account, path, body, is_patch=is_patch), reads=False)
    try:
        return asking.json_object(answer) if answer.body.strip() else {}
    except ValueError as error:
        raise NoAnswer(reason="answer.unreadable") from error


def base(account: Account) -> str:
    """Where LinkedIn is asked."""
    return (account.address or API).rstrip("/")


def _ask(
    method: str, account: Account, path: str, body: Mapping[str, object] | None, *, is_patch: bool = False
) -> http.Answer:
    headers = {
        "Authorization": f"Bearer {account.secret}",
        "Accept": "application/json",
        "LinkedIn-Version": VERSION,
        "X-Restli-Protocol-Version": "2.0.0",
    }
    if is_patch:
        headers["X-RestLi-Method"] = "PARTIAL_UPDATE"
    with asking.failures(reads=method == "GET"):
        return http.ask(method, f"{base(account)}/rest{path}", headers=headers, json=body, bounds=_BOUNDS)


def _accepted(answer: http.Answer, *, reads: bool) -> http.Answer:
    """The answer, unless it says no: by its status, or by an error where 200 was said."""
    try:
        found = asking.json_object(answer)
    except ValueError:
        found = {}
    # A comment has a message, too; of an error it is words.
    is_theirs = "serviceErrorCode" in found or ("status" in found and isinstance(found.get("message"), str))
    if is_theirs:
        _refuse(answer, found)
    elif 200 <= answer.status < 300:
        return answer
    asking.refuse(answer, reads=reads, denied=())
    if reads or 400 <= answer.status < 500:  # whoever answered here, it was not LinkedIn
        raise TryLater(WAIT_SECONDS, f"http.{answer.status}")
    raise NoAnswer(reason=f"http.{answer.status}")


def _refuse(answer: http.Answer, found: Mapping[str, Any]) -> None:
    """Raise what a no of LinkedIn means; return where it failed and nobody knows what took effect."""
    status = found.get("status") if isinstance(found.get("status"), int) else answer.status
    words = text.clean(str(found.get("message") or found.get("code") or ""), most=300) or f"http.{status}"
    if status == _LIMITED:
        raise TryLater(retry_after(answer.headers, default=_QUOTA_SECONDS), "http.429")
    if status == _UPGRADE:
        raise TryLater(_VERSION_SECONDS, OLD_VERSION)
    if status == _UNAUTHORISED:
        raise NotAuthorised(status=_UNAUTHORISED)
    if status == _FORBIDDEN:
        raise NotForUs(words)
    if status in _GONE:
        raise NotThere(words)
    if isinstance(status, int) and 400 <= status < 500:
        raise Refused(words)

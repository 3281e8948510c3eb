"""Asking YouTube's Data API: tokens, units, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from resonanz.core import http, text
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.metering import BudgetUsedUp
from resonanz.networks.youtube import tariff

API = "https://www.googleapis.com"
WAIT_SECONDS = 60.0
_PATH = "/youtube/v3"
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=15.0, seconds=20.0)
_LEAST_UNTIL_ANEW = 900.0
_USED_UP = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_PASSING = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "backendError", "internalError", "serviceUnavailable"}
)
_PERHAPS_PASSING = "processingFailure"
"""Of an order it means that its words are none; of a question only that it was not read."""
_LET_IN_NO_MORE = frozenset(
    {
        "authError", "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "authorizationRequired",
        "youtubeSignupRequired", "channelClosed", "channelSuspended", "accountDelegationForbidden",
        "authenticatedUserAccountClosed", "authenticatedUserAccountSuspended", "authenticatedUserNotChannel",
    }
)  # fmt: skip


class NotThere(Refused):
    """YouTube says that there is no such thing."""


class Forbidden(Refused):
    """YouTube does not let our account see or do it."""


def get(
    account: Account, path: str, asked: Mapping[str, object], *, use: str = tariff.READ, answers: bool = False
) -> dict[str, Any]:
    """What YouTube answers to a question, with `items` in it.

    What only reads stops before the units of the day are used up; `answers`: it is asked for the sake of an answer of
    ours, which may use those, too. Raises every NetworkError but NoAnswer.
    """
    if not answers and account.meter.affords(tariff.READ) <= tariff.KEPT_FOR_ANSWERS:
        raise used_up(account)
    found = _read(_ask("GET", account, path, asked, None, use=use), account, reads=True)
    if not isinstance(found.get("items"), list) or not str(found.get("kind")).startswith("youtube#"):
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    return found


def call(
    account: Account, method: str, path: str, asked: Mapping[str, object], body: object = None, *, use: str
) -> dict[str, Any]:
    """What YouTube answers to an order; nothing where it says yes without a word."""
    answer = _ask(method, account, path, asked, body, use=use)
    return {} if answer.status == 204 else _read(answer, account, reads=False)


def base(account: Account) -> str:
    """Where YouTube is asked."""
    return (account.address or API).rstrip("/")


def used_up(account: Account) -> BudgetUsedUp:
    """That no units are left, until the next day begins in California."""
    return BudgetUsedUp(max(account.meter.until_anew().total_seconds(), _LEAST_UNTIL_ANEW), "")


def _ask(
    method: str, account: Account, path: str, asked: Mapping[str, object], body: object, *, use: str
) -> http.Answer:
    headers = {"Authorization": f"Bearer {account.secret}", "Accept": "application/json"}
    url = f"{base(account)}{_PATH}/{path}?{urlencode({name: _written(value) for name, value in asked.items()})}"
    try:
        return asking.ask(method, url, headers=headers, body=body, bounds=_BOUNDS, denied=(401,))
    finally:  # what it refuses it counts all the same, and what brought no answer perhaps
        account.meter.count(use)


def _written(value: object) -> str:
    return ",".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


def _read(answer: http.Answer, account: Account, *, reads: bool) -> dict[str, Any]:
    try:
        found = asking.json_object(answer)
    except ValueError as error:
        if 200 <= answer.status < 300 and not reads:
            raise NoAnswer(reason="answer.unreadable") from error
        # whoever answered here, it was not YouTube
        raise TryLater(WAIT_SECONDS, "answer.unreadable" if answer.status < 300 else f"http.{answer.status}") from error
    fault = found.get("error")
    if 200 <= answer.status < 300 and fault is None:
        return found
    fault = fault if isinstance(fault, dict) else {}
    if reads and _PERHAPS_PASSING in _reasons(fault):
        raise TryLater(WAIT_SECONDS, _PERHAPS_PASSING)
    raise _failure(answer.status, fault, account)


def _failure(status: int, fault: Mapping[str, Any], account: Account) -> Exception:
    reasons = _reasons(fault)
    words = text.clean(str(fault.get("message") or ""), most=300) or next(iter(sorted(reasons)), "") or f"http.{status}"
    code = fault.get("code")
    code = code if isinstance(code, int) else status
    if reasons & _USED_UP:
        return used_up(account)
    if reasons & _PASSING:
        return TryLater(WAIT_SECONDS, next(iter(reasons & _PASSING)))
    if code == 401 or reasons & _LET_IN_NO_MORE:
        return NotAuthorised(status=code)
    if code == 404:
        return NotThere(words)
    if code == 403:
        return Forbidden(words)
    return Refused(words) if fault else TryLater(WAIT_SECONDS, f"http.{status}")


def _reasons(fault: Mapping[str, Any]) -> frozenset[str]:
    """Google names them in `errors`, newer ones in `details`."""
    named: list[object] = []
    for part in ("errors", "details"):
        listed = fault.get(part)
        named += listed if isinstance(listed, list) else []
    return frozenset(one["reason"] for one in named if isinstance(one, dict) and isinstance(one.get("reason"), str))

"""Asking Reddit: whom it wants named as asking, how much of its limit is left, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from resonanz.core import http, text
from resonanz.networks import asking
from resonanz.networks.contract import Account
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater

API = "https://oauth.reddit.com"
WAIT_SECONDS = 60.0
_BOUNDS = http.Bounds(most_bytes=8 * 1024 * 1024, connect_seconds=4.0, read_seconds=15.0, seconds=20.0)
_KEPT = 3.0
"""Requests of its limit that reading leaves for answers."""
_MOST_WAIT = 3_600.0
_TOO_QUICK = "RATELIMIT"
_UNDONE = frozenset({"DELETED_COMMENT", "DELETED_LINK", "NO_THING_ID", "THREAD_DELETED"})


class NotThere(Refused):
    """Reddit says that there is no such thing."""


class PlaceClosed(TryLater):
    """A subreddit that is to be read is closed, or never was; all else was read."""

    code = "reddit.closed_place"


class Forbidden(Refused):
    """Reddit does not let our account see or do it."""


class Reddit:
    """One account's questions. Its limit is the application's own: Reddit says with each answer what is left of it."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._wait = 0.0

    def get(self, path: str, **asked: object) -> dict[str, Any]:
        """What Reddit answers to a question. Raises every NetworkError but NoAnswer."""
        if self._wait:
            raise TryLater(self._wait, "http.429")
        answer = self._ask("GET", f"{path}?{urlencode({**asked, 'raw_json': 1})}", None)
        self._wait = wait_after(answer.headers)
        return _accepted(answer, reads=True)

    def listing(self, path: str, **asked: object) -> tuple[list[Any], str]:
        """A page of a list, and where the next one begins; "" where it is the last."""
        found = self.get(path, **asked)
        data = found.get("data")
        children = data.get("children") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(children, list):
            raise TryLater(WAIT_SECONDS, "answer.unreadable")
        after = data.get("after")
        return children, after if isinstance(after, str) and len(after) <= 100 else ""

    def post(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        """What Reddit answers to an order. NoAnswer where it says yes in a way that cannot be read."""
        found = _accepted(self._ask("POST", path, {**form, "api_type": "json", "raw_json": "1"}), reads=False)
        inside = found.get("json")
        if isinstance(inside, dict):
            _raise_first(inside)
        return found

    def _ask(self, method: str, path: str, form: Mapping[str, str] | None) -> http.Answer:
        headers = {
            "Authorization": f"Bearer {self._account.secret}",
            "Accept": "application/json",
            "User-Agent": agent(self._account),
        }
        return asking.ask(
            method, f"{base(self._account)}{path}", headers=headers, form=form, bounds=_BOUNDS, denied=(401,)
        )


def base(account: Account) -> str:
    """Where Reddit is asked."""
    return (account.address or API).rstrip("/")


def agent(account: Account) -> str:
    """How its rules want programs to name themselves: platform, application, version, and whose it is."""
    application = account.app.client_id if account.app else ""
    known = [part for part in ("server", _plain(application)) if part]
    who = f" (by /u/{_plain(account.handle)})" if account.handle else ""
    return f"{':'.join([*known, http.USER_AGENT])}{who}"


def wait_after(headers: Mapping[str, str]) -> float:
    """The seconds until more may be read, where little is left of the limit; else 0."""
    left, reset = _number(headers.get("x-ratelimit-remaining")), _number(headers.get("x-ratelimit-reset"))
    return min(max(reset or WAIT_SECONDS, 1.0), _MOST_WAIT) if left is not None and left < _KEPT else 0.0


def _number(value: str | None) -> float | None:
    try:
        found = float(value) if value and len(value) < 20 else None
    except ValueError:
        return None
    return found if found is not None and 0 <= found < 10**9 else None


def _plain(value: str) -> str:
    return "".join(char for char in value if char.isascii() and (char.isalnum() or char in "-_"))[:100]


def _accepted(answer: http.Answer, *, reads: bool) -> dict[str, Any]:
    try:
        found = asking.json_object(answer)
    except ValueError as error:
        if 200 <= answer.status < 300 and not reads:
            raise NoAnswer(reason="answer.unreadable") from error
        # whoever answered here, it was not Reddit's interface
        raise TryLater(WAIT_SECONDS, "answer.unreadable" if answer.status < 300 else f"http.{answer.status}") from error
    fault = found.get("error")
    status = fault if isinstance(fault, int) and not isinstance(fault, bool) else answer.status
    if 200 <= status < 300:
        return found
    raise _failure(status, text.clean(str(found.get("reason") or found.get("message") or ""), most=300))


def _failure(status: int, words: str) -> Exception:
    words = words or f"http.{status}"
    if status == 401:
        return NotAuthorised(status=status)
    if status == 403:
        return Forbidden(words)
    if status in {404, 410}:
        return NotThere(words)
    return TryLater(WAIT_SECONDS, f"http.{status}") if status == 429 or status >= 500 else Refused(words)


def _raise_first(inside: Mapping[str, Any]) -> None:
    """The first of what Reddit says was wrong, behind a 200."""
    errors = inside.get("errors")
    for one in errors if isinstance(errors, list) else []:
        code, words = (str(one[0]), str(one[1])) if isinstance(one, list) and len(one) > 1 else ("", str(one))
        if code == _TOO_QUICK:
            seconds = inside.get("ratelimit")
            known = isinstance(seconds, int | float) and 0 < seconds < _MOST_WAIT
            raise TryLater(float(seconds) if known and seconds is not None else _MOST_WAIT / 6, _TOO_QUICK)
        said = text.clean(words, most=300) or code
        raise NotThere(said) if code in _UNDONE else Refused(said)

"""How often something may happen: a bucket of tokens for each key, and what a network says about waiting."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from resonanz.core import clock

_DAY = 86_400.0
_RESETS = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")
_REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining")
_LIMITS = ("x-ratelimit-limit", "ratelimit-limit", "x-rate-limit-limit")
_USED = "x-ratelimit-used"
_NO_MOMENT = 10**8  # seconds since 1970 are more by now, seconds to wait are less
_MOST_HEADER = 20_000
_META = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_NUMBER = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?")
_SHARES = ("call_count", "total_time", "total_cputime", "total_calls")


@dataclass(frozen=True, slots=True)
class Rate:
    """`times` in `seconds`; as many may come at once."""

    times: int
    seconds: float


class Buckets:
    """Counts for many keys, the most recently used `most_keys` of them. Not shared between processes."""

    def __init__(self, rate: Rate, *, now: Callable[[], float] = clock.monotonic, most_keys: int = 10_000) -> None:
        self._rate = rate
        self._now = now
        self._most_keys = most_keys
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """0.0 when `key` may act now, and then it has; else the seconds until it may, and nothing is counted."""
        now = self._now()
        tokens, since = self._filled.pop(key, (float(self._rate.times), now))
        speed = self._rate.times / self._rate.seconds
        tokens = min(float(self._rate.times), tokens + (now - since) * speed)
        allowed = tokens >= 1
        self._filled[key] = (tokens - 1 if allowed else tokens, now)
        if len(self._filled) > self._most_keys:
            self._filled.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / speed


@dataclass(frozen=True, slots=True)
class Used:
    """How much of its limits a network says is used up, in hundredths; `seconds`: how long until it lets us again."""

    percent: int = 0
    seconds: float = 0.0


def used(headers: Mapping[str, str]) -> Used:
    """What Meta says of its limits, in JSON: of the application, of a page, and of each account and kind of use.

    The fullest of them counts. What cannot be read says nothing.
    """
    found = [entry for name in _META[:2] if isinstance(entry := _told(headers, name), dict)]
    accounts = _told(headers, _META[2])
    for kinds in accounts.values() if isinstance(accounts, dict) else ():
        found += [entry for entry in kinds if isinstance(entry, dict)] if isinstance(kinds, list) else []
    percent = max((_whole(entry.get(share)) for entry in found for share in _SHARES), default=0)
    minutes = max((_whole(entry.get("estimated_time_to_regain_access")) for entry in found), default=0)
    return Used(percent, min(minutes * 60.0, _DAY))


def left(headers: Mapping[str, str]) -> int | None:
    """How much of its limits a network says is left, in hundredths; None where it says nothing that can be read.

    Mastodon and X name what remains and of how much, the AT Protocol too, Reddit what remains and what is used, Meta
    the share that is used.
    """
    if any(headers.get(name) for name in _META):
        return max(0, 100 - used(headers).percent)
    remaining = _count(headers, *_REMAINING)
    if remaining is None:
        return None
    whole, gone = _count(headers, *_LIMITS), _count(headers, _USED)
    whole = whole if whole is not None else remaining + gone if gone is not None else None
    return min(100, int(100 * remaining / whole)) if whole else None


def _count(headers: Mapping[str, str], *names: str) -> float | None:
    """Reddit names fractions; others put the window of time behind it ("100;w=60")."""
    told = next((found for name in names if (found := headers.get(name, "").partition(";")[0].strip())), "")
    return float(told) if _NUMBER.fullmatch(told) else None


def _told(headers: Mapping[str, str], name: str) -> object:
    value = headers.get(name, "")
    try:
        return json.loads(value) if 0 < len(value) <= _MOST_HEADER else None
    except (ValueError, RecursionError):
        return None


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**31 else 0


def retry_after(headers: Mapping[str, str], *, default: float) -> float:
    """The seconds that an answer asks us to wait; between one second and a day.

    `Retry-After` says it as a number or a date. Mastodon and its kin say only in `X-RateLimit-Reset` when the next
    request counts anew, as a moment in ISO 8601; others in seconds since 1970, the AT Protocol in `RateLimit-Reset`, X
    in `X-Rate-Limit-Reset`; Reddit in seconds from now.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        reset = next((found for name in _RESETS if (found := headers.get(name, "").strip())), "")
        seconds = _until_reset(reset, default)
    else:
        seconds = float(value) if _is_number(value) else _until_date(value, default)
    return min(max(seconds, 1.0), _DAY)


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 11


def _until_date(value: str, default: float) -> float:
    try:
        return _until(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError):
        return default


def _until_reset(value: str, default: float) -> float:
    try:
        if _is_number(value):
            return float(value) if float(value) < _NO_MOMENT else _until(datetime.fromtimestamp(float(value), UTC))
        return _until(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return default


def _until(moment: datetime) -> float:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - clock.now()).total_seconds()

"""How often something may happen: a bucket of tokens for each key, and what a network says about waiting."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from resonanz.core import clock

_DAY = 86_400.0
_RESETS = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")


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


def retry_after(headers: Mapping[str, str], *, default: float) -> float:
    """The seconds that an answer asks us to wait; between one second and a day.

    `Retry-After` says it as a number or a date. Mastodon and its kin say only in `X-RateLimit-Reset` when the next
    request counts anew, as a moment in ISO 8601; others in seconds since 1970, the AT Protocol in `RateLimit-Reset`, X
    in `X-Rate-Limit-Reset`.
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
        return _until(datetime.fromtimestamp(float(value), UTC) if _is_number(value) else datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return default


def _until(moment: datetime) -> float:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - clock.now()).total_seconds()

"""What the Graph API's errors mean, by their codes. Its status is 400 for most of them, and sometimes 200.

Meta's lists: developers.facebook.com/docs/graph-api/guides/error-handling, and for messages
developers.facebook.com/docs/messenger-platform/error-codes; read in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from resonanz.core import text
from resonanz.networks.errors import (
    ApplicationRefused,
    NetworkError,
    NoAnswer,
    NotAuthorised,
    Refused,
    TryLater,
    Unsupported,
)

WAIT_SECONDS = 60.0
LIMIT_SECONDS = 15 * 60.0
BLOCKED_SECONDS = 60 * 60.0
_TOKEN = frozenset({102, 190, 463, 467})
_LIMITS = frozenset({4, 17, 32, 341, 613, 80001, 80002, 80006, 80007, 130429, 131048, 131056})
_PASSING = frozenset({1, 2, 1200, 131000, 131016})
_RIGHTS = frozenset({3, 10, *range(200, 300)})
_BLOCKED = 368
_PARAMETER = 100
_NOT_THERE = 33
_NO_SUCH_NAME = 803
_OUTSIDE_WINDOW = frozenset({2018278, 2534022})
_RE_ENGAGEMENT = 131047
_APPLICATION = 101
_KEYS = {100: "appsecret_proof", 1: "validating client secret"}
"""What stands in the words of an error that means something else, too, where it means the application's secret."""
_UNAUTHORISED = 401
_TOKENS = re.compile(r"\b(?:EA|IG|TH)[A-Za-z0-9]{20,}", re.ASCII)
"""Some errors repeat the token that they complain of."""


class NotThere(Refused):
    """There is no such thing, or it is not for us: Meta says the same of both."""


class NoRight(Refused):
    """The token lacks the right for it."""


class OutsideWindow(Unsupported):
    """The time in which the network lets us answer is over; a person may still do it there by hand."""

    code = "network.outside_window"


class NoHumanAgent(Unsupported):
    """After the first day Meta lets applications answer that have the feature "Human Agent", and this one has not."""

    code = "network.human_agent_missing"


def failure(error: Mapping[str, Any], *, reads: bool, seconds: float = 0.0) -> NetworkError:
    """The contract's error for what Graph calls `error`; `seconds`: how long it asks us to wait, where it says."""
    code, subcode, words = _number(error.get("code")), _number(error.get("error_subcode")), words_of(error)
    if code == _APPLICATION or _is_about_keys(code, error.get("message")):
        return ApplicationRefused(status=_UNAUTHORISED)
    if code in _TOKEN:
        return NotAuthorised(status=_UNAUTHORISED)
    if code in _LIMITS:
        return TryLater(seconds or LIMIT_SECONDS, f"graph.{code}")
    if subcode in _OUTSIDE_WINDOW or code == _RE_ENGAGEMENT:
        return OutsideWindow()
    if code == _BLOCKED and reads:
        return TryLater(BLOCKED_SECONDS, f"graph.{code}")
    if code in _PASSING or error.get("is_transient") is True:
        # It may have taken effect all the same.
        return TryLater(WAIT_SECONDS, f"graph.{code}") if reads else NoAnswer(reason=f"graph.{code}")
    if code in _RIGHTS:
        return NoRight(words)
    if code == _NO_SUCH_NAME or (code == _PARAMETER and subcode == _NOT_THERE):
        return NotThere(words)
    return Refused(words)


def words_of(error: Mapping[str, Any]) -> str:
    """What Graph says of it: to people, where it has words for them."""
    said = error.get("error_user_msg") or error.get("message")
    found = _TOKENS.sub("…", text.clean(said, most=300)) if isinstance(said, str) else ""
    return found or f"graph.{_number(error.get('code'))}"


def _is_about_keys(code: int, message: object) -> bool:
    return code in _KEYS and isinstance(message, str) and _KEYS[code] in message


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0

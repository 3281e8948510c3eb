"""What a status quotes (Mastodon since 4.4): shown only as long as whoever is quoted agrees."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_INLINE = re.compile(r'<(p|span) class="quote-inline">.{0,4000}?</\1>', re.DOTALL)
_AGREED = "accepted"


def quote_in(status: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Its quote with a state; servers of the kind that put something else there are not understood."""
    quote = status.get("quote")
    return quote if isinstance(quote, dict) and isinstance(quote.get("state"), str) else None


def quoted_status(quote: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The status that is quoted; None where it is not to be shown: not agreed, taken back, deleted, muted, blocked."""
    found = quote.get("quoted_status")
    return found if quote["state"] == _AGREED and isinstance(found, dict) else None


def is_withheld(status: Mapping[str, Any]) -> bool:
    """Whether it quotes something that is not to be shown."""
    quote = quote_in(status)
    return quote is not None and quoted_status(quote) is None


def without_reference(content: str) -> str:
    """The words without the line that tells other servers where the quoted status stands."""
    return _INLINE.sub("", content, count=1)

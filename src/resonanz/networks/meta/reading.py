"""Foreign JSON as Meta writes it: ids, times, words, lists that come in pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from resonanz.core import clock, text
from resonanz.networks.errors import TryLater
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.graph import Graph

FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What reading foreign JSON that lies about its shape can raise."""
Found = Mapping[str, Any]
_ID = re.compile(r"[A-Za-z0-9_.:$=+-]{1,255}", re.ASCII)
_MILLISECONDS = 10**11
_NEVER = 10**14


def identifier(value: object) -> str:
    """An id, which Meta writes as a word or as a number. Raises ValueError."""
    found = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(found, str) or not _ID.fullmatch(found) or found in {".", ".."}:
        raise ValueError("no id")
    return found


def moment(value: object) -> datetime:
    """A time, written in ISO 8601 or as seconds or milliseconds since 1970; never one to come. Raises one of FAULTS."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        if value >= _NEVER:  # what no calendar reaches is an error of the system there
            raise ValueError("no date")
        found = datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS else value, UTC)
    elif isinstance(value, str) and len(value) <= 40:
        found = datetime.fromisoformat(value)
    else:
        raise ValueError("no date")
    if found.tzinfo is None:
        raise ValueError("a date without offset")
    return min(found.astimezone(UTC), clock.now())


def words(value: object, *, most: int) -> str:
    """Words as they are kept; "" for none. Raises TypeError."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("no words")
    return text.clean(value, most=most)


def line(value: object, *, most: int) -> str:
    """The same, in one line."""
    return " ".join(words(value, most=most).split())


def same_words(value: object, wanted: str) -> bool:
    """Whether Meta shows the words that we sent; it sets blanks and ends of lines otherwise."""
    return isinstance(value, str) and value.split() == wanted.split()


def link(value: object) -> str:
    """An address; "" for what is none."""
    return value if isinstance(value, str) and value.startswith("https://") and len(value) <= 4_000 else ""


def count(value: object) -> int | None:
    """How many; None where it is not told."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def objects(value: object) -> list[Found]:
    """The objects of a list, or of the `data` that Meta wraps around one; none where there is no list."""
    found = value.get("data") if isinstance(value, dict) else value
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def pages(graph: Graph, path: str, *, most: int, **parameters: object) -> Iterator[list[Any]]:
    """The pages of a list, at most `most` of them. What answers without one is asked again later."""
    after: dict[str, str] = {}
    for _ in range(most):
        answer = graph.get(path, **parameters, **after)
        if not isinstance(answer.get("data"), list):
            raise TryLater(WAIT_SECONDS, "answer.unreadable")
        yield answer["data"]
        following = _after(answer)
        if not following:
            return
        after = {"after": following}


def _after(answer: Found) -> str:
    """Where the next page begins. Meta's own address for it bears the token, so it is never followed."""
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    found = cursors.get("after") if isinstance(cursors, dict) else None
    return found if isinstance(found, str) and len(found) <= 2_000 else ""

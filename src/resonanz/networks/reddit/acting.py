"""What is done to posts and comments besides answering them. Programs may not vote by themselves; people may."""

from __future__ import annotations

from resonanz.networks.contract import Account, Report
from resonanz.networks.errors import Refused
from resonanz.networks.reddit.client import Reddit
from resonanz.networks.reddit.posts import MESSAGE, checked_id, kind_of

_MOST_WORDS = 100


def like(account: Account, native_id: str, *, on: bool) -> None:
    """Vote for it, or no longer; each vote is that of the person who clicked."""
    Reddit(account).post("/api/vote", {"id": _public(native_id), "dir": "1" if on else "0"})


def report(account: Account, report: Report) -> None:
    """To those who moderate the subreddit."""
    Reddit(account).post("/api/report", {"thing_id": _public(report.native_id), "reason": report.words[:_MOST_WORDS]})


def _public(native_id: str) -> str:
    try:
        found = checked_id(native_id)
    except ValueError as error:
        raise Refused("NotFound") from error
    if kind_of(found) == MESSAGE:
        raise Refused("NotFound")
    return found

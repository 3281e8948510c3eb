"""Comments held for review, by us or by YouTube: no question by id need tell them, and still they are not gone."""

from __future__ import annotations

from typing import Any

from resonanz.networks.contract import Account
from resonanz.networks.errors import Refused
from resonanz.networks.youtube.client import get
from resonanz.networks.youtube.posts import is_reply

_WAITING = ("heldForReview", "likelySpam")
_MOST_PAGES = 10
_PAGE = 100


def withheld(account: Account, missing: list[str]) -> set[str]:
    """Those of them that wait for somebody to look at them; all, where that cannot be told for certain.

    A thread is listed, too, where only an answer waits, and not each of its answers stands beside it.
    """
    found: set[str] = set()
    for status in _WAITING:
        token = ""
        for _ in range(_MOST_PAGES):
            page = _page(account, status, token)
            if page is None:
                return set(missing)
            found |= {str(one.get("id")) for one in page["items"] if isinstance(one, dict)}
            token = str(page.get("nextPageToken") or "")
            if not token:
                break
        else:
            return set(missing)
    return {key for key in missing if _thread_of(key) in found}


def _page(account: Account, status: str, token: str) -> dict[str, Any] | None:
    asked: dict[str, object] = {"part": "snippet", "moderationStatus": status, "maxResults": _PAGE}
    asked |= {"allThreadsRelatedToChannelId": account.native_id, "textFormat": "plainText"}
    try:
        return get(account, "commentThreads", asked | ({"pageToken": token} if token else {}))
    except Refused:
        return None


def _thread_of(native_id: str) -> str:
    return native_id.partition(".")[0] if is_reply(native_id) else native_id

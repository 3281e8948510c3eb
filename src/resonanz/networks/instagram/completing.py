"""What names the account elsewhere: a delivery says where, and its words are asked for by that number alone."""

from __future__ import annotations

from dataclasses import replace

from resonanz.networks.contract import Account, Event, Posted
from resonanz.networks.errors import NetworkError
from resonanz.networks.instagram.posts import ELSEWHERE, media_of
from resonanz.networks.meta.client import graph
from resonanz.networks.meta.place import by_name
from resonanz.networks.meta.reading import FAULTS, Found, link, moment, words
from resonanz.networks.webhooks import Told

MOST_ASKED = 5
"""Of one delivery; the others stay as they were told, for others wait behind them."""
_COMMENT = "mentioned_comment.comment_id({id}){{id,text,timestamp,username,media{{id,permalink}}}}"
_MEDIA = "mentioned_media.media_id({id}){{id,caption,timestamp,username,permalink,media_type,media_url,thumbnail_url}}"
_MOST_TEXT = 10_000


def complete(account: Account, told: Told) -> Told:
    """With the words of what was said elsewhere. What Instagram does not tell stays what it is: a mention."""
    left = MOST_ASKED
    events: list[Event] = []
    for one in told.events:
        is_bare = isinstance(one, Posted) and one.root_id.startswith(ELSEWHERE) and one.author is None
        if isinstance(one, Posted) and is_bare and left > 0:
            left -= 1
            one = _asked(account, one)
        events.append(one)
    return replace(told, events=tuple(events))


def _asked(account: Account, said: Posted) -> Posted:
    is_comment = bool(said.parent_id)
    fields = (_COMMENT if is_comment else _MEDIA).format(id=said.native_id)
    try:
        answer = graph(account).get(f"/{account.native_id}", fields=fields)
        return _with_words(said, answer["mentioned_comment" if is_comment else "mentioned_media"])
    except (NetworkError, *FAULTS):
        return said


def _with_words(said: Posted, found: Found) -> Posted:
    media = found.get("media")
    address = media.get("permalink") if isinstance(media, dict) else found.get("permalink")
    text = words(found.get("text") or found.get("caption"), most=_MOST_TEXT)
    return replace(
        said,
        author=by_name(found),
        text=text or said.text,
        posted_at=moment(found["timestamp"]),
        url=link(address),
        media=media_of(found),
    )

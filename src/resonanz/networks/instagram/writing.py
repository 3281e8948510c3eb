"""Answering: below a comment, below what names us elsewhere, in private; and the same answer found again."""

from __future__ import annotations

from datetime import datetime

from resonanz.networks.contract import Account, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import Refused
from resonanz.networks.instagram.posts import ELSEWHERE, PLACE, is_message
from resonanz.networks.meta import answering
from resonanz.networks.meta.answering import checked
from resonanz.networks.meta.client import graph
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.reading import Found
from resonanz.networks.meta.talks import speaker

MOST_LOOKED_AT = 50
_PRIVATE = "private"
_NOT_SHOWN = "Instagram does not show what stands below the posts of others"


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Send it. Instagram knows no key of an order, so it is read back before it is sent again."""
    parent_id, api = checked(order.parent_id), graph(account)
    if order.visibility is Visibility.PUBLIC:
        if is_message(parent_id):
            raise Refused(_PRIVATE)  # what was said in private is never answered before all
        return _comment(api, account, parent_id, order)
    if is_message(parent_id):
        return answering.message(api, account, PLACE, order)
    said_at = api.get(f"/{parent_id}", fields="id,timestamp").get("timestamp")
    return answering.private_reply(api, account, PLACE, {"comment_id": parent_id}, said_at, order.text)


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest own answer with the same words, said since then."""
    api, parent_id = graph(account), checked(order.parent_id)
    if order.visibility is Visibility.PRIVATE:
        person_id = PLACE.person_in(order.root_id) if is_message(parent_id) else _speaker(api, parent_id)
        return answering.find_message(api, account, PLACE, person_id, order.text, since, known)
    if order.root_id.startswith(ELSEWHERE):
        raise Refused(_NOT_SHOWN)
    for place in dict.fromkeys(one for one in (parent_id, order.root_id) if one):
        if found := answering.find_listed(
            api, f"/{checked(place)}/replies",
            lambda said: answering.oldest(said, _as_comment, account, order.text, since, known),
            since=since, fields="id,text,timestamp,from,username", limit=MOST_LOOKED_AT,
        ):  # fmt: skip
            return found
    return None


def _comment(api: Graph, account: Account, parent_id: str, order: ReplyOrder) -> Receipt:
    if not order.root_id.startswith(ELSEWHERE):
        found = api.post(f"/{parent_id}/replies", {"message": order.text})
        return Receipt(native_id=answering.given(found, "id"))
    media_id = checked(order.root_id.removeprefix(ELSEWHERE))
    below = {"comment_id": parent_id} if parent_id != media_id else {}
    found = api.post(f"/{account.native_id}/mentions", {"media_id": media_id, **below, "message": order.text})
    return Receipt(native_id=answering.given(found, "id"))


def _speaker(api: Graph, native_id: str) -> str:
    return speaker(api.get(f"/{native_id}", fields="id,from"))


def _as_comment(found: Found) -> tuple[object, object, str]:
    return found.get("text"), found["timestamp"], ""

"""Answering: a comment below a post or comment, a private reply to one, a message; and the same answer found again."""

from __future__ import annotations

from datetime import datetime

from resonanz.networks.contract import Account, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import Refused
from resonanz.networks.facebook.posts import PLACE, address_of, is_message
from resonanz.networks.meta import answering
from resonanz.networks.meta.answering import checked
from resonanz.networks.meta.client import graph
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.reading import Found, link
from resonanz.networks.meta.talks import speaker

MOST_LOOKED_AT = 50
_PRIVATE = "private"
_ONCE = "Facebook takes one private reply to a comment, and this one had it"


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Send it. Facebook knows no key of an order, so it is read back before it is sent again."""
    parent_id = checked(order.parent_id)
    if order.visibility is Visibility.PUBLIC:
        if is_message(parent_id):
            raise Refused(_PRIVATE)  # what was said in private is never answered before all
        return _comment(graph(account), parent_id, order.text)
    if is_message(parent_id):
        return answering.message(graph(account), account, PLACE, order)
    return _private_reply(graph(account), account, parent_id, order.text)


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest own answer with the same words, said since then."""
    api, parent_id = graph(account), checked(order.parent_id)
    if order.visibility is Visibility.PUBLIC:
        return _find_comment(api, account, order, since, known)
    person_id = PLACE.person_in(order.root_id) if is_message(parent_id) else _speaker(api, parent_id)
    return answering.find_message(api, account, PLACE, person_id, order.text, since, known)


def _comment(api: Graph, parent_id: str, text: str) -> Receipt:
    native_id = answering.given(api.post(f"/{parent_id}/comments", {"message": text}), "id")
    return Receipt(native_id=native_id, url=address_of(native_id))


def _private_reply(api: Graph, account: Account, parent_id: str, text: str) -> Receipt:
    asked = api.get(f"/{parent_id}", fields="id,created_time,can_reply_privately")
    if asked.get("can_reply_privately") is False:
        raise Refused(_ONCE)
    name = "post_id" if _is_post(parent_id, account) else "comment_id"
    return answering.private_reply(api, account, PLACE, {name: parent_id}, asked.get("created_time"), text)


def _speaker(api: Graph, native_id: str) -> str:
    return speaker(api.get(f"/{native_id}", fields="id,from"))


def _find_comment(
    api: Graph, account: Account, order: ReplyOrder, since: datetime, known: frozenset[str]
) -> Receipt | None:
    """Below what was answered, and below the comment that begins the thread: deeper ones are moved up there."""
    places = dict.fromkeys(one for one in (order.parent_id, order.root_id) if one and not PLACE.person_in(one))
    for place in places:
        if found := answering.find_listed(
            api, f"/{checked(place)}/comments",
            lambda said: answering.oldest(said, _as_comment, account, order.text, since, known),
            since=since, newest_first_by="created_time", fields="id,message,from,created_time,permalink_url",
            order="reverse_chronological", limit=MOST_LOOKED_AT,
        ):  # fmt: skip
            return found
    return None


def _as_comment(found: Found) -> tuple[object, object, str]:
    return found.get("message"), found["created_time"], link(found.get("permalink_url")) or address_of(str(found["id"]))


def _is_post(native_id: str, account: Account) -> bool:
    """The ids of posts on the Page begin with its own; those of comments with that of what they stand below."""
    return native_id.startswith(f"{account.native_id}_")

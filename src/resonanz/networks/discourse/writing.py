"""Answering: below a post in its topic, or by a message to its author; and the same answer found again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from resonanz.networks.contract import Account, Receipt, ReplyOrder, Visibility
from resonanz.networks.discourse.client import NotForUs, NotThere, call, get
from resonanz.networks.discourse.posts import FAULTS, Found, address_of, id_of, is_gone, moment, whole
from resonanz.networks.discourse.topics import Topic, topic
from resonanz.networks.errors import NoAnswer, Refused

MOST_LOOKED_AT = 20
"""An answer whose sending brought no reply stands near the end of its topic, if it stands there."""
_MOST_TITLE = 200


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Send it. Discourse knows no key of an order, but refuses the same words to the same topic for minutes."""
    parent, place = _parent(account, order)
    found = call(account, "POST", "/posts.json", _message(order, parent, place))
    if found.get("action") == "enqueued":
        # Its moderators look at it first. It stands there or it will not: who sent it again would send it twice.
        raise NoAnswer(reason="discourse.waits_for_moderators")
    try:
        return Receipt(native_id=id_of(found), url=address_of(found, account))
    except FAULTS as error:
        raise NoAnswer(reason="answer.unreadable") from error


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest own post with the same words, said since then."""
    parent, place = _parent(account, order)
    if _is_new_message(order, place):
        return _find_message(account, order, _title_of(place), since, known)
    own = (_own_words(account, number, since) for number in place.post_ids[-MOST_LOOKED_AT:])
    return _first(account, order, [post for post in own if post], known, above=_number_above(parent))


def _parent(account: Account, order: ReplyOrder) -> tuple[Found, Topic]:
    try:
        parent = get(account, f"/posts/{whole(int(order.parent_id))}.json")
        if is_gone(parent):
            raise Refused("NotFound")
        return parent, topic(account, whole(parent["topic_id"]))
    except FAULTS as error:
        raise Refused("answer.unreadable") from error


def _is_new_message(order: ReplyOrder, place: Topic) -> bool:
    if order.visibility is Visibility.PUBLIC and place.is_private:
        raise Refused("private")  # what was to be public would be read by a few alone
    return order.visibility is Visibility.PRIVATE and not place.is_private


def _message(order: ReplyOrder, parent: Found, place: Topic) -> dict[str, object]:
    if _is_new_message(order, place):
        return {
            "title": _title_of(place),
            "raw": order.text,
            "archetype": "private_message",
            "target_recipients": str(parent.get("username") or ""),
        }
    number = _number_above(parent)
    below = {"reply_to_post_number": number} if number else {}
    return {"topic_id": parent["topic_id"], "raw": order.text, **below}


def _number_above(parent: Found) -> int | None:
    """The number of the post that is answered; who answers the first one answers the topic."""
    number = parent.get("post_number")
    return number if isinstance(number, int) and number > 1 else None


def _title_of(place: Topic) -> str:
    return f"Re: {place.title}"[:_MOST_TITLE]


def _find_message(
    account: Account, order: ReplyOrder, title: str, since: datetime, known: frozenset[str]
) -> Receipt | None:
    listed = get(account, f"/topics/private-messages-sent/{account.handle}.json").get("topic_list")
    topics = listed.get("topics") if isinstance(listed, dict) else None
    said: list[Found] = []
    for one in topics[:MOST_LOOKED_AT] if isinstance(topics, list) else []:
        try:
            if one["title"] == title and moment(one["created_at"]) >= since:
                first = topic(account, whole(one["id"])).post_ids[:1]
                said += [post for number in first if (post := _own_words(account, number, since))]
        except FAULTS:
            continue
    return _first(account, order, said, known, above=None)


def _own_words(account: Account, number: int, since: datetime) -> Found | None:
    """The post, if we said it since then."""
    try:
        post = get(account, f"/posts/{number}.json")
        is_ours = str(post.get("user_id")) == account.native_id or post.get("username") == account.handle
        return post if is_ours and moment(post["created_at"]) >= since else None
    except (NotThere, NotForUs, *FAULTS):
        return None


def _first(
    account: Account, order: ReplyOrder, said: list[Any], known: frozenset[str], *, above: int | None
) -> Receipt | None:
    for post in sorted(said, key=lambda one: int(id_of(one))):
        number = post.get("reply_to_post_number")
        is_below = above is None or str(number) == str(above)
        if is_below and str(post.get("raw") or "").strip() == order.text.strip() and id_of(post) not in known:
            return Receipt(native_id=id_of(post), url=address_of(post, account))
    return None

"""Answering: a comment below a post or comment, a private reply to one, a message; and the same answer found again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from resonanz.networks.contract import Account, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import NoAnswer, Refused
from resonanz.networks.facebook.client import graph
from resonanz.networks.facebook.messages import is_message, person_in
from resonanz.networks.facebook.posts import address_of
from resonanz.networks.meta.faults import NotThere, OutsideWindow
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.reading import FAULTS, Found, identifier, link, moment, objects, same_words
from resonanz.networks.meta.windows import check_private_reply, terms_of_message

MOST_LOOKED_AT = 50
_MESSAGES = 20
_PRIVATE = "private"
_ONCE = "Facebook takes one private reply to a comment, and this one had it"


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Send it. Facebook knows no key of an order, so it is read back before it is sent again."""
    parent_id = _id(order.parent_id)
    if order.visibility is Visibility.PUBLIC:
        if is_message(parent_id):
            raise Refused(_PRIVATE)  # what was said in private is never answered before all
        return _comment(graph(account), parent_id, order.text)
    if is_message(parent_id):
        return _message(graph(account), account, order)
    return _private_reply(graph(account), account, parent_id, order.text)


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest own answer with the same words, said since then."""
    api, parent_id = graph(account), _id(order.parent_id)
    if order.visibility is Visibility.PUBLIC:
        return _find_comment(api, account, order, since, known)
    if is_message(parent_id):
        return _find_message(api, account, _talk_with(api, account, person_in(order.root_id)), order.text, since, known)
    return _find_private_reply(api, account, order, since, known)


def _comment(api: Graph, parent_id: str, text: str) -> Receipt:
    found = api.post(f"/{parent_id}/comments", {"message": text})
    native_id = _given(found, "id")
    return Receipt(native_id=native_id, url=address_of(native_id))


def _message(api: Graph, account: Account, order: ReplyOrder) -> Receipt:
    person_id = person_in(order.root_id)
    if not person_id:
        raise Refused("NotFound")
    terms = terms_of_message(_said_last(api, account, person_id, order))
    try:
        return _send(api, account, {"id": person_id}, order.text, terms)
    except Refused as error:
        if "tag" in terms and not isinstance(error, NotThere):
            # Meta lets applications answer by the tag that asked it for the feature "Human Agent"; this one has not.
            raise OutsideWindow from error
        raise


def _private_reply(api: Graph, account: Account, parent_id: str, text: str) -> Receipt:
    asked = api.get(f"/{parent_id}", fields="id,created_time,can_reply_privately")
    try:
        check_private_reply(moment(asked["created_time"]))
    except FAULTS as error:
        raise Refused("answer.unreadable") from error
    if asked.get("can_reply_privately") is False:
        raise Refused(_ONCE)
    name = "post_id" if _is_post(parent_id, account) else "comment_id"
    return _send(api, account, {name: parent_id}, text, {})


def _send(api: Graph, account: Account, recipient: Mapping[str, str], text: str, terms: Mapping[str, str]) -> Receipt:
    body = {"recipient": dict(recipient), "message": {"text": text}, **terms}
    return Receipt(native_id=_given(api.post(f"/{account.native_id}/messages", body), "message_id"))


def _said_last(api: Graph, account: Account, person_id: str, order: ReplyOrder) -> datetime:
    """When the person wrote last: from then on Meta counts. At least, when they wrote what is answered."""
    times = [
        moment(one["created_time"])
        for one in _messages(api, _talk_with(api, account, person_id))
        if _speaker(one) == person_id
    ]
    if times:
        return max(times)
    try:
        return moment(api.get(f"/{_id(order.parent_id)}", fields="id,created_time")["created_time"])
    except FAULTS as error:
        raise Refused("answer.unreadable") from error


def _find_comment(
    api: Graph, account: Account, order: ReplyOrder, since: datetime, known: frozenset[str]
) -> Receipt | None:
    """Below what was answered, and below the comment that begins the thread: deeper ones are moved up there."""
    places = dict.fromkeys(place for place in (order.parent_id, order.root_id) if place and not person_in(place))
    for place in places:
        listed = api.get(
            f"/{_id(place)}/comments",
            fields="id,message,from,created_time,permalink_url",
            order="reverse_chronological",
            limit=MOST_LOOKED_AT,
        )
        if found := _first(objects(listed), account, order.text, since, known):
            return found
    return None


def _find_private_reply(
    api: Graph, account: Account, order: ReplyOrder, since: datetime, known: frozenset[str]
) -> Receipt | None:
    asked = api.get(f"/{_id(order.parent_id)}", fields="id,from")
    person_id = _speaker(asked)
    if not person_id:
        raise Refused("NotFound")  # who it was is not ours to know, so nobody can look
    return _find_message(api, account, _talk_with(api, account, person_id), order.text, since, known)


def _find_message(
    api: Graph, account: Account, talk_id: str, text: str, since: datetime, known: frozenset[str]
) -> Receipt | None:
    return _first(_messages(api, talk_id), account, text, since, known)


def _talk_with(api: Graph, account: Account, person_id: str) -> str:
    """The conversation with a person; "" where there is none yet. Raises NoRight."""
    if not person_id:
        return ""
    listed = api.get(
        f"/{account.native_id}/conversations", fields="id", platform="messenger", user_id=_id(person_id), limit=1
    )
    return next((identifier(one.get("id")) for one in objects(listed)), "")


def _messages(api: Graph, talk_id: str) -> list[Found]:
    if not talk_id:
        return []
    return objects(api.get(f"/{talk_id}/messages", fields="id,created_time,from,message", limit=_MESSAGES))


def _first(said: list[Found], account: Account, text: str, since: datetime, known: frozenset[str]) -> Receipt | None:
    fitting: list[tuple[datetime, str, str]] = []
    for one in said:
        try:
            native_id, at = identifier(one["id"]), moment(one["created_time"])
            is_same = _speaker(one) == account.native_id and same_words(one.get("message"), text)
            if is_same and at >= since.replace(microsecond=0) and native_id not in known:
                url = "" if is_message(native_id) else link(one.get("permalink_url")) or address_of(native_id)
                fitting.append((at, native_id, url))
        except FAULTS:
            continue
    return Receipt(native_id=min(fitting)[1], url=min(fitting)[2]) if fitting else None


def _speaker(found: Found) -> str:
    who = found.get("from")
    return str(who.get("id") or "") if isinstance(who, dict) else ""


def _is_post(native_id: str, account: Account) -> bool:
    """The ids of posts on the Page begin with its own; those of comments with that of what they stand below."""
    return native_id.startswith(f"{account.native_id}_")


def _given(found: Mapping[str, Any], name: str) -> str:
    try:
        return identifier(found[name])
    except FAULTS as error:
        raise NoAnswer(reason="answer.unreadable") from error


def _id(value: str) -> str:
    try:
        return identifier(value)
    except ValueError as error:
        raise Refused("NotFound") from error

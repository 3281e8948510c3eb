"""Answering: a reply that is no more public than what it answers, named to its author, and found again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from resonanz.core import text
from resonanz.networks.asking import json_object
from resonanz.networks.contract import Account, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import NetworkError, NoAnswer, NotAuthorised, Refused
from resonanz.networks.mastodon import client
from resonanz.networks.mastodon.plain_words import plain_words, without_mentions
from resonanz.networks.mastodon.reading import FAULTS
from resonanz.networks.mastodon.statuses import (
    Status,
    as_status,
    domain_of,
    id_of,
    is_open_to_all,
    is_ours,
    mentioned_in,
    names_us,
    parent_of,
)

_MOST_OTHERS = 5
_MOST_PAGES_BACK = 10
_MOST_TEXT = 100_000
_MOST_COUNTED = 500  # by Mastodon, which does not count the server in a mention


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Send it, once for each key where the server knows such keys (Mastodon does, for an hour)."""
    parent = _status(account, order.parent_id)
    body: dict[str, object] = {
        "status": _with_mentions(order.text, _spoken_to(parent, account, order), domain_of(account)),
        "in_reply_to_id": order.parent_id,
        "visibility": answering_visibility(parent, order),
        # Elsewhere the account may be set to Markdown; then what stands there is not what was approved.
        "content_type": "text/plain",
    }
    if order.picture_ids:
        body["media_ids"] = list(order.picture_ids)
    if isinstance(parent.get("language"), str) and parent["language"]:
        body["language"] = parent["language"]
    answer = client.ask(
        "POST",
        f"{client.base(account)}/api/v1/statuses",
        token=account.secret,
        body=body,
        headers={"Idempotency-Key": order.key},
    )
    try:
        return _receipt(json_object(client.accepted(answer)))
    except FAULTS as error:
        raise NoAnswer(reason="answer.unreadable") from error


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest own answer to the same status with the same words.

    It is looked for among what the account said, and then below what it answers: some servers leave private answers
    out of the one, and the other is gone when its first status was deleted.
    """
    wanted = _letters(text.clean(order.text, most=_MOST_TEXT))
    own = list(_said_since(account, since))
    for status in [*reversed(own), *_below(account, order.parent_id)]:
        if id_of(status) in known or parent_of(status) != order.parent_id or _is_before(status, since):
            continue
        if is_ours(status, account) and _letters(_plain(status)) == wanted:
            return _receipt(status)
    return None


def answering_visibility(parent: Status, order: ReplyOrder) -> str:
    """How public an answer is: never more than what it answers.

    Public is answered "unlisted" (Mastodon's "quiet public"), as its own advice to accounts that speak to many has it:
    everybody can read it below the post, but answers to single people do not fill the public and hashtag timelines.
    What only followers could read is answered "direct": "private" would show it to *our* followers, whom the author
    never chose.
    """
    return "unlisted" if is_open_to_all(parent) and order.visibility is Visibility.PUBLIC else "direct"


def mentions_before(said: str, words: str) -> str:
    """Our corrected words, after the mentions that the answer `said` began with and they do not hold themselves."""
    names = []
    for word in said.split():
        if not word.startswith("@"):
            break
        names.append(word.removeprefix("@"))
    return _with_mentions(words, names, "")


def _status(account: Account, native_id: str) -> Status:
    found = client.get_object(account, f"/api/v1/statuses/{client.path_id(native_id)}")
    try:
        return as_status(found)
    except ValueError as error:
        raise Refused("answer.unreadable") from error


def _spoken_to(parent: Status, account: Account, order: ReplyOrder) -> list[str]:
    """Who reads along: in private whoever is named does, so what is said in private to one of many names them alone."""
    names = _named(parent, account)
    return names[:1] if order.visibility is Visibility.PRIVATE and is_open_to_all(parent) else names


def _named(parent: Status, account: Account) -> list[str]:
    """Whom the answer names: the author, and of the others only those who spoke to us in this thread themselves."""
    author = parent.get("account")
    names = [] if is_ours(parent, account) else [_acct(author)]
    others = {_acct(one) for one in mentioned_in(parent)} - {*names, ""}
    if others and parent_of(parent):
        names += [name for name in _spoke_to_us(account, parent) if name in others and name not in names]
    return [name for name in names if name][: _MOST_OTHERS + 1]


def _spoke_to_us(account: Account, parent: Status) -> list[str]:
    try:
        found = client.get_object(account, f"/api/v1/statuses/{client.path_id(id_of(parent))}/context")
        earlier = [one for one in found["ancestors"] if names_us(one, account) and not is_ours(one, account)]
        return list(dict.fromkeys(_acct(one.get("account")) for one in earlier))
    except NotAuthorised:
        raise
    except (NetworkError, *FAULTS):
        return []


def _acct(person: object) -> str:
    """The name as this server takes it in a status."""
    found = person.get("acct") if isinstance(person, dict) else None
    return found if isinstance(found, str) and len(found) <= 255 and not any(map(str.isspace, found)) else ""


def _with_mentions(words: str, names: list[str], domain: str) -> str:
    """The words, after the mentions that they do not hold themselves, with or without the server."""
    said = {word.strip(".,:;!?()").casefold() for word in words.split() if word.startswith("@")}
    missing = [name for name in names if said.isdisjoint({f"@{name}".casefold(), f"@{name}@{domain}".casefold()})]
    return " ".join([*(f"@{name}" for name in _that_fit(missing, words)), words])


def _that_fit(names: list[str], words: str) -> list[str]:
    """The first one, for whom the limit of an answer leaves room, and more as long as there is some."""
    room, kept = _MOST_COUNTED - len(words), list[str]()
    for name in names:
        room -= len(f"@{name.partition('@')[0]} ")
        if kept and room < 0:
            break
        kept.append(name)
    return kept


def _receipt(status: dict[str, Any] | Status) -> Receipt:
    url = status.get("url") or status.get("uri")
    return Receipt(native_id=id_of(status), url=url if isinstance(url, str) else "")


def _said_since(account: Account, since: datetime) -> Iterator[Status]:
    """What the account said, newest first."""
    path = f"/api/v1/accounts/{client.path_id(_own_id(account))}/statuses"
    query: dict[str, object] = {"exclude_reblogs": "true"}
    for _ in range(_MOST_PAGES_BACK):
        page = client.get_page(account, path, query)
        found = [status for item in page.items if (status := _readable(item))]
        yield from found
        if not page.older or not found or _is_before(found[-1], since):
            return
        query["max_id"] = page.older


def _below(account: Account, native_id: str) -> list[Status]:
    answer = client.get(account, f"/api/v1/statuses/{client.path_id(native_id)}/context")
    if client.is_gone(answer):
        return []
    found = client.object_in(client.accepted(answer)).get("descendants")
    return [status for item in found if (status := _readable(item))] if isinstance(found, list) else []


def _own_id(account: Account) -> str:
    if account.native_id:
        return account.native_id
    return id_of(client.get_object(account, "/api/v1/accounts/verify_credentials"))


def _readable(item: object) -> Status | None:
    try:
        return as_status(item)
    except ValueError:
        return None


def _is_before(status: Status, since: datetime) -> bool:
    try:
        return datetime.fromisoformat(status["created_at"]) < since
    except (KeyError, TypeError, ValueError):
        return False


def _letters(words: str) -> str:
    """What a server leaves as it is. Some read Markdown whatever they are asked, or set other quotation marks; an
    answer that is not known again would be given twice.
    """
    said = without_mentions(words)
    return "".join(filter(str.isalnum, said)) or said


def _plain(status: Status) -> str:
    content = status.get("content")
    return plain_words(content, most=_MOST_TEXT) if isinstance(content, str) else ""

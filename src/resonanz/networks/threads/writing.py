"""Answering on Threads, hiding answers; and the same answer found again."""

from __future__ import annotations

from datetime import datetime

from resonanz.networks.contract import Account, Receipt, ReplyOrder
from resonanz.networks.errors import NoAnswer, TryLater
from resonanz.networks.meta.answering import checked, find_listed, given
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.reading import FAULTS, Found, identifier, link, moment, same_words
from resonanz.networks.threads.posts import graph

MOST_LOOKED_AT = 50


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """In two steps: it is brought, which nobody reads, and then published. Only the second one may not be repeated."""
    api, parent_id = graph(account), checked(order.parent_id)
    body = {"media_type": "TEXT", "text": order.text, "reply_to_id": parent_id}
    try:
        brought = given(api.post("/me/threads", body), "id")
    except NoAnswer as error:
        raise TryLater(WAIT_SECONDS, str(error.params.get("reason", ""))) from error
    native_id = given(api.post("/me/threads_publish", {"creation_id": brought}), "id")
    return Receipt(native_id=native_id)


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest of our answers to the same post with the same words, said since then."""
    checked(order.parent_id)
    return find_listed(
        graph(account), "/me/replies", lambda said: _oldest(said, order, since, known), since=since,
        newest_first_by="timestamp", fields="id,text,timestamp,permalink,replied_to", limit=MOST_LOOKED_AT,
    )  # fmt: skip


def _oldest(said: list[Found], order: ReplyOrder, since: datetime, known: frozenset[str]) -> Receipt | None:
    fitting: list[tuple[datetime, str, str]] = []
    for one in said:
        try:
            native_id, said_at, above = identifier(one["id"]), moment(one["timestamp"]), one["replied_to"]
            is_there = identifier(above["id"] if isinstance(above, dict) else above) == order.parent_id
            is_new = said_at >= since.replace(microsecond=0) and native_id not in known
            if is_there and is_new and same_words(one.get("text"), order.text):
                fitting.append((said_at, native_id, link(one.get("permalink"))))
        except FAULTS:
            continue
    return Receipt(native_id=min(fitting)[1], url=min(fitting)[2]) if fitting else None


def hide(account: Account, native_id: str, *, on: bool) -> None:
    """An answer to a post of ours, with all that answers it."""
    graph(account).post(f"/{checked(native_id)}/manage_reply", {"hide": on})

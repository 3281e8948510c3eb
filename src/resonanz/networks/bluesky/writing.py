"""Answering: a reply with the right root, its facets, and the same answer found again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from resonanz.core import clock
from resonanz.networks.bluesky import facets
from resonanz.networks.bluesky.client import call, query, session_of, word_of
from resonanz.networks.bluesky.posts import COLLECTION, FAULTS, View, address_of, is_post, key_of
from resonanz.networks.contract import Account, Receipt, ReplyOrder
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater

_PAGE = 100
_MOST_PAGES_BACK = 10


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Send it below its parent, in the thread to which the parent says that it belongs."""
    parent = view_of(account, order.parent_id)
    if isinstance(viewer := parent.get("viewer"), dict) and viewer.get("replyDisabled"):
        # The server would take it all the same, and nobody would see it.
        raise Refused("replyDisabled")
    record: dict[str, object] = {
        "$type": COLLECTION,
        "text": order.text,
        "createdAt": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "reply": _places(parent),
    }
    if found := facets.written(order.text, lambda handle: _did_of(account, handle)):
        record["facets"] = found
    uri = create(account, COLLECTION, record)
    return Receipt(native_id=uri, url=address_of(uri, session_of(account).handle))


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest own answer to the same post with the same words; a server keeps them to the letter."""
    found = None
    for uri, record in _said_since(account, since):
        below = record.get("reply")
        parent = below.get("parent") if isinstance(below, dict) else None
        is_it = isinstance(parent, dict) and parent.get("uri") == order.parent_id and record.get("text") == order.text
        if is_it and uri not in known:
            found = uri
    return Receipt(native_id=found, url=address_of(found, session_of(account).handle)) if found else None


def view_of(account: Account, uri: str) -> View:
    """The post as it stands there for us; Refused where there is none."""
    if not is_post(uri):
        raise Refused("NotFound")
    posts = query(account, "app.bsky.feed.getPosts", {"uris": uri}).get("posts")
    found = [one for one in posts if isinstance(one, dict) and one.get("uri") == uri] if isinstance(posts, list) else []
    if not found:
        raise Refused("NotFound")
    return dict(found[0])


def reference(view: View) -> dict[str, str]:
    """The post by address and content (com.atproto.repo.strongRef)."""
    try:
        uri, cid = word_of(view, "uri"), word_of(view, "cid")
    except ValueError:
        uri, cid = "", ""
    if not uri or not cid:
        raise Refused("answer.unreadable")
    return {"uri": uri, "cid": cid}


def create(account: Account, collection: str, record: dict[str, object]) -> str:
    """A new record in our repository; its address."""
    body = {"repo": session_of(account).did, "collection": collection, "record": record, "validate": True}
    try:
        uri = word_of(call(account, "com.atproto.repo.createRecord", body), "uri")
    except ValueError:
        uri = ""
    if not uri.startswith("at://"):
        raise NoAnswer(reason="answer.unreadable")
    return uri


def delete(account: Account, collection: str, uri: str) -> None:
    """The record is gone from our repository; one that is gone already is no error."""
    body = {"repo": session_of(account).did, "collection": collection, "rkey": key_of(uri)}
    call(account, "com.atproto.repo.deleteRecord", body)


def _places(parent: View) -> dict[str, dict[str, str]]:
    """Root and parent. The root stands in the parent itself, also where it is long deleted."""
    above = reference(parent)
    record = parent.get("record")
    placed = record.get("reply") if isinstance(record, dict) else None
    root = placed.get("root") if isinstance(placed, dict) else None
    return {"root": reference(root) if isinstance(root, dict) else above, "parent": above}


def _did_of(account: Account, handle: str) -> str | None:
    try:
        did = word_of(query(account, "com.atproto.identity.resolveHandle", {"handle": handle}), "did")
    except NotAuthorised:
        raise
    except (Refused, TryLater, ValueError):
        return None
    return did if did.startswith("did:") else None


def _said_since(account: Account, since: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the account said, newest first, by its keys, which are made of the time."""
    asked: dict[str, object] = {"repo": session_of(account).did, "collection": COLLECTION, "limit": _PAGE}
    for _ in range(_MOST_PAGES_BACK):
        found = query(account, "com.atproto.repo.listRecords", asked)
        records = found.get("records")
        for one in records if isinstance(records, list) else []:
            try:
                uri, record = word_of(one, "uri"), dict(one["value"])
                at = datetime.fromisoformat(record["createdAt"])
                is_before = at < since
            except FAULTS:
                continue
            if is_before:
                return
            yield uri, record
        if not records or not found.get("cursor"):
            return
        asked["cursor"] = found["cursor"]

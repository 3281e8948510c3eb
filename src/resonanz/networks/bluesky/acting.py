"""What is done to posts besides answering them: each is a record in our repository, or none any more."""

from __future__ import annotations

from resonanz.core import clock
from resonanz.networks.bluesky.client import call, query, session_of
from resonanz.networks.bluesky.posts import COLLECTION, is_post, key_of
from resonanz.networks.bluesky.writing import create, delete, reference, view_of
from resonanz.networks.contract import Account, Report
from resonanz.networks.errors import Refused

_LIKE, _BLOCK, _GATE = "app.bsky.feed.like", "app.bsky.graph.block", "app.bsky.feed.threadgate"
_MOST_HIDDEN = 300
_MOST_REPORT = 2_000  # graphemes, of com.atproto.moderation.createReport


def like(account: Account, uri: str, *, on: bool) -> None:
    """The app view says whether we like it by now."""
    view = view_of(account, uri)
    liked = _own_record(view.get("viewer"), "like")
    if on and not liked:
        create(account, _LIKE, {"$type": _LIKE, "subject": reference(view), "createdAt": _now()})
    if liked and not on:
        delete(account, _LIKE, liked)


def block(account: Account, did: str, *, on: bool) -> None:
    """Everybody can see whom an account blocks: the network keeps it in public."""
    viewer = query(account, "app.bsky.actor.getProfile", {"actor": did}).get("viewer")
    blocked = _own_record(viewer, "blocking")
    if on and not blocked:
        create(account, _BLOCK, {"$type": _BLOCK, "subject": did, "createdAt": _now()})
    if blocked and not on:
        delete(account, _BLOCK, blocked)


def hide(account: Account, uri: str, *, on: bool) -> None:
    """Apps show it no longer below our post, but on request: the gate of our thread says so."""
    record = view_of(account, uri).get("record")
    below = record.get("reply") if isinstance(record, dict) else None
    root = below.get("root") if isinstance(below, dict) else None
    thread = root.get("uri") if isinstance(root, dict) else None
    session = session_of(account)
    if not isinstance(thread, str) or not is_post(thread) or not thread.startswith(f"at://{session.did}/"):
        raise Refused("NotOurThread")
    gate, cid = _gate(account, thread)
    was = gate.get("hiddenReplies")
    hidden = [one for one in was if one != uri] if isinstance(was, list) else []
    gate["hiddenReplies"] = [*hidden, uri][-_MOST_HIDDEN:] if on else hidden
    body = {"repo": session.did, "collection": _GATE, "rkey": key_of(thread), "record": gate, "swapRecord": cid}
    call(account, "com.atproto.repo.putRecord", body)


def report(account: Account, told: Report) -> None:
    """To the moderation that our server names."""
    subject = {"$type": "com.atproto.repo.strongRef", **reference(view_of(account, told.native_id))}
    reason = {"reasonType": "com.atproto.moderation.defs#reasonOther", "reason": told.words[:_MOST_REPORT]}
    call(account, "com.atproto.moderation.createReport", {**reason, "subject": subject})


def withdraw(account: Account, uri: str) -> None:
    """Deletes the post."""
    delete(account, COLLECTION, uri)


def _gate(account: Account, thread: str) -> tuple[dict[str, object], str | None]:
    """The gate of a thread of ours and its content's address, so that nobody else's change of it is overwritten."""
    asked = {"repo": session_of(account).did, "collection": _GATE, "rkey": key_of(thread)}
    try:
        found = query(account, "com.atproto.repo.getRecord", asked)
    except Refused:
        return {"$type": _GATE, "post": thread, "createdAt": _now()}, None
    gate, cid = found.get("value"), found.get("cid")
    if not isinstance(gate, dict) or not isinstance(cid, str):
        raise Refused("answer.unreadable")
    return gate, cid


def _own_record(viewer: object, name: str) -> str:
    found = viewer.get(name) if isinstance(viewer, dict) else None
    return found if isinstance(found, str) else ""


def _now() -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""What Instagram brings by webhook, as events of the house. A delivery never asks anybody anything."""

from __future__ import annotations

from datetime import datetime

from resonanz.networks.contract import Account, Event, Posted, PostKind
from resonanz.networks.instagram.posts import ELSEWHERE, NAME, ORIGIN, PLACE, commented
from resonanz.networks.meta import delivered as meta
from resonanz.networks.meta.delivered import Unknown
from resonanz.networks.meta.reading import Found, identifier
from resonanz.networks.webhooks import Delivery, Told

FIELDS = ("comments", "mentions", "messages", "message_edit")
_KIND = "instagram"
_COMMENTS = frozenset({"comments", "live_comments"})
_SILENT = frozenset({"story_insights", "message_reactions", "messaging_seen", "messaging_referral", "messaging_optins"})


def read(account: Account, delivery: Delivery) -> Told:
    """What it tells of this account."""
    return meta.read(account, delivery, kind=_KIND, place=PLACE, change=_change)


def _change(field: str, value: Found, account: Account, told_at: datetime) -> list[Event]:
    if field in _COMMENTS:
        found = {**value, "timestamp": int(told_at.timestamp())}
        return [commented(found, account, post_id=identifier(value["media"]["id"]))]
    if field == "mentions":
        return [_mentioned(value, account, told_at)]
    if field in _SILENT:
        return []
    raise Unknown(field[:100])


def _mentioned(value: Found, account: Account, told_at: datetime) -> Posted:
    """Somebody named the account elsewhere: it tells where, and neither who nor in which words."""
    media_id = identifier(value["media_id"])
    comment_id = identifier(value["comment_id"]) if value.get("comment_id") else ""
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=comment_id or media_id,
        author=None,
        text=f"@{account.handle.removeprefix('@')}",
        posted_at=told_at,
        kind=PostKind.COMMENT if comment_id else PostKind.POST,
        parent_id=media_id if comment_id else "",
        root_id=f"{ELSEWHERE}{media_id}",
        mentions=(account.native_id,),
        addressed=True,
    )

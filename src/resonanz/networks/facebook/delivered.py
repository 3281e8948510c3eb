"""What Facebook brings by webhook, as events of the house. A delivery never asks anybody anything."""

from __future__ import annotations

from datetime import datetime

from resonanz.networks.contract import Account, Event, Media, MediaKind, Posted, PostKind
from resonanz.networks.facebook.posts import NAME, ORIGIN, PLACE, address_of, mentions_of, picture, root_of
from resonanz.networks.meta import delivered as meta
from resonanz.networks.meta.delivered import Unknown
from resonanz.networks.meta.place import author, is_ours
from resonanz.networks.meta.reading import Found, identifier, moment, words
from resonanz.networks.webhooks import Delivery, Told

FIELDS = ("feed", "mention", "messages", "message_edits")
_KIND = "page"
_MOST_TEXT = 20_000
_MOST_MEDIA = 10
_POSTS = frozenset({"album", "event", "link", "note", "photo", "post", "share", "status", "video"})
_COMMENT = "comment"
# How often something is liked a delivery does not say, only that it was: the next look counts.
_SILENT_ITEMS = frozenset(
    {"like", "reaction", "address", "connection", "coupon", "experience", "group", "group_message", "interest"}
    | {"mention", "milestone", "page", "picture", "platform-story", "photo-album", "profile", "question", "rating"}
    | {"relationship-status", "story", "timeline cover", "tag"}
)
_SAID, _CHANGED, _GONE = frozenset({"add"}), frozenset({"edit", "edited", "update"}), frozenset({"remove", "delete"})
_SILENT_VERBS = frozenset({"hide", "unhide", "block", "unblock", "mute", "follow"})


def read(account: Account, delivery: Delivery) -> Told:
    """What it tells of this Page."""
    return meta.read(account, delivery, kind=_KIND, place=PLACE, change=_change)


def _change(field: str, value: Found, account: Account, told_at: datetime) -> list[Event]:
    at = moment(value["created_time"]) if value.get("created_time") else told_at
    if field == "mention":
        return _mentioned(value, account, at, told_at)
    if field != "feed":
        raise Unknown(field[:100])
    item, verb = value["item"], value["verb"]
    if item in _SILENT_ITEMS or verb in _SILENT_VERBS or value.get("published") == 0:
        return []
    if item not in _POSTS and item != _COMMENT:
        raise Unknown(str(item)[:100])
    if verb in _GONE:
        return [PLACE.deleted(identifier(value["comment_id" if item == _COMMENT else "post_id"]))]
    if verb not in _SAID | _CHANGED:
        raise Unknown(str(verb)[:100])
    said = _commented(value, account, at) if item == _COMMENT else _posted(value, account, at)
    # An edit may be the first that we hear of it: because the news of its being written is late.
    return [said] if verb in _SAID else [said, PLACE.edited(said, at=told_at)]


def _posted(value: Found, account: Account, at: datetime) -> Posted:
    native_id = identifier(value["post_id"])
    return _said(value, account, at, native_id, root_id=native_id, parent_id="")


def _commented(value: Found, account: Account, at: datetime) -> Posted:
    """Whose the post is that it stands below a delivery does not say: the house knows it, where it holds that post."""
    native_id, post_id = identifier(value["comment_id"]), identifier(value["post_id"])
    parent = identifier(value.get("parent_id") or post_id)
    above = "" if parent == post_id else parent
    is_own = _sender(value) == account.native_id
    root = root_of(native_id, above, post_id, is_own=is_own, begins_there=False)
    return _said(value, account, at, native_id, root_id=root, parent_id=above or post_id)


def _mentioned(value: Found, account: Account, at: datetime, told_at: datetime) -> list[Event]:
    """Somebody named the Page elsewhere. Without words it is left to the poll, which reads what names us."""
    is_comment = value["item"] == _COMMENT
    native_id = identifier(value["comment_id" if is_comment else "post_id"])
    if value["verb"] in _GONE:
        return [PLACE.deleted(native_id)]
    if not words(value.get("message"), most=_MOST_TEXT):
        return []
    post_id = identifier(value["post_id"])
    parent = post_id if is_comment else ""
    said = _said(value, account, at, native_id, root_id=post_id, parent_id=parent, mentions=(account.native_id,))
    return [said] if value["verb"] in _SAID else [said, PLACE.edited(said, at=told_at)]


def _said(
    value: Found,
    account: Account,
    at: datetime,
    native_id: str,
    *,
    root_id: str,
    parent_id: str,
    mentions: tuple[str, ...] = (),
) -> Posted:
    sender = _sender(value)
    who = author(sender, _name(value)) if sender else None
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=who,
        text=words(value.get("message"), most=_MOST_TEXT),
        posted_at=at,
        kind=PostKind.COMMENT if parent_id else PostKind.POST,
        url=address_of(native_id),
        parent_id=parent_id,
        root_id=root_id,
        mentions=mentions or mentions_of(value),
        addressed=not is_ours(who, account),
        media=_media(value),
    )


def _sender(value: Found) -> str:
    """Who did it, by number; "" where the application may not know."""
    who = value.get("from")
    found = who.get("id") if isinstance(who, dict) else value.get("sender_id")
    return identifier(found) if found else ""


def _name(value: Found) -> object:
    who = value.get("from")
    return who.get("name") if isinstance(who, dict) else value.get("sender_name")


def _media(value: Found) -> tuple[Media, ...]:
    given = value.get("photos")
    photos: list[object] = given if isinstance(given, list) else [value.get("photo")]
    if value.get("item") == "photo" and not any(photos):
        photos = [value.get("link")]
    shown = [one for address in photos[:_MOST_MEDIA] for one in picture(address)]
    return (*shown, *picture(value.get("video"), kind=MediaKind.VIDEO))

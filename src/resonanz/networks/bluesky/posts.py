"""A post as the app view describes it (app.bsky.feed.defs#postView), as events of the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from resonanz.core import clock, text
from resonanz.networks.bluesky import facets
from resonanz.networks.bluesky.client import word_of
from resonanz.networks.contract import Author, Counted, Deleted, Edited, Media, MediaKind, Posted, PostKind, Quoted

NAME = "bluesky"
WORLD = "at://"
"""The origin of every post: addresses of the AT Protocol are unique on all servers together."""
COLLECTION = "app.bsky.feed.post"
APP = "https://bsky.app"
MOST_TEXT = 5_000
_MOST_ADDRESS = 2_000
MOST_PICTURES = 10
_OPTED_OUT = "!no-unauthenticated"
_SHOWN = "app.bsky.embed.record#viewRecord"

View = Mapping[str, Any]
Counts = tuple[int | None, int | None, int | None]

FAULTS = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What reading foreign JSON that lies about its shape can raise."""


def posted(view: View, *, addressed: bool = False) -> Posted:
    """What somebody said. Raises one of FAULTS."""
    record = view["record"]
    author = author_of(view["author"])
    parent, root = _reference(record, "parent"), _reference(record, "root")
    if not isinstance(record["text"], str):
        raise TypeError("no text")
    said = facets.read(record["text"][:MOST_TEXT], record.get("facets"))
    return Posted(
        network=NAME,
        origin=WORLD,
        native_id=uri_of(view),
        author=author,
        text=_words(said.text, view.get("embed")),
        posted_at=_moment(record.get("createdAt"), view.get("indexedAt")),
        kind=PostKind.COMMENT if parent else PostKind.POST,
        url=address_of(uri_of(view), author.handle),
        language=_language(record),
        parent_id=parent,
        root_id=root or parent or uri_of(view),
        mentions=said.mentions,
        addressed=addressed,
        media=tuple(_media(view.get("embed"))),
        quoted=quoted_in(view),
    )


def no_longer_quoting(view: View) -> Edited:
    """The same post, which shows no longer what it quotes. Raises one of FAULTS."""
    said = posted(view)
    return Edited(
        network=NAME, origin=WORLD, native_id=said.native_id, text=said.text, edited_at=said.posted_at, quoted=Quoted()
    )


def quoted_in(view: View) -> Quoted | None:
    """What it quotes, an empty one where nobody may read that any more; None for what is no post.

    Where the app view did not complete the post, its own words know no more than an address. The words of those who ask
    not to be shown to strangers are not taken along.
    """
    shown, told = _carried(view.get("embed")), _carried(view["record"].get("embed"))
    uri = (shown or told or {}).get("uri")
    if not isinstance(uri, str) or not is_post(uri):
        return None
    bare = Quoted(uri, address_of(uri), Author(uri.removeprefix(WORLD).split("/", 1)[0]))
    if shown is None:
        return bare
    if shown.get("$type") != _SHOWN:
        return Quoted()
    try:
        if wants_not_to_be_found(shown):
            return bare
        author, value = author_of(shown["author"]), shown["value"]
        words = facets.read(value["text"][:MOST_TEXT], value.get("facets")).text
        return Quoted(uri, address_of(uri, author.handle), author, text.clean(words, most=MOST_TEXT))
    except FAULTS:  # no reason to lose the post that quotes it
        return Quoted()


def counted(view: View) -> Counted:
    """How often it was liked, passed on and answered. Raises one of FAULTS."""
    likes, shares, replies = counts(view)
    return Counted(
        network=NAME,
        origin=WORLD,
        native_id=uri_of(view),
        counted_at=clock.now(),
        likes=likes,
        shares=shares,
        replies=replies,
    )


def counts(view: View) -> Counts:
    """Likes; reposts and quotes; replies. None where it does not say."""
    likes, reposts, quotes, replies = (
        _count(view.get(f"{name}Count")) for name in ("like", "repost", "quote", "reply")
    )
    shares = None if reposts is None and quotes is None else (reposts or 0) + (quotes or 0)
    return likes, shares, replies


def deleted(uri: str) -> Deleted:
    """The post of this address is gone."""
    return Deleted(network=NAME, origin=WORLD, native_id=uri, deleted_at=clock.now())


def author_of(person: Any) -> Author:
    """Who said it. The did never changes; a handle that its owner no longer proves is none. Raises one of FAULTS."""
    did, handle = word_of(person, "did"), word_of(person, "handle", most=255)
    if not did.startswith("did:"):
        raise ValueError("no did")
    handle = "" if handle == "handle.invalid" else handle
    name = " ".join(text.clean(str(person.get("displayName") or ""), most=200).split())
    return Author(native_id=did, handle=handle, name=name or handle, url=f"{APP}/profile/{handle or did}")


def uri_of(view: View) -> str:
    """The address of a post, at://did/collection/key. Raises ValueError."""
    uri = word_of(view, "uri")
    if not is_post(uri):
        raise ValueError("no address of a post")
    return uri


def is_post(uri: str) -> bool:
    """Whether it is the address of a post."""
    parts = uri.removeprefix(WORLD).split("/")
    return uri.startswith("at://did:") and len(parts) == 3 and parts[1] == COLLECTION and bool(parts[2])


def key_of(uri: str) -> str:
    """The record key, the last part of the address."""
    return uri.rsplit("/", 1)[-1]


def address_of(uri: str, handle: str = "") -> str:
    """Where people read it."""
    did = uri.removeprefix(WORLD).split("/", 1)[0]
    return f"{APP}/profile/{handle or did}/post/{key_of(uri)}"


def wants_not_to_be_found(view: View) -> bool:
    """Whether the author asks apps not to show what they say to people who are not signed in."""
    labels = view["author"].get("labels")
    return isinstance(labels, list) and any(isinstance(one, dict) and one.get("val") == _OPTED_OUT for one in labels)


def _reference(record: Any, name: str) -> str:
    reply = record.get("reply")
    if not isinstance(reply, dict):
        return ""
    uri = word_of(reply[name], "uri")
    return uri if uri.startswith("at://") else ""


def _words(said: str, embed: object) -> str:
    return with_alts(said, [media.alt for media in _media(embed)])


def with_alts(said: str, alts: Iterable[str]) -> str:
    """The words, and what pictures show for those who do not see them."""
    shown = [f"[{alt}]" for alt in alts if alt]
    return text.clean("\n\n".join(part for part in (said, *shown) if part) if shown else said, most=MOST_TEXT)


def _carried(embed: object) -> Mapping[str, Any] | None:
    """What an embed carries besides pictures: a post, a list, a feed."""
    if not isinstance(embed, dict) or not str(embed.get("$type")).startswith("app.bsky.embed.record"):
        return None
    carried = embed.get("record")
    if str(embed["$type"]).startswith("app.bsky.embed.recordWithMedia"):
        carried = carried.get("record") if isinstance(carried, dict) else None
    return carried if isinstance(carried, dict) else None


def _media(embed: object) -> list[Media]:
    if not isinstance(embed, dict):
        return []
    kind = embed.get("$type")
    if kind == "app.bsky.embed.recordWithMedia#view":
        return _media(embed.get("media"))
    if kind == "app.bsky.embed.images#view":
        images = embed.get("images")
        found = (
            [_picture(one) for one in images[:MOST_PICTURES] if isinstance(one, dict)]
            if isinstance(images, list)
            else []
        )
        return [media for media in found if media]
    if kind == "app.bsky.embed.video#view" and (preview := _https(embed.get("thumbnail"))):
        return [Media(MediaKind.VIDEO, _https(embed.get("playlist")) or preview, preview, _alt(embed), *_size(embed))]
    return []


def _picture(image: dict[str, Any]) -> Media | None:
    whole, small = _https(image.get("fullsize")), _https(image.get("thumb"))
    return Media(MediaKind.IMAGE, whole or small, small, _alt(image), *_size(image)) if whole or small else None


def _alt(thing: dict[str, Any]) -> str:
    return " ".join(text.clean(str(thing.get("alt") or ""), most=1_500).split())


def _size(thing: dict[str, Any]) -> tuple[int, int]:
    ratio = thing.get("aspectRatio")
    sides = [_count(ratio.get(name)) or 0 for name in ("width", "height")] if isinstance(ratio, dict) else []
    return (sides[0], sides[1]) if sides and all(sides) else (0, 0)


def _https(value: object) -> str:
    is_address = isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= _MOST_ADDRESS
    return str(value) if is_address else ""


def _language(record: Any) -> str:
    langs = record.get("langs")
    first = langs[0] if isinstance(langs, list) and langs and len(langs) == 1 else ""
    return first[:8] if isinstance(first, str) else ""


def _moment(created: object, indexed: object) -> datetime:
    """When it was said: by its author's clock, but never after the network saw it; that clock may be set anyhow."""
    seen = _time(indexed)
    try:
        return min(_time(created), seen)
    except ValueError:
        return seen


def _time(value: object) -> datetime:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("no date")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a date without offset")
    return moment.astimezone(UTC)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None

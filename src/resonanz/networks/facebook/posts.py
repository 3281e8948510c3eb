"""A post or a comment as the Graph API describes it, as an event of the house."""

from __future__ import annotations

import zlib

from resonanz.core import clock
from resonanz.networks.contract import Account, Counted, Media, MediaKind, Posted, PostKind
from resonanz.networks.meta.faults import NoRight, NotThere
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.place import Place, author_of, is_ours
from resonanz.networks.meta.reading import Found, count, identifier, line, link, moment, objects, words

NAME = "facebook"
ORIGIN = "facebook.com"
PLACE = Place(NAME, ORIGIN, "messenger", is_page=True)
POST_FIELDS = (
    "id,message,created_time,updated_time,from,permalink_url,message_tags,shares"
    ",attachments{media_type,media,description,url,subattachments}"
    ",reactions.limit(0).summary(true),comments.limit(0).summary(true)"
)
COMMENT_FIELDS = (
    "id,message,created_time,from,parent{id},permalink_url,message_tags,attachment,like_count,comment_count"
)
_MESSAGES = ("m_", "mid.")
_MOST_TEXT = 20_000
_MOST_ALT = 1_500
_MOST_MEDIA = 10
_MOST_TAGS = 50
_PREVIEWS = frozenset({"link", "share"})
"""Pictures of pages that the words lead to; they are not beside the words."""


def posted(found: Found, account: Account) -> Posted:
    """A post on the Page, or one elsewhere that names it. Raises one of FAULTS."""
    native_id = identifier(found["id"])
    author = author_of(found)
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author,
        text=words(found.get("message"), most=_MOST_TEXT),
        posted_at=moment(found["created_time"]),
        kind=PostKind.POST,
        url=link(found.get("permalink_url")) or address_of(native_id),
        root_id=native_id,
        mentions=mentions_of(found),
        addressed=not is_ours(author, account),
        media=media_of(found),
    )


def commented(found: Found, account: Account, *, post_id: str, begins_there: bool) -> Posted:
    """A comment below a post. `begins_there`: what is said below that post is one thread with it.

    Below a post of the Page hundreds speak who have nothing to do with each other, so each comment begins a thread of
    its own there; below a post of somebody else all is about that. Raises one of FAULTS.
    """
    native_id = identifier(found["id"])
    author, parent = author_of(found), found.get("parent")
    above = identifier(parent["id"]) if isinstance(parent, dict) else ""
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author,
        text=words(found.get("message"), most=_MOST_TEXT),
        posted_at=moment(found["created_time"]),
        kind=PostKind.COMMENT,
        url=link(found.get("permalink_url")) or address_of(native_id),
        parent_id=above or post_id,
        root_id=root_of(native_id, above, post_id, is_own=is_ours(author, account), begins_there=begins_there),
        mentions=mentions_of(found),
        addressed=not is_ours(author, account),
        media=media_of(found),
    )


def root_of(native_id: str, above: str, post_id: str, *, is_own: bool, begins_there: bool) -> str:
    """The thread of a comment; "" where it is that of the comment `above`, which the house knows or not."""
    if begins_there:
        return post_id
    return "" if above or is_own else native_id


def counted(found: Found) -> Counted:
    """How often it was liked, shared and answered. Raises one of FAULTS."""
    shares = found.get("shares")
    return Counted(
        network=NAME,
        origin=ORIGIN,
        native_id=identifier(found["id"]),
        counted_at=clock.now(),
        likes=count(found["like_count"]) if "like_count" in found else _total(found.get("reactions")),
        shares=count(shares.get("count")) if isinstance(shares, dict) else None,
        replies=count(found["comment_count"]) if "comment_count" in found else _total(found.get("comments")),
    )


def version_of(found: Found) -> int:
    """A number that changes with the words: Facebook does not say whether a comment was edited."""
    return zlib.crc32(words(found.get("message"), most=_MOST_TEXT).encode())


def is_message(native_id: str) -> bool:
    """Whether an id is that of a message, and not of a post or comment."""
    return native_id.startswith(_MESSAGES)


def address_of(native_id: str) -> str:
    """Where people read it."""
    return f"https://www.facebook.com/{native_id}"


def mentions_of(found: Found) -> tuple[str, ...]:
    """The accounts that it names, by their numbers."""
    tags = [one for one in objects(found.get("message_tags")) if one.get("id")]
    return tuple(dict.fromkeys(identifier(one["id"]) for one in tags[:_MOST_TAGS]))


def media_of(found: Found) -> tuple[Media, ...]:
    """What stands beside the words, as addresses that Facebook lets expire after a while."""
    given = objects(found.get("attachments")) or [one for one in [found.get("attachment")] if isinstance(one, dict)]
    each = [part for one in given for part in (objects(one.get("subattachments")) or [one])]
    return tuple(seen for one in each[:_MOST_MEDIA] if (seen := _media(one)))


def picture(address: object, *, kind: MediaKind = MediaKind.IMAGE) -> tuple[Media, ...]:
    """A picture of which nothing but its address is told."""
    found = link(address)
    return (Media(kind, found),) if found else ()


def _media(found: Found) -> Media | None:
    media, kind = found.get("media"), str(found.get("media_type") or found.get("type") or "")
    image = media.get("image") if isinstance(media, dict) else None
    if not isinstance(media, dict) or not isinstance(image, dict):
        return None
    preview, film = link(image.get("src")), link(media.get("source"))
    alt = line(found.get("description"), most=_MOST_ALT)
    if "video" in kind and (film or preview):
        return Media(MediaKind.VIDEO, film or preview, preview, alt)
    sizes = [count(image.get(name)) or 0 for name in ("width", "height")]
    return Media(MediaKind.IMAGE, preview, preview, alt, *sizes) if preview and kind not in _PREVIEWS else None


def _total(edge: object) -> int | None:
    summary = edge.get("summary") if isinstance(edge, dict) else None
    return count(summary.get("total_count")) if isinstance(summary, dict) else None


class Looks:
    """How posts and comments are looked at again."""

    place = PLACE

    def fields(self, *, is_post: bool) -> str:
        """What is asked for."""
        return POST_FIELDS if is_post else COMMENT_FIELDS

    def read(self, found: Found, account: Account, *, is_post: bool) -> tuple[Posted, Counted, int]:
        """A post or comment, its counts, and a number that changes with its words. Raises one of FAULTS."""
        said = posted(found, account) if is_post else commented(found, account, post_id="", begins_there=False)
        return said, counted(found), version_of(found)

    def may_read(self, graph: Graph) -> bool:
        """Whether the token may still read what people say on the Page."""
        try:
            path = f"/{graph.account.native_id}/feed"
            graph.get(path, fields="id,comments.limit(1){id,message,from}", limit=1)
        except (NoRight, NotThere):
            return False
        return True

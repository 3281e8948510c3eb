"""A post or an answer as Threads describes it, as an event of the house. It tells people's names, and no numbers."""

from __future__ import annotations

from resonanz.core import clock
from resonanz.networks.contract import Account, Author, Deleted, Media, MediaKind, Posted, PostKind, Quoted
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.place import author, by_name, is_ours
from resonanz.networks.meta.reading import FAULTS, Found, identifier, line, link, moment, words

NAME = "threads"
ORIGIN = "threads.com"
SERVER = "https://graph.threads.net"
VERSION = "v1.0"
FIELDS = (
    "id,text,timestamp,username,permalink,media_type,media_url,thumbnail_url,alt_text,is_reply,root_post,replied_to,"
    "quoted_post"
)
_MOST_TEXT = 10_000
_MOST_ALT = 1_500
_KINDS = {"IMAGE": MediaKind.IMAGE, "CAROUSEL_ALBUM": MediaKind.IMAGE, "VIDEO": MediaKind.VIDEO}


def graph(account: Account) -> Graph:
    """The API with the account's token."""
    return Graph(account, account.address or SERVER, VERSION, proves=False)


def posted(found: Found, account: Account, *, names_us: bool = False) -> Posted:
    """What was said; below a post of ours, or naming us, it is said to us. Raises one of FAULTS."""
    native_id, who = identifier(found["id"]), _author(found, account)
    parent, root = _number(found.get("replied_to")), _number(found.get("root_post"))
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=who,
        text=words(found.get("text"), most=_MOST_TEXT),
        posted_at=moment(found["timestamp"]),
        kind=PostKind.COMMENT if parent or found.get("is_reply") is True else PostKind.POST,
        url=link(found.get("permalink")),
        parent_id=parent,
        root_id=_root(native_id, parent, root),
        mentions=(account.native_id,) if names_us else (),
        addressed=not is_ours(who, account),
        media=_media(found),
        quoted=_quoted(found.get("quoted_post")),
    )


def deleted(native_id: str) -> Deleted:
    """It is gone."""
    return Deleted(network=NAME, origin=ORIGIN, native_id=native_id, deleted_at=clock.now())


def _root(native_id: str, parent: str, root: str) -> str:
    """Each answer to a post begins a thread of its own, with what answers it: many answer who have nothing in common.

    An answer to an answer belongs where that does, which the house knows.
    """
    if not parent:
        return native_id
    return native_id if parent == root else ""


def _author(found: Found, account: Account) -> Author | None:
    who = by_name(found)
    return author(account.native_id, account.name, account.handle) if is_ours(who, account) else who


def _number(value: object) -> str:
    """The number of another post, which is told alone or within an object; "" for none."""
    found = value.get("id") if isinstance(value, dict) else value
    return identifier(found) if found else ""


def _quoted(told: object) -> Quoted | None:
    """Which post it quotes; whose that is, and its words, are only told to who may ask for it."""
    try:
        return Quoted(native_id) if (native_id := _number(told)) else None
    except FAULTS:  # no reason to lose the post that quotes it
        return Quoted()


def _media(found: Found) -> tuple[Media, ...]:
    kind, address = _KINDS.get(str(found.get("media_type"))), link(found.get("media_url"))
    alt = line(found.get("alt_text"), most=_MOST_ALT)
    return (Media(kind, address, link(found.get("thumbnail_url")), alt),) if kind and address else ()

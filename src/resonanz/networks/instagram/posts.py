"""A comment or a post as Instagram describes it, as an event of the house."""

from __future__ import annotations

from resonanz.core import clock
from resonanz.networks.contract import Account, Counted, Media, MediaKind, Posted, PostKind
from resonanz.networks.meta.faults import NoRight, NotThere
from resonanz.networks.meta.graph import Graph
from resonanz.networks.meta.place import Place, author, author_of, by_name, is_ours
from resonanz.networks.meta.reading import Found, count, identifier, link, moment, words

NAME = "instagram"
ORIGIN = "instagram.com"
PLACE = Place(NAME, ORIGIN, "instagram", is_page=False)
COMMENT_FIELDS = "id,text,timestamp,from,username,parent_id,like_count"
WITH_REPLIES = f"{COMMENT_FIELDS},replies.limit(50){{{COMMENT_FIELDS}}}"
POST_FIELDS = "id,caption,timestamp,permalink,media_type,media_url,thumbnail_url,username,like_count,comments_count"
ELSEWHERE = "elsewhere:"
"""How threads begin that stand below the posts of others: there we answer what names us, and nothing else."""
_MOST_TEXT = 10_000
_KINDS = {"IMAGE": MediaKind.IMAGE, "CAROUSEL_ALBUM": MediaKind.IMAGE, "VIDEO": MediaKind.VIDEO}
_WORDS_DO_NOT_CHANGE = 0


def commented(found: Found, account: Account, *, post_id: str, url: str = "") -> Posted:
    """A comment below a post of ours, or an answer to one. Each comment begins a thread. Raises one of FAULTS."""
    native_id, who = identifier(found["id"]), author_of(found) or by_name(found)
    above = identifier(found["parent_id"]) if found.get("parent_id") else ""
    is_own = is_ours(who, account) or _is_own(found)
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author(account.native_id, account.name, account.handle) if is_own else who,
        text=words(found.get("text"), most=_MOST_TEXT),
        posted_at=moment(found["timestamp"]),
        kind=PostKind.COMMENT,
        url=url,
        parent_id=above or post_id,
        root_id=above or native_id,
        addressed=not is_own,
    )


def tagged(found: Found, account: Account) -> Posted:
    """A post of somebody else in which the account is tagged. Raises one of FAULTS."""
    native_id = identifier(found["id"])
    return Posted(
        network=NAME,
        origin=ORIGIN,
        native_id=native_id,
        author=author_of(found) or by_name(found),
        text=words(found.get("caption"), most=_MOST_TEXT),
        posted_at=moment(found["timestamp"]),
        kind=PostKind.POST,
        url=link(found.get("permalink")),
        root_id=f"{ELSEWHERE}{native_id}",
        mentions=(account.native_id,),
        addressed=True,
        media=media_of(found),
    )


def counted(found: Found) -> Counted:
    """How often it was liked and answered. Raises one of FAULTS."""
    return Counted(
        network=NAME,
        origin=ORIGIN,
        native_id=identifier(found["id"]),
        counted_at=clock.now(),
        likes=count(found.get("like_count")),
        replies=count(found.get("comments_count")),
    )


def media_of(found: Found) -> tuple[Media, ...]:
    """The picture or film of a post."""
    kind, address = _KINDS.get(str(found.get("media_type"))), link(found.get("media_url"))
    return (Media(kind, address, link(found.get("thumbnail_url"))),) if kind and address else ()


def is_message(native_id: str) -> bool:
    """Whether an id is that of a message: those of posts and comments are numbers."""
    return not native_id.isdecimal()


class Looks:
    """How comments are looked at again; nobody can change the words of one."""

    place = PLACE

    def fields(self, *, is_post: bool) -> str:
        """What is asked for."""
        return POST_FIELDS if is_post else COMMENT_FIELDS

    def read(self, found: Found, account: Account, *, is_post: bool) -> tuple[Posted, Counted, int]:
        """A comment, its counts, and that its words are the same. Raises one of FAULTS."""
        said = tagged(found, account) if is_post else commented(found, account, post_id="")
        return said, counted(found), _WORDS_DO_NOT_CHANGE

    def may_read(self, graph: Graph) -> bool:
        """Whether the token may still read comments."""
        try:
            graph.get(f"/{graph.account.native_id}/media", fields="id,comments.limit(1){id,text,from}", limit=1)
        except (NoRight, NotThere):
            return False
        return True


def _is_own(found: Found) -> bool:
    """Meta marks what the account itself said, for it may have another number as an author."""
    who = found.get("from")
    return isinstance(who, dict) and bool(who.get("self_ig_scoped_id"))

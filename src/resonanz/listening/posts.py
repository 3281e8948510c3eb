"""Storing what was said, once, in bulk: a post is unique by (network, origin, native id).

The functions here take lists, keep them sorted by key (so that two batches never lock in opposite order) and must be
called within the transaction of the batch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Greatest

from resonanz.core import clock
from resonanz.listening import media, quotes
from resonanz.listening.models import EarlierWording, Post, PostChannel, PostTopic
from resonanz.networks.contract import Counted, Edited, Posted

PostKey = tuple[str, str, str]
"""(network, origin, native id)."""


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to be stored, with what intake found out about it."""

    posted: Posted
    root_id: str
    speaker: str
    is_context: bool
    addressed: bool
    topic_ids: Sequence[int]
    language: str
    purpose: str
    source: str
    delete_on: date

    @property
    def key(self) -> PostKey:
        """What makes it one post."""
        return (self.posted.network, self.posted.origin, self.posted.native_id)


@dataclass(frozen=True, slots=True)
class StoredPost:
    """Where a post stands now. `is_news`: this call stored it, or found out that it is addressed to us here."""

    post_id: int
    is_new: bool
    is_news: bool


_COUNTS = ("likes", "shares", "replies", "views")
_INSERT = """
INSERT INTO listening_post (
    network, origin, native_id, kind, visibility, speaker, is_context, author_native_id, author_handle, author_name,
    text, language, url, parent_native_id, root_native_id, posted_at, received_at, rating, purpose, source, delete_on,
    keep_reason)
SELECT new.*, '' FROM json_to_recordset(%s) AS new (
    network text, origin text, native_id text, kind text, visibility text, speaker text, is_context bool,
    author_native_id text, author_handle text, author_name text, text text, language text, url text,
    parent_native_id text, root_native_id text, posted_at timestamptz, received_at timestamptz, rating int,
    purpose text, source text, delete_on date)
ON CONFLICT (network, origin, native_id) DO NOTHING
RETURNING id, network, origin, native_id
"""
_COLUMNS = (
    *("network", "origin", "native_id", "kind", "visibility", "speaker", "is_context", "author_native_id"),
    *("author_handle", "author_name", "text", "language", "url", "parent_native_id", "root_native_id", "posted_at"),
    *("received_at", "rating", "purpose", "source", "delete_on"),
)


def store(*, posts: Sequence[NewPost], channel_id: int) -> dict[PostKey, StoredPost]:
    """Store each post unless it is there; link it with the channel and its topics either way."""
    if not posts:
        return {}
    posts = sorted({post.key: post for post in posts}.values(), key=lambda post: post.key)
    received_at = clock.now()
    stored: dict[PostKey, StoredPost] = {}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [_as_json(posts, received_at)])
        for post_id, *key in cursor.fetchall():
            stored[tuple(key)] = StoredPost(post_id, is_new=True, is_news=True)
    media.store(media={stored[post.key].post_id: post.posted.media for post in posts if post.key in stored})
    quotes.store(quotes={stored[p.key].post_id: p.posted.quoted for p in posts if p.key in stored and p.posted.quoted})
    already = [post.key for post in posts if post.key not in stored]
    stored |= {key: StoredPost(post_id, is_new=False, is_news=False) for key, post_id in known(keys=already).items()}
    posts = [post for post in posts if post.key in stored]  # what was erased a moment ago stays erased
    linked = _link(posts, stored, channel_id)
    for post in posts:
        if post.addressed and stored[post.key].post_id in linked:
            stored[post.key] = replace(stored[post.key], is_news=True)
    _serve([post for post in posts if post.purpose == "SERVICE" and not stored[post.key].is_new], stored)
    _lift_from_context([post for post in posts if not post.is_context and not stored[post.key].is_new], stored)
    return stored


def _as_json(posts: Sequence[NewPost], received_at: datetime) -> str:
    """One parameter instead of an array a column: quoting twenty arrays takes longer than storing what they hold."""
    now = received_at.isoformat()
    return json.dumps([dict(zip(_COLUMNS, _row(post, now), strict=True)) for post in posts], ensure_ascii=False)


def _row(post: NewPost, received_at: str) -> tuple[object, ...]:
    said, author = post.posted, post.posted.author
    return (
        *(said.network, said.origin, said.native_id, said.kind.value, said.visibility.value),
        *(post.speaker, post.is_context),
        *((author.native_id, author.handle, author.name) if author else ("", "", "")),
        *(said.text, post.language, said.url, said.parent_id, post.root_id, said.posted_at.isoformat(), received_at),
        *(said.rating, post.purpose, post.source, post.delete_on.isoformat()),
    )


def _link(posts: Sequence[NewPost], stored: dict[PostKey, StoredPost], channel_id: int) -> set[int]:
    """Link posts with the channel and their topics; the ids whose link is new, or newly addressed."""
    ids = [stored[post.key].post_id for post in posts]
    pairs = sorted((stored[post.key].post_id, topic) for post in posts for topic in post.topic_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO listening_postchannel (post_id, addressed, channel_id)"
            " SELECT post_id, addressed, %s::bigint FROM unnest(%s::bigint[], %s::bool[]) AS new (post_id, addressed)"
            " ON CONFLICT (post_id, channel_id) DO UPDATE SET addressed = true"
            " WHERE excluded.addressed AND NOT listening_postchannel.addressed RETURNING post_id",
            [channel_id, ids, [post.addressed for post in posts]],
        )
        linked = {post_id for (post_id,) in cursor.fetchall()}
        if pairs:
            cursor.execute(
                "INSERT INTO listening_posttopic (post_id, topic_id)"
                " SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING",
                [[post for post, _ in pairs], [topic for _, topic in pairs]],
            )
    return linked


def _serve(posts: Sequence[NewPost], stored: dict[PostKey, StoredPost]) -> None:
    """What was kept for reputation and now wants an answer is kept to serve its author, and as long."""
    for delete_on in sorted({post.delete_on for post in posts}):
        ids = sorted(stored[post.key].post_id for post in posts if post.delete_on == delete_on)
        Post.objects.filter(pk__in=ids, purpose="REPUTATION").update(
            purpose="SERVICE", delete_on=Greatest("delete_on", Value(delete_on))
        )


def _lift_from_context(posts: Sequence[NewPost], stored: dict[PostKey, StoredPost]) -> None:
    """A post that was kept only for a case, and now concerns us itself, no longer leaves with that case."""
    if ids := [stored[post.key].post_id for post in posts]:
        Post.objects.filter(pk__in=ids, is_context=True).update(is_context=False)


def known(*, keys: Iterable[PostKey]) -> dict[PostKey, int]:
    """The ids of those posts that are stored."""
    return {key: post_id for key, (post_id, _) in _select(keys, "root_native_id").items()}


def roots(*, keys: Iterable[PostKey]) -> dict[PostKey, str]:
    """The thread root of those posts that are stored."""
    return {key: root for key, (_, root) in _select(keys, "root_native_id").items()}


def own(*, keys: Iterable[PostKey]) -> set[PostKey]:
    """Those posts that are stored and that we said ourselves."""
    return {key for key, (_, speaker) in _select(keys, "speaker").items() if speaker == "OWN"}


def among(*, network: str, origin: str, native_ids: Collection[str]) -> set[str]:
    """Those of the posts of one world that are stored, or quoted by one that is, however many are asked for."""
    if not native_ids:
        return set()
    with connection.cursor() as cursor:  # once for both: of a whole network so many are asked for that this counts
        cursor.execute(
            "WITH asked AS (SELECT json_array_elements_text(%s) AS id)"
            " SELECT asked.id FROM asked"
            " JOIN listening_post post ON post.network = %s AND post.origin = %s AND post.native_id = asked.id"
            " UNION ALL"
            " SELECT asked.id FROM asked"
            " JOIN listening_postquote quote ON quote.native_id = asked.id AND quote.native_id <> ''"
            " JOIN listening_post post ON post.id = quote.post_id AND post.network = %s AND post.origin = %s",
            [json.dumps(list(native_ids)), network, origin, network, origin],
        )
        return {native_id for (native_id,) in cursor.fetchall()}


def authors_among(*, network: str, origin: str, native_ids: Collection[str]) -> set[str]:
    """Those of the accounts of one world of which a post is stored, or quoted by one that is."""
    if not native_ids:
        return set()
    ids = list(native_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT post.author_native_id FROM listening_post post"
            " WHERE post.network = %s AND post.origin = %s AND post.author_native_id = ANY(%s)"
            " UNION"
            " SELECT quote.author_native_id FROM listening_postquote quote"
            " JOIN listening_post post ON post.id = quote.post_id AND post.network = %s AND post.origin = %s"
            " WHERE quote.author_native_id = ANY(%s) AND quote.author_native_id <> ''",
            [network, origin, ids, network, origin, ids],
        )
        return {native_id for (native_id,) in cursor.fetchall()}


def _select(keys: Iterable[PostKey], column: str) -> dict[PostKey, tuple[int, str]]:
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            # `column` comes from the three functions above, never from outside.
            f"SELECT post.network, post.origin, post.native_id, post.id, post.{column} FROM listening_post post"  # noqa: S608
            " JOIN unnest(%s::text[], %s::text[], %s::text[]) AS wanted (network, origin, native_id)"
            " USING (network, origin, native_id)",
            [list(parts) for parts in zip(*wanted, strict=True)],
        )
        return {(network, origin, native): (post, value) for network, origin, native, post, value in cursor.fetchall()}


def count(*, counted: Sequence[Counted]) -> None:
    """Take over likes, shares, replies and views; what the network does not say keeps its last value."""
    newest: dict[PostKey, Counted] = {}
    for one in sorted(counted, key=lambda one: one.counted_at):
        key = (one.network, one.origin, one.native_id)
        newest[key] = _merged(newest[key], one) if key in newest else one
    rows = [
        (*key, c.likes, c.shares, c.replies, c.views, c.counted_at)
        for key, c in sorted(newest.items(), key=itemgetter(0))
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE listening_post post SET likes = coalesce(new.likes, post.likes),"
            " shares = coalesce(new.shares, post.shares), replies = coalesce(new.replies, post.replies),"
            " views = coalesce(new.views, post.views), counted_at = new.counted_at"
            " FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::int[], %s::int[], %s::int[],"
            " %s::timestamptz[]) AS new (network, origin, native_id, likes, shares, replies, views, counted_at)"
            " WHERE (post.network, post.origin, post.native_id) = (new.network, new.origin, new.native_id)"
            " AND (post.counted_at IS NULL OR post.counted_at < new.counted_at)",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _merged(earlier: Counted, later: Counted) -> Counted:
    unsaid = {name: getattr(earlier, name) for name in _COUNTS if getattr(later, name) is None}
    return replace(later, **unsaid)


@dataclass(frozen=True, slots=True)
class Reworded:
    """A post whose text changed just now."""

    post_id: int
    speaker: str
    text: str
    language: str
    author_handle: str
    posted_at: datetime


def reword(*, edits: Sequence[Edited], keep_earlier: Collection[PostKey]) -> list[Reworded]:
    """Replace texts; the earlier wording stays for those in `keep_earlier`. An older edit is ignored.

    What a colleague says in private life is kept without its words, whatever becomes of them.
    """
    changed: list[Reworded] = []
    newest = {(e.network, e.origin, e.native_id): e for e in sorted(edits, key=lambda e: e.edited_at)}
    ids = known(keys=newest)
    for key, post_id in sorted(ids.items(), key=lambda item: item[1]):
        edit = newest[key]
        post = Post.objects.select_for_update(no_key=True).filter(pk=post_id).first()
        if post is None or post.speaker == "STAFF" or (post.edited_at and post.edited_at >= edit.edited_at):
            continue
        is_other_media = edit.media is not None and media.replace(post_id=post.pk, media=edit.media)
        is_other_rating = edit.rating is not None and edit.rating != post.rating
        if post.text == edit.text and not is_other_media and not is_other_rating:
            if edit.edited_at > post.posted_at:  # else the network tells something else anew: what it quotes
                # Known already; that it is an edit has to be known, too, for an older one may still be on its way.
                Post.objects.filter(pk=post_id).update(edited_at=edit.edited_at)
            continue
        if key in keep_earlier and post.text != edit.text:
            EarlierWording.objects.get_or_create(post=post, replaced_at=edit.edited_at, defaults={"text": post.text})
        post.text, post.edited_at = edit.text, edit.edited_at
        post.rating = edit.rating if is_other_rating else post.rating
        post.save(update_fields=["text", "edited_at", "rating"])
        changed.append(Reworded(post.pk, post.speaker, post.text, post.language, post.author_handle, post.posted_at))
    return changed


def retouch(*, post_id: int, topic_ids: Collection[int]) -> None:
    """Say which topics a reworded post touches now."""
    PostTopic.objects.filter(post_id=post_id).exclude(topic_id__in=topic_ids).delete()
    PostTopic.objects.bulk_create(
        [PostTopic(post_id=post_id, topic_id=topic) for topic in sorted(topic_ids)], ignore_conflicts=True
    )


def said() -> QuerySet[Post]:
    """What others said in public and concerns us: the one meaning of "said", in lists and in numbers."""
    return Post.objects.filter(is_context=False, speaker="OUTSIDER", visibility="PUBLIC")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which posts a list shows; what is not set does not narrow it. `until` is the first moment left out.

    `alike` is what posts that say nearly the same have in common (`triage.likeness`).
    """

    ids: Sequence[int] | None = None
    topic_id: int | None = None
    channel_id: int | None = None
    sentiment: str = ""
    kind: str = ""
    alike: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def stream(
    *,
    wanted: Wanted | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
    folded: bool = False,
) -> QuerySet[Post]:
    """What was said, newest first, after the (posted_at, id) of the last one shown.

    `folded`: of posts that say nearly the same only the one that came last. Each has `alike`, as in `Wanted`.
    """
    wanted = wanted or Wanted()
    found = narrowed(wanted=wanted).annotate(alike=F("likeness__alike"))
    if folded:
        # By the order in which they came, for which there is an index: of a thousand copies each is asked for once.
        later = narrowed(wanted=replace(wanted, alike=None)).filter(
            likeness__alike=OuterRef("alike"), likeness__post__gt=OuterRef("pk")
        )
        found = found.filter(Q(alike=None) | ~Exists(later))
    if before is not None:
        moment, post_id = before
        found = found.filter(Q(posted_at__lt=moment) | Q(posted_at=moment, id__lt=post_id))
    return found.select_related("evaluation").prefetch_related("topics").order_by("-posted_at", "-id")[:limit]


def narrowed(*, wanted: Wanted) -> QuerySet[Post]:
    """What was said, as far as it is wanted, in no order."""
    conditions = {
        "pk__in": wanted.ids,
        "topics": wanted.topic_id,
        "channels": wanted.channel_id,
        "evaluation__sentiment": wanted.sentiment or None,
        "kind": wanted.kind or None,
        "likeness__alike": wanted.alike,
        "posted_at__gte": wanted.since,
        "posted_at__lt": wanted.until,
    }
    return said().filter(**{name: value for name, value in conditions.items() if value is not None})


def per_topic(*, wanted: Wanted) -> dict[int, int]:
    """How many of the wanted posts touch each topic."""
    rows = narrowed(wanted=wanted).filter(topics__isnull=False).order_by().values("topics").annotate(count=Count("id"))
    return {row["topics"]: row["count"] for row in rows}


def alike(*, groups: Iterable[int]) -> dict[int, int]:
    """How many of what was said each of these groups holds."""
    rows = said().filter(likeness__alike__in=set(groups)).order_by().values("likeness__alike")
    counted = rows.annotate(count=Count("id")).values_list("likeness__alike", "count")
    return {group: count for group, count in counted if group is not None}


def standing_at(*, addresses: Collection[str]) -> Post | None:
    """The post that stands at one of these addresses; of several the oldest, which is not what was said below it."""
    return Post.objects.filter(url__in=addresses).exclude(url="").order_by("id").first() if addresses else None


def channels_of(*, post_id: int) -> list[int]:
    """The channels a post came through, addressed ones first."""
    rows = PostChannel.objects.filter(post_id=post_id).order_by("-addressed", "channel_id")
    return list(rows.values_list("channel_id", flat=True))

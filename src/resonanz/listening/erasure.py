"""Listening's part in erasure: what an account said, and the traces of it in what others and we said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from django.db.models import Q, QuerySet

from resonanz.listening import quotes
from resonanz.listening.models import EarlierWording, Post, PostMedia, PostQuote, Speaker
from resonanz.privacy import erasure, masking, retention
from resonanz.privacy.erasure import Key, Removed, Subject
from resonanz.privacy.tombstones import post_hash

_CHUNK = 2000


def posts_by(network: str, origin: str, native_id: str) -> QuerySet[Post]:
    """What an account said. An account without an id is nobody: anonymous posts belong to no account."""
    found = Post.objects.filter(network=network, origin=origin, author_native_id=native_id)
    return found.exclude(author_native_id="")


def posts_with(keys: Sequence[Key]) -> QuerySet[Post]:
    """The stored ones of these posts."""
    wanted = Q(pk__in=[])
    for network, origin, native_id in keys:
        wanted |= Q(network=network, origin=origin, native_id=native_id)
    return Post.objects.filter(wanted)


_needed: dict[str, Q] = {}


def keep_while(*, name: str, needed: Q) -> None:
    """Declare which posts an upper room needs for the moment: they stay until it no longer does."""
    _needed[name] = needed


def free(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Those that nothing obliges us to keep and no room needs for the moment."""
    found = posts.filter(retention.free(retention.today()))
    for needed in _needed.values():
        found = found.exclude(needed)
    return found


def delete_posts(ids: Collection[int]) -> Removed:
    """Delete posts with all that hangs on them; those that have to stay are counted. `posts` names both."""
    posts = Post.objects.filter(pk__in=ids)
    keys = tuple(posts.order_by("pk").values_list("network", "origin", "native_id"))
    going = list(free(posts).values_list("pk", flat=True))
    posts.filter(pk__in=going).delete()
    return Removed(rows=len(going), held=len(keys) - len(going), posts=keys)


def erase_account(subject: Subject) -> Removed:
    """Delete what the account said, also where others quote it, and mask it where others speak of it."""
    posts = posts_by(subject.network, subject.origin, subject.native_id)
    masked = _mask_texts(subject, set(posts.values_list("native_id", flat=True)))
    references = telling_ids(subject)
    removed = delete_posts(list(posts.values_list("pk", flat=True)))
    masked += _hide_references(subject, references)
    unquoted = _unquote(quotes.by(subject.network, subject.origin, subject.native_id) | quotes.of(removed.posts))
    return _both(replace(removed, masked=masked), unquoted)


def erase_posts(keys: Sequence[Key]) -> Removed:
    """Delete these posts, also where others quote them."""
    return _both(delete_posts(list(posts_with(keys).values_list("pk", flat=True))), _unquote(quotes.of(keys)))


def _unquote(rows: QuerySet[PostQuote]) -> Removed:
    """Quotes go with what they quote, also those of a post that has to stay: its own words are what has to."""
    gone = quotes.keys(rows)
    return Removed(rows=quotes.let_go(rows), posts=gone)


def _both(removed: Removed, unquoted: Removed) -> Removed:
    keys = tuple(dict.fromkeys((*removed.posts, *unquoted.posts)))
    return replace(removed, rows=removed.rows + unquoted.rows, posts=keys)


def telling_ids(subject: Subject) -> dict[str, str]:
    """Ids of the account's posts that contain the account (some networks build them so), and what to write instead.

    Posts of others and cases refer to them; the new id is the same everywhere, so that the thread still hangs together.
    """
    words = [word.lstrip("@") for word in {subject.native_id, *subject.handles}]
    going = free(posts_by(subject.network, subject.origin, subject.native_id)).values_list("native_id", flat=True)
    return {
        native_id: f"erased:{post_hash(subject.network, subject.origin, native_id).hex()[:32]}"
        for native_id in going
        if any(word and word != native_id and word in native_id for word in words)
    }


def _hide_references(subject: Subject, references: dict[str, str]) -> int:
    world = Post.objects.filter(network=subject.network, origin=subject.origin)
    hidden = 0
    for native_id, instead in sorted(references.items()):
        hidden += world.filter(parent_native_id=native_id).update(parent_native_id=instead)
        hidden += world.filter(root_native_id=native_id).update(root_native_id=instead)
    return hidden


def _mask_texts(subject: Subject, said: Collection[str]) -> int:
    """Others keep their words but for the mention; in our answers to the account every form of address goes."""
    about = masking.spoken_about(handles=subject.handles, names=subject.names)
    to = masking.spoken_to(handles=subject.handles, names=subject.names)
    others = Post.objects.filter(network=subject.network).exclude(
        origin=subject.origin, author_native_id=subject.native_id
    )
    answers = others.filter(speaker=Speaker.OWN, parent_native_id__in=said)
    masked = masking.mask_columns(answers, ["text"], to)
    masked += masking.mask_columns(PostMedia.objects.filter(post__in=answers), ["alt"], to)
    masked += masking.mask_columns(PostMedia.objects.filter(post__in=others), ["alt"], about)
    masked += masking.mask_columns(PostQuote.objects.filter(post__in=others), ["text"], about)
    masked += masking.mask_columns(others, ["text"], about)
    return masked + masking.mask_columns(EarlierWording.objects.filter(post__in=others), ["text"], about)


def _words(key: Key) -> tuple[set[str], set[str]]:
    rows = list(posts_by(*key).values_list("author_handle", "author_name").distinct())
    rows += quotes.by(*key).values_list("author_handle", "author_name").distinct()
    return {handle for handle, _ in rows}, {name for _, name in rows}


def _held_posts() -> Iterator[Key]:
    rows = free(Post.objects.all()).values_list("network", "origin", "native_id")
    yield from rows.iterator(chunk_size=_CHUNK)
    quoted = PostQuote.objects.exclude(native_id="").values_list("post__network", "post__origin", "native_id")
    yield from quoted.distinct().iterator(chunk_size=_CHUNK)


def _held_accounts() -> Iterator[Key]:
    rows = free(Post.objects.exclude(author_native_id="")).values_list("network", "origin", "author_native_id")
    yield from rows.distinct().iterator(chunk_size=_CHUNK)
    who = ("post__network", "post__origin", "author_native_id")
    quoted = PostQuote.objects.exclude(author_native_id="").values_list(*who).distinct()
    yield from quoted.iterator(chunk_size=_CHUNK)


PART = erasure.Part(
    room="listening",
    words=_words,
    erase_account=erase_account,
    erase_posts=erase_posts,
    held_accounts=_held_accounts,
    held_posts=_held_posts,
)

"""What posts quote: kept with them, and let go of as soon as what is quoted is gone or its author is erased.

Whoever is quoted did not speak to us. So of a quote no more is kept than tells what the post is about; it is not
matched, not judged and not searched, and what goes leaves a row that says no more than that something was quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q, QuerySet

from resonanz.listening.models import Post, PostQuote, Speaker
from resonanz.networks.contract import Edited, Quoted
from resonanz.privacy.erasure import Key

_EMPTY = {"native_id": "", "url": "", "author_native_id": "", "author_handle": "", "author_name": "", "text": ""}


def store(*, quotes: Mapping[int, Quoted]) -> None:
    """Keep what posts quote that were stored just now, by their ids."""
    if quotes:
        PostQuote.objects.bulk_create([PostQuote(post_id=pk, **_columns(one)) for pk, one in sorted(quotes.items())])


def change(*, edits: Iterable[Edited]) -> None:
    """Take over what edited posts quote now, where the network tells that."""
    for edit in edits:
        if edit.quoted is None:
            continue
        post = Post.objects.filter(network=edit.network, origin=edit.origin, native_id=edit.native_id)
        for pk in post.exclude(speaker=Speaker.STAFF).values_list("pk", flat=True):
            _put(pk, edit.quoted)


def _put(post_id: int, quoted: Quoted) -> None:
    """Nothing is begun with a quote that nobody may read: where none was known, nobody misses it."""
    if not quoted.native_id:
        let_go(PostQuote.objects.filter(post_id=post_id))
        return
    PostQuote.objects.update_or_create(post_id=post_id, defaults=_columns(quoted) | {"edited_at": None})


def reword(*, edits: Sequence[Edited]) -> None:
    """Other words for posts that are quoted; an older edit is ignored, and what is kept without words stays so."""
    quoted = known(keys=[(edit.network, edit.origin, edit.native_id) for edit in edits])
    for edit in sorted(edits, key=lambda edit: edit.edited_at):
        key = (edit.network, edit.origin, edit.native_id)
        if key in quoted:
            newer = of([key]).exclude(text="").filter(Q(edited_at=None) | Q(edited_at__lt=edit.edited_at))
            ids = list(newer.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
            PostQuote.objects.filter(pk__in=ids).update(text=edit.text, edited_at=edit.edited_at)


def of(keys: Iterable[Key]) -> QuerySet[PostQuote]:
    """The rows that quote these posts."""
    return PostQuote.objects.filter(naming(keys, through="post__")).exclude(native_id="")


def naming(keys: Iterable[Key], *, through: str = "") -> Q:
    """The rows with these ids, each in its world; `through` leads to the world from another table ("post__")."""
    worlds: dict[tuple[str, str], list[str]] = {}
    for network, origin, native_id in keys:
        worlds.setdefault((network, origin), []).append(native_id)
    wanted = Q(pk__in=[])
    for (network, origin), ids in worlds.items():
        wanted |= Q((f"{through}network", network), (f"{through}origin", origin), native_id__in=ids)
    return wanted


def by(network: str, origin: str, native_id: str) -> QuerySet[PostQuote]:
    """The rows that quote what an account said. An account without an id is nobody."""
    found = PostQuote.objects.filter(post__network=network, post__origin=origin, author_native_id=native_id)
    return found.exclude(author_native_id="")


def known(*, keys: Iterable[Key]) -> set[Key]:
    """Those of these posts that are quoted here."""
    wanted = list(keys)
    return set(of(wanted).values_list("post__network", "post__origin", "native_id")) if wanted else set()


def let_go(rows: QuerySet[PostQuote]) -> int:
    """Empty these rows; how many there were."""
    # Locked by their ids, so that two who do so never wait for each other.
    ids = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return PostQuote.objects.filter(pk__in=ids).update(**_EMPTY, edited_at=None)


def keys(rows: QuerySet[PostQuote]) -> tuple[Key, ...]:
    """Which posts these rows quote."""
    found = rows.exclude(native_id="").order_by("native_id")
    return tuple(found.values_list("post__network", "post__origin", "native_id").distinct())


def _columns(quoted: Quoted) -> dict[str, str]:
    author = quoted.author
    return {
        "native_id": quoted.native_id,
        "url": quoted.url,
        "author_native_id": author.native_id if author else "",
        "author_handle": author.handle if author else "",
        "author_name": author.name if author else "",
        "text": quoted.text,
    }

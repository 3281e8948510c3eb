"""What posts quote, as pages show it: where the quoted post is kept here itself, in the words it has here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from resonanz.listening import quotes
from resonanz.listening.models import Post, PostQuote, Speaker, Visible
from resonanz.networks.models import Channel
from resonanz.privacy.erasure import Key
from resonanz.service.models import Outgoing, OutgoingState


@dataclass(frozen=True, slots=True)
class Shown:
    """A quote on a page. `is_gone`: that something was quoted is all that is known; `is_ours`: we said it."""

    name: str = ""
    handle: str = ""
    text: str = ""
    url: str = ""
    is_gone: bool = False
    is_ours: bool = False


def beside(posts: Sequence[Post]) -> None:
    """Give each of the posts what it quotes as `shown_quote`, None for nothing; one question where none does."""
    rows = {row.post_id: row for row in PostQuote.objects.filter(post__in=[post.pk for post in posts])}
    keys = {post.pk: (post.network, post.origin, rows[post.pk].native_id) for post in posts if post.pk in rows}
    kept, answers, accounts = _kept(keys.values()), _answers(keys.values()), _accounts(keys.values())
    for post in posts:
        row, key = rows.get(post.pk), keys.get(post.pk)
        if row is None or key is None:
            shown = None
        elif not row.native_id:
            shown = Shown(is_gone=True)
        else:
            is_ours = key in answers or (*key[:2], row.author_native_id) in accounts
            shown = _shown(row, kept.get(key), answers.get(key), is_ours=is_ours)
        post.shown_quote = shown  # type: ignore[attr-defined] # as a prefetch does


def _shown(row: PostQuote, post: Post | None, answer: Outgoing | None, *, is_ours: bool) -> Shown:
    return Shown(
        name=(post.author_name if post else "") or row.author_name or (answer.channel.name if answer else ""),
        handle=(post.author_handle if post else "") or row.author_handle,
        text=(post.text if post else answer.text if answer else "") or row.text,
        url=(post.url if post else "") or row.url or (answer.url if answer else ""),
        is_ours=is_ours or (post is not None and post.speaker == Speaker.OWN),
    )


def _kept(keys: Iterable[Key]) -> dict[Key, Post]:
    """What stands here itself and was said in public, but not by colleagues in private life."""
    known = {key for key in keys if key[2]}
    if not known:
        return {}
    found = Post.objects.filter(quotes.naming(known), visibility=Visible.PUBLIC).exclude(speaker=Speaker.STAFF)
    return {(post.network, post.origin, post.native_id): post for post in found}


def _answers(keys: Iterable[Key]) -> dict[Key, Outgoing]:
    """Answers of ours that are quoted."""
    by_id = {key[2]: key for key in keys if key[2]}
    if not by_id:
        return {}
    sent = Outgoing.objects.filter(native_id__in=by_id, state=OutgoingState.SENT, visibility=Visible.PUBLIC)
    found = ((by_id[one.native_id], one) for one in sent.select_related("channel"))
    return {key: one for key, one in found if key[:2] == _world(one.channel)}


def _accounts(keys: Iterable[Key]) -> set[Key]:
    """Our accounts on these networks."""
    networks = {network for network, _, native_id in keys if native_id}
    if not networks:
        return set()
    channels = Channel.objects.filter(network__in=networks).exclude(native_id="")
    return {(*_world(channel), channel.native_id) for channel in channels}


def _world(channel: Channel) -> tuple[str, str]:
    """Where its posts have their ids, as `pipeline.hearing` knows it."""
    return (channel.network, channel.origin or channel.address.rstrip("/"))

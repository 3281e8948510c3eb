"""Hearing: who spoke, what it touches, whether it concerns us. What does not is dropped here and never stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from resonanz.listening import posts
from resonanz.listening.models import Speaker
from resonanz.listening.posts import PostKey
from resonanz.listening.topics import Compiled
from resonanz.networks.contract import Posted
from resonanz.networks.models import Channel
from resonanz.privacy import tombstones
from resonanz.privacy.models import Tombstone, TombstoneKind
from resonanz.service import intake
from resonanz.triage import evaluations
from resonanz.triage.contract import Evaluated


@dataclass(slots=True)
class Heard:
    """A post that concerns us, and why."""

    posted: Posted
    root_id: str
    speaker: Speaker
    topic_ids: list[int]
    addressed: bool
    is_context: bool
    opens_cases: bool = False
    evaluated: Evaluated | None = None

    @property
    def key(self) -> PostKey:
        """What makes it one post."""
        return key_of(self.posted)

    @property
    def may_open(self) -> bool:
        """Whether a case may be opened for it."""
        return self.speaker is Speaker.OUTSIDER and (self.addressed or self.opens_cases)


def key_of(posted: Posted) -> PostKey:
    """(network, origin, native id)."""
    return (posted.network, posted.origin, posted.native_id)


def listen(channel: Channel, said: Sequence[Posted], topics: Compiled) -> list[Heard]:
    """Those of the posts that concern us, each once."""
    wanted = _not_erased({key_of(posted): posted for posted in said}.values())
    ours = _Ours(channel)
    parents = [(posted.network, posted.origin, posted.parent_id) for posted in wanted if posted.parent_id]
    roots = _roots(wanted, parents)
    own_parents = posts.own(keys=parents)
    open_threads = intake.open_threads(
        channel=channel, root_ids=[root for key, root in roots.items() if root != key[2]]
    )
    touched = topics.matcher.match_all(
        [posted.text for posted in wanted],
        author_handles=[posted.author.handle if posted.author else "" for posted in wanted],
        languages=[posted.language for posted in wanted],
    )
    heard = []
    for posted, topic_ids in zip(wanted, touched, strict=True):
        key = key_of(posted)
        answers_us = (posted.network, posted.origin, posted.parent_id) in own_parents
        in_thread = (posted.origin, roots[key], posted.visibility.value) in open_threads
        one = _hear(posted, roots[key], ours, topic_ids, answers_us=answers_us, in_thread=in_thread)
        if one is not None:
            one.opens_cases = not topics.opens_cases.isdisjoint(one.topic_ids)
            heard.append(one)
    return heard


def _hear(
    posted: Posted, root_id: str, ours: _Ours, touched: list[int], *, answers_us: bool, in_thread: bool
) -> Heard | None:
    if ours.said(posted):
        if not in_thread:
            return None
        return Heard(posted, root_id, Speaker.OWN, [], addressed=False, is_context=True)
    addressed = posted.addressed or answers_us or ours.are_named(posted)
    if not (touched or addressed or in_thread):
        return None
    return Heard(
        posted,
        root_id,
        Speaker.OUTSIDER,
        touched,
        addressed=addressed,
        is_context=not (touched or addressed),
    )


class _Ours:
    """The accounts of this company on the channel's network."""

    def __init__(self, channel: Channel) -> None:
        accounts = Channel.objects.filter(network=channel.network).values_list("native_id", "handle")
        self._ids = {native_id for native_id, _ in accounts if native_id}
        self._handles = {handle.removeprefix("@").casefold() for _, handle in accounts if handle}

    def said(self, posted: Posted) -> bool:
        author = posted.author
        if author is None:
            return False
        return author.native_id in self._ids or author.handle.removeprefix("@").casefold() in self._handles

    def are_named(self, posted: Posted) -> bool:
        return any(
            mention in self._ids or mention.removeprefix("@").casefold() in self._handles for mention in posted.mentions
        )


def _not_erased(said: Iterable[Posted]) -> list[Posted]:
    """Without what was erased before: neither a deleted post nor a suppressed person comes back."""
    if not Tombstone.objects.exists():
        return list(said)
    hashed = [
        (
            posted,
            tombstones.post_hash(posted.network, posted.origin, posted.native_id),
            tombstones.account_hash(posted.network, posted.origin, posted.author.native_id) if posted.author else b"",
        )
        for posted in said
    ]
    posts_gone = tombstones.raised(kind=TombstoneKind.POST, hashes=[post for _, post, _ in hashed])
    people_gone = tombstones.raised(kind=TombstoneKind.ACCOUNT, hashes=[who for _, _, who in hashed if who])
    return [posted for posted, post, who in hashed if post not in posts_gone and who not in people_gone]


def _roots(said: Sequence[Posted], parents: Sequence[PostKey]) -> dict[PostKey, str]:
    """The thread root of each post: what the network says, else the root of its parent, else the parent, else itself.

    A parent in the same batch counts when it comes first, as it does on every network; no chain is ever walked.
    """
    stored = posts.roots(keys=parents)
    roots: dict[PostKey, str] = {}
    for posted in said:
        parent = (posted.network, posted.origin, posted.parent_id)
        root = posted.root_id or roots.get(parent) or stored.get(parent) or posted.parent_id or posted.native_id
        roots[key_of(posted)] = root
    return roots


def evaluate(heard: Sequence[Heard]) -> None:
    """Let the judges look at what others said and we do not know yet. Our own words are never judged."""
    already = posts.known(keys=[one.key for one in heard])
    fresh = [one for one in heard if one.speaker is Speaker.OUTSIDER and (one.key not in already or one.addressed)]
    found = evaluations.evaluate(
        texts=[one.posted.text for one in fresh], language_hints=[one.posted.language for one in fresh]
    )
    for one, evaluated in zip(fresh, found, strict=True):
        one.evaluated = evaluated

"""Hearing: who spoke, what it touches, whether it concerns us. What does not is dropped here and never stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from resonanz.listening import posts
from resonanz.listening.models import Speaker
from resonanz.listening.posts import PostKey
from resonanz.listening.topics import Compiled
from resonanz.networks.contract import Author, Posted, Visibility
from resonanz.networks.models import Channel, ChannelState
from resonanz.people import staff
from resonanz.people.staff import AccountKey
from resonanz.pipeline import hearsay, quoting
from resonanz.privacy import tombstones
from resonanz.privacy.models import Tombstone, TombstoneKind
from resonanz.service import intake
from resonanz.service.answers import outbox
from resonanz.service.intake import THREAD
from resonanz.triage import evaluations, our_names
from resonanz.triage.contract import Evaluated
from resonanz.triage.near_duplicates import Signature, signatures


@dataclass(slots=True)
class Heard:
    """A post that concerns us, and why."""

    posted: Posted
    root_id: str
    speaker: Speaker
    topic_ids: list[int]
    addressed: bool
    is_context: bool
    private_with: str = ""
    opens_cases: bool = False
    evaluated: Evaluated | None = None
    signature: Signature | None = None

    @property
    def key(self) -> PostKey:
        """What makes it one post."""
        return key_of(self.posted)

    @property
    def thread(self) -> THREAD:
        """Where it belongs."""
        return _thread(self.posted, self.root_id, self.private_with)

    @property
    def may_open(self) -> bool:
        """Whether a case may be opened for it."""
        return self.speaker is Speaker.OUTSIDER and (self.addressed or self.opens_cases)


def key_of(posted: Posted) -> PostKey:
    """(network, origin, native id)."""
    return (posted.network, posted.origin, posted.native_id)


def nothing_is_on_its_way(posted: Posted, root_id: str) -> bool:
    """All that could begin its thread is stored."""
    return False


def listen(
    channel: Channel,
    said: Sequence[Posted],
    topics: Compiled,
    *,
    may_follow: Callable[[Posted, str], bool] = nothing_is_on_its_way,
) -> list[Heard]:
    """Those of the posts that concern us, each once.

    `may_follow` tells of a post with the root of its thread whether that may yet turn out to be a thread of ours.
    """
    wanted, ours = quoting.allowed(channel, _not_erased(channel, _each_once(said))), _Ours(channel)
    colleagues = staff.among(keys={account for posted in wanted if (account := _account(posted))})
    wanted = [_wordless(posted, posted.author) if _account(posted) in colleagues else posted for posted in wanted]
    touched = topics.matcher.match_all(
        [posted.text for posted in wanted],
        author_handles=[posted.author.handle if posted.author else "" for posted in wanted],
        languages=_languages(wanted, topics),
    )
    parents = [(posted.network, posted.origin, posted.parent_id) for posted in wanted if posted.parent_id]
    own_parents = _said_by_us(channel, wanted, ours, parents)
    roots = _roots(wanted, parents, own_parents)
    opening = [
        posted
        for posted, topic_ids in zip(wanted, touched, strict=True)
        if _account(posted) not in colleagues
        and (posted.addressed or ours.are_named(posted) or not topics.opens_cases.isdisjoint(topic_ids))
    ]
    partners = _private_partners(channel, wanted, ours)
    threads = _open_threads(channel, roots, partners, [posted for posted in opening if not ours.said(posted)])
    heard = []
    for posted, topic_ids in zip(wanted, touched, strict=True):
        root = roots[key_of(posted)]
        answers_us = (posted.network, posted.origin, posted.parent_id) in own_parents
        private_with = partners[key_of(posted)]
        in_thread = _thread(posted, root, private_with) in threads or may_follow(posted, root)
        if _account(posted) in colleagues:
            heard += [Heard(posted, root, Speaker.STAFF, [], addressed=False, is_context=True)] if in_thread else []
        elif one := _hear(posted, root, ours, topic_ids, answers_us=answers_us, in_thread=in_thread):
            one.private_with = private_with
            one.opens_cases = not topics.opens_cases.isdisjoint(one.topic_ids)
            heard.append(one)
    return heard


def _thread(posted: Posted, root_id: str, private_with: str) -> THREAD:
    return intake.thread_of(
        network=posted.network, origin=posted.origin, root_id=root_id, visibility=posted.visibility.value,
        private_with=private_with,
    )  # fmt: skip


def _private_partners(channel: Channel, said: Sequence[Posted], ours: _Ours) -> dict[PostKey, str]:
    """With whom each post is exchanged in private: its author, or, where we said it, whoever it answers; "" in public.

    What we said in private to nobody who can be told has no thread, so it joins no case.
    """
    partners = {key_of(posted): _speaker(posted) for posted in said if _private(posted)}
    own = [posted for posted in said if _private(posted) and ours.said(posted)]
    known = posts.known(keys=[_parent(posted) for posted in own]) if own else {}
    met = intake.private_partners(channel=channel, post_ids=known.values()) if known else {}
    for posted in own:
        stored = met.get(known.get(_parent(posted), 0), "")
        partners[key_of(posted)] = partners.get(_parent(posted), "") or stored
    return {key_of(posted): partners.get(key_of(posted), "") for posted in said}


def _speaker(posted: Posted) -> str:
    """Who speaks; somebody without a name is taken for somebody else each time."""
    return posted.author.native_id if posted.author else posted.native_id


def _account(posted: Posted) -> AccountKey | None:
    return (posted.network, posted.origin, posted.author.native_id) if posted.author else None


def _wordless(posted: Posted, author: Author | None) -> Posted:
    """That a colleague said something in private life, and where: no words, no name, and nothing to find them by."""
    nameless = Author(native_id=author.native_id) if author else None
    bare = replace(posted, author=nameless, text="", url="", language="", addressed=False, mentions=(), media=())
    return replace(bare, quoted=None)


def _private(posted: Posted) -> bool:
    return posted.visibility is Visibility.PRIVATE


def _parent(posted: Posted) -> PostKey:
    return (posted.network, posted.origin, posted.parent_id)


def _open_threads(
    channel: Channel, roots: dict[PostKey, str], partners: dict[PostKey, str], opening: Iterable[Posted]
) -> set[THREAD]:
    """Threads with an open case; one that this very batch may open counts for what follows in it."""
    threads = intake.open_threads(channel=channel, root_ids=[root for key, root in roots.items() if root != key[2]])
    return threads | {_thread(posted, roots[key_of(posted)], partners[key_of(posted)]) for posted in opening}


def _said_by_us(channel: Channel, said: Iterable[Posted], ours: _Ours, parents: Sequence[PostKey]) -> set[PostKey]:
    """Posts of ours that others answer: stored ones, those of this batch, and answers that left through the outbox."""
    receipts = outbox.receipts(channel=channel, native_ids=[native_id for _, _, native_id in parents])
    in_batch = {key_of(posted) for posted in said if ours.said(posted) and not ours.are_reported}
    return posts.own(keys=parents) | in_batch | {parent for parent in parents if parent[2] in receipts}


def _each_once(said: Iterable[Posted]) -> list[Posted]:
    """A batch may hold a post twice, as a mention and from a timeline; addressed once is addressed."""
    once: dict[PostKey, Posted] = {}
    for posted in said:
        earlier = once.get(key_of(posted))
        once[key_of(posted)] = replace(posted, addressed=True) if earlier and earlier.addressed else posted
    return list(once.values())


def _languages(said: Sequence[Posted], topics: Compiled) -> list[str]:
    """What the network says, or, where a topic asks for it, what the judge hears."""
    known = [posted.language for posted in said]
    if not topics.ask_language or all(known):
        return known
    heard = evaluations.languages(texts=[posted.text for posted in said], hints=known)
    return [language or told for language, told in zip(known, heard, strict=True)]


def _hear(
    posted: Posted, root_id: str, ours: _Ours, touched: list[int], *, answers_us: bool, in_thread: bool
) -> Heard | None:
    if ours.said(posted):
        if not in_thread or ours.are_reported:  # nobody else says what we said
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
    """The accounts of this company, each in its world: a network and, where it has many, the server.

    Who names another account of ours on the same network is left to that account's own channel while it listens: one
    post, one case.
    """

    def __init__(self, channel: Channel) -> None:
        self.are_reported = hearsay.is_hearsay(channel)
        self._ids: set[tuple[str, str, str]] = set()
        self._handles: set[tuple[str, str, str]] = set()
        self._elsewhere: set[tuple[str, str, str]] = set()
        for account in Channel.objects.only("network", "origin", "address", "native_id", "handle", "state"):
            world = (account.network, account.origin or account.address.rstrip("/"))
            ids = {(*world, account.native_id)} if account.native_id else set()
            handles = {(*world, account.handle.removeprefix("@").casefold())} if account.handle else set()
            self._ids |= ids
            self._handles |= handles
            listens = account.state == ChannelState.ACTIVE
            if listens and account.pk != channel.pk and account.network == channel.network:
                self._elsewhere |= ids | handles

    def said(self, posted: Posted) -> bool:
        author = posted.author
        if author is None:
            return False
        return self._is(posted, author.native_id, author.handle)

    def are_named(self, posted: Posted) -> bool:
        return any(self._is(posted, name, name) and not self._is_elsewhere(posted, name) for name in posted.mentions)

    def _is_elsewhere(self, posted: Posted, name: str) -> bool:
        world = (posted.network, posted.origin)
        return not self._elsewhere.isdisjoint({(*world, name), (*world, name.removeprefix("@").casefold())})

    def _is(self, posted: Posted, native_id: str, handle: str) -> bool:
        world = (posted.network, posted.origin)
        return (*world, native_id) in self._ids or (*world, handle.removeprefix("@").casefold()) in self._handles


def _not_erased(channel: Channel, said: Iterable[Posted]) -> list[Posted]:
    """Without what was erased before: neither a deleted post nor a suppressed person comes back."""
    if not Tombstone.objects.exists():
        return list(said)
    hashed = [
        (
            posted,
            {tombstones.post_hash(*key_of(posted)), hearsay.gone_hash(channel, *key_of(posted))},
            tombstones.account_hash(posted.network, posted.origin, posted.author.native_id) if posted.author else b"",
        )
        for posted in said
    ]
    posts_gone = tombstones.raised(
        kind=TombstoneKind.POST, hashes={stone for _, stones, _ in hashed for stone in stones}
    )
    people_gone = tombstones.raised(kind=TombstoneKind.ACCOUNT, hashes=[who for _, _, who in hashed if who])
    return [posted for posted, stones, who in hashed if not stones & posts_gone and who not in people_gone]


def _roots(said: Sequence[Posted], parents: Sequence[PostKey], own_parents: AbstractSet[PostKey]) -> dict[PostKey, str]:
    """The thread root of each post: what the network says, else the root of its parent, else the parent, else itself.

    A parent in the same batch counts when it comes first, as it does on every network; no chain is ever walked. Who
    tells no more than itself or its parent knows less than we do of that parent. But what stands below a post of ours
    and names itself is a matter of its own there: hundreds may speak below it.
    """
    stored = posts.roots(keys=parents)
    roots: dict[PostKey, str] = {}
    for posted in said:
        parent = (posted.network, posted.origin, posted.parent_id)
        above = roots.get(parent) or stored.get(parent) or ""
        is_apart = posted.root_id == posted.native_id and parent in own_parents
        told = posted.root_id if is_apart or posted.root_id not in {posted.native_id, posted.parent_id} else ""
        roots[key_of(posted)] = told or above or posted.root_id or posted.parent_id or posted.native_id
    return roots


def evaluate(heard: Sequence[Heard]) -> None:
    """Let the judges look at what others said and we do not know yet. Our own words are never judged."""
    already = posts.known(keys=[one.key for one in heard])
    fresh = [one for one in heard if one.speaker is Speaker.OUTSIDER and (one.key not in already or one.addressed)]
    found = evaluations.evaluate(
        texts=[one.posted.text for one in fresh], language_hints=[one.posted.language for one in fresh]
    )
    found = our_names.judged(found=found, asked=[_asked(one) for one in fresh])
    signed = signatures([one.posted.text for one in fresh])
    for one, evaluated, signature in zip(fresh, found, signed, strict=True):
        one.evaluated, one.signature = evaluated, signature


def _asked(one: Heard) -> our_names.Asked:
    said = one.posted
    spoken_to = one.addressed or _private(said)
    return our_names.Asked(text=said.text, network=said.network, spoken_to=spoken_to, topic_ids=one.topic_ids)

"""The sieve for streams that carry a whole network: lets through all that `hearing` might keep, and little else.

What it has in memory may be some seconds old. What the database knows is asked late, so that a case that was opened a
moment ago counts; so does what was handed over to intake elsewhere, which the database may not know yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from itertools import product
from unicodedata import is_normalized

from resonanz.core.text import clean
from resonanz.listening import posts
from resonanz.listening.models import Post, Speaker
from resonanz.listening.topics import Compiled, compiled
from resonanz.networks.models import Channel
from resonanz.people.models import Identity
from resonanz.pipeline import delivering
from resonanz.service import intake

_UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class TopicSieve:
    """The sieve of one channel (`networks.streams.Sieve`)."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._topics: Compiled | None = None
        self._guesses: list[tuple[str, str]] = []
        self._formerly_ours: set[str] | None = None  # most streams never ask: theirs need no connection to the database
        self.ours: frozenset[str] = frozenset()
        self.authors: frozenset[str] = frozenset()

    def renew(self) -> None:
        """The topics as they are now, and our accounts."""
        topics = compiled()
        if topics is not self._topics:
            self._topics, matcher = topics, topics.matcher
            self.authors = frozenset(name for name in matcher.authors if not name.endswith("*"))
            beginnings = [name.removesuffix("*") for name in matcher.authors - self.authors]
            self._guesses = list(product(["", *sorted(beginnings)], ["", *sorted(matcher.languages)]))[1:]
        self.ours = self._our_accounts()

    def suspects(self, texts: Sequence[str], *, handles: Sequence[str]) -> list[int]:
        """Made clean first, as all is that is taken in, where one of them needs it."""
        if any(handle for handle, _ in self._guesses):  # a topic of authors of whom only the beginning is known
            return list(range(len(texts)))
        return self._known_topics().matcher.suspects(_cleaned(texts), author_handles=handles)

    def touched(self, texts: Sequence[str], *, handles: Sequence[str], languages: Sequence[str]) -> list[bool]:
        """Where the author or the language is not known, it is tried with all that a topic asks for."""
        matcher, texts = self._known_topics().matcher, _cleaned(texts)
        found = [bool(ids) for ids in matcher.match_all(texts, author_handles=handles, languages=languages)]
        for handle, language in self._guesses:
            open_ones = [
                at
                for at, is_touched in enumerate(found)
                if not is_touched and not (handle and handles[at]) and not (language and languages[at])
            ]
            guessed = matcher.match_all(
                [texts[at] for at in open_ones],
                author_handles=[handles[at] or handle for at in open_ones],
                languages=[languages[at] or language for at in open_ones],
            )
            for at, ids in zip(open_ones, guessed, strict=True):
                found[at] = bool(ids)
        return found

    def threads(self, roots: Collection[str]) -> set[str]:
        """Those with an open case here, or that may get one. In doubt it is none: else all answers there would pass."""
        return _as_kept(
            roots,
            lambda ids: intake.open_roots(channel=self._channel, root_ids=ids) | self._on_the_way(ids, surely=True),
        )

    def held(self, ids: Collection[str]) -> set[str]:
        """Those that are stored, or on their way here, whoever brought them, and those that one of these quotes."""
        where = {"network": self._channel.network, "origin": self._channel.origin}
        return _as_kept(ids, lambda kept: posts.among(**where, native_ids=kept) | self._on_the_way(kept))

    def people(self, ids: Collection[str]) -> set[str]:
        """Authors of stored posts and of what these quote, and people with a record."""
        return _as_kept(ids, self._known_people) if ids else set()

    def _known_people(self, ids: Collection[str]) -> set[str]:
        where = {"network": self._channel.network, "origin": self._channel.origin}
        met = Identity.objects.filter(native_id__in=ids, **where).values_list("native_id", flat=True)
        return posts.authors_among(**where, native_ids=ids) | set(met) | self._on_the_way(ids)

    def _on_the_way(self, ids: Collection[str], *, surely: bool = False) -> set[str]:
        channel = self._channel
        return delivering.on_the_way(network=channel.network, origin=channel.origin, ids=ids, surely=surely)

    def _known_topics(self) -> Compiled:
        if self._topics is None:
            self.renew()
        assert self._topics is not None  # noqa: S101 - set the line before
        return self._topics

    def _our_accounts(self) -> frozenset[str]:
        accounts = Channel.objects.filter(network=self._channel.network, origin=self._channel.origin)
        rows = list(accounts.values_list("native_id", "handle"))
        names = {native_id for native_id, _ in rows} | {handle.removeprefix("@").casefold() for _, handle in rows}
        if self._formerly_ours is None:  # an account that was removed here: what it said stays ours
            said = Post.objects.filter(network=self._channel.network, origin=self._channel.origin, speaker=Speaker.OWN)
            self._formerly_ours = set(said.order_by().values_list("author_native_id", flat=True).distinct())
        return frozenset((names | self._formerly_ours) - {""})


def _cleaned(texts: Sequence[str]) -> Sequence[str]:
    """As intake makes them, where one of them needs it. Nothing is cut: a letter may become three."""
    together = "\n".join(texts)
    if _UNCLEAN.search(together) or not is_normalized("NFC", together):
        return [clean(text, most=3 * len(text)) for text in texts]
    return texts


def _as_kept(ids: Collection[str], find: Callable[[Collection[str]], set[str]]) -> set[str]:
    """Those of the ids that are found once they are made clean, as intake makes them; some no database could hold."""
    together = "".join(ids)
    if together.isascii() and together.isprintable() and " " not in together:  # as almost all of them
        return find(set(ids))
    kept = {one: clean(one, most=3 * len(one)) for one in ids}
    found = find(set(kept.values()))
    return {one for one, clean_one in kept.items() if clean_one in found}

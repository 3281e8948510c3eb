"""What was handed on lately and may not be stored yet: its deletion, and answers to it, concern us all the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Set

from resonanz.core import clock
from resonanz.networks.contract import Event, Posted

_SECONDS = 1800.0
_MOST = 50_000


class Lately:
    """Posts, the roots of their threads, and their authors, for half an hour."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, float] = OrderedDict()
        self._handed: OrderedDict[str, float] = OrderedDict()

    def want(self, uri: str, root: str, did: str) -> None:
        """A post is wanted, so it may open a case."""
        _keep(self._places, uri, root)
        _keep(self._handed, uri, did)

    def hand(self, event: Event) -> None:
        """It was completed, so what it quotes is known by now."""
        if isinstance(event, Posted) and event.quoted and event.quoted.author:
            _keep(self._handed, event.quoted.native_id, event.quoted.author.native_id)

    def is_wanted(self, place: str) -> bool:
        """Whether it was wanted, or something in its thread was."""
        return place in self._places

    def is_any_wanted(self, places: Set[str]) -> bool:
        """Whether `is_wanted` says so of one of them."""
        return not self._places.keys().isdisjoint(places)

    def is_handed(self, one: str) -> bool:
        """Whether it is a post that was wanted, or that one of them quotes, or the author of either."""
        return one in self._handed


def _keep(kept: OrderedDict[str, float], *ones: str) -> None:
    now = clock.monotonic()
    for one in ones:
        kept[one] = now
        kept.move_to_end(one)
    while kept and (len(kept) > _MOST or now - next(iter(kept.values())) > _SECONDS):
        kept.popitem(last=False)

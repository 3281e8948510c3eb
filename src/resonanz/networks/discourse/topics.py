"""Topics: what a post by itself does not say, its title and whether only a few may read it."""

from __future__ import annotations

from dataclasses import dataclass

from resonanz.core import text
from resonanz.networks.contract import Account
from resonanz.networks.discourse.client import WAIT_SECONDS, get
from resonanz.networks.errors import TryLater

_ARCHETYPES = {"regular": False, "banner": False, "private_message": True}


@dataclass(frozen=True, slots=True)
class Topic:
    """What holds for all posts of a topic. `post_ids` are theirs, the oldest first."""

    title: str
    is_private: bool
    post_ids: tuple[int, ...]


class Topics:
    """The topics that one round of asking meets, each asked for once."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: dict[int, Topic] = {}

    def of(self, number: int) -> Topic:
        """The topic; TryLater where it does not say who may read it, for that is never guessed."""
        if number not in self._known:
            self._known[number] = topic(self._account, number)
        return self._known[number]


def topic(account: Account, number: int) -> Topic:
    """The topic of this number. Raises NotThere, NotForUs and TryLater."""
    found = get(account, f"/t/{number}.json")
    archetype, title, stream = found.get("archetype"), found.get("title"), found.get("post_stream")
    if not isinstance(archetype, str) or archetype not in _ARCHETYPES:
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    ids = stream.get("stream") if isinstance(stream, dict) else None
    return Topic(
        title=text.clean(title, most=500) if isinstance(title, str) else "",
        is_private=_ARCHETYPES[archetype],
        post_ids=tuple(one for one in ids if isinstance(one, int)) if isinstance(ids, list) else (),
    )

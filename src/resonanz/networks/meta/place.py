"""One of Meta's networks, as far as they differ in names alone: who speaks, what becomes of posts, conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from resonanz.core import clock
from resonanz.networks.contract import Account, Author, Deleted, Edited, Posted
from resonanz.networks.meta.reading import Found, identifier, line

_MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Place:
    """`platform` is Meta's word for where a conversation is. `is_page`: the account is the Page that is asked."""

    network: str
    origin: str
    platform: str
    is_page: bool

    def talk_with(self, person_id: str) -> str:
        """The thread of all that is exchanged with a person in private."""
        return f"{self.platform}:{person_id}"

    def person_in(self, root_id: str) -> str:
        """With whom, by a thread's name; "" where it is none in private."""
        start = f"{self.platform}:"
        return root_id.removeprefix(start) if root_id.startswith(start) else ""

    def page(self, account: Account) -> str:
        """Who has the conversations: the Page, which is whoever shows its token."""
        return account.native_id if self.is_page else "me"

    def edited(self, said: Posted, *, at: datetime | None = None) -> Edited:
        """That it reads otherwise now. `at`: when a delivery tells it; who looks again knows only: before."""
        return Edited(
            network=self.network,
            origin=self.origin,
            native_id=said.native_id,
            text=said.text,
            edited_at=at or clock.now(),
            media=said.media if at is None else said.media or None,  # a delivery may leave out what stands beside
        )

    def deleted(self, native_id: str) -> Deleted:
        """It is gone."""
        return Deleted(network=self.network, origin=self.origin, native_id=native_id, deleted_at=clock.now())


def author(native_id: object, name: object, handle: object = None) -> Author:
    """Somebody by the number that this account knows them by. Raises one of FAULTS."""
    return Author(
        native_id=identifier(native_id), handle=line(handle, most=_MOST_NAME), name=line(name, most=_MOST_NAME)
    )


def author_of(found: Found) -> Author | None:
    """Who said it; None where the token lacks the right to know. Raises one of FAULTS."""
    said = found.get("from")
    if not isinstance(said, dict) or not said.get("id"):
        return None
    return author(said.get("id"), said.get("name"), said.get("username"))


def by_name(found: Found) -> Author | None:
    """Somebody of whom the network tells the name alone. Raises one of FAULTS."""
    name = line(found.get("username"), most=100)
    return author(f"name:{name}", None, name) if name else None


def is_ours(who: Author | None, account: Account) -> bool:
    """Whether the account itself said it."""
    if who is None:
        return False
    handle = account.handle.removeprefix("@").casefold()
    return who.native_id == account.native_id or bool(handle and who.handle.casefold() == handle)

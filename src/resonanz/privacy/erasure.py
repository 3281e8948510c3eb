"""Erasing an account or a post, in one transaction through all rooms.

Privacy stands below the rooms and does not know their tables: each room registers its part. Upper rooms are asked
first, because what they hold points down. What a legal duty keeps is left, and the answer says how much that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from resonanz.privacy import audit, tombstones
from resonanz.privacy.models import TombstoneKind

Key = tuple[str, str, str]  # network, origin, native id
Told = tuple[str, str, str, str]  # and who told it, where others than the network did
Held = TypeVar("Held", Key, Told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The account that is erased, with the handles and names under which the rooms know it."""

    network: str
    origin: str
    native_id: str
    handles: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a room did: rows deleted, rows in which words were masked, rows that have to stay for now.

    `posts` are the posts that went or have to go: each gets a tombstone, and the daily job erases it once it may.
    """

    rows: int = 0
    masked: int = 0
    held: int = 0
    posts: tuple[Key, ...] = ()


NOTHING = Removed()
Erased = Removed


def _no_words(_key: Key) -> tuple[set[str], set[str]]:
    return set(), set()


def _erases_nothing(_what: object) -> Removed:
    return NOTHING


def _holds_nothing() -> Iterator[Any]:
    return iter(())


EraseAccount = Callable[[Subject], Removed]
ErasePosts = Callable[[Sequence[Key]], Removed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a room does for erasure. `words` answers (handles, names); `held_…` go through all keys that it stores.

    `told_posts` are those that nobody but one teller told, who is not their network.
    """

    room: str
    words: Callable[[Key], tuple[set[str], set[str]]] = _no_words
    erase_account: EraseAccount = _erases_nothing
    erase_posts: ErasePosts = _erases_nothing
    held_accounts: Callable[[], Iterator[Key]] = _holds_nothing
    held_posts: Callable[[], Iterator[Key]] = _holds_nothing
    told_posts: Callable[[], Iterator[Told]] = _holds_nothing


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Declare a room's part; rooms register from the bottom up and are asked from the top down."""
    _parts[part.room] = part


def parts() -> tuple[Part, ...]:
    """The parts, uppermost room first."""
    return tuple(reversed(_parts.values()))


def erase_account(*, network: str, origin: str, native_id: str, actor: audit.Actor, suppress: bool) -> Erased:
    """Erase everything held about an account, and note that it happened, without its name.

    With `suppress` the account gets a tombstone: nothing of it is collected again. Its posts get theirs in any case,
    so that they do not return with a backup. What has to stay for now (a legal hold, an answer that is just being
    sent) is counted as held, and goes with the daily job once it may.
    """
    key = (network, origin, native_id)
    with transaction.atomic():
        if suppress:
            tombstones.raise_stones(kind=TombstoneKind.ACCOUNT, hashes=[tombstones.account_hash(*key)])
        subject = _subject(key)
        erased = _sum([part.erase_account(subject) for part in parts()])
        _bury(erased.posts)
        # A network tells of many accounts that left and that we never heard of: nothing happened here then.
        if suppress or erased != NOTHING:
            _note("privacy.account_erased", "account", actor, network, erased, suppressed=suppress)
    return erased


def erase_posts(keys: Sequence[Key], *, actor: audit.Actor = audit.SYSTEM, told_by: str = "") -> Erased:
    """Erase posts, what was concluded from them, and cases left without any.

    `told_by`: nobody else told them, and now says that they are gone. They do not return from there; what their
    network itself says is still heard.
    """
    with transaction.atomic():
        erased = _sum([part.erase_posts(keys) for part in parts()])
        if erased.rows or erased.held:
            _bury(erased.posts, told_by)
            _note("privacy.posts_erased", "post", actor, keys[0][0], erased)
    return erased


def erase_what_tombstones_name() -> int:
    """Erase every stored post and account that has a tombstone; how many there were.

    They come from a restored backup, or from a delivery that was being taken in while its author was erased.
    """
    posts = _buried(TombstoneKind.POST, tombstones.post_hash, [part.held_posts for part in parts()])
    accounts = _buried(TombstoneKind.ACCOUNT, tombstones.account_hash, [part.held_accounts for part in parts()])
    told = _buried(TombstoneKind.POST, tombstones.told_post_hash, [part.told_posts for part in parts()])
    for key in posts:
        erase_posts([key])
    for *told_key, teller in told:
        erase_posts([(told_key[0], told_key[1], told_key[2])], told_by=teller)
    for network, origin, native_id in accounts:
        erase_account(network=network, origin=origin, native_id=native_id, actor=audit.SYSTEM, suppress=True)
    return len(posts) + len(told) + len(accounts)


def replay() -> int:
    """After a restore: learn the tombstones of the file, then erase what they name; how much that was."""
    tombstones.load_file()
    return erase_what_tombstones_name()


def _subject(key: Key) -> Subject:
    handles: set[str] = set()
    names: set[str] = set()
    for part in parts():
        more_handles, more_names = part.words(key)
        handles |= more_handles
        names |= more_names
    network, origin, native_id = key
    return Subject(
        network=network,
        origin=origin,
        native_id=native_id,
        handles=frozenset(handles - {""}),
        names=frozenset(names - {""}),
    )


def _sum(removed: Sequence[Removed]) -> Removed:
    return Removed(
        rows=sum(part.rows for part in removed),
        masked=sum(part.masked for part in removed),
        held=sum(part.held for part in removed),
        posts=tuple(key for part in removed for key in part.posts),
    )


def _bury(posts: Sequence[Key], told_by: str = "") -> None:
    hashes = [tombstones.told_post_hash(*key, told_by) if told_by else tombstones.post_hash(*key) for key in posts]
    tombstones.raise_stones(kind=TombstoneKind.POST, hashes=hashes)


def _note(act: str, thing: str, actor: audit.Actor, network: str, erased: Removed, **more: bool) -> None:
    audit.record(
        act=act,
        actor=actor,
        thing=thing,
        thing_id=None,
        network=network,
        rows=erased.rows,
        masked=erased.masked,
        held=erased.held,
        **more,
    )


def _buried(
    kind: TombstoneKind, hash_of: Callable[..., bytes], holders: Sequence[Callable[[], Iterator[Held]]]
) -> list[Held]:
    found: list[Held] = []
    if not tombstones.any_raised(kind=kind):
        return found
    for held in holders:
        for chunk in _chunks(held(), 1000):
            hashed = {hash_of(*key): key for key in chunk}
            found += [hashed[stone] for stone in tombstones.raised(kind=kind, hashes=hashed.keys())]
    return list(dict.fromkeys(found))


def _chunks(keys: Iterator[Held], size: int) -> Iterator[list[Held]]:
    chunk: list[Held] = []
    for key in keys:
        chunk.append(key)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk

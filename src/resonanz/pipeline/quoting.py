"""What may be kept of posts that others quote: nothing of who is erased, is a colleague in private, or deleted it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from resonanz.networks.contract import Edited, Posted, Quoted
from resonanz.networks.models import Channel
from resonanz.people import staff
from resonanz.people.staff import AccountKey
from resonanz.pipeline import hearsay
from resonanz.privacy import tombstones
from resonanz.privacy.models import TombstoneKind

Quoting = TypeVar("Quoting", Posted, Edited)


def allowed(channel: Channel, said: Sequence[Quoting]) -> list[Quoting]:
    """The same, with an empty quote where nothing may be kept of it."""
    quoting = [one for one in said if one.quoted and one.quoted.native_id]
    if not quoting:
        return list(said)
    accounts = {account for one in quoting if (account := _account(one))}
    hashed = {account: tombstones.account_hash(*account) for account in accounts}
    erased = tombstones.raised(kind=TombstoneKind.ACCOUNT, hashes=hashed.values())
    silent = {account for account, stone in hashed.items() if stone in erased} | staff.among(keys=accounts)
    stones = {one: _stones(channel, one) for one in quoting}
    gone = tombstones.raised(kind=TombstoneKind.POST, hashes=set().union(*stones.values()))
    hidden = {one for one in quoting if stones[one] & gone or _account(one) in silent}
    return [replace(one, quoted=Quoted()) if one in hidden else one for one in said]


def _account(one: Posted | Edited) -> AccountKey | None:
    author = one.quoted.author if one.quoted else None
    return (one.network, one.origin, author.native_id) if author else None


def _stones(channel: Channel, one: Posted | Edited) -> set[bytes]:
    key = (one.network, one.origin, one.quoted.native_id if one.quoted else "")
    return {tombstones.post_hash(*key), hearsay.gone_hash(channel, *key)}

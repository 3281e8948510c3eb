"""Where a message stands: its id as the house keeps it, and its address, where it has one that can be opened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resonanz.networks.contract import Account
from resonanz.networks.errors import Refused

WORLD = "tg://"
"""The origin of every message: accounts, groups and channels have one number for all who see them."""
_SHOWN = "https://t.me"
_KINDS = frozenset({"private", "group", "supergroup", "channel"})
_NUMBERED_BY_ACCOUNT = frozenset({"private", "group"})
_LARGE = "-100"
_NAME = re.compile(r"[A-Za-z0-9_]{2,64}", re.ASCII)
_ID = re.compile(r"(-?[0-9]{1,16}):([0-9]{1,16})(?::[0-9]{1,16})?", re.ASCII)

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation: with one person (`private`), among the members of a group, or below a channel.

    `name` is that by which everybody can find it, "" where only members can read it.
    """

    number: int
    kind: str
    name: str

    @property
    def is_private(self) -> bool:
        """Whether it is between one person and the bot."""
        return self.kind == "private"

    @property
    def is_closed(self) -> bool:
        """Whether only those can read it who were let in."""
        return self.kind in _NUMBERED_BY_ACCOUNT or not self.name

    def id_of(self, message: int, account: Account) -> str:
        """Where every account numbers its messages for itself, which bot it was is part of the id."""
        return f"{self.number}:{message}" + (f":{account.native_id}" if self.kind in _NUMBERED_BY_ACCOUNT else "")

    def address_of(self, message: int) -> str:
        """Where it can be opened, for members alone where it is closed; "" where Telegram has no address for it."""
        if self.kind in _NUMBERED_BY_ACCOUNT:
            return ""
        inner = str(self.number).removeprefix(_LARGE)
        return f"{_SHOWN}/{self.name}/{message}" if self.name else f"{_SHOWN}/c/{inner}/{message}"


@dataclass(frozen=True, slots=True)
class Place:
    """The numbers by which Telegram knows a message."""

    chat: int
    message: int


def chat_of(found: Found) -> Chat:
    """The chat of a message. Raises one of the usual faults."""
    chat = found["chat"]
    kind = chat["type"]
    if kind not in _KINDS:
        raise ValueError("no kind of chat")
    return Chat(number(chat["id"]), kind, name_of(chat))


def name_of(found: Found) -> str:
    """The name by which everybody can find an account, a group or a channel."""
    name = found.get("username")
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ""


def address_of(name: str) -> str:
    """Where people find who bears the name."""
    return f"{_SHOWN}/{name}" if name else ""


def place_of(native_id: str) -> Place:
    """The numbers in an id of the house. Raises Refused where it is none."""
    found = _ID.fullmatch(native_id)
    if found is None:
        raise Refused("NotFound")
    return Place(int(found[1]), int(found[2]))


def number(value: object) -> int:
    """An id of Telegram. Raises ValueError."""
    if not isinstance(value, int) or isinstance(value, bool) or not value or abs(value) >= 2**53:
        raise ValueError("no number")
    return value


def counted(value: object) -> int:
    """The number of a message. Raises ValueError."""
    if (found := number(value)) < 0:
        raise ValueError("no number of a message")
    return found

"""Answering on Reddit, below a post or comment, or in private to a message; and the same answer found again."""

from __future__ import annotations

import contextlib
import re
from datetime import datetime

from resonanz.core import text
from resonanz.networks.contract import Account, Correction, Posted, Receipt, ReplyOrder, Visibility
from resonanz.networks.errors import NoAnswer, Refused, Unsupported
from resonanz.networks.reddit.client import NotThere, Reddit
from resonanz.networks.reddit.posts import FAULTS, MESSAGE, MOST_TEXT, checked_id, heard, kind_of

_PAGE = 100
_MOST_PAGES = 10
_ADDRESS = re.compile(r"(https?://\S+)")
_SIGNS = re.compile(r"([\\`*_~^\[\]<|]|&(?=#?\w+;))")
"""What its markup would take for itself; an ampersand only where it would make another sign of it."""
_AT_THE_START = re.compile(r"^(\s*)([#>+-]|\d+(?=[.)]))")


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Below its parent, where as many can read it as could read that."""
    parent_id = _id(order.parent_id)
    if (order.visibility is Visibility.PRIVATE) != (kind_of(parent_id) == MESSAGE):
        raise Unsupported
    form = {"thing_id": parent_id, "text": written(order.text)}
    found = Reddit(account).post("/api/comment", form)
    try:
        said = heard(found["json"]["data"]["things"][0], account)
    except (*FAULTS, IndexError) as error:
        raise NoAnswer(reason="answer.unreadable") from error
    return Receipt(native_id=said.native_id, url=said.url)


def find_sent(account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]) -> Receipt | None:
    """The oldest thing of ours below the same one with the same words, said since then."""
    parent_id = _id(order.parent_id)
    path = "/message/sent" if kind_of(parent_id) == MESSAGE else f"/user/{account.handle}/comments"
    found = [
        said
        for said in _said_since(account, path, since.replace(microsecond=0))
        if said.native_id not in known and said.parent_id == parent_id and _same(said.text, order.text)
    ]
    oldest = min(found, key=lambda said: said.posted_at, default=None)
    return Receipt(native_id=oldest.native_id, url=oldest.url) if oldest else None


def _said_since(account: Account, path: str, since: datetime) -> list[Posted]:
    """What we said since then. Refused where that is more than Reddit lists: then nothing is sent again unseen."""
    reddit, after, found = Reddit(account), "", list[Posted]()
    for _ in range(_MOST_PAGES):
        things, after = reddit.listing(path, limit=_PAGE, sort="new", **({"after": after} if after else {}))
        moments = []
        for thing in things:
            with contextlib.suppress(*FAULTS):
                said = heard(thing, account)
                moments.append(said.posted_at)
                found += [said] if said.posted_at >= since else []
        if not after or (moments and min(moments) < since):
            return found
    raise Refused("TooMany")


def correct(account: Account, correction: Correction) -> None:
    """Other words for a comment of ours; messages stay as they are."""
    Reddit(account).post(
        "/api/editusertext", {"thing_id": _public(correction.native_id), "text": written(correction.text)}
    )


def withdraw(account: Account, native_id: str) -> None:
    """Take a comment of ours away; one that is gone is no error."""
    with contextlib.suppress(NotThere):
        Reddit(account).post("/api/del", {"id": _public(native_id)})


def written(words: str) -> str:
    """Plain words in Reddit's markup, so that they look there as they were typed, line for line."""
    lines = [_escaped(line.strip()) for line in words.split("\n")]
    return "\n".join(
        f"{line}  " if line and following else line for line, following in zip(lines, [*lines[1:], ""], strict=True)
    )


def _escaped(line: str) -> str:
    parts = _ADDRESS.split(line)
    bare = "".join(part if number % 2 else _SIGNS.sub(r"\\\1", part) for number, part in enumerate(parts))
    return _AT_THE_START.sub(lambda found: f"{found[1]}{_not_at_the_start(found[2])}", bare)


def _not_at_the_start(sign: str) -> str:
    return f"\\{sign}" if not sign.isdecimal() else f"{sign}\\"


def _same(found: str, wanted: str) -> bool:
    """Whether these are the words; Reddit sets blanks and line ends its own way."""
    return "".join(found.split()) == "".join(text.clean(wanted, most=MOST_TEXT).split())


def _public(native_id: str) -> str:
    found = _id(native_id)
    if kind_of(found) == MESSAGE:
        raise Refused("NotFound")
    return found


def _id(native_id: str) -> str:
    try:
        return checked_id(native_id)
    except ValueError as error:
        raise Refused("NotFound") from error

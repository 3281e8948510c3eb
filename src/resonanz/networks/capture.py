"""What a person heard where no interface reaches, brought in by hand: a post of its place, answered there by hand.

The places are data: under which name a post is stored, which is that of the network where terms or mails of it are
known here, too, and by which hosts a link tells them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from resonanz.core import clock
from resonanz.networks import links
from resonanz.networks.contract import Author, Capability, Entries, Limits, Posted, PostKind, Visibility

NAME = "capture"
WEB, ELSEWHERE, SPOKEN, PRINT = "web", "elsewhere", "spoken", "print"
MOST_TEXT = 20_000
_MOST_PLACE = 120


class CaptureNetwork:
    """Nothing is read there and nothing sent: a person brings what was said, and posts the answer."""

    name = NAME
    title = "Captured by hand"
    capabilities: frozenset[Capability] = frozenset()
    limits = Limits(is_hearsay=True, tells_of_others=True)
    asks_for = Entries()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said. `network`, `origin`: under which its posts are stored; "" is this file's own.

    `title` is a proper noun; the house has words for those that have none.
    """

    code: str
    title: str = ""
    hosts: tuple[str, ...] = ()
    network: str = ""
    origin: str = ""


PLACES: tuple[Place, ...] = (
    Place("xing", "XING", ("xing.com",), "xing", "xing.com"),
    Place("linkedin", "LinkedIn", ("linkedin.com", "lnkd.in"), "linkedin", "linkedin.com"),
    Place("facebook", "Facebook", ("facebook.com", "fb.com", "fb.watch")),
    Place("instagram", "Instagram", ("instagram.com",)),
    Place("threads", "Threads", ("threads.net", "threads.com")),
    Place("x", "X", ("x.com", "twitter.com", "t.co")),
    Place("tiktok", "TikTok", ("tiktok.com",)),
    Place("youtube", "YouTube", ("youtube.com", "youtu.be"), "youtube"),
    Place("reddit", "Reddit", ("reddit.com", "redd.it")),
    Place("whatsapp", "WhatsApp", ("whatsapp.com", "wa.me")),
    Place("telegram", "Telegram", ("t.me", "telegram.me")),
    Place("kununu", "kununu", ("kununu.com",)),
    Place("trustpilot", "Trustpilot", ("trustpilot.com", "trustpilot.de")),
    Place(WEB),
    Place(PRINT),
    Place(SPOKEN),
    Place(ELSEWHERE),
)
_BY_CODE = {place.code: place for place in PLACES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a person typed. `where`: the place in words, where its code says too little. `key` belongs to the form.

    `is_to_us`: what was said in private was said to the company. `is_another`: something else that
    was said at the same address, such as a comment below it.
    """

    place: str
    text: str
    said_at: datetime
    key: str
    link: str = ""
    where: str = ""
    name: str = ""
    handle: str = ""
    is_private: bool = False
    is_to_us: bool = False
    is_another: bool = False


def place_of(link: str) -> str:
    """The code of the place a link leads to; "" without one."""
    parts = links.parts_of(link)
    if parts is None:
        return ""
    host = links.bare_host(parts)
    for place in PLACES:
        if any(host == known or host.endswith(f".{known}") for known in place.hosts):
            return place.code
    return WEB


def posted(brought: Brought) -> Posted:
    """What was brought as an event. It is meant for us: whoever brings it says so."""
    place, link = _BY_CODE.get(brought.place, _BY_CODE[ELSEWHERE]), links.canonical(brought.link)
    native_id, root_id = _ids(brought, link)
    return Posted(
        network=place.network or NAME,
        origin=_origin(place, brought, link),
        native_id=native_id,
        author=_author(brought),
        text=brought.text,
        # Clocks of telephones go ahead; what was just said was not said later than now.
        posted_at=min(brought.said_at, clock.now()),
        kind=PostKind.MESSAGE if brought.is_private else PostKind.POST,
        visibility=Visibility.PRIVATE if brought.is_private else Visibility.PUBLIC,
        url=link,
        parent_id=root_id if root_id != native_id else "",
        root_id=root_id,
        addressed=True,
    )


def _ids(brought: Brought, link: str) -> tuple[str, str]:
    """An address is the id of what stands there, the form's key that of what has none."""
    root_id = link if link and len(link) <= 450 else f"sha256:{_sum(link)}" if link else f"form:{brought.key}"
    if link and brought.is_another:
        return f"{root_id}#{_sum(brought.name, brought.handle, brought.text)[:32]}", root_id
    return root_id, root_id


def _origin(place: Place, brought: Brought, link: str) -> str:
    if place.origin:
        return place.origin
    parts = links.parts_of(link)
    if place.network:
        return ""
    if place.title:
        return place.title
    if place.code == WEB and parts:
        return links.bare_host(parts)
    return " ".join(brought.where.split())[:_MOST_PLACE] or place.code


def _author(brought: Brought) -> Author | None:
    """Nobody tells an id, so the name has to do, or the handle: as with the mails of networks without an interface."""
    name, handle = " ".join(brought.name.split())[:200], "".join(brought.handle.split())[:255]
    if not (name or handle):
        return None
    is_address = links.parts_of(handle) is not None
    known = f"name:{name.casefold()}" if name else f"handle:{handle.removeprefix('@').casefold()}"
    return Author(
        native_id=known[:500],
        handle="" if is_address else handle.removeprefix("@"),
        name=name,
        url=handle if is_address else "",
    )


def _sum(*pieces: str) -> str:
    return hashlib.sha256("\n".join(pieces).encode("utf-8", "surrogatepass")).hexdigest()

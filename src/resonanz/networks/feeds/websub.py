"""WebSub: a feed names a hub, and the hub brings what is new to whoever asked it to (https://www.w3.org/TR/websub/).

    us   POST hub.mode=subscribe, topic, callback, secret ──► hub
    hub  GET  callback?hub.topic=…&hub.challenge=…        ──► us: the challenge back, if this is what we asked for
    hub  POST the feed, signed with the secret            ──► us

A hub brings for a time, which it names with its question. Whoever asks for something that we did not gets a 404.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urljoin, urlsplit

from resonanz.core import http, text
from resonanz.networks import signatures
from resonanz.networks.asking import ask
from resonanz.networks.errors import NetworkError, Refused
from resonanz.networks.webhooks import BROUGHT_TO, Delivery, Keys, Proof

HUBS, TOPIC = "hubs", "topic"
"""The settings of a channel that hold which hubs are asked, with blanks between, and for which address."""
NO_HUB = "feed.no_hub"
MOST_HUBS = 4
LEASE = timedelta(days=10)
"""What the specification calls a good length."""
_UNSAID = timedelta(days=1)  # hubs from before the specification say no length
_MOST_SECONDS = 366 * 24 * 3600
_SIGNATURE = "x-hub-signature"
# Most hubs sign with SHA-1. What makes that weak elsewhere, two texts with one sum, does not help to forge an HMAC.
_ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})
_MOST_LINK, _MOST_URL, _MOST_CHALLENGE, _MOST_WORDS = 8_000, 1_500, 2_000, 300
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))', re.IGNORECASE)
_PORT = 80
_MOVED, _MOST_MOVES = frozenset({307, 308}), 3
_BOUNDS = http.Bounds(most_bytes=64 * 1024, connect_seconds=3.0, read_seconds=7.0, seconds=8.0)


class NoHub(Refused):
    """The feed names no hub that may be asked."""

    code = NO_HUB


@dataclass(frozen=True, slots=True)
class Links:
    """What a feed names: the hubs that bring it, and its own address, "" where it does not say."""

    hubs: tuple[str, ...] = ()
    own: str = ""

    def before(self, others: Links) -> Links:
        """These, and of the others what is missing here."""
        return Links(self.hubs or others.hubs, self.own or others.own)


def links_in(header: str, base: str) -> Links:
    """What a Link header names (RFC 8288); of several headers the values with commas between."""
    found = [(way, url) for ways, url in _linked(header) for way in ways]
    return links_of(found, base)


def links_of(found: Sequence[tuple[str, str]], base: str) -> Links:
    """Of links by what they lead to ("hub", "self"), those that count; what is no web address does not."""
    whole = [(way, address) for way, url in found if (address := _whole(url, base))]
    hubs = dict.fromkeys(hub for way, url in whole if way == "hub" and (hub := _safe(url)))
    own = next((url for way, url in whole if way == "self"), "")
    return Links(tuple(hubs)[:MOST_HUBS], own)


def in_turns(hubs: Sequence[str], before: Sequence[str]) -> list[str]:
    """The same hubs as before in another order: one that takes what is asked and says no more keeps no other away."""
    return [*before[1:], before[0]] if set(before) == set(hubs) else list(hubs)


def subscribe(hubs: Sequence[str], topic: str, callback: str, secret: str) -> None:
    """Ask the first hub that takes it to bring the topic. Raises the NetworkError of the last one."""
    form = {**_form("subscribe", topic, callback), "hub.secret": secret}
    failure: NetworkError = NoHub(NO_HUB)
    for hub in hubs:
        try:
            _post(hub, form | {"hub.lease_seconds": str(int(LEASE.total_seconds()))})
        except NetworkError as error:
            failure = error
        else:
            return
    raise failure


def unsubscribe(hubs: Sequence[str], topic: str, callback: str) -> None:
    """Ask each hub to bring it no more. Raises the NetworkError of the first that does not take it."""
    for hub in hubs:
        _post(hub, _form("unsubscribe", topic, callback))


def prove(asked: Mapping[str, str], keys: Keys) -> Proof | None:
    """The answer to a hub: yes to what we asked for, None to everything else."""
    topic, mode = keys.settings.get(TOPIC, ""), asked.get("hub.mode", "")
    if not topic or unquote(asked.get("hub.topic", "")) != unquote(topic):
        return None
    if mode == "denied":
        return Proof("", refused=text.clean(asked.get("hub.reason", ""), most=_MOST_WORDS))
    challenge, is_wanted = asked.get("hub.challenge", ""), bool(keys.settings.get(BROUGHT_TO))
    if not 0 < len(challenge) <= _MOST_CHALLENGE or mode != ("subscribe" if is_wanted else "unsubscribe"):
        return None
    return Proof(challenge, leased=_leased(asked.get("hub.lease_seconds", "")) if is_wanted else None)


def is_genuine(delivery: Delivery, keys: Keys) -> bool:
    """Whether the hub signed the body with the secret that it was told; what is not signed is not."""
    algorithm, _, given = delivery.headers.get(_SIGNATURE, "").strip().lower().partition("=")
    return algorithm in _ALGORITHMS and signatures.fits_hex(keys.secret, delivery.body, given, algorithm=algorithm)


def _linked(header: str) -> Iterator[tuple[list[str], str]]:
    for url, rest in _LINK.findall(header[:_MOST_LINK]):
        if ways := _REL.search(rest):
            yield (ways[1] or ways[2] or "").lower().split(), url


def _whole(url: str, base: str) -> str:
    try:
        found = urljoin(base, url.strip())
        is_fit = urlsplit(found).scheme in {"http", "https"} and len(found) <= _MOST_URL and found.isprintable()
    except ValueError:
        return ""
    return found if is_fit and " " not in found else ""


def _safe(hub: str) -> str:
    """The hub over TLS, for it is told our secret; without only where the operator allows this very host by name."""
    url = urlsplit(hub)
    try:
        host, port = url.hostname or "", url.port or _PORT
    except ValueError:
        return ""
    if url.scheme == "https" or http.pair(host, port) in http.permitted_pairs(None):
        return hub
    return url._replace(scheme="https", netloc=url.netloc.removesuffix(f":{_PORT}")).geturl() if port == _PORT else ""


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are one, however they are reached."""
    return bool(one) and _bare(one) == _bare(other)


def _bare(address: str) -> str:
    return unquote(address).partition("://")[2].removesuffix("/")


def _form(mode: str, topic: str, callback: str) -> dict[str, str]:
    # Hubs from before the specification want to be told how to ask; others leave out what they do not know.
    return {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback, "hub.verify": "async"}


def _post(hub: str, form: Mapping[str, str]) -> None:
    """It may lead to another hub, which has to be as safe."""
    for _ in range(_MOST_MOVES + 1):
        answer = ask("POST", hub, form=form, bounds=_BOUNDS, denied=())
        if answer.status not in _MOVED:
            break
        target = answer.headers.get("location", "")
        hub = _safe(_whole(target, hub)) if target else ""
        if not hub:
            raise Refused(f"http.{answer.status}")
    if not 200 <= answer.status < 300:
        said = text.clean(answer.body[:2_000].decode("utf-8", "replace"), most=_MOST_WORDS)
        raise Refused(" ".join(said.split()) if _is_plain(answer) and said else f"http.{answer.status}")


def _is_plain(answer: http.Answer) -> bool:
    said = str(answer.headers.get("content-type", ""))
    return said.lower().startswith("text/plain")


def _leased(seconds: str) -> timedelta:
    is_said = seconds.isascii() and seconds.isdecimal()
    return timedelta(seconds=min(int(seconds[:12]), _MOST_SECONDS)) if is_said else _UNSAID

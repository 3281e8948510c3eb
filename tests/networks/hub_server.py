"""A feed and its hub, as the WebSub recommendation describes them (https://www.w3.org/TR/websub/), on the loopback.

A hub asks its callbacks and brings to them when a test says so: `verify`, `deny` and `brought` are its later doings.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from tests.networks.loopback_server import Answer, LoopbackServer

Door = Callable[[dict[str, str]], str | None]
"""What answers a question at the callback: the body, or None for a 404."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscriber asked for, until it has said that it meant it."""

    mode: str
    topic: str
    callback: str
    secret: str
    seconds: int


def entry(native_id: str, words: str) -> str:
    """One entry of the feed."""
    return f"<item><guid isPermaLink='false'>{native_id}</guid><title>{words}</title></item>"


@dataclass
class HubServer(LoopbackServer):
    """Feed at /feed, hub at /hub; what each says is set by the test."""

    entries: list[str] = field(default_factory=lambda: [entry("1", "Erste Meldung")])
    hubs: list[str] | None = None  # None: its own
    own: str | None = None  # None: its own
    names_in: str = "body"  # or "header", or "" for nowhere
    longest: int = 864_000
    refuses: dict[str, Answer | None] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    subscribed: dict[tuple[str, str], Wish] = field(default_factory=dict)
    fetched: int = 0
    seconds: float = 0.0
    hasty: Callable[[str], Door] | None = None  # the door at a callback; then it is asked before our answer

    @property
    def feed(self) -> str:
        """The address of the feed."""
        return f"{self.url}/feed"

    @property
    def hub(self) -> str:
        """The address of the hub."""
        return f"{self.url}/hub"

    @property
    def topic(self) -> str:
        """The address by which the feed calls itself."""
        return self.feed if self.own is None else self.own

    def body(self, *entries: str) -> bytes:
        """The feed, or some of its entries."""
        links = self._links() if self.names_in == "body" else []
        named = "".join(f'<atom:link rel="{way}" href="{url}"/>' for way, url in links)
        head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">'
        return (
            f"{head}<channel><title>Nordhain</title>{named}{''.join(entries or self.entries)}</channel></rss>".encode()
        )

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """As a feed, or as a hub; at /slow it takes its time."""
        if path == "/slow":
            time.sleep(self.seconds)
        if path in self.refuses:
            return self.refuses[path]
        if path.startswith("/feed") and method == "GET":
            self.fetched += 1
            named = {"Link": self.link_header()} if self.names_in == "header" else {}
            return 200, {"Content-Type": "application/rss+xml", **named}, self.body()
        if path.startswith("/hub") and method == "POST":
            return self._asked(headers, dict(parse_qsl(body.decode(), keep_blank_values=True)))
        return 404, {}, b""

    def link_header(self) -> str:
        """All links in one header, as the recommendation wants them."""
        return ", ".join(f'<{url}>; rel="{way}"' for way, url in self._links())

    def verify(self, door: Door) -> list[str | None]:
        """Ask whether they meant it; those who did are brought to, or no longer. What each of them answered."""
        answers = []
        for wish in self.wishes:
            challenge = secrets.token_hex(16)
            asked = {"hub.mode": wish.mode, "hub.topic": wish.topic, "hub.challenge": challenge}
            if wish.mode == "subscribe":
                asked["hub.lease_seconds"] = str(min(wish.seconds, self.longest))
            answers.append(door(asked))
            if answers[-1] == challenge and wish.mode == "subscribe":
                self.subscribed[wish.topic, wish.callback] = wish
            elif answers[-1] == challenge:
                self.subscribed.pop((wish.topic, wish.callback), None)
        self.wishes.clear()
        return answers

    def deny(self, door: Door, reason: str = "") -> str | None:
        """Say no to the last one who asked, or whom it brings to; what they answered."""
        wish = self.wishes.pop() if self.wishes else self.subscribed.popitem()[1]
        said = {"hub.reason": reason} if reason else {}
        return door({"hub.mode": "denied", "hub.topic": wish.topic, **said})

    def brought(self, *entries: str, algorithm: str = "sha256", secret: str = "") -> tuple[dict[str, str], bytes]:
        """Headers and body of what goes to the one who is brought to."""
        body = self.body(*entries)
        secret = secret or next(iter(self.subscribed.values())).secret
        signature = hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()
        told = {"content-type": "application/rss+xml", "link": self.link_header()}
        return {**told, "x-hub-signature": f"{algorithm}={signature}"}, body

    def _links(self) -> list[tuple[str, str]]:
        hubs = [self.hub] if self.hubs is None else self.hubs
        return [*(("hub", hub) for hub in hubs), *([("self", self.topic)] if self.topic else [])]

    def _asked(self, headers: dict[str, str], form: dict[str, str]) -> Answer:
        self.asked.append(form)
        is_form = headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        if not is_form or form.get("hub.mode") not in {"subscribe", "unsubscribe"} or not form.get("hub.callback"):
            return 400, {"Content-Type": "text/plain"}, b"hub.mode, hub.topic and hub.callback are needed"
        if form.get("hub.topic") != self.topic:
            return 422, {"Content-Type": "text/plain"}, b"nobody publishes this topic here"
        if len(form.get("hub.secret", "").encode()) >= 200:
            return 400, {"Content-Type": "text/plain"}, b"the secret is too long"
        seconds = int(form.get("hub.lease_seconds", "864000"))
        secret = form.get("hub.secret", "")
        self.wishes.append(Wish(form["hub.mode"], form["hub.topic"], form["hub.callback"], secret, seconds))
        if self.hasty:
            self.verify(self.hasty(form["hub.callback"]))
            return 204, {}, b""
        return 202, {}, b""

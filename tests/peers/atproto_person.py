"""Somebody with an account on the AT Protocol network of the tests, who uses it by plain requests (XRPC)."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from resonanz.core import clock

LAG = 30.0
"""The app view hears of a post after the server has taken it: most often within a second."""

T = TypeVar("T")
JSON = dict[str, Any]


class XRPCRefused(Exception):
    """The server said no; `name` is the error's name there."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(f"{status} {name}: {message}")
        self.status, self.name = status, name


@dataclass(frozen=True, slots=True)
class Strong:
    """A record in one of its versions."""

    uri: str
    cid: str

    @property
    def repository(self) -> str:
        return self.uri.split("/")[2]

    @property
    def collection(self) -> str:
        return self.uri.split("/")[3]

    @property
    def key(self) -> str:
        return self.uri.split("/")[4]

    def as_json(self) -> JSON:
        return {"uri": self.uri, "cid": self.cid}


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A post as the app view shows it."""

    did: str
    handle: str
    text: str
    uri: str
    cid: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What a post may carry, up to four."""

    content: bytes
    media_type: str = "image/png"
    description: str = ""


@dataclass(slots=True)
class Person:
    """`url` is where the account lives. `handle` changes with `rename`."""

    url: str
    handle: str
    did: str
    password: str
    _token: str

    def post(
        self,
        text: str,
        *,
        mentions: Sequence[Person] = (),
        reply_to: Strong | None = None,
        quote: Strong | None = None,
        pictures: Sequence[Picture] = (),
        languages: Sequence[str] = ("en",),
    ) -> Strong:
        """A post; whom it mentions must stand in the text as @handle."""
        record: JSON = {"text": text, "langs": list(languages)}
        if mentions:
            record["facets"] = [_mention(text, person) for person in mentions]
        if reply_to is not None:
            record["reply"] = self._place(reply_to)
        if quote is not None:
            record["embed"] = {"$type": "app.bsky.embed.record", "record": quote.as_json()}
        if pictures:
            images = [{"alt": one.description, "image": self._upload(one)} for one in pictures]
            record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
        return self.create("app.bsky.feed.post", record)

    def like(self, post: Strong) -> Strong:
        return self.create("app.bsky.feed.like", {"subject": post.as_json()})

    def repost(self, post: Strong) -> Strong:
        return self.create("app.bsky.feed.repost", {"subject": post.as_json()})

    def follow(self, person: Person) -> Strong:
        return self.create("app.bsky.graph.follow", {"subject": person.did})

    def create(self, collection: str, record: Mapping[str, Any]) -> Strong:
        """Any record of this person's."""
        whole = {"$type": collection, "createdAt": _now(), **record}
        made = self.send("com.atproto.repo.createRecord", repo=self.did, collection=collection, record=whole)
        return Strong(made["uri"], made["cid"])

    def delete(self, uri: str) -> None:
        """One of the own records."""
        at = Strong(uri, "")
        self.send("com.atproto.repo.deleteRecord", repo=self.did, collection=at.collection, rkey=at.key)

    def record(self, uri: str) -> JSON:
        """A record as the server that holds it has it, without the app view."""
        at = Strong(uri, "")
        found: JSON = self.ask("com.atproto.repo.getRecord", repo=at.repository, collection=at.collection, rkey=at.key)[
            "value"
        ]
        return found

    def replies_to(self, uri: str, *, at_least: int = 0) -> list[SeenPost]:
        """Who answered to a post directly, as the app view has it, as soon as it knows the post and so many replies."""
        return wait_for(lambda: self._replies_to(uri), lambda found: len(found) >= at_least)

    def notifications(self, *, at_least: int = 0) -> list[JSON]:
        """What this person is told of, newest first, as soon as there are so many."""
        return wait_for(
            lambda: list(self.ask("app.bsky.notification.listNotifications", limit=100)["notifications"]),
            lambda found: len(found) >= at_least,
        )

    def search(self, words: str, *, at_least: int = 0) -> list[SeenPost]:
        """Posts that have just these characters in a row (no search service is part of it), as soon as so many do."""
        return wait_for(
            lambda: [_seen(post) for post in self.ask("app.bsky.feed.searchPosts", q=words)["posts"]],
            lambda found: len(found) >= at_least,
        )

    def is_shown(self, uri: str) -> bool:
        """Whether the app view knows the post, now."""
        return bool(self.ask("app.bsky.feed.getPosts", uris=uri)["posts"])

    def sign_in(self, password: str) -> JSON:
        """A session with this password, the own or that of an app; this person keeps the one that is open."""
        content = json.dumps({"identifier": self.handle, "password": password}).encode()
        return call(f"{self.url}/xrpc/com.atproto.server.createSession", content, "application/json")

    def app_password(self, name: str) -> str:
        """A password for one app, of that name."""
        made: str = self.send("com.atproto.server.createAppPassword", name=name)["password"]
        return made

    def revoke_app_password(self, name: str) -> None:
        self.send("com.atproto.server.revokeAppPassword", name=name)

    def rename(self, handle: str) -> None:
        """Another handle, whole: eva.test."""
        self.send("com.atproto.identity.updateHandle", handle=handle)
        self.handle = handle

    def deactivate(self) -> None:
        """The account is there no more, for everybody else."""
        self.send("com.atproto.server.deactivateAccount")

    def ask(self, method: str, **parameters: str | int) -> JSON:
        """Any query of XRPC."""
        return call(f"{self.url}/xrpc/{method}?{urllib.parse.urlencode(parameters)}", token=self._token)

    def send(self, method: str, **body: object) -> JSON:
        """Any procedure of XRPC."""
        content = json.dumps(body).encode()
        return call(f"{self.url}/xrpc/{method}", content, "application/json", self._token)

    def _replies_to(self, uri: str) -> list[SeenPost]:
        thread = self.ask("app.bsky.feed.getPostThread", uri=uri, depth=1, parentHeight=0)["thread"]
        return [_seen(reply["post"]) for reply in thread.get("replies", ()) if "post" in reply]

    def _place(self, parent: Strong) -> JSON:
        root = self.record(parent.uri).get("reply", {}).get("root", parent.as_json())
        return {"root": root, "parent": parent.as_json()}

    def _upload(self, picture: Picture) -> JSON:
        address = f"{self.url}/xrpc/com.atproto.repo.uploadBlob"
        uploaded: JSON = call(address, picture.content, picture.media_type, self._token)["blob"]
        return uploaded


def wait_for(ask: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """What `ask` answers as soon as that is enough; the app view lags, and says that there is no such thing until then.

    After a while it is what it is: the last answer, or the last refusal.
    """
    end = clock.monotonic() + LAG
    while True:
        try:
            if enough(found := ask()) or clock.monotonic() > end:
                return found
        except XRPCRefused as error:
            if error.name not in {"NotFound", "InvalidRequest"} or clock.monotonic() > end:
                raise
        clock.sleep(0.1)


def call(address: str, content: bytes | None = None, media_type: str = "", token: str = "") -> JSON:
    """One request; XRPCRefused for what the server refuses."""
    headers = {"Content-Type": media_type} if media_type else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address, content, headers)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            found: JSON = json.loads(answer.read() or b"{}")
            return found
    except urllib.error.HTTPError as error:
        with error:
            told = json.loads(error.read() or b"{}")
        raise XRPCRefused(error.code, told.get("error", ""), told.get("message", "")) from error


def _mention(text: str, person: Person) -> JSON:
    """Where the person is named: in bytes of UTF-8."""
    named = f"@{person.handle}"
    before, found, _ = text.partition(named)
    if not found:
        raise ValueError(f"The text does not name {named}.")
    start = len(before.encode())
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": person.did}
    return {"index": {"byteStart": start, "byteEnd": start + len(named.encode())}, "features": [feature]}


def _seen(post: Mapping[str, Any]) -> SeenPost:
    author = post["author"]
    return SeenPost(author["did"], author["handle"], post["record"]["text"], post["uri"], post["cid"])


def _now() -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

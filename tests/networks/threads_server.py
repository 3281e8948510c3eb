"""Threads on the loopback, as Meta's published descriptions say that it answers: an account, and who speaks there.

Names and no numbers of people; answers of all levels in one list; an answer is brought first and then published; tokens
of an hour, of sixty days, and their successors; deliveries in a form of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.networks.loopback_server import Answer
from tests.networks.meta_server import (
    APP_ID,
    APP_SECRET,
    GONE,
    MetaServer,
    Request,
    Said,
    as_json,
    lacking,
    no,
    paged,
    signed,
    time,
)

from resonanz.core import clock

ACCOUNT, TOKEN, CODE = "9000", "THAAtoken", "code-from-the-page"
RIGHTS = frozenset(
    {"threads_basic", "threads_content_publish", "threads_read_replies", "threads_manage_replies",
     "threads_manage_mentions"}
)  # fmt: skip
_NOW = timedelta(0)


@dataclass
class ThreadsServer(MetaServer):
    """`posts` by id. `brought`: what is brought and not yet published. `hidden`: answers that are."""

    version: str = "v1.0"
    proves: bool = False
    posts: dict[str, Said] = field(default_factory=dict)
    brought: dict[str, Said] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tokens |= {TOKEN: ACCOUNT}
        self.rights |= RIGHTS

    # What people do there.

    def post(self, who: str, words: str, *, below: Said | None = None, ago: timedelta = timedelta(minutes=5)) -> Said:
        """A post, or an answer to one."""
        number = str(7_000 + len(self.posts) + len(self.brought))
        said: Said = {
            "id": number, "text": words, "timestamp": time(clock.now() - ago), "username": who,
            "permalink": f"https://www.threads.com/@{who}/post/{number}", "media_type": "TEXT_POST",
            "is_reply": below is not None,
        }  # fmt: skip
        if below:
            said |= {"replied_to": {"id": below["id"]}, "root_post": below.get("root_post") or {"id": below["id"]}}
        self.posts[number] = said
        return said

    # What it brings.

    def told(
        self, said: Said, field: str = "replies", *, target: str = ACCOUNT, owner: str = ""
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery."""
        value = dict(said)
        if owner:
            value["root_post"] = value["root_post"] | {"owner_id": owner}
        values, at = {"value": value, "field": field}, int(clock.now().timestamp())
        return _delivery({"app_id": APP_ID, "topic": "moderate", "target_id": target, "time": at, "values": values})

    # What it answers.

    def outside(self, request: Request) -> Answer | None:
        """Tokens."""
        form, asked = request.body, request.asked
        if request.path == "/oauth/access_token":
            if (form.get("client_id"), form.get("client_secret"), form.get("code")) != (APP_ID, APP_SECRET, CODE):
                return no(100, "This authorization code has been used.", subcode=36009)
            return as_json({"access_token": "short", "user_id": 9000})
        if request.path == "/access_token":
            is_ours = (asked.get("client_secret"), asked.get("access_token")) == (APP_SECRET, "short")
            return _long(TOKEN) if is_ours else no(101, "Error validating application.")
        if request.path == "/refresh_access_token":
            if asked.get("access_token") not in self.tokens:
                return no(190, "Session has expired", status=400)
            self.tokens["THAAnext"] = ACCOUNT
            return _long("THAAnext")
        return None

    def route(self, request: Request) -> Answer:
        """By method and path."""
        routes: list[tuple[str, str, str, Callable[..., Answer]]] = [
            ("GET", r"/me", "threads_basic", self._me),
            ("GET", r"/me/threads", "threads_basic", self._threads),
            ("GET", r"/me/mentions", "threads_manage_mentions", self._mentions),
            ("GET", r"/me/replies", "threads_read_replies", self._own_replies),
            ("POST", r"/me/threads", "threads_content_publish", self._bring),
            ("POST", r"/me/threads_publish", "threads_content_publish", self._publish),
            ("GET", r"/(\d+)/conversation", "threads_read_replies", self._conversation),
            ("POST", r"/(\d+)/manage_reply", "threads_manage_replies", self._hide),
        ]
        for method, pattern, right, act in routes:
            if method == request.method and (found := re.fullmatch(pattern, request.path)):
                return lacking(right) if right not in self.rights else act(*found.groups(), request=request)
        return GONE

    def _me(self, *, request: Request) -> Answer:
        return as_json({"id": ACCOUNT, "username": "nordhain", "name": "Nordhain"})

    def _listed(self, rows: list[Said], request: Request) -> Answer:
        newest = sorted(rows, key=lambda one: (str(one["timestamp"]), one["id"]), reverse=True)
        wanted = set(request.asked["fields"].split(",")) | {"id"}
        shown = [{name: value for name, value in one.items() if name in wanted} for one in newest]
        return as_json(paged(shown, request.asked))

    def _threads(self, *, request: Request) -> Answer:
        ours = [one for one in self.posts.values() if one["username"] == "nordhain" and not one["is_reply"]]
        return self._listed([{**one, "has_replies": bool(self._below(one["id"]))} for one in ours], request)

    def _below(self, native_id: str) -> list[Said]:
        return [one for one in self.posts.values() if one.get("root_post", {}).get("id") == native_id]

    def _conversation(self, native_id: str, *, request: Request) -> Answer:
        assert request.asked["reverse"] == "true"
        return self._listed(self._below(native_id), request) if native_id in self.posts else GONE

    def _mentions(self, *, request: Request) -> Answer:
        return self._listed([one for one in self.posts.values() if "@nordhain" in one["text"]], request)

    def _own_replies(self, *, request: Request) -> Answer:
        ours = [one for one in self.posts.values() if one["username"] == "nordhain" and one["is_reply"]]
        return self._listed(ours, request)

    def _bring(self, *, request: Request) -> Answer:
        if len(request.body["text"]) > 500:
            return no(100, "Param text must be at most 500 characters long.")
        if request.body["reply_to_id"] not in self.posts:
            return GONE
        number = f"c{len(self.brought)}"
        self.brought[number] = request.body
        return as_json({"id": number})

    def _publish(self, *, request: Request) -> Answer:
        body = self.brought.pop(request.body["creation_id"], None)
        if body is None:
            return no(100, "The requested resource does not exist", subcode=4279009)
        return as_json(
            {"id": self.post("nordhain", body["text"], below=self.posts[body["reply_to_id"]], ago=_NOW)["id"]}
        )

    def _hide(self, native_id: str, *, request: Request) -> Answer:
        said = self.posts.get(native_id)
        if said is None or said.get("replied_to") != said.get("root_post"):
            return no(100, "Only top-level replies can be hidden")
        (self.hidden.add if request.body["hide"] else self.hidden.discard)(native_id)
        return as_json({"success": True})


def _long(secret: str) -> Answer:
    return as_json({"access_token": secret, "token_type": "bearer", "expires_in": 5_184_000})


def _delivery(told: Said) -> tuple[dict[str, str], bytes]:
    body = json.dumps(told).encode()
    return signed(body), body

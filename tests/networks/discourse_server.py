"""A forum on the loopback, as Discourse's published description and its own code say that it answers.

Keys and accounts, topics and messages that only their members see, notifications newest first, posts by windows of
fifty numbers, likes that may not be given twice, words that may not be said twice, 429 with Retry-After, and webhooks
signed as the real one signs them. What is wrong with it is said by `faulty`, which answers first.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks.loopback_server import Answer, LoopbackServer

from resonanz.core import clock

KEY = "0f3c9a-key"
PAGE, WINDOW = 60, 50
MENTIONED, REPLIED, MESSAGE, POSTED, BADGE = 1, 2, 6, 9, 12
Said = dict[str, Any]


def as_json(found: object, status: int = 200, **headers: str) -> Answer:
    """An answer of the forum."""
    return status, {"Content-Type": "application/json; charset=utf-8", **headers}, json.dumps(found).encode()


def no(status: int, words: str, kind: str) -> Answer:
    """A no of the forum."""
    return as_json({"errors": [words], "error_type": kind}, status)


NOT_FOUND = no(404, "The requested URL or resource could not be found.", "not_found")
NO_ACCESS = no(403, "You are not permitted to view the requested resource.", "invalid_access")


@dataclass
class DiscourseServer(LoopbackServer):
    """`users`: their numbers by name. `topics`, `posts`: by number. `asked`: each request, method and path."""

    users: dict[str, int] = field(default_factory=lambda: {"nordhain": 7, "ada": 11, "bob": 12})
    topics: dict[int, dict[str, Any]] = field(default_factory=dict)
    posts: dict[int, Said] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    likes: set[int] = field(default_factory=set)
    flags: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    key: str = KEY
    requests_left: int = 10_000
    is_moderated: bool = False
    faulty: Callable[[str, str], Answer | None] = lambda _method, _path: None

    # What people do there.

    def say(
        self,
        who: str,
        words: str,
        *,
        topic: int | None = None,
        title: str = "Ein Thema",
        below: int | None = None,
        members: tuple[str, ...] = (),
        ago: timedelta = timedelta(minutes=5),
        **more: Any,
    ) -> Said:
        """A new post, in a new topic where none is named; a message, where `members` are."""
        number = topic or len(self.topics) + 100
        place = self.topics.setdefault(
            number,
            {"id": number, "title": title, "archetype": "private_message" if members else "regular",
             "members": {who, *members}, "posts": [], "created_at": _time(clock.now() - ago)},
        )  # fmt: skip
        post_id = max(self.posts, default=1000) + 1
        at = _time(clock.now() - ago)
        said: Said = {
            "id": post_id, "user_id": self.users[who], "username": who, "name": who.title(), "created_at": at,
            "updated_at": at, "cooked": words if words.startswith("<") else f"<p>{_linked(words)}</p>", "raw": words,
            "post_number": len(place["posts"]) + 1, "post_type": 1, "topic_id": number, "topic_slug": "ein-thema",
            "reply_to_post_number": below, "version": 1, "hidden": False, "deleted_at": None, "user_deleted": False,
            **more,
        }  # fmt: skip
        if below:
            answered = self.posts[place["posts"][below - 1]]
            said["reply_to_user"] = {"id": answered["user_id"], "username": answered["username"]}
        self.posts[post_id] = said
        place["posts"].append(post_id)
        return said

    def notify(self, kind: int, said: Said | None, *, ago: timedelta = timedelta(minutes=5), **more: Any) -> None:
        """Our account is told of something."""
        about = {"topic_id": said["topic_id"], "post_number": said["post_number"]} if said else {}
        data = {"original_post_id": said["id"], "original_username": said["username"]} if said else {}
        note = {"id": len(self.notes) + 500, "user_id": 7, "notification_type": kind, "read": False,
                "created_at": _time(clock.now() - ago), "data": data, **about, **more}  # fmt: skip
        self.notes.append(note)

    def edit(self, said: Said, words: str) -> None:
        """Its author says it otherwise."""
        said |= {"cooked": f"<p>{_linked(words)}</p>", "raw": words, "version": said["version"] + 1,
                 "updated_at": _time(clock.now())}  # fmt: skip

    def webhook(
        self, name: str, said: Said, *, kind: str = "post", secret: str, **more: Any
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of what the forum brings; its serializer says more of a post than its pages do."""
        place = self.topics.get(said.get("topic_id", 0), {})
        whole = {**said, "topic_title": place.get("title"), "topic_archetype": place.get("archetype"), **more}
        body = json.dumps({kind: whole if kind == "post" else said}).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json", "x-discourse-instance": self.url, "x-discourse-event-id": "77",
            "x-discourse-event-type": kind, "x-discourse-event": name,
            "x-discourse-event-signature": f"sha256={signature}",
        }  # fmt: skip
        return headers, body

    # What it answers.

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """The answer to one request."""
        self.asked.append(f"{method} {path}")
        if found := self.faulty(method, path):
            return found
        self.requests_left -= 1
        if self.requests_left < 0:
            extras = {"errors": ["You’ve performed this action too many times."], "error_type": "rate_limit"}
            return as_json({**extras, "extras": {"wait_seconds": 19}}, 429, **{"Retry-After": "19"})
        if headers.get("Api-Key") != self.key or headers.get("Api-Username", "").lower() not in self.users:
            return no(403, "You are not permitted to view the requested resource. The API username or key is invalid.",
                      "invalid_access")  # fmt: skip
        address = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        return self._route(method, address.path, asked, json.loads(body) if body else {})

    def _route(self, method: str, path: str, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", r"/session/current\.json", self._current),
            ("GET", r"/notifications\.json", self._notifications),
            ("GET", r"/posts\.json", self._latest),
            ("GET", r"/posts/(\d+)\.json", self._post),
            ("GET", r"/posts/by_number/(\d+)/(\d+)\.json", self._by_number),
            ("GET", r"/t/(\d+)\.json", self._topic),
            ("GET", r"/topics/private-messages-sent/nordhain\.json", self._sent),
            ("POST", r"/posts\.json", self._create),
            ("PUT", r"/posts/(\d+)\.json", self._edit),
            ("DELETE", r"/posts/(\d+)\.json", self._delete),
            ("POST", r"/post_actions\.json", self._act),
            ("DELETE", r"/post_actions/(\d+)\.json", self._take_back),
        ]
        for verb, pattern, act in routes:
            if verb == method and (found := re.fullmatch(pattern, path)):
                return act(*map(int, found.groups()), asked=asked, sent=sent)
        return NOT_FOUND

    def _current(self, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        return as_json({"current_user": {"id": 7, "username": "nordhain", "name": "Nordhain"}})

    def _notifications(self, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        first, limit = int(asked.get("offset", 0)), min(int(asked.get("limit", 30)), PAGE)
        newest = sorted(self.notes, key=lambda note: str(note["id"]), reverse=True)
        return as_json({"notifications": newest[first : first + limit], "total_rows_notifications": len(self.notes)})

    def _latest(self, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        public = {number: said for number, said in self.posts.items()
                  if self.topics[said["topic_id"]]["archetype"] == "regular" and not _is_gone(said)}  # fmt: skip
        before = int(asked.get("before", max(public, default=0)))
        shown = [number for number in sorted(public, reverse=True) if before - WINDOW < number <= before]
        titled = [
            {**public[number], "topic_title": self.topics[public[number]["topic_id"]]["title"]} for number in shown
        ]
        return as_json({"latest_posts": titled})

    def _post(self, number: int, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        said = self.posts.get(number)
        if said is None or said["deleted_at"]:
            return NOT_FOUND
        if not self._sees(said["topic_id"]):
            return NO_ACCESS
        likes = [{"id": 2, "count": 1, "acted": True, "can_undo": True}] if number in self.likes else [{"id": 2}]
        return as_json({**said, "actions_summary": likes})

    def _by_number(self, topic: int, number: int, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        posts = self.topics.get(topic, {}).get("posts", [])
        return self._post(posts[number - 1], asked=asked, sent=sent) if 0 < number <= len(posts) else NOT_FOUND

    def _topic(self, number: int, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        place = self.topics.get(number)
        if place is None or not self._sees(number):
            return NOT_FOUND  # whoever may not see it is not told that it is there
        return as_json({"id": number, "title": place["title"], "archetype": place["archetype"],
                        "post_stream": {"stream": place["posts"], "posts": []}})  # fmt: skip

    def _sent(self, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        messages = [place for place in self.topics.values() if place["archetype"] == "private_message"]
        ours = [place for place in messages if self.posts[place["posts"][0]]["username"] == "nordhain"]
        shown = [{name: place[name] for name in ("id", "title", "created_at")} for place in reversed(ours)]
        return as_json({"topic_list": {"topics": shown}})

    def _create(self, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        raw = str(sent.get("raw", "")).strip()
        if len(raw) < 5:
            return no(422, "Body is too short (minimum is 5 characters)", "invalid_parameters")
        same = [one for one in self.posts.values() if one["raw"] == raw and one["username"] == "nordhain"]
        if any(one["topic_id"] == sent.get("topic_id") for one in same):
            return no(422, "Body is too similar to what you recently posted", "invalid_parameters")
        if self.is_moderated:
            return as_json({"action": "enqueued", "success": True, "pending_post": {"id": 3}})
        if sent.get("archetype") == "private_message":
            to = str(sent["target_recipients"])
            said = self.say("nordhain", raw, title=sent["title"], members=(to,), ago=timedelta(0))
        else:
            if sent["topic_id"] not in self.topics:
                return NOT_FOUND
            below = sent.get("reply_to_post_number")
            said = self.say("nordhain", raw, topic=sent["topic_id"], below=below, ago=timedelta(0))
        return as_json(said)

    def _edit(self, number: int, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        said = self.posts.get(number)
        if said is None:
            return NOT_FOUND
        if said["username"] != "nordhain":
            return NO_ACCESS
        self.edit(said, sent["post"]["raw"])
        return as_json({"post": said})

    def _delete(self, number: int, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        said = self.posts.get(number)
        if said is None or said["deleted_at"]:
            return NOT_FOUND
        if said["username"] != "nordhain":
            return NO_ACCESS
        said["deleted_at"] = _time(clock.now())
        return 200, {}, b""

    def _act(self, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        if sent["id"] not in self.posts:
            return NOT_FOUND
        if sent["post_action_type_id"] == 2:
            if sent["id"] in self.likes:
                return NO_ACCESS
            self.likes.add(sent["id"])
        elif not sent.get("message"):
            return no(422, "Message is missing", "invalid_parameters")
        else:
            self.flags.append(sent)
        return as_json(self.posts[sent["id"]])

    def _take_back(self, number: int, *, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        if number not in self.likes or asked.get("post_action_type_id") != "2":
            return NOT_FOUND
        self.likes.discard(number)
        return as_json(self.posts[number])

    def _sees(self, topic: int) -> bool:
        place = self.topics[topic]
        return place["archetype"] == "regular" or "nordhain" in place["members"]


def _is_gone(said: Said) -> bool:
    return bool(said["deleted_at"] or said["user_deleted"])


def _linked(words: str) -> str:
    return re.sub(r"@([\w-]+)", r'<a class="mention" href="/u/\1">@\1</a>', words)


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

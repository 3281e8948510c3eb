"""X on the loopback, as its OpenAPI document and its pages say that it answers.

Tokens of a user and of the application, lists with the newest first in pages, what stands beside posts only where it is
asked for, problems beside a 200, answers only to whom X allows, edits that make another post, 429 with
X-Rate-Limit-Reset and no Retry-After, an end of the credits, and webhooks signed as the real one signs them. What is
wrong with it is said by `faulty`, which answers first.
"""

from __future__ import annotations

import base64
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

TOKEN, BEARER, CONSUMER_SECRET, CLIENT_SECRET = "user-token", "app-bearer", "consumer-secret", "client-secret"
SIGNED_WITH = ("x-twitter-webhooks-signature", "x-twitter-webhooks-signature-oauth2")
US = "1001"
_EPOCH_MS = 1_288_834_974_657
PROBLEMS = "https://api.x.com/2/problems/"
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
Said = dict[str, Any]


def as_json(found: object, status: int = 200, **headers: str) -> Answer:
    """An answer of X."""
    return status, {"Content-Type": "application/json; charset=utf-8", **headers}, json.dumps(found).encode()


def problem(status: int, kind: str, detail: str, title: str = "Problem") -> Answer:
    """A no of X."""
    return as_json({"title": title, "detail": detail, "type": f"{PROBLEMS}{kind}", "status": status}, status)


def id_at(moment: datetime, number: int = 0) -> str:
    """An id of X of this moment."""
    return str(((int(moment.timestamp() * 1000) - _EPOCH_MS) << 22) + number)


def not_found(native_id: str, what: str = "post") -> dict[str, Any]:
    """What X says beside a 200 of something that it no longer has."""
    return {
        "value": native_id, "resource_id": native_id, "resource_type": what, "parameter": "ids",
        "title": "Not Found Error", "detail": f"Could not find {what} with ids: [{native_id}].",
        "type": f"{PROBLEMS}resource-not-found",
    }  # fmt: skip


@dataclass
class XServer(LoopbackServer):
    """`users`: their ids by name. `posts`: by id; those that are gone stay in `gone`. `asked`: method and path."""

    users: dict[str, str] = field(default_factory=lambda: {"nordhain": US, "ada": "2001", "bob": "2002"})
    posts: dict[str, Said] = field(default_factory=dict)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    hidden: dict[str, bool] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    protected: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    webhooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    proves: bool = True
    page: int = 100
    requests_left: int = 10_000
    has_credits: bool = True
    faulty: Callable[[str, str], Answer | None] = lambda _method, _path: None

    # What people do there.

    def say(
        self, who: str, words: str, *, ago: timedelta = timedelta(minutes=5), below: Said | None = None,
        quoting: Said | None = None, passing_on: Said | None = None, **more: Any,
    ) -> Said:  # fmt: skip
        """A new post: an answer, a quote or a repost, where one is named."""
        at = clock.now() - ago
        native_id = id_at(at, len(self.posts) + 1)
        kinds = (("replied_to", below), ("quoted", quoting), ("retweeted", passing_on))
        references = [{"type": kind, "id": other["id"]} for kind, other in kinds if other]
        said: Said = {
            "id": native_id, "text": words, "author_id": self.users[who], "edit_history_post_ids": [native_id],
            "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "lang": "de",
            "conversation_id": below["conversation_id"] if below else native_id,
            "entities": {"mentions": self._mentions(words)},
            "public_metrics": {"repost_count": 1, "reply_count": 2, "like_count": 3, "quote_count": 4,
                               "bookmark_count": 5, "impression_count": 60},
            **({"referenced_posts": references} if references else {}),
            **({"in_reply_to_user_id": below["author_id"]} if below else {}),
            **more,
        }  # fmt: skip
        self.posts[native_id] = said
        return said

    def edit(self, said: Said, words: str, *, ago: timedelta = timedelta()) -> Said:
        """Its author says it otherwise: another post with the same history, which the old one bears from now on."""
        now = clock.now() - ago
        newer = id_at(now, len(self.posts) + 1)
        history = [*said["edit_history_post_ids"], newer]
        self.posts[newer] = {**said, "id": newer, "text": words, "edit_history_post_ids": history}
        said["edit_history_post_ids"] = history
        return self.posts[newer]

    def delete(self, said: Said) -> None:
        """Gone."""
        del self.posts[said["id"]]

    def picture(self, alt: str = "Ein Rad", kind: str = "photo") -> dict[str, Any]:
        """What a post with a picture bears besides its words."""
        key = f"3_{len(self.media) + 1}"
        address = {"url": f"https://pbs.example/{key}.jpg"} if kind == "photo" else {}
        self.media[key] = {"media_key": key, "type": kind, "alt_text": alt, "width": 800, "height": 600,
                           "preview_image_url": f"https://pbs.example/{key}_s.jpg", **address}  # fmt: skip
        return {"attachments": {"media_keys": [key]}}

    def event(self, name: str, payload: Said, *, user: str = US, header: str = SIGNED_WITH[0]) -> tuple[
        dict[str, str], bytes
    ]:  # fmt: skip
        """Headers and body of what X brings, signed in one of two ways. It calls posts tweets there."""
        body = json.dumps(
            {"data": {"event_uuid": "-77", "filter": {"user_id": user}, "event_type": name, "tag": "t",
                      "payload": in_old_words(payload), "includes": in_old_words(self.beside([payload]))}}
        ).encode()  # fmt: skip
        secret = CONSUMER_SECRET if header == SIGNED_WITH[0] else CLIENT_SECRET
        return {"content-type": "application/json", header: signed(secret, body)}, body

    # What it answers.

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """The answer to one request."""
        self.asked.append(f"{method} {path}")
        if found := self.faulty(method, path):
            return found
        address = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/2/oauth2/token":
            return self._token(headers, {name: values[0] for name, values in parse_qs(body.decode()).items()})
        self.requests_left -= 1
        if self.requests_left < 0:
            reset = str(int(clock.now().timestamp()) + 300)
            return as_json({"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank",
                            "status": 429}, 429, **{"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0",
                                                    "x-rate-limit-reset": reset})  # fmt: skip
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        is_app = any(part in path for part in ("/2/webhooks", "/2/activity/", "/2/tweets/search/stream"))
        if token not in {TOKEN, BEARER} or (token == BEARER and method != "GET" and not is_app):
            return as_json(
                {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, 401
            )
        if not self.has_credits:
            return problem(402, "credits-depleted", "Your account does not have any credits.", "CreditsDepleted")
        if token != BEARER and is_app and (method, address.path) != ("POST", "/2/activity/subscriptions"):
            return problem(403, "unsupported-authentication", "Use the token of the application.")
        return self._route(method, address.path, asked, json.loads(body) if body else {})

    def _route(self, method: str, path: str, asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", r"/2/users/me", self._me),
            ("GET", r"/2/users/(\d+)/mentions", self._mentioning),
            ("GET", r"/2/users/(\d+)/tweets", self._own),
            ("GET", r"/2/tweets/search/recent", self._search),
            ("GET", r"/2/tweets", self._look_up),
            ("GET", r"/2/users", self._users),
            ("POST", r"/2/tweets", self._create),
            ("DELETE", r"/2/tweets/(\d+)", self._delete),
            ("PUT", r"/2/tweets/(\d+)/hidden", self._hide),
            ("GET", r"/2/webhooks", self._list_webhooks),
            ("POST", r"/2/webhooks", self._add_webhook),
            ("PUT", r"/2/webhooks/(\d+)", self._validate),
            ("GET", r"/2/activity/subscriptions", self._list_subscriptions),
            ("POST", r"/2/activity/subscriptions", self._subscribe),
            ("PUT", r"/2/activity/subscriptions/(\d+)", self._change_subscription),
            ("DELETE", r"/2/activity/subscriptions/(\d+)", self._unsubscribe),
        ]
        for verb, pattern, act in routes:
            if verb == method and (found := re.fullmatch(pattern, path)):
                return act(*found.groups(), asked, sent)
        return problem(404, "resource-not-found", "Not Found")

    def _me(self, _asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        return as_json({"data": self._user(US)})

    def _mentioning(self, user: str, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        name = next((name for name, number in self.users.items() if number == user), "")
        if not name or user in self.closed:
            return as_json({"errors": [not_found(user, "user")]})
        named = [one for one in self.posts.values() if name in self._names(one) and one["author_id"] != user]
        return self._listed(named, asked, least=5)

    def _own(self, user: str, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        return self._listed([one for one in self.posts.values() if one["author_id"] == user], asked, least=5)

    def _search(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        week = int(id_at(clock.now() - timedelta(days=7)))
        for name in ("since_id", "until_id"):
            if int(asked.get(name, week)) < week:
                return problem(400, "invalid-request", f"'{name}' must be a tweet id created after a week ago.")
        words = re.findall(r'"([^"]+)"|(#\w+)', asked["query"])
        wanted = [one.casefold() for pair in words for one in pair if one]
        found = [one for one in self.posts.values() if any(word in one["text"].casefold() for word in wanted)]
        return self._listed([one for one in found if one["author_id"] != US], asked, least=10)

    def _listed(self, found: list[Said], asked: dict[str, str], *, least: int) -> Answer:
        most = int(asked.get("max_results", "10"))
        if not least <= most <= 100:
            return problem(400, "invalid-request", f"The `max_results` query parameter value [{most}] is not valid")
        since, until = int(asked.get("since_id", "0")), int(asked.get("until_id") or 2**63)
        if since > until:
            return problem(400, "invalid-request", "'since_id' must be less than 'until_id'.")
        start = asked.get("start_time", "").rstrip("Z")
        wanted = [one for one in found if since < int(one["id"]) < until and one["created_at"] >= start]
        wanted = sorted(self._newest_versions(wanted), key=lambda one: int(one["id"]), reverse=True)
        begin = int(asked.get("pagination_token", "0"))
        size = min(most, self.page)
        shown = wanted[begin : begin + size]
        meta: dict[str, Any] = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": shown[0]["id"], "oldest_id": shown[-1]["id"]}
        if len(wanted) > begin + size:
            meta["next_token"] = str(begin + size)
        return as_json({**({"data": shown, "includes": self.beside(shown, asked)} if shown else {}), "meta": meta})

    def _look_up(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        ids = asked["ids"].split(",")
        found = [
            self.posts[one] for one in ids if one in self.posts and self.posts[one]["author_id"] not in self.closed
        ]
        shown = {one["id"] for one in found}
        errors = [not_found(one) for one in ids if one not in shown]
        return as_json({
            **({"data": found, "includes": self.beside(found, asked)} if found else {}),
            **({"errors": errors} if errors else {}),
        })  # fmt: skip

    def _users(self, asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        ids = asked["ids"].split(",")
        found = [self._user(one) for one in ids if one in self.users.values() and one not in self.closed]
        errors = [not_found(one, "user") for one in ids if one not in {user["id"] for user in found}]
        return as_json({**({"data": found} if found else {}), **({"errors": errors} if errors else {})})

    def _create(self, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        self.sent.append(sent)
        parent = self.posts.get(sent.get("reply", {}).get("in_reply_to_tweet_id", ""))
        if parent is None:
            return problem(403, "client-forbidden", "You attempted to reply to a Post that is deleted or not visible.")
        if (
            "nordhain" not in self._names(parent)
            and parent.get("in_reply_to_user_id") != US
            and not self._quotes_us(parent)
        ):
            return problem(403, "not-authorized-for-resource", NOT_SUMMONED, "Forbidden")
        if any(one["text"].endswith(sent["text"]) for one in self.posts.values() if one["author_id"] == US):
            return problem(403, "invalid-request", "You are not allowed to create a Post with duplicate content.")
        name = next(name for name, number in self.users.items() if number == parent["author_id"])
        made = self.say("nordhain", f"@{name} {sent['text']}", ago=timedelta(), below=parent)
        return as_json({"data": {"id": made["id"], "text": made["text"], "edit_history_post_ids": [made["id"]]}}, 201)

    def _delete(self, native_id: str, _asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        if native_id not in self.posts:
            return problem(404, "resource-not-found", "Could not find post.")
        if self.posts[native_id]["author_id"] != US:
            return problem(403, "not-authorized-for-resource", "You are not authorized to delete this Post.")
        del self.posts[native_id]
        return as_json({"data": {"deleted": True}})

    def _hide(self, native_id: str, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        begun = self.posts.get(self.posts[native_id]["conversation_id"])
        if begun is None or begun["author_id"] != US:
            return problem(403, "not-authorized-for-resource", "You did not begin this conversation.")
        self.hidden[native_id] = sent["hidden"]
        return as_json({"data": {"hidden": sent["hidden"]}})

    # Webhooks: it asks for a proof when it is told an address, and again when it is asked to.

    def _list_webhooks(self, _asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        return as_json({"data": list(self.webhooks.values()), "meta": {"result_count": len(self.webhooks)}})

    def _add_webhook(self, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        if any(one["url"] == sent["url"] for one in self.webhooks.values()):
            return problem(400, "invalid-request", "DuplicateUrlFailed")
        if not self.proves:
            return problem(400, "invalid-request", "CrcValidationFailed")
        number = str(900 + len(self.webhooks))
        self.webhooks[number] = {"id": number, "url": sent["url"], "valid": True}
        return as_json({"data": self.webhooks[number]})

    def _validate(self, number: str, _asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        self.webhooks[number]["valid"] = self.proves
        return as_json({"data": {"valid": self.proves}})

    def _list_subscriptions(self, _asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        return as_json({"data": list(self.subscriptions.values()), "meta": {}})

    def _subscribe(self, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        if any(
            (one["event_type"], one["filter"]) == (sent["event_type"], sent["filter"])
            for one in self.subscriptions.values()
        ):
            return problem(400, "invalid-request", "DuplicateSubscription")
        number = str(7_000 + len(self.subscriptions))
        self.subscriptions[number] = {"subscription_id": number, **sent}
        return as_json({"data": [self.subscriptions[number]], "meta": {}})

    def _change_subscription(self, number: str, _asked: dict[str, str], sent: dict[str, Any]) -> Answer:
        self.subscriptions[number] |= sent
        return as_json({"data": {"subscription": self.subscriptions[number]}})

    def _unsubscribe(self, number: str, _asked: dict[str, str], _sent: dict[str, Any]) -> Answer:
        if number not in self.subscriptions:
            return problem(404, "resource-not-found", "Not Found")
        del self.subscriptions[number]
        return as_json({"data": {"deleted": True}, "meta": {"total_subscriptions": len(self.subscriptions)}})

    def _token(self, headers: dict[str, str], form: dict[str, str]) -> Answer:
        if headers.get("Authorization") != "Basic " + base64.b64encode(b"client:client-secret").decode():
            return as_json(
                {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}, 401
            )
        good = {
            "authorization_code": form.get("code") == "good-code",
            "refresh_token": form.get("refresh_token") == "r1",
        }
        if not good.get(form.get("grant_type", "")):
            return as_json({"error": "invalid_grant", "error_description": "Value passed was invalid."}, 400)
        return as_json({"token_type": "bearer", "expires_in": 7200, "access_token": TOKEN, "refresh_token": "r2",
                        "scope": "tweet.read tweet.write users.read offline.access"})  # fmt: skip

    def beside(self, shown: list[Said], asked: dict[str, str] | None = None) -> dict[str, Any]:
        others = [reference["id"] for one in shown for reference in one.get("referenced_posts", [])]
        posts = [self.posts[one] for one in dict.fromkeys(others) if one in self.posts]
        users = [self._user(one) for one in dict.fromkeys(said["author_id"] for said in shown if "author_id" in said)]
        keys = [key for one in shown for key in one.get("attachments", {}).get("media_keys", [])]
        found = {"users": users, "posts": posts, "media": [self.media[key] for key in keys if key in self.media]}
        wanted = {"users": "author_id", "posts": "referenced_posts", "media": "attachments.media_keys"}
        expansions = list(wanted.values()) if asked is None else asked.get("expansions", "").split(",")
        return {name: values for name, values in found.items() if values and wanted[name] in expansions}

    def _user(self, number: str) -> dict[str, Any]:
        name = next((name for name, one in self.users.items() if one == number), "someone")
        return {"id": number, "username": name, "name": name.title(), "protected": number in self.protected}

    def _newest_versions(self, found: list[Said]) -> list[Said]:
        return [one for one in found if one["edit_history_post_ids"][-1] == one["id"]]

    def _mentions(self, words: str) -> list[dict[str, Any]]:
        return [
            {"start": match.start(), "end": match.end(), "username": match[1], "id": self.users.get(match[1], "9")}
            for match in re.finditer(r"@(\w+)", words)
        ]

    def _names(self, said: Said) -> set[str]:
        return {one["username"] for one in said["entities"].get("mentions", [])}

    def _quotes_us(self, said: Said) -> bool:
        quoted = [one["id"] for one in said.get("referenced_posts", []) if one["type"] == "quoted"]
        return any(self.posts[one]["author_id"] == US for one in quoted if one in self.posts)


def signed(secret: str, body: bytes) -> str:
    """The signature of a delivery."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def in_old_words(found: Any) -> Any:
    """As X still writes it in what it brings."""
    renamed = {
        "edit_history_post_ids": "edit_history_tweet_ids", "referenced_posts": "referenced_tweets",
        "note_post": "note_tweet", "posts": "tweets", "repost_count": "retweet_count",
    }  # fmt: skip
    if isinstance(found, dict):
        return {renamed.get(name, name): in_old_words(value) for name, value in found.items()}
    return [in_old_words(one) for one in found] if isinstance(found, list) else found

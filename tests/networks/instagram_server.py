"""Instagram on the loopback, as Meta's published descriptions say that it answers: an account, and who speaks there.

Comments below posts, the newest first, answers within them, no times of posts; what names the account elsewhere by its
number alone; messages in their windows, one private reply to a comment; webhooks that say where and not always what.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

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

ACCOUNT, PAGE, TOKEN, PERSON, CODE = "17841400000000001", "1000", "EAAG-page", "EAAB-person", "code-from-the-dialog"
RIGHTS = frozenset(
    {"instagram_basic", "instagram_manage_comments", "instagram_manage_messages", "pages_manage_metadata",
     "pages_messaging"}
)  # fmt: skip
PEOPLE = {ACCOUNT: "nordhain", "11": "ada", "12": "bob"}
OUTSIDE = no(10, "(#10) This message is sent outside of allowed window.", subcode=2534022)


@dataclass
class InstagramServer(MetaServer):
    """`media` and `comments` by id; those of others have an `owner`. `human_agent`: the feature was granted."""

    media: dict[str, Said] = field(default_factory=dict)
    comments: dict[str, Said] = field(default_factory=dict)
    talks: dict[str, list[Said]] = field(default_factory=dict)
    subscribed: list[str] = field(default_factory=list)
    privately: set[str] = field(default_factory=set)
    sent: list[dict[str, Any]] = field(default_factory=list)
    human_agent: bool = True
    pages: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens |= {TOKEN: PAGE, PERSON: "77"}
        self.rights |= RIGHTS
        account = {"id": ACCOUNT, "username": "nordhain", "name": "Nordhain"}
        self.pages = self.pages or [
            {"id": PAGE, "access_token": TOKEN, "tasks": ["MODERATE"], "instagram_business_account": account},
            {"id": "1001", "access_token": "EAAG-none", "tasks": ["MODERATE"]},
            {"id": "1002", "access_token": "EAAG-other", "tasks": ["ANALYZE"], "instagram_business_account": account},
        ]

    # What people do there.

    def post(self, words: str = "Neue Räder", *, who: str = ACCOUNT, ago: timedelta = timedelta(hours=1)) -> Said:
        """A post of ours, or one of somebody else in which we are tagged."""
        number = str(18_000 + len(self.media))
        said: Said = {
            "id": number, "caption": words, "timestamp": time(clock.now() - ago), "media_type": "IMAGE",
            "permalink": f"https://www.instagram.com/p/{number}/", "media_url": f"https://cdn.example/{number}.jpg",
            "username": PEOPLE[who], "like_count": 3, "owner": who,
        }  # fmt: skip
        self.media[number] = said
        return said

    def comment(self, who: str, words: str, below: Said, *, ago: timedelta = timedelta(minutes=4)) -> Said:
        """A comment below a post, or an answer to one."""
        number = str(17_900 + len(self.comments))
        said: Said = {
            "id": number, "text": words, "timestamp": time(clock.now() - ago), "like_count": 0,
            "from": {"id": who, "username": PEOPLE[who]}, "username": PEOPLE[who], "hidden": False,
            "media": below.get("media") or below["id"], "parent_id": below.get("parent_id") or below["id"],
        }  # fmt: skip
        if "media" not in below:
            del said["parent_id"]
        if who == ACCOUNT:
            said["from"]["self_ig_scoped_id"] = "999"
        self.comments[number] = said
        return said

    def write(self, who: str, words: str, *, to: str = ACCOUNT, ago: timedelta = timedelta(minutes=3)) -> Said:
        """A message to the account, or of the account to a person."""
        person = who if who != ACCOUNT else to
        said = {
            "id": f"aWdfZAG{person}x{len(self.talks.get(person, []))}", "created_time": time(clock.now() - ago),
            "from": {"id": who, "username": PEOPLE[who]}, "message": words,
            "to": {"data": [{"id": to, "username": PEOPLE[to]}]},
        }  # fmt: skip
        self.talks.setdefault(person, []).append(said)
        return said

    def remove(self, said: Said) -> None:
        """Its author takes it away, and what stands below it goes, too."""
        self.comments = {
            key: one for key, one in self.comments.items() if said["id"] not in {key, one.get("parent_id")}
        }

    # What it brings.

    def change(self, field: str, value: Said, *, account: str = ACCOUNT) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery about a field."""
        at = int(clock.now().timestamp())
        return _delivery({"id": account, "time": at, "changes": [{"field": field, "value": value}]})

    def told(self, said: Said) -> tuple[dict[str, str], bytes]:
        """The same, for a comment that is here."""
        value = {name: said[name] for name in ("id", "text", "from", "parent_id") if name in said}
        return self.change("comments", value | {"media": {"id": said["media"], "media_product_type": "FEED"}})

    def talked(self, said: Said, **more: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery about a message."""
        at = int(datetime.fromisoformat(said["created_time"]).timestamp() * 1000)
        message = {
            "sender": {"id": said["from"]["id"]}, "recipient": {"id": said["to"]["data"][0]["id"]}, "timestamp": at,
            "message": {"mid": said["id"], "text": said["message"]}, **more,
        }  # fmt: skip
        return _delivery({"id": ACCOUNT, "time": at, "messaging": [message]})

    # What it answers.

    def sign_in(self, request: Request) -> Answer | None:
        """A short token for a code, a long one for a short one."""
        if request.path != "/oauth/access_token":
            return None
        form = request.body
        if request.asked or (form.get("client_id"), form.get("client_secret")) != (APP_ID, APP_SECRET):
            return no(101, "Error validating application.")
        if form.get("fb_exchange_token") == "short":
            return as_json({"access_token": PERSON, "token_type": "bearer", "expires_in": 5_184_000})
        if form.get("code") == CODE:
            return as_json({"access_token": "short", "token_type": "bearer", "expires_in": 4_000})
        return no(100, "This authorization code has been used.", subcode=36009)

    def route(self, request: Request) -> Answer:
        """By method and path."""
        routes: list[tuple[str, str, str, Callable[..., Answer]]] = [
            ("GET", r"/me", "", self._me),
            ("GET", r"/me/accounts", "", self._accounts),
            ("GET", r"/me/subscribed_apps", "pages_manage_metadata", self._subscriptions),
            ("POST", r"/me/subscribed_apps", "pages_manage_metadata", self._subscribe),
            ("GET", r"/me/conversations", "instagram_manage_messages", self._conversations),
            ("POST", r"/me/messages", "instagram_manage_messages", self._send),
            ("GET", r"/t_(\d+)/messages", "instagram_manage_messages", self._messages),
            ("GET", rf"/{ACCOUNT}", "instagram_manage_comments", self._mentioned),
            ("GET", rf"/{ACCOUNT}/media", "instagram_basic", self._media),
            ("GET", rf"/{ACCOUNT}/tags", "instagram_manage_comments", self._tags),
            ("POST", rf"/{ACCOUNT}/mentions", "instagram_manage_comments", self._answer_elsewhere),
            ("GET", r"/", "instagram_manage_comments", self._many),
            ("GET", r"/(\d+)/comments", "instagram_manage_comments", self._comments),
            ("GET", r"/(\d+)/replies", "instagram_manage_comments", self._replies),
            ("POST", r"/(\d+)/replies", "instagram_manage_comments", self._answer),
            ("GET", r"/(\w+)", "instagram_manage_comments", self._one),
            ("POST", r"/(\d+)", "instagram_manage_comments", self._hide),
            ("DELETE", r"/(\d+)", "instagram_manage_comments", self._delete),
        ]
        for method, pattern, right, act in routes:
            if method == request.method and (found := re.fullmatch(pattern, request.path)):
                return lacking(right) if right and right not in self.rights else act(*found.groups(), request=request)
        return GONE

    def _shown(self, said: Said, *, with_replies: bool = False) -> Said:
        whole = {name: value for name, value in said.items() if name not in {"media", "owner", "hidden"}}
        if with_replies and (below := self._below(said["id"])):
            whole["replies"] = {"data": [self._shown(one) for one in below]}
        return whole

    def _below(self, native_id: str) -> list[Said]:
        return [one for one in self.comments.values() if one.get("parent_id") == native_id]

    def _me(self, *, request: Request) -> Answer:
        if request.token != TOKEN:
            return no(100, "(#100) Tried accessing nonexisting field (instagram_business_account) on node type (User)")
        return as_json(self.pages[0])

    def _accounts(self, *, request: Request) -> Answer:
        return as_json(paged(self.pages, request.asked)) if request.token == PERSON else GONE

    def _subscriptions(self, *, request: Request) -> Answer:
        return as_json({"data": [{"id": APP_ID, "subscribed_fields": self.subscribed}] if self.subscribed else []})

    def _subscribe(self, *, request: Request) -> Answer:
        self.subscribed = request.body["subscribed_fields"].split(",")
        return as_json({"success": True})

    def _media(self, *, request: Request) -> Answer:
        ours = [one for one in self.media.values() if one["owner"] == ACCOUNT]
        rows = [
            {**self._shown(one), "comments_count": sum(each["media"] == one["id"] for each in self.comments.values())}
            for one in sorted(ours, key=lambda one: str(one["timestamp"]), reverse=True)
        ]
        return as_json(paged(rows, request.asked))

    def _tags(self, *, request: Request) -> Answer:
        theirs = [self._shown(one) for one in self.media.values() if one["owner"] != ACCOUNT]
        return as_json(paged(sorted(theirs, key=lambda one: str(one["timestamp"]), reverse=True), request.asked))

    def _mentioned(self, *, request: Request) -> Answer:
        asked = re.match(r"mentioned_(comment|media)\.(?:comment|media)_id\((\d+)\)", request.asked["fields"])
        assert asked, request.asked
        kind, native_id = asked.groups()
        found = (self.comments if kind == "comment" else self.media).get(native_id)
        if found is None:
            return GONE
        told = ("id", "text", "caption", "timestamp", "username", "media_type", "media_url", "permalink", "like_count")
        shown = {name: found[name] for name in told if name in found}
        if kind == "comment":
            media = self.media[found["media"]]
            shown |= {"media": {"id": media["id"], "permalink": media["permalink"]}}
        return as_json({f"mentioned_{kind}": shown, "id": ACCOUNT})

    def _many(self, *, request: Request) -> Answer:
        ids = request.asked["ids"].split(",")
        if not set(ids) <= self.comments.keys():
            return no(803, f"(#803) Some of the aliases you requested do not exist: {ids[0]}", status=404)
        return as_json({one: self._shown(self.comments[one]) for one in ids})

    def _comments(self, native_id: str, *, request: Request) -> Answer:
        if native_id not in self.media:
            return GONE
        rows = [one for one in self.comments.values() if one["media"] == native_id and "parent_id" not in one]
        rows.sort(key=lambda one: str(one["timestamp"]), reverse=True)
        return as_json(paged([self._shown(one, with_replies=True) for one in rows], request.asked, most=50))

    def _replies(self, native_id: str, *, request: Request) -> Answer:
        if native_id not in self.comments:
            return GONE
        return as_json(paged([self._shown(one) for one in self._below(native_id)], request.asked))

    def _answer(self, native_id: str, *, request: Request) -> Answer:
        if native_id not in self.comments:
            return GONE
        if len(request.body["message"]) > 300:
            return no(100, "(#100) The comment is too long")
        return as_json({"id": self.comment(ACCOUNT, request.body["message"], self.comments[native_id], ago=_NOW)["id"]})

    def _answer_elsewhere(self, *, request: Request) -> Answer:
        below = self.comments.get(request.body.get("comment_id", "")) or self.media.get(request.body["media_id"])
        if below is None:
            return GONE
        return as_json({"id": self.comment(ACCOUNT, request.body["message"], below, ago=_NOW)["id"]})

    def _conversations(self, *, request: Request) -> Answer:
        assert request.asked["platform"] == "instagram"
        wanted = request.asked.get("user_id")
        rows = [{"id": f"t_{person}", "updated_time": max(one["created_time"] for one in talk)}
                for person, talk in self.talks.items() if wanted in {None, person}]  # fmt: skip
        return as_json(paged(sorted(rows, key=lambda one: one["updated_time"], reverse=True), request.asked))

    def _messages(self, person: str, *, request: Request) -> Answer:
        newest = sorted(self.talks.get(person, []), key=lambda one: str(one["created_time"]), reverse=True)
        return as_json(paged(newest[:20], request.asked))

    def _one(self, native_id: str, *, request: Request) -> Answer:
        message = next((one for talk in self.talks.values() for one in talk if one["id"] == native_id), None)
        found = message or self.comments.get(native_id)
        return as_json(self._shown(found)) if found else GONE

    def _send(self, *, request: Request) -> Answer:
        self.sent.append(request.body)
        recipient, words = request.body["recipient"], request.body["message"]["text"]
        if len(words.encode()) > 1_000:
            return no(100, "(#100) Length of param message[text] must be less than or equal to 1000")
        if answered := recipient.get("comment_id"):
            if answered in self.privately or answered not in self.comments:
                return no(10900, "(#10900) Activity already replied to")
            self.privately.add(answered)
            return self._sent(self.comments[answered]["from"]["id"], words)
        last = [one for one in self.talks.get(recipient["id"], []) if one["from"]["id"] != ACCOUNT]
        age = clock.now() - datetime.fromisoformat(max(str(one["created_time"]) for one in last))
        by_a_person = request.body.get("tag") == "HUMAN_AGENT"
        if by_a_person and not self.human_agent:
            return no(100, "(#100) Message tag is not allowed: the Human Agent feature is missing")
        if age > (timedelta(days=7) if by_a_person else timedelta(days=1)):
            return OUTSIDE
        return self._sent(recipient["id"], words)

    def _sent(self, person: str, words: str) -> Answer:
        said = self.write(ACCOUNT, words, to=person, ago=_NOW)
        return as_json({"recipient_id": person, "message_id": said["id"]})

    def _hide(self, native_id: str, *, request: Request) -> Answer:
        if native_id not in self.comments:
            return GONE
        self.comments[native_id]["hidden"] = request.body["hide"]
        return as_json({"success": True})

    def _delete(self, native_id: str, *, request: Request) -> Answer:
        if native_id not in self.comments:
            return GONE
        self.remove(self.comments[native_id])
        return as_json({"success": True})


_NOW = timedelta(0)


def _delivery(entry: Said) -> tuple[dict[str, str], bytes]:
    body = json.dumps({"object": "instagram", "entry": [entry]}).encode()
    return signed(body), body

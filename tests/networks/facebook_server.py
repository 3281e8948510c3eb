"""Facebook on the loopback, as Meta's published descriptions say that it answers: one Page, and who speaks there.

Posts and comments, newest first or in order; names only with the right for them; all ids of a question refused for one
that is gone; messages in their windows, one private reply to a comment, bans; webhooks signed as the real ones.
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

PAGE, TOKEN, PERSON, CODE = "1000", "EAAG-page", "EAAB-person", "code-from-the-dialog"
RIGHTS = frozenset(
    {"pages_read_engagement", "pages_read_user_content", "pages_manage_engagement", "pages_messaging",
     "pages_manage_metadata"}
)  # fmt: skip
PEOPLE = {PAGE: "Nordhain", "11": "Ada Lovelace", "12": "Bob"}
OUTSIDE = no(10, "(#10) This message is sent outside of allowed window.", subcode=2018278)


@dataclass
class FacebookServer(MetaServer):
    """`things`: posts and comments by id. `talks`: messages by person. `human_agent`: the feature was granted."""

    things: dict[str, Said] = field(default_factory=dict)
    talks: dict[str, list[Said]] = field(default_factory=dict)
    liked: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    subscribed: set[str] = field(default_factory=set)
    privately: set[str] = field(default_factory=set)
    sent: list[dict[str, Any]] = field(default_factory=list)
    human_agent: bool = True
    pages: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens |= {TOKEN: PAGE, PERSON: "77"}
        self.rights |= RIGHTS
        self.pages = self.pages or [
            {"id": PAGE, "name": "Nordhain", "username": "nordhain", "access_token": TOKEN,
             "tasks": ["MODERATE", "MESSAGING"]},
            {"id": "1001", "name": "Nur Zahlen", "access_token": "EAAG-other", "tasks": ["ANALYZE"]},
        ]  # fmt: skip

    # What people do there.

    def post(
        self, who: str, words: str, *, ago: timedelta = timedelta(minutes=5), tags: bool = False, **more: Any
    ) -> Said:
        """A post on the Page, or, with `tags`, one elsewhere that names it."""
        number = len(self.things) + 500
        at = time(clock.now() - ago)
        said: Said = {
            "id": f"{who if tags else PAGE}_{number}", "from": {"id": who, "name": PEOPLE[who]}, "message": words,
            "created_time": at, "updated_time": at, "permalink_url": f"https://www.facebook.com/nordhain/posts/{number}",
            "tags": tags, "parent": None, "root": "", **more,
        }  # fmt: skip
        self.things[said["id"]] = said
        return said

    def comment(self, who: str, words: str, below: Said, *, ago: timedelta = timedelta(minutes=4), **more: Any) -> Said:
        """A comment below a post or another one."""
        root = below["root"] or below["id"]
        at = time(clock.now() - ago)
        said: Said = {
            "id": f"{root.partition('_')[2]}_{len(self.things) + 900}", "from": {"id": who, "name": PEOPLE[who]},
            "message": words, "created_time": at, "like_count": 0, "parent": below["id"] if below["root"] else None,
            "root": root, "is_hidden": False, "can_reply_privately": True, "tags": False, **more,
        }  # fmt: skip
        said["permalink_url"] = f"https://www.facebook.com/{said['id']}"
        self.things[said["id"]] = said
        self.things[root]["updated_time"] = max(self.things[root]["updated_time"], at)
        return said

    def write(self, who: str, words: str, *, to: str = PAGE, ago: timedelta = timedelta(minutes=3)) -> Said:
        """A message to the Page, or of the Page to a person."""
        person = who if who != PAGE else to
        said = {
            "id": f"m_{person}_{len(self.talks.get(person, []))}", "created_time": time(clock.now() - ago),
            "from": {"id": who, "name": PEOPLE[who], "email": f"{who}@facebook.com"}, "message": words,
            "to": {"data": [{"id": to, "name": PEOPLE.get(to, "")}]},
        }  # fmt: skip
        self.talks.setdefault(person, []).append(said)
        return said

    def remove(self, said: Said) -> None:
        """Its author takes it away, and what stands below it goes, too."""
        self.things = {key: one for key, one in self.things.items() if said["id"] not in {key, one["root"]}}

    # What it brings.

    def change(self, value: dict[str, Any], *, of: str = "feed", page: str = PAGE) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery about a post or comment."""
        at = int(clock.now().timestamp())
        return _delivery({"id": page, "time": at, "changes": [{"field": of, "value": value}]})

    def told(self, said: Said, verb: str, **more: Any) -> tuple[dict[str, str], bytes]:
        """The same, for a post or comment that is here."""
        at = int(datetime.fromisoformat(said["created_time"]).timestamp())
        value = {"item": "comment" if said["root"] else "status", "verb": verb, "from": said["from"],
                 "message": said["message"], "created_time": at, "post_id": said["root"] or said["id"]}  # fmt: skip
        if said["root"]:
            value |= {"comment_id": said["id"], "parent_id": said["parent"] or said["root"]}
        return self.change(value | more)

    def talked(self, said: Said, **more: Any) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery about a message."""
        at = int(datetime.fromisoformat(said["created_time"]).timestamp() * 1000)
        message = {
            "sender": {"id": said["from"]["id"]}, "recipient": {"id": said["to"]["data"][0]["id"]}, "timestamp": at,
            "message": {"mid": said["id"], "text": said["message"]}, **more,
        }  # fmt: skip
        return _delivery({"id": PAGE, "time": at, "messaging": [message]})

    # What it answers.

    def sign_in(self, request: Request) -> Answer | None:
        """A short token for a code, a long one for a short one."""
        if request.path != "/oauth/access_token":
            return None
        form = request.body
        if request.asked or (form.get("client_id"), form.get("client_secret")) != (APP_ID, APP_SECRET):
            return no(101, "Error validating application.")
        if form.get("grant_type") == "fb_exchange_token" and form.get("fb_exchange_token") == "short":
            return as_json({"access_token": PERSON, "token_type": "bearer", "expires_in": 5_184_000})
        if form.get("code") == CODE and form.get("redirect_uri"):
            return as_json({"access_token": "short", "token_type": "bearer", "expires_in": 4_000})
        return no(100, "This authorization code has been used.", subcode=36009)

    def route(self, request: Request) -> Answer:
        """By method and path."""
        routes: list[tuple[str, str, str, Callable[..., Answer]]] = [
            ("GET", r"/me", "", self._me),
            ("GET", r"/me/accounts", "", self._accounts),
            ("GET", r"/", "pages_read_user_content", self._many),
            ("GET", rf"/{PAGE}/feed", "pages_read_user_content", self._feed),
            ("GET", rf"/{PAGE}/tagged", "pages_read_engagement", self._tagged),
            ("GET", rf"/{PAGE}/conversations", "pages_messaging", self._conversations),
            ("POST", rf"/{PAGE}/subscribed_apps", "pages_manage_metadata", self._subscribe),
            ("POST", rf"/{PAGE}/messages", "pages_messaging", self._send),
            ("POST", rf"/{PAGE}/blocked", "pages_manage_engagement", self._block),
            ("DELETE", rf"/{PAGE}/blocked", "pages_manage_engagement", self._unblock),
            ("GET", r"/t_(\d+)/messages", "pages_messaging", self._messages),
            ("GET", r"/([\w.]+)/comments", "pages_read_user_content", self._comments),
            ("POST", r"/([\w.]+)/comments", "pages_manage_engagement", self._answer),
            ("POST", r"/([\w.]+)/likes", "pages_manage_engagement", self._like),
            ("DELETE", r"/([\w.]+)/likes", "pages_manage_engagement", self._unlike),
            ("GET", r"/([\w.]+)", "pages_read_user_content", self._one),
            ("POST", r"/([\w.]+)", "pages_manage_engagement", self._change),
            ("DELETE", r"/([\w.]+)", "pages_manage_engagement", self._delete),
        ]
        for method, pattern, right, act in routes:
            if method == request.method and (found := re.fullmatch(pattern, request.path)):
                return lacking(right) if right and right not in self.rights else act(*found.groups(), request=request)
        return GONE

    def shown(self, said: Said, fields: str) -> Said:
        """A post or comment with the fields that were asked for."""
        replies = [one for one in self.things.values() if said["id"] in {one["root"], one["parent"]}]
        below = {"summary": {"total_count": len(replies)}}
        whole = {
            **said, "parent": {"id": said["parent"]} if said["parent"] else None, "comment_count": len(replies),
            "comments": below, "reactions": {"summary": {"total_count": 0}} | said.get("reactions", {}),
        }  # fmt: skip
        names = set(re.findall(r"(?:^|,)(\w+)", re.sub(r"\{[^}]*\}|\([^)]*\)|\.\w+", "", fields)))
        unknown = (
            names - whole.keys() - {"shares", "attachments", "attachment", "message_tags", "private_reply_conversation"}
        )
        assert not unknown, unknown
        return {name: whole[name] for name in names | {"id"} if whole.get(name) is not None}

    def _me(self, *, request: Request) -> Answer:
        if request.token != TOKEN and "category" in request.asked["fields"]:
            return no(100, "(#100) Tried accessing nonexisting field (category) on node type (User)")
        return as_json({"id": PAGE, "name": "Nordhain", "username": "nordhain", "category": "Bicycle shop"})

    def _accounts(self, *, request: Request) -> Answer:
        return as_json(paged(self.pages, request.asked)) if request.token == PERSON else GONE

    def _many(self, *, request: Request) -> Answer:
        ids = request.asked["ids"].split(",")
        if not set(ids) <= self.things.keys():
            return no(803, f"(#803) Some of the aliases you requested do not exist: {ids[0]}", status=404)
        return as_json({one: self.shown(self.things[one], request.asked["fields"]) for one in ids})

    def _listed(self, rows: list[Said], request: Request) -> Answer:
        newest = sorted(rows, key=lambda one: str(one["created_time"]), reverse=True)
        return as_json(paged([self.shown(one, request.asked["fields"]) for one in newest], request.asked))

    def _feed(self, *, request: Request) -> Answer:
        return self._listed([one for one in self.things.values() if not one["root"] and not one["tags"]], request)

    def _tagged(self, *, request: Request) -> Answer:
        return self._listed([one for one in self.things.values() if one["tags"]], request)

    def _one(self, native_id: str, *, request: Request) -> Answer:
        message = next((one for talk in self.talks.values() for one in talk if one["id"] == native_id), None)
        if message:
            return as_json({"id": native_id, "created_time": message["created_time"]})
        said = self.things.get(native_id)
        return as_json(self.shown(said, request.asked["fields"])) if said else GONE

    def _comments(self, native_id: str, *, request: Request) -> Answer:
        if native_id not in self.things:
            return GONE
        is_deep = request.asked.get("filter") == "stream"
        below = [one for one in self.things.values() if native_id in {one["root"], one["parent"]}]
        rows = [one for one in below if is_deep or not one["parent"] or one["parent"] == native_id]
        since = int(request.asked.get("since") or 0)
        rows = [one for one in rows if datetime.fromisoformat(one["created_time"]).timestamp() >= since]
        is_newest_first = request.asked.get("order") == "reverse_chronological"
        rows.sort(key=lambda one: str(one["created_time"]), reverse=is_newest_first)
        return as_json(paged([self.shown(one, request.asked["fields"]) for one in rows], request.asked))

    def _conversations(self, *, request: Request) -> Answer:
        assert request.asked["platform"] == "messenger"
        wanted = request.asked.get("user_id")
        rows = [{"id": f"t_{person}", "updated_time": max(one["created_time"] for one in talk)}
                for person, talk in self.talks.items() if wanted in {None, person}]  # fmt: skip
        return as_json(paged(sorted(rows, key=lambda one: one["updated_time"], reverse=True), request.asked))

    def _messages(self, person: str, *, request: Request) -> Answer:
        newest = sorted(self.talks.get(person, []), key=lambda one: str(one["created_time"]), reverse=True)
        return as_json(paged(newest[:20], request.asked))

    def _subscribe(self, *, request: Request) -> Answer:
        self.subscribed |= set(request.body["subscribed_fields"].split(","))
        return as_json({"success": True})

    def _answer(self, native_id: str, *, request: Request) -> Answer:
        if native_id not in self.things:
            return GONE
        if not request.body.get("message"):
            return no(100, "(#100) A comment needs words")
        said = self.comment(PAGE, request.body["message"], self.things[native_id], ago=timedelta(0))
        return as_json({"id": said["id"]})

    def _send(self, *, request: Request) -> Answer:
        self.sent.append(request.body)
        recipient, words = request.body["recipient"], request.body["message"]["text"]
        if len(words) > 2_000:
            return no(100, "(#100) Length of param message[text] must be less than or equal to 2000")
        answered = recipient.get("comment_id") or recipient.get("post_id")
        if answered:
            return self._private_reply(answered, words)
        last = [one for one in self.talks.get(recipient["id"], []) if one["from"]["id"] != PAGE]
        age = clock.now() - datetime.fromisoformat(max(str(one["created_time"]) for one in last))
        if request.body.get("tag") == "HUMAN_AGENT":
            if not self.human_agent:
                return no(100, "(#100) Message tag is not allowed: the Human Agent feature is missing")
            allowed = timedelta(days=7)
        else:
            allowed = timedelta(days=1)
        if age > allowed:
            return OUTSIDE
        said = self.write(PAGE, words, to=recipient["id"], ago=timedelta(0))
        return as_json({"recipient_id": recipient["id"], "message_id": said["id"]})

    def _private_reply(self, native_id: str, words: str) -> Answer:
        answered = self.things.get(native_id)
        if answered is None or native_id in self.privately:
            return no(10900, "(#10900) Activity already replied to")
        self.privately.add(native_id)
        answered["can_reply_privately"] = False
        said = self.write(PAGE, words, to=answered["from"]["id"], ago=timedelta(0))
        return as_json({"recipient_id": answered["from"]["id"], "message_id": said["id"]})

    def _like(self, native_id: str, *, request: Request) -> Answer:
        self.liked.add(native_id)
        return as_json({"success": True}) if native_id in self.things else GONE

    def _unlike(self, native_id: str, *, request: Request) -> Answer:
        self.liked.discard(native_id)
        return as_json({"success": True}) if native_id in self.things else GONE

    def _change(self, native_id: str, *, request: Request) -> Answer:
        said = self.things.get(native_id)
        if said is None:
            return GONE
        if "message" in request.body and said["from"]["id"] != PAGE:
            return no(200, "(#200) The page does not own this comment", status=403)
        said |= request.body
        return as_json({"success": True})

    def _delete(self, native_id: str, *, request: Request) -> Answer:
        if native_id not in self.things:
            return GONE
        self.remove(self.things[native_id])
        return as_json({"success": True})

    def _block(self, *, request: Request) -> Answer:
        self.blocked |= set(request.body["psid"])
        return as_json(dict.fromkeys(request.body["psid"], True))

    def _unblock(self, *, request: Request) -> Answer:
        self.blocked.discard(request.asked["psid"])
        return as_json({"success": True})


def _delivery(entry: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    body = json.dumps({"object": "page", "entry": [entry]}).encode()
    return signed(body), body

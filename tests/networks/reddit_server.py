"""Reddit on the loopback, as its reference and its wiki say that it answers.

Things in lists with their newest first, in pages behind the name of the last one; words as markup and as HTML; a no
behind a 200; limits told in seconds from now; people who delete a comment, or their account; tokens that end, and its
own way of refusing a renewal. What is wrong with it is said by `faulty`, which answers first.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks.loopback_server import Answer, LoopbackServer

from resonanz.core import clock

TOKEN = "reddit-token"
Thing = dict[str, Any]


def as_json(found: object, status: int = 200, **headers: str) -> Answer:
    """An answer of Reddit."""
    return status, {"Content-Type": "application/json; charset=UTF-8", **headers}, json.dumps(found).encode()


def fault(status: int, message: str, **more: str) -> Answer:
    """A no with its number inside."""
    return as_json({"message": message, "error": status, **more}, status)


def wrong(code: str, words: str, **more: object) -> Answer:
    """A no behind a 200."""
    return as_json({"json": {"errors": [[code, words, "thing_id"]], **more}})


@dataclass
class RedditServer(LoopbackServer):
    """`things`: all that was said, by full name. `to_us`: what is in our inbox. `left`: requests of our limit."""

    things: dict[str, Thing] = field(default_factory=dict)
    to_us: list[str] = field(default_factory=list)
    votes: dict[str, str] = field(default_factory=dict)
    reports: list[tuple[str, str]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    renewals: set[str] = field(default_factory=lambda: {"renewal"})
    accounts_gone: set[str] = field(default_factory=set)
    page: int = 100
    left: float = 600.0
    faulty: Callable[[str, str], Answer | None] = lambda _method, _path: None

    # What people do there.

    def post(
        self, who: str, title: str, words: str = "", *, to: str = "fahrrad", ago: timedelta = timedelta(hours=1),
        **more: Any,
    ) -> Thing:  # fmt: skip
        """A post of its own; its data."""
        number = f"p{len(self.things):04d}"
        return self._keep("t3", number, who, ago, {
            "title": title, "subreddit": to, "num_comments": 0, "is_self": True, "selftext": words,
            "selftext_html": _as_html(words) if words else None, "removed_by_category": None,
            "permalink": f"/r/{to}/comments/{number}/titel/", "url": f"https://www.reddit.com/r/{to}/comments/{number}/",
            **more,
        })  # fmt: skip

    def say(
        self,
        who: str,
        words: str,
        below: Thing,
        *,
        ago: timedelta = timedelta(minutes=10),
        inbox: str = "",
        **more: Any,
    ) -> Thing:
        """A comment below a post or a comment; `inbox`: why it is in our inbox, too."""
        root = str(below.get("link_id") or below["name"])
        number, to = f"c{len(self.things):04d}", below["subreddit"]
        path = f"/r/{to}/comments/{root[3:]}/titel/{number}/"
        said = self._keep("t1", number, who, ago, {
            "body": words, "body_html": _as_html(words), "parent_id": below["name"], "link_id": root, "subreddit": to,
            "permalink": path, **more,
        })  # fmt: skip
        if inbox:
            self.to_us.append(said["name"])
            said |= {"type": inbox, "was_comment": True, "subject": "comment reply", "context": f"{path}?context=3"}
        return said

    def write(
        self, who: str, subject: str, words: str, *, to: str = "nordhain", first: Thing | None = None,
        ago: timedelta = timedelta(minutes=10),
    ) -> Thing:  # fmt: skip
        """A private message; `first`: that of its conversation."""
        said = self._keep("t4", f"m{len(self.things):04d}", who, ago, {
            "subject": subject, "body": words, "body_html": _as_html(words), "dest": to, "was_comment": False,
            "first_message_name": first["name"] if first else None, "parent_id": first["name"] if first else None,
        })  # fmt: skip
        if to == "nordhain":
            self.to_us.append(said["name"])
        return said

    def edit(self, thing: Thing, words: str) -> None:
        """Its author says it otherwise."""
        name = "body" if "body" in thing else "selftext"
        thing |= {name: words, f"{name}_html": _as_html(words), "edited": clock.now().timestamp()}

    def delete(self, thing: Thing, *, by: str = "[deleted]") -> None:
        """By its author, or, as "[removed]", by those who moderate."""
        name = "body" if "body" in thing else "selftext"
        thing |= {name: by, f"{name}_html": _as_html(by), "author": "[deleted]"}

    def leave(self, who: str) -> None:
        """Somebody deletes their account: the words stay."""
        self.accounts_gone.add(who)
        for thing in self.things.values():
            if thing["author"] == who:
                thing["author"] = "[deleted]"

    def _keep(self, kind: str, number: str, who: str, ago: timedelta, more: Thing) -> Thing:
        made = {
            "id": number, "name": f"{kind}_{number}", "author": who, "author_fullname": f"t2_{who}", "score": 1,
            "created_utc": (clock.now() - ago).timestamp(), "edited": False, **more,
        }  # fmt: skip
        self.things[made["name"]] = made
        return made

    # What it answers.

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """The answer to one request."""
        self.asked.append(f"{method} {path}")
        self.agents.append(headers.get("User-Agent", ""))
        if found := self.faulty(method, path):
            return found
        address = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if address.path == "/api/v1/access_token":
            return self._token(headers, form)
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return fault(401, "Unauthorized")
        self.left -= 1
        if self.left < 0:
            return as_json({"message": "Too Many Requests", "error": 429}, 429, **self._limits())
        status, headers, sent = self._route(method, address.path, asked | form)
        return status, headers | self._limits(), sent

    def _limits(self) -> dict[str, str]:
        return {"x-ratelimit-remaining": f"{max(self.left, 0)}", "x-ratelimit-used": "9", "x-ratelimit-reset": "345"}

    def _route(self, method: str, path: str, asked: dict[str, str]) -> Answer:
        routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", r"/api/v1/me", self._me),
            ("GET", r"/message/(inbox|sent)", self._messages),
            ("GET", r"/user/(\w+)/(?:overview|comments)", self._of_user),
            ("GET", r"/user/(\w+)/about", self._about),
            ("GET", r"/r/([\w+]+)/(new|comments)", self._subreddits),
            ("GET", r"/search", self._search),
            ("GET", r"/api/info", self._info),
            ("POST", r"/api/comment", self._comment),
            ("POST", r"/api/editusertext", self._edit),
            ("POST", r"/api/del", self._delete),
            ("POST", r"/api/vote", self._vote),
            ("POST", r"/api/report", self._report),
        ]
        for verb, pattern, act in routes:
            if verb == method and (found := re.fullmatch(pattern, path)):
                return act(*found.groups(), asked)
        return fault(404, "Not Found")

    def _me(self, _asked: dict[str, str]) -> Answer:
        return as_json({"name": "Nordhain", "id": "abc", "is_suspended": False})

    def _messages(self, box: str, asked: dict[str, str]) -> Answer:
        ours = [one for one in self.things.values() if one["name"].startswith("t4") and one["author"] == "Nordhain"]
        return self._listed([self.things[name] for name in self.to_us] if box == "inbox" else ours, asked)

    def _of_user(self, name: str, asked: dict[str, str]) -> Answer:
        return self._listed(
            [one for one in self.things.values() if one["author"] == name and not one["name"].startswith("t4")], asked
        )

    def _about(self, name: str, _asked: dict[str, str]) -> Answer:
        is_there = name not in self.accounts_gone
        return as_json({"kind": "t2", "data": {"name": name}}) if is_there else fault(404, "Not Found")

    def _subreddits(self, names: str, kind: str, asked: dict[str, str]) -> Answer:
        if set(names.split("+")) & self.closed:
            return fault(403, "Forbidden", reason="private")
        wanted = "t3" if kind == "new" else "t1"
        return self._listed(
            [
                one for one in self.things.values()
                if one["name"].startswith(wanted) and one["subreddit"] in names.split("+")
            ],
            asked,
        )  # fmt: skip

    def _search(self, asked: dict[str, str]) -> Answer:
        words = [one.strip('"').casefold() for one in asked["q"].split(" OR ")]
        posts = [one for one in self.things.values() if one["name"].startswith("t3")]
        return self._listed([one for one in posts if any(word in one["title"].casefold() for word in words)], asked)

    def _info(self, asked: dict[str, str]) -> Answer:
        ids = asked["id"].split(",")
        if len(ids) > 100:
            return fault(400, "Bad Request")
        return _listing([_thing(self.things[name]) for name in ids if name in self.things], None)

    def _listed(self, found: list[Thing], asked: dict[str, str]) -> Answer:
        newest = sorted(found, key=lambda one: float(one["created_utc"]), reverse=True)
        names = [one["name"] for one in newest]
        after = asked.get("after", "")
        begin = names.index(after) + 1 if after in names else len(names) if after else 0
        size = min(int(asked.get("limit", "25")), self.page)
        shown = newest[begin : begin + size]
        return _listing([_thing(one) for one in shown], shown[-1]["name"] if len(newest) > begin + size else None)

    def _comment(self, asked: dict[str, str]) -> Answer:
        parent = self.things.get(asked["thing_id"])
        if parent is None:
            return wrong("NO_THING_ID", "id not specified")
        if parent["author"] == "[deleted]":
            return wrong("DELETED_COMMENT", "that comment has been deleted")
        if parent["name"].startswith("t4"):
            first = self.things[parent["first_message_name"] or parent["name"]]
            made = self.write("Nordhain", "re: x", asked["text"], to=parent["author"], first=first, ago=timedelta())
            made["parent_id"] = parent["name"]
        else:
            made = self.say("Nordhain", asked["text"], parent, ago=timedelta())
        return as_json({"json": {"errors": [], "data": {"things": [_thing(made)]}}})

    def _edit(self, asked: dict[str, str]) -> Answer:
        if self.things[asked["thing_id"]]["author"] != "Nordhain":
            return wrong("NOT_AUTHOR", "you can't do that")
        self.edit(self.things[asked["thing_id"]], asked["text"])
        return as_json({"json": {"errors": [], "data": {"things": [_thing(self.things[asked["thing_id"]])]}}})

    def _delete(self, asked: dict[str, str]) -> Answer:
        if asked["id"] in self.things:
            self.delete(self.things[asked["id"]])
        return as_json({})

    def _vote(self, asked: dict[str, str]) -> Answer:
        self.votes[asked["id"]] = asked["dir"]
        return as_json({})

    def _report(self, asked: dict[str, str]) -> Answer:
        self.reports.append((asked["thing_id"], asked["reason"]))
        return as_json({"json": {"errors": []}})

    def _token(self, headers: dict[str, str], form: dict[str, str]) -> Answer:
        if headers.get("Authorization") != "Basic " + base64.b64encode(b"client:client-secret").decode():
            return fault(401, "Unauthorized")
        given = {"access_token": TOKEN, "token_type": "bearer", "expires_in": 86_400, "scope": "identity read submit"}
        if form["grant_type"] == "authorization_code":
            good = form["code"] == "good-code"
            return as_json(given | {"refresh_token": "renewal"} if good else {"error": "invalid_grant"})
        return as_json(given) if form["refresh_token"] in self.renewals else fault(400, "Bad Request")


def _thing(data: Thing) -> Thing:
    return {"kind": data["name"][:2], "data": data}


def _listing(children: list[Thing], after: str | None) -> Answer:
    return as_json({"kind": "Listing", "data": {"after": after, "before": None, "children": children}})


def _as_html(words: str) -> str:
    """What Reddit makes of its markup, as far as our own words use it."""
    plain = re.sub(r"\\(.)|(&#?\w+;)", lambda found: found[1] or html.unescape(found[2]), words)
    body = html.escape(plain, quote=False).replace("  \n", "<br/>\n")
    return f'<!-- SC_OFF --><div class="md"><p>{body}</p>\n</div><!-- SC_ON -->'

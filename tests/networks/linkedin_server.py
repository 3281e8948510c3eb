"""LinkedIn on the loopback, as far as a Page sees it, as its published description says that it answers.

Letting in is done by `OAuthServer`; renewals come only where `has_renewals`. Notifications come newest first, by pages;
comments are nested once; posts have two names, share and activity; a version lives for a year.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.networks.loopback_server import Answer, LoopbackServer
from tests.networks.oauth_server import CLIENT_ID, CLIENT_SECRET, OAuthServer
from tests.networks.review_server import as_json

from resonanz.core import clock
from resonanz.networks.contract import Account, App

US, ADA, BOB = "urn:li:organization:96072893", "urn:li:person:zLqTygBP8S", "urn:li:person:bob-1"
ACTIVITY, SHARE = "urn:li:activity:7094637247890620418", "urn:li:share:7094637247487995904"
TOKEN = "AQX-token"
VERSIONS = {"202607", "202610"}
APP = App(CLIENT_ID, CLIENT_SECRET)
Found = dict[str, Any]


def no(status: int, code: str, message: str) -> Answer:
    """A no of LinkedIn."""
    return as_json({"status": status, "code": code, "serviceErrorCode": 100, "message": message}, status)


NOT_FOUND = no(404, "NOT_FOUND", "Not found")


@dataclass
class LinkedInServer(LoopbackServer):
    """`notes`: notifications, the oldest first. `comments`: by their number. `asked`: each request."""

    notes: list[Found] = field(default_factory=list)
    comments: dict[str, Found] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=lambda: {US: "Nordhain", "urn:li:organization:5": "Nordhain Werk"})
    asked: list[str] = field(default_factory=list)
    faulty: Callable[[str, str], Answer | None] = lambda _method, _path: None
    oauth: OAuthServer = field(default_factory=lambda: OAuthServer(rotates=False))
    has_renewals: bool = False
    is_revoked: bool = False
    is_admin: bool = True
    hangs_up: bool = False
    versions: set[str] = field(default_factory=lambda: set(VERSIONS))

    def account(self, **more: Any) -> Account:
        """The Page."""
        known: Found = {"origin": "linkedin.com", "native_id": US, "handle": "nordhain", "name": "Nordhain",
                        "secret": TOKEN, "app": APP} | more  # fmt: skip
        return Account(network="linkedin", address=self.url, **known)

    # What people do there.

    def comment(
        self, text: str = "Wie lang ist die Lieferzeit?", who: str = ADA, *, below: str = "",
        ago: timedelta = timedelta(minutes=30), notified: bool = True, decorated: bool = True,
    ) -> str:  # fmt: skip
        """A new comment below the Page's post; its name."""
        number = str(7094977717598625792 + len(self.comments))
        urn = f"urn:li:comment:({ACTIVITY},{number})"
        self.comments[number] = {
            "id": number, "actor": who, "object": ACTIVITY, "commentUrn": urn, "message": {"text": text},
            "created": {"actor": who, "time": _millis(ago)}, **({"parentComment": below} if below else {}),
        }  # fmt: skip
        if notified:
            self.notify("ADMIN_COMMENT" if who == US else "COMMENT", urn, text, who, ago=ago, decorated=decorated)
        return urn

    def notify(
        self, action: str, urn: str, text: str, who: str, *, ago: timedelta = timedelta(0), decorated: bool = True
    ) -> None:
        """The Page is told of something; LinkedIn leaves a part out where it names what was done."""
        note: Found = {
            "notificationId": 5603453321 + len(self.notes), "organizationalEntity": US, "subscriber": ADA,
            "action": action, "lastModifiedAt": _millis(ago), "sourcePost": ACTIVITY,
            "generatedActivity": urn.replace("(urn:li:", "("),
            "decoratedSourcePost": {"entity": SHARE, "owner": US, "text": "Neu", "mediaCategory": "NONE"},
        }  # fmt: skip
        kind = "share" if action == "SHARE_MENTION" else "comment"
        if decorated:
            note["decoratedGeneratedActivity"] = {kind: {"entity": urn, "owner": who, "text": text}}
        self.notes.append(note)

    # What it answers.

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """The answer to one request."""
        self.asked.append(f"{method} {path}")
        if found := self.faulty(method, path):
            return found
        address = urlsplit(path)
        if address.path == "/oauth/v2/accessToken":
            return self._token(method, headers, body)
        named = {name.lower(): value for name, value in headers.items()}
        token = named.get("authorization", "").removeprefix("Bearer ")
        if self.is_revoked or token not in {TOKEN, *self.oauth.tokens}:
            return no(401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked by the user")
        if named.get("linkedin-version") not in self.versions:
            return no(426, "NONEXISTENT_VERSION", "Requested version 20260701 is not active")
        if named.get("x-restli-protocol-version") != "2.0.0":
            return no(400, "ILLEGAL_ARGUMENT", "Invalid protocol version")
        sent = json.loads(body) if body else {}
        is_patch = named.get("x-restli-method") == "PARTIAL_UPDATE"
        answer = self._route(method, address.path.removeprefix("/rest"), parse_qs(address.query), sent, is_patch)
        return None if self.hangs_up and method != "GET" else answer

    def _route(self, method: str, path: str, asked: dict[str, list[str]], sent: Found, is_patch: bool) -> Answer:
        if path == "/organizationAcls":
            roles = [{"organization": urn, "role": "ADMINISTRATOR", "state": "APPROVED"} for urn in self.pages]
            return as_json({"elements": [*roles, {"organization": "urn:li:organizationBrand:9"}]})
        if found := re.fullmatch(r"/organizations/(\d+)", path):
            name = self.pages.get(f"urn:li:organization:{found[1]}")
            return as_json({"localizedName": name, "vanityName": f"page-{found[1]}"}) if name else NOT_FOUND
        if path == "/organizationalEntityNotifications":
            return self._notifications(asked)
        if path == f"/posts/{SHARE.replace(':', '%3A')}":
            words = "Neu: @[Ada](urn:li:person:1) fährt {hashtag|\\#|Rad}"
            return as_json({"id": SHARE, "author": US, "commentary": words, "publishedAt": _millis(timedelta(days=1))})
        if found := re.fullmatch(r"/socialActions/([^/]+)/comments(?:/(\d+))?", path):
            return self._comments(method, unquote(found[1]), found[2] or "", asked, sent, is_patch)
        return NOT_FOUND

    def _notifications(self, asked: dict[str, list[str]]) -> Answer:
        if not self.is_admin:
            return no(403, "ACCESS_DENIED", "Member does not have permission to read notifications of the organization")
        wanted = asked["actions"][0].removeprefix("List(").rstrip(")").split(",")
        within = re.fullmatch(r"\(start:(\d+),end:(\d+)\)", asked["timeRange"][0])
        if asked["organizationalEntity"] != [US] or within is None:
            return no(400, "ILLEGAL_ARGUMENT", "Invalid query parameters")
        first, count = int(asked["start"][0]), int(asked["count"][0])
        told = [note for note in reversed(self.notes) if note["action"] in wanted
                and int(within[1]) <= note["lastModifiedAt"] <= int(within[2])]  # fmt: skip
        return as_json({"elements": told[first : first + count], "paging": {"start": first, "count": count}})

    def _comments(
        self, method: str, place: str, number: str, asked: dict[str, list[str]], sent: Found, is_patch: bool
    ) -> Answer:
        if number:
            return self._comment(method, place, number, asked, sent, is_patch)
        if method == "POST":
            return self._create(place, sent)
        first, count = int(asked["start"][0]), int(asked["count"][0])
        shown = [one for one in self.comments.values() if one.get("parentComment", ACTIVITY) == place]
        return as_json({"elements": shown[first : first + count], "paging": {}})

    def _comment(
        self, method: str, place: str, number: str, asked: dict[str, list[str]], sent: Found, is_patch: bool
    ) -> Answer:
        found = self.comments.get(number)
        if found is None or place not in {ACTIVITY, SHARE}:
            return NOT_FOUND
        if method == "GET":
            return as_json(found)
        if asked.get("actor") != [US] or found["actor"] != US:
            return no(403, "ACCESS_DENIED", "The actor may not change this comment")
        if method == "DELETE":
            del self.comments[number]
            return 204, {}, b""
        assert is_patch
        found["message"] = sent["patch"]["message"]["$set"]
        return 204, {}, b""

    def _create(self, place: str, sent: Found) -> Answer:
        words = sent["message"]["text"]
        above = sent.get("parentComment", "")
        if sent["actor"] != US or len(words) > 1250:
            return no(400, "INVALID", "Comment is too long or the actor is wrong")
        if place not in {ACTIVITY, SHARE} and (place != above or self._nested(place)):
            return no(400, "INVALID", "Comments are nested once")
        urn = self.comment(words, US, below=above, ago=timedelta(0), notified=False)
        made = dict(self.comments[re.sub(r".*,(\d+)\)", r"\1", urn)])
        del made["commentUrn"]  # it does not always say it
        return as_json(made, 201)

    def _nested(self, urn: str) -> bool:
        return "parentComment" in self.comments[re.sub(r".*,(\d+)\)", r"\1", urn)]

    def _token(self, method: str, headers: dict[str, str], body: bytes) -> Answer | None:
        status, more, given = self.oauth.answer(method, "/token", headers, body) or (500, {}, b"")
        found = json.loads(given)
        if not self.has_renewals:
            found.pop("refresh_token", None)
        return as_json(found, status, **{name: value for name, value in more.items() if name != "Content-Type"})


def _millis(ago: timedelta) -> int:
    return int((clock.now() - ago).timestamp() * 1000)

"""A server of the AT Protocol that fails on command, written from its lexicons (atproto.com/lexicons).

The real one is asked in tests/peers; this one answers slowly, late, with pages for people or not at all.
"""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from resonanz.core import clock
from resonanz.networks.bluesky.posts import COLLECTION
from resonanz.networks.contract import Account

US, EVA = "did:plc:werke", "did:plc:eva"
HANDLES = {US: "werke.test", EVA: "eva.test"}
PASSWORD = "abcd-efgh-ijkl-mnop"

Answer = tuple[int, object]


def said(moment: datetime) -> str:
    """A time as records hold it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class AtprotoServer:
    """`failing` answers a method with a status, a body (bytes as they are, else JSON) and headers, for so many times.

    `asked` holds the methods asked, in their order; `orders` what was posted, by method.
    """

    failing: dict[str, tuple[int, object, Mapping[str, str], int]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    orders: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    notifications: list[dict[str, Any]] = field(default_factory=list)
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    token_seconds: float = 7200.0

    def __enter__(self) -> AtprotoServer:
        there = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                self._answer(address.path, dict(parse_qs(address.query)))

            def do_POST(self) -> None:
                self._answer(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, path: str, asked: dict[str, Any]) -> None:
                method = path.removeprefix("/xrpc/")
                status, found, headers = there.answer(method, asked, self.headers.get("Authorization", ""))
                body = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def account(self) -> Account:
        return Account(
            network="bluesky",
            address=f"http://{self.host}",
            origin="at://",
            native_id=US,
            handle=HANDLES[US],
            secret=PASSWORD,
        )

    def fail(
        self, method: str, status: int, body: object = b"", *, times: int = 1, headers: Mapping[str, str] | None = None
    ) -> None:
        """The next `times` answers of the method."""
        self.failing[method] = (status, body, headers or {}, times)

    def post(
        self, text: str, *, author: str = EVA, parent: str = "", root: str = "", at: datetime | None = None, **more: Any
    ) -> str:
        """Somebody says something; its address."""
        moment = at or clock.now()
        uri = f"at://{author}/{COLLECTION}/{len(self.posts):013d}"
        record: dict[str, Any] = {"$type": COLLECTION, "text": text, "createdAt": said(moment), **more}
        if parent:
            record["reply"] = {name: {"uri": one, "cid": f"cid-{one}"} for name, one in
                               (("root", root or parent), ("parent", parent))}  # fmt: skip
        self.posts[uri] = {
            "uri": uri, "cid": f"cid-{uri}", "author": {"did": author, "handle": HANDLES.get(author, "handle.invalid")},
            "record": record, "indexedAt": said(moment), "likeCount": 0, "repostCount": 0, "replyCount": 0,
        }  # fmt: skip
        if parent in self.posts:
            self.posts[parent]["replyCount"] += 1
        return uri

    def mention(self, text: str, **more: Any) -> str:
        """Somebody says something to us, and a notification tells so."""
        uri = self.post(text, **more)
        self.notify(uri)
        return uri

    def notify(self, uri: str, *, indexed_at: str = "") -> None:
        view = self.posts[uri]
        told = {name: view[name] for name in ("uri", "cid", "author", "record")}
        at = indexed_at or view["record"]["createdAt"]
        self.notifications.append({**told, "reason": "mention", "isRead": False, "indexedAt": at})
        self.notifications.sort(key=lambda one: str(one["indexedAt"]))

    def answer(self, method: str, asked: dict[str, Any], authorization: str) -> tuple[int, object, Mapping[str, str]]:
        self.asked.append(method)
        if method in self.failing:
            status, body, headers, times = self.failing.pop(method)
            if times > 1:
                self.failing[method] = (status, body, headers, times - 1)
            return status, body, headers
        if method != "com.atproto.server.createSession" and authorization.removeprefix("Bearer ") not in self.tokens:
            return 400, {"error": "ExpiredToken", "message": "Token has expired"}, {}
        status, found = getattr(self, "_" + method.rsplit(".", 1)[-1])(asked)
        return status, found, {}

    def _createSession(self, asked: dict[str, Any]) -> Answer:
        if asked["identifier"] not in {US, HANDLES[US]} or asked["password"] != PASSWORD:
            return 401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
        end = int((clock.now() + timedelta(seconds=self.token_seconds)).timestamp())
        payload = urlsafe_b64encode(json.dumps({"exp": end, "n": len(self.tokens)}).encode()).rstrip(b"=").decode()
        token = f"head.{payload}.signature"
        self.tokens.add(token)
        return 200, {"did": US, "handle": HANDLES[US], "accessJwt": token, "refreshJwt": "unused"}

    def _listNotifications(self, asked: dict[str, Any]) -> Answer:
        newest = self.notifications[::-1]
        start, most = int(asked.get("cursor", ["0"])[0]), int(asked["limit"][0])
        shown = newest[start : start + most]
        return 200, {"notifications": shown, **({"cursor": str(start + most)} if start + most < len(newest) else {})}

    def _getPosts(self, asked: dict[str, Any]) -> Answer:
        if len(asked["uris"]) > 25:
            return 400, {"error": "InvalidRequest", "message": "Error: uris must not have more than 25 elements"}
        return 200, {"posts": [self.posts[uri] for uri in asked["uris"] if uri in self.posts]}

    def _getAuthorFeed(self, asked: dict[str, Any]) -> Answer:
        own = [view for view in self.posts.values() if view["author"]["did"] == asked["actor"][0]]
        return 200, {"feed": [{"post": view} for view in own[::-1][: int(asked["limit"][0])]]}

    def _getPostThread(self, asked: dict[str, Any]) -> Answer:
        uri = asked["uri"][0]
        if uri not in self.posts:
            return 400, {"error": "NotFound", "message": "Post not found"}
        below = [
            one for one in self.posts.values() if one["record"].get("reply", {}).get("parent", {}).get("uri") == uri
        ]
        return 200, {"thread": {"post": self.posts[uri], "replies": [{"post": one} for one in below]}}

    def _searchPosts(self, asked: dict[str, Any]) -> Answer:
        found = [view for view in self.posts.values() if asked["q"][0] in view["record"]["text"]]
        return 200, {"posts": found[::-1]}

    def _resolveHandle(self, asked: dict[str, Any]) -> Answer:
        known = [did for did, handle in HANDLES.items() if handle == asked["handle"][0]]
        return (200, {"did": known[0]}) if known else (400, {"error": "HandleNotFound"})

    def _getProfile(self, asked: dict[str, Any]) -> Answer:
        blocks = [uri for uri, one in self.records.items() if one.get("subject") == asked["actor"][0]]
        return 200, {"did": asked["actor"][0], "viewer": {"blocking": blocks[0]} if blocks else {}}

    def _getProfiles(self, asked: dict[str, Any]) -> Answer:
        if len(asked["actors"]) > 25:
            return 400, {"error": "InvalidRequest", "message": "Error: actors must not have more than 25 elements"}
        known = [{"did": did, "handle": HANDLES[did], **self.profiles.get(did, {})}
                 for did in asked["actors"] if did in HANDLES]  # fmt: skip
        return 200, {"profiles": known}

    def _createRecord(self, asked: dict[str, Any]) -> Answer:
        self.orders.append(("createRecord", asked))
        record, collection = asked["record"], asked["collection"]
        if collection == COLLECTION:
            places = record.get("reply", {})
            more = {name: value for name, value in record.items() if name in {"facets", "langs"}}
            named = {name: places[name]["uri"] for name in ("parent", "root") if name in places}
            return 200, {"uri": (uri := self.post(record["text"], author=US, **named, **more)), "cid": f"cid-{uri}"}
        uri = f"at://{US}/{collection}/{len(self.records):013d}"
        self.records[uri] = record
        if collection == "app.bsky.feed.like":
            self.posts[record["subject"]["uri"]].setdefault("viewer", {})["like"] = uri
        return 200, {"uri": uri, "cid": f"cid-{uri}"}

    def _deleteRecord(self, asked: dict[str, Any]) -> Answer:
        self.orders.append(("deleteRecord", asked))
        uri = f"at://{US}/{asked['collection']}/{asked['rkey']}"
        self.posts.pop(uri, None)
        self.records.pop(uri, None)
        for view in self.posts.values():
            view["viewer"] = {name: one for name, one in view.get("viewer", {}).items() if one != uri}
        return 200, {}

    def _putRecord(self, asked: dict[str, Any]) -> Answer:
        self.orders.append(("putRecord", asked))
        uri = f"at://{US}/{asked['collection']}/{asked['rkey']}"
        now = f"cid-{json.dumps(self.records[uri])}" if uri in self.records else None
        if asked["swapRecord"] != now:
            return 400, {"error": "InvalidSwap", "message": f"Record was at {now}"}
        self.records[uri] = asked["record"]
        return 200, {"uri": uri, "cid": "cid"}

    def _getRecord(self, asked: dict[str, Any]) -> Answer:
        uri = f"at://{asked['repo'][0]}/{asked['collection'][0]}/{asked['rkey'][0]}"
        if uri not in self.records:
            return 400, {"error": "RecordNotFound", "message": f"Could not locate record: {uri}"}
        return 200, {"uri": uri, "cid": f"cid-{json.dumps(self.records[uri])}", "value": self.records[uri]}

    def _listRecords(self, asked: dict[str, Any]) -> Answer:
        own = [view for view in self.posts.values() if view["author"]["did"] == asked["repo"][0]][::-1]
        return 200, {"records": [{"uri": one["uri"], "cid": one["cid"], "value": one["record"]} for one in own]}

    def _createReport(self, asked: dict[str, Any]) -> Answer:
        self.orders.append(("createReport", asked))
        return 200, {"id": 1}

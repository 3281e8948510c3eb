"""The practice network: an HTTP process of its own with its own file, for demo, practice and tests.

    python -m resonanz.networks.memory.server --port 8099 --file practice.sqlite3

It listens on 127.0.0.1 only. Accounts are opened by anybody with POST /accounts; every other call carries the token.
POST /_control makes it misbehave as real networks do (docs/networks.md has the list), GET / shows the posts to people.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import html
import json
import logging
import math
import random
import re
import signal
import sys
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import resonanz
from resonanz.core import clock
from resonanz.networks.memory import stream, world
from resonanz.networks.memory.store import Denied, Row, Store
from resonanz.networks.rates import Buckets, Rate

log = logging.getLogger(__name__)

MODES = ("slow", "lost", "refused", "limited", "down")
MOST_BODY = 64 * 1024
MOST_PICTURE_BODY = 6 * 1024 * 1024
_NUMBER = re.compile(r"[0-9]{1,15}")
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Practice network</title></head>
<body><h1>Practice network</h1><p>The newest public posts. Nothing here leaves this machine.</p>{posts}</body></html>"""


@dataclass(slots=True)
class Trouble:
    """What goes wrong with the coming answers: the `next` ones, or any one with `probability`."""

    mode: str = ""
    next: int = 0
    seconds: float = 0.0
    method: str = ""
    probability: float = 0.0
    modes: tuple[str, ...] = ()
    chance: random.Random = field(default_factory=random.Random)

    def strike(self, method: str) -> str:
        """The trouble that befalls this request, "" for none."""
        if self.method and method != self.method:
            return ""
        if self.next > 0:
            self.next -= 1
            return self.mode
        if self.probability and self.chance.random() < self.probability:
            return self.chance.choice(self.modes)
        return ""


def read_trouble(wish: Row) -> Trouble:
    """A Trouble from what POST /_control was given; raises Denied when it cannot be understood."""
    modes = tuple(wish.get("modes", [wish.get("mode", "")]))
    known = (*MODES, "none", "random")
    if wish.get("mode") not in known or any(mode not in known for mode in modes):
        raise Denied(422, f"mode is one of {', '.join(known)}.")
    if wish["mode"] == "none":
        return Trouble()
    seconds, method = float(wish.get("seconds", 1.0)), str(wish.get("method", ""))
    if wish["mode"] == "random":
        chosen = tuple(mode for mode in modes if mode in MODES) or MODES
        chance = random.Random(int(wish.get("seed", 0)))  # noqa: S311 - practice wants repeatable trouble
        return Trouble("random", 0, seconds, method, float(wish.get("probability", 0.1)), chosen, chance)
    return Trouble(wish["mode"], int(wish.get("next", 1)), seconds, method)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, store: Store, rate: Rate, control_word: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.store = store
        self.control_word = control_word
        self.buckets = Buckets(rate)
        self.trouble = Trouble()
        self.lock = threading.Lock()
        self.bell = stream.Bell()

    def strike(self, method: str) -> tuple[str, float]:
        with self.lock:
            return self.trouble.strike(method), self.trouble.seconds

    def wait(self, key: str) -> float:
        with self.lock:
            return self.buckets.wait(key)

    def handle_error(self, request: object, client_address: object) -> None:
        # The default writes the traceback, with what the client sent, to stderr.
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("a request to the practice network broke")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = f"ResonanzPractice/{resonanz.__version__}"
    timeout = 30

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: addresses of requests hold ids, and the log is for what went wrong."""

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET

    def _handle(self) -> None:
        try:
            path = urlsplit(self.path)
            if not self._asked_by_name():
                raise Denied(403, "Ask 127.0.0.1 or localhost.")
            if self.command == "GET" and path.path == "/":
                return self._page()
            if self.command == "GET" and path.path.startswith("/media/"):
                return self._picture(path.path.removeprefix("/media/"))
            body = self._body(MOST_PICTURE_BODY if path.path == "/media" else MOST_BODY)
            if (self.command, path.path) == ("POST", "/_control"):
                return self._control(body)
            if (self.command, path.path) == ("POST", "/_world"):
                return self._world(body)
            self._api(path.path, {name: values[-1] for name, values in parse_qs(path.query).items()}, body)
        except Denied as denied:
            retry = {"Retry-After": str(math.ceil(denied.seconds))} if isinstance(denied, _Limited) else {}
            self._answer(denied.status, {"error": denied.words}, retry)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _api(self, path: str, query: dict[str, str], body: Row) -> None:
        trouble, seconds = self.server.strike(self.command)
        if trouble in {"refused", "limited", "down"}:
            return self._misbehave(trouble, seconds)
        if (self.command, path) == ("GET", "/stream"):
            return self._stream(cut=trouble == "lost")
        status, answer = self._route(path.strip("/").split("/"), query, body)
        self._ring()
        if trouble == "lost":
            # It took effect; the connection ends without a word.
            self.close_connection = True
            return None
        if trouble == "slow":
            clock.sleep(seconds)
        return self._answer(status, answer)

    def _misbehave(self, trouble: str, seconds: float) -> None:
        if trouble == "refused":
            return self._answer(422, {"error": "Refused on command."})
        retry = {"Retry-After": str(max(1, round(seconds)))}
        status = 429 if trouble == "limited" else 503
        return self._answer(status, {"error": HTTPStatus(status).phrase}, retry)

    def _route(self, parts: list[str], query: dict[str, str], body: Row) -> tuple[int, Row]:
        store, act = self.server.store, (self.command, parts[0], len(parts))
        if act == ("POST", "accounts", 1):
            return 201, store.create_account(handle=_text(body, "handle").lower(), name=_text(body, "name", ""))
        account = store.signed_in(self._token())
        if wait := self.server.wait(str(account["id"])):
            raise _Limited(wait)
        me = int(account["id"])
        if act == ("GET", "accounts", 2) and parts[1] == "me":
            return 200, {"id": str(me), "handle": account["handle"], "name": account["name"]}
        if act == ("DELETE", "accounts", 2) and parts[1] == "me":
            store.delete_account(me=me)
            return 204, {}
        if parts[0] == "accounts" and len(parts) == 3 and parts[2] == "block" and self.command in {"PUT", "DELETE"}:
            store.block(me=me, account_id=_number(parts[1]), blocks=self.command == "PUT")
            return 204, {}
        if act == ("GET", "events", 1):
            return 200, self._events(me, query)
        if act == ("POST", "media", 1):
            return 201, self._add_picture(me, body)
        if parts[0] == "posts":
            return self._posts(me, parts[1:], query, body)
        raise Denied(404, "There is nothing here.")

    def _events(self, me: int, query: dict[str, str]) -> Row:
        limit = min(_number(query.get("limit", "100")), 500)
        events = self.server.store.events(me=me, after=_number(query.get("after", "0")), limit=limit)
        return {"events": events, "more": len(events) == limit}

    def _posts(self, me: int, rest: list[str], query: dict[str, str], body: Row) -> tuple[int, Row]:
        store = self.server.store
        if not rest and self.command == "POST":
            return 201, self._create(me, body)
        post_id = _number(rest[0]) if rest else 0
        match (self.command, *rest[1:]):
            case ("GET",) if rest:
                return 200, store.post(me=me, post_id=post_id)
            case ("PATCH",) if rest:
                return 200, store.edit_post(
                    me=me,
                    post_id=post_id,
                    text=_text(body, "text"),
                    pictures=_keys(body) if "pictures" in body else None,
                )
            case ("DELETE",) if rest:
                store.delete_post(me=me, post_id=post_id)
            case ("PUT" | "DELETE", "like"):
                store.like(me=me, post_id=post_id, likes=self.command == "PUT")
            case ("PUT" | "DELETE", "hidden"):
                store.hide(me=me, post_id=post_id, hides=self.command == "PUT")
            case ("POST", "reports"):
                return 201, store.report(me=me, post_id=post_id, words=_text(body, "words"))
            case ("GET", "replies"):
                return 200, self._own_replies(me, post_id, query)
            case _:
                raise Denied(404, "There is nothing here.")
        return 204, {}

    def _create(self, me: int, body: Row) -> Row:
        parent, quoted = body.get("parent_id") or None, body.get("quoted_id") or None
        to = body.get("to", [])
        if not isinstance(to, list) or not all(isinstance(handle, str) for handle in to):
            raise Denied(422, "to is a list of handles.")
        return self.server.store.create_post(
            me=me,
            text=_text(body, "text"),
            visibility=_text(body, "visibility", "PUBLIC"),
            parent_id=_number(str(parent)) if parent is not None else None,
            to=to,
            pictures=_keys(body),
            quoted_id=_number(str(quoted)) if quoted is not None else None,
        )

    def _add_picture(self, me: int, body: Row) -> Row:
        try:
            data = base64.b64decode(_text(body, "data"), validate=True)
        except binascii.Error as error:
            raise Denied(422, "data is the picture in base64.") from error
        content_type, alt = _text(body, "type"), _text(body, "alt", "")
        return self.server.store.add_picture(me=me, data=data, content_type=content_type, alt=alt)

    def _own_replies(self, me: int, post_id: int, query: dict[str, str]) -> Row:
        limit = 100
        after, since = _number(query.get("after", "0")), query.get("since", "")
        posts = self.server.store.own_replies(me=me, parent_id=post_id, since=since, after=after, limit=limit)
        return {"posts": posts, "more": len(posts) == limit}

    def _control(self, body: Row) -> None:
        try:
            trouble = read_trouble(body)
        except (TypeError, ValueError) as error:
            raise Denied(422, "next and seed are whole numbers, seconds and probability are numbers.") from error
        with self.server.lock:
            self.server.trouble = trouble
        self._answer(200, {"mode": trouble.mode or "none", "next": trouble.next, "probability": trouble.probability})

    def _world(self, body: Row) -> None:
        if not world.is_permitted(self.headers.get("Authorization", ""), self.server.control_word):
            raise Denied(403, "The control word of this network is missing.")
        answer = world.play(self.server.store, body)
        self._ring()
        self._answer(200, answer)

    def _stream(self, *, cut: bool) -> None:
        """What happens from now on; `cut`: the connection ends as soon as it was opened."""
        token = self._token()
        self.server.store.signed_in(token)
        self.close_connection = True
        with self.server.bell.place():
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            if not cut:
                stream.tell(self.server.store, self.server.bell, token=token, send=self.wfile.write)

    def _ring(self) -> None:
        if self.command != "GET":
            self.server.bell.ring()

    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _page(self) -> None:
        posts = "".join(_article(post) for post in self.server.store.latest())
        policy = {"Content-Security-Policy": "default-src 'none'; img-src 'self'"}
        self._send(200, _PAGE.format(posts=posts).encode(), "text/html; charset=utf-8", policy)

    def _picture(self, key: str) -> None:
        found = self.server.store.picture(key)
        self._send(200, found["data"], found["type"], {})

    def _asked_by_name(self) -> bool:
        """Whether the request names this machine: a page whose name was bent to 127.0.0.1 must not read or post."""
        return self.headers.get("Host", "").rpartition(":")[0] in {"127.0.0.1", "localhost"}

    def _body(self, most: int) -> Row:
        length = _number(self.headers.get("Content-Length") or "0")
        if length > most:
            raise Denied(413, "This is too much.")
        if length == 0:
            return {}
        if not self.headers.get("Content-Type", "").startswith("application/json"):
            # A form on a foreign page can post anything else without being asked first.
            raise Denied(415, "Send application/json.")
        try:
            body = json.loads(self.rfile.read(length))
        except (ValueError, RecursionError) as error:
            raise Denied(400, "This is not JSON.") from error
        if not isinstance(body, dict):
            raise Denied(400, "Send a JSON object.")
        return body

    def _answer(self, status: int, answer: Row, headers: dict[str, str] | None = None) -> None:
        self._send(status, b"" if status == 204 else json.dumps(answer).encode(), "application/json", headers or {})

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        own = {"Content-Type": kind, "Content-Length": str(len(body)), "X-Content-Type-Options": "nosniff"}
        for name, value in {**own, "Content-Security-Policy": "default-src 'none'", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Limited(Denied):
    def __init__(self, seconds: float) -> None:
        super().__init__(429, "Too many requests.")
        self.seconds = seconds


def _article(post: Row) -> str:
    author, words, said_at = post["author"], html.escape(post["text"]), post["posted_at"][:16]
    answers = f" · answers #{post['parent_id']}" if post["parent_id"] else ""
    beside = "".join(
        f'<p><img src="{html.escape(one["path"])}" alt="{html.escape(one["alt"])}" height="120"></p>'
        for one in post["media"]
    )
    quoted = post["quoted"]
    if quoted:
        said = f"<b>@{html.escape(quoted['author']['handle'])}</b> {html.escape(quoted['text'])}"
        beside += f"<blockquote>{said}</blockquote>"
    return (
        f'<article id="post-{post["id"]}"><p><b>@{html.escape(author["handle"])}</b> {html.escape(author["name"])}'
        f" · {said_at}</p><p>{words}</p>{beside}<p>#{post['id']}{answers} · {post['likes']} likes</p></article>"
    )


def _text(body: Row, name: str, default: str | None = None) -> str:
    value: Any = body.get(name, default)
    if not isinstance(value, str) or "\0" in value:
        raise Denied(422, f"{name} is a text.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Denied(422, f"{name} is not Unicode.") from error
    return value


def _keys(body: Row) -> list[str]:
    found = body.get("pictures", [])
    if not isinstance(found, list) or not all(isinstance(key, str) for key in found):
        raise Denied(422, "pictures is a list of what POST /media answered.")
    return found


def _number(value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise Denied(422, "This is not a number.")
    return int(value)


def serve(*, file: Path, port: int, per_minute: int = 6000) -> None:
    """Run the practice network on 127.0.0.1:`port` until SIGTERM or Ctrl-C; each account may ask `per_minute` times."""
    store = Store(file)
    server = _Server(port, store, Rate(per_minute, 60.0), world.control_word(file))

    def stop(_signal: int, _frame: object) -> None:
        # shutdown() waits for the loop below, so it cannot run in the loop's own thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.bell.end()
        server.server_close()
        store.close()


def main() -> None:
    """Start from the command line."""
    parser = argparse.ArgumentParser(description="The practice network of Resonanz, on 127.0.0.1 only.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True, help="where it keeps what was said (SQLite)")
    parser.add_argument("--per-minute", type=int, default=6000, help="requests per account and minute")
    chosen = parser.parse_args()
    serve(file=chosen.file, port=chosen.port, per_minute=chosen.per_minute)


if __name__ == "__main__":
    main()

"""A server that speaks as Mastodon does and differs where its kin do, from their published descriptions.

Ids are ULIDs, the server describes itself in the former way only, there is no Link header, no key against sending
twice, no way to see many statuses at once, and no server-sent events: streams come by WebSocket alone, from a port of
their own, the token in the address.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from resonanz.core import clock
from resonanz.networks.contract import Account

_quiet = logging.getLogger("kin")
_quiet.setLevel(logging.CRITICAL)
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN = "geheim"
PERSON = {"id": "01HZADAADAADAADAADAADAADA1", "username": "ada", "acct": "ada@anderswo.example", "url": ""}
US = {"id": "01HZWERKEWERKEWERKEWERKE01", "username": "werke", "acct": "werke", "url": "https://kin.example/@werke"}


def ulid(number: int) -> str:
    """The ids sort as text; read as numbers they would not."""
    tail = ""
    for _ in range(8):
        tail, number = _DIGITS[number % 32] + tail, number // 32
    return f"01J000000000000000{tail}"


@dataclass
class KinServer:
    """`refused` answers a path with a status; `understands_min_id` is what the eldest of the kin do not.

    `says_why`: a refusal has words in JSON, which those have not that show a page for people instead.
    """

    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    notifications: list[Any] = field(default_factory=list)
    unknown_kinds: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    understands_min_id: bool = True
    streams: bool = True
    says_why: bool = True
    _sockets: dict[str, ServerConnection] = field(default_factory=dict)
    _count: int = 0

    def __enter__(self) -> KinServer:
        kin = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                kin.asked.append(address.path)
                self._answer(*kin.get(address.path, parse_qs(address.query)))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                more = {"visibility": body["visibility"], "language": body.get("language"), "mentions": [PERSON]}
                self._answer(200, kin.status(body["status"], author=US, parent=body["in_reply_to_id"], **more))

            def _answer(self, status: int, found: object) -> None:
                body = json.dumps(found).encode() if status < 400 or kin.says_why else b"<h1>No</h1>"
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self._streaming: Server = serve(self._stream, "127.0.0.1", 0, process_request=self._admit, logger=_quiet)
        threading.Thread(target=self._streaming.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._streaming.shutdown()
        self._server.shutdown()
        self._server.server_close()

    @property
    def hosts(self) -> list[str]:
        return [f"127.0.0.1:{self._server.server_port}", f"127.0.0.1:{self._streaming_port}"]

    @property
    def _streaming_port(self) -> int:
        port: int = self._streaming.socket.getsockname()[1]
        return port

    def account(self, **settings: str) -> Account:
        return Account(
            network="mastodon",
            address=f"http://{self.hosts[0]}",
            origin="kin.example",
            native_id=US["id"],
            handle="werke@kin.example",
            secret=TOKEN,
            settings=settings,
        )

    def status(self, content: str, *, author: Any = PERSON, parent: str | None = None, **more: Any) -> dict[str, Any]:
        """Somebody says something."""
        self._count += 1
        said = {
            "id": ulid(self._count),
            "created_at": clock.now().isoformat().replace("+00:00", "Z"),
            "content": f"<p>{content}</p>",
            "visibility": "public",
            "account": author,
            "in_reply_to_id": parent,
            "mentions": [],
            **more,
        }
        self.statuses[said["id"]] = said
        return said

    def mention(self, content: str, **more: Any) -> dict[str, Any]:
        """Somebody says something to us."""
        said = self.status(content, mentions=[US], **more)
        self._count += 1
        self.notifications.insert(0, {"id": ulid(self._count), "type": "mention", "status": said, **_when(said)})
        return said

    def quote(self, content: str) -> dict[str, Any]:
        """Somebody quotes what we said, and does not name us."""
        said = self.status(content)
        self._count += 1
        self.notifications.insert(0, {"id": ulid(self._count), "type": "quote", "status": said, **_when(said)})
        return said

    def tell(self, stream: str, message: str) -> None:
        """Send a message to whoever listens to this stream, as soon as somebody does."""
        end = clock.monotonic() + 5
        while stream not in self._sockets and clock.monotonic() < end:
            clock.sleep(0.01)
        self._sockets[stream].send(message)

    def get(self, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        """What a reading request gets."""
        if path in self.refused:
            return self.refused[path], {"error": "not here"}
        if path == "/api/v1/instance":
            return 200, {"uri": "kin.example", "urls": {"streaming_api": f"ws://127.0.0.1:{self._streaming_port}"}}
        if path == "/api/v1/notifications" and self.unknown_kinds.intersection(query.get("types[]", [])):
            return 400, {"error": "Invalid value for enum."}
        if path == "/api/v1/notifications":
            return 200, self._page(self.notifications, query)
        if path == f"/api/v1/accounts/{US['id']}/statuses":
            own = [status for status in reversed(self.statuses.values()) if status["account"] == US]
            return 200, self._page(own, query)
        if path.startswith(("/api/v1/timelines/tag/", "/api/v1/timelines/public")):
            return 200, self._page(list(reversed(self.statuses.values())), query)
        return self._thing(path.removeprefix("/api/v1/statuses/"))

    def _thing(self, path: str) -> tuple[int, object]:
        native_id, _, rest = path.partition("/")
        if native_id not in self.statuses:
            return 404, {"error": "Not Found"}
        if rest:
            below = [one for one in self.statuses.values() if one["in_reply_to_id"] == native_id]
            return 200, {"ancestors": [], "descendants": below}
        return 200, self.statuses[native_id]

    def _page(self, newest_first: list[Any], query: dict[str, list[str]]) -> list[Any]:
        found = [item for item in newest_first if item["id"] < query.get("max_id", ["Z"])[0]]
        if "min_id" in query and self.understands_min_id:
            return [item for item in found if item["id"] > query["min_id"][0]][-40:]
        return found[:40]

    def _admit(self, connection: ServerConnection, request: Any) -> Any:
        address = urlsplit(request.path)
        query = parse_qs(address.query)
        if not self.streams or address.path != "/api/v1/streaming":
            self.asked.append(address.path)
            return connection.respond(404, "no such thing")
        if query.get("access_token") != [TOKEN]:
            return connection.respond(401, "no token")
        return None

    def _stream(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        stream = ":".join([query["stream"][0], *query.get("tag", [])])
        self._sockets[stream] = connection
        self.opened.append(stream)
        try:
            for _ in connection:
                """Nobody says anything to it."""
        except ConnectionClosed:
            return


def told(event: str, payload: object) -> str:
    """A message of a stream; the payload is JSON within JSON."""
    return json.dumps({"stream": ["user"], "event": event, "payload": json.dumps(payload)})


def _when(said: dict[str, Any]) -> dict[str, Any]:
    return {"created_at": said["created_at"]}

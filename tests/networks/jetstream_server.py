"""A Jetstream server on the loopback, written from its published description, which can be cut, shut and told to lie.

It keeps what it told, replays it from a cursor in microseconds, and goes on with what comes; `horizon` is how far back
it goes. Accounts and identities are told whatever collections are asked for.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks.atproto_server import EVA
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from resonanz.core import clock
from resonanz.networks.bluesky.posts import COLLECTION

Refusal = tuple[int, bytes, Mapping[str, str]]


@dataclass
class JetstreamServer:
    """`cursors` holds what each connection asked for; `refusing` answers that many with something else."""

    told: list[tuple[int, str]] = field(default_factory=list)
    cursors: list[int | None] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    refusing: list[Refusal] = field(default_factory=list)
    horizon: int = 0
    cut_after: int = 0
    _more: threading.Condition = field(default_factory=threading.Condition)
    _cuts: int = 0
    _begins: dict[ServerConnection, int] = field(default_factory=dict)

    def __enter__(self) -> JetstreamServer:
        self._server: Server = serve(self._tell, "127.0.0.1", 0, process_request=self._admit, compression=None)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._server.shutdown()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.socket.getsockname()[1]}"

    @property
    def address(self) -> str:
        return f"ws://{self.host}"

    def refuse(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """The next connection gets this answer."""
        self.refusing.append((status, body, headers or {}))

    def cut(self) -> None:
        """End all connections without a word."""
        with self._more:
            self._cuts += 1
            self._more.notify_all()

    def raw(self, message: str, *, at: int = 0) -> None:
        """Tell just this."""
        with self._more:
            self.told.append((at or now(), message))
            self._more.notify_all()

    def tell(self, kind: str, *, did: str = EVA, at: int = 0, **more: Any) -> None:
        """Tell an event of a kind."""
        at = at or now()
        self.raw(json.dumps({"did": did, "time_us": at, "kind": kind, **more}, ensure_ascii=False), at=at)

    def commit(self, uri: str, record: Mapping[str, Any] | None, *, operation: str = "create", at: int = 0) -> None:
        """A record that was written, changed, or, without one, deleted."""
        _, _, did, collection, rkey = uri.split("/")
        told: dict[str, Any] = {"rev": "3l3qo2vutsw2b", "collection": collection, "rkey": rkey}
        told |= {"operation": operation, "record": record, "cid": "bafy"} if record else {"operation": "delete"}
        self.tell("commit", did=did, at=at, commit=told)

    def say(self, text: str, *, key: str, did: str = EVA, at: int = 0, **more: Any) -> str:
        """Somebody says something that no app view knows; its address."""
        uri = f"at://{did}/{COLLECTION}/{key}"
        record = {"$type": COLLECTION, "text": text, "createdAt": clock.now().isoformat(), **more}
        self.commit(uri, record, at=at)
        return uri

    def account(self, did: str, *, status: str) -> None:
        """An account that is no longer active."""
        self.tell("account", did=did, account={"active": False, "did": did, "seq": 1, "status": status})

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if not self.refusing:
            self._begins[connection] = len(self.told)
            return None
        status, body, headers = self.refusing.pop(0)
        return Response(status, HTTPStatus(status).phrase, Headers(headers), body)

    def _tell(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        asked = parse_qs(urlsplit(connection.request.path).query)
        cursor = int(asked["cursor"][0]) if "cursor" in asked else None
        self.asked.append(asked)
        self.cursors.append(cursor)
        begun = self._begins.pop(connection)
        cuts, place, sent = self._cuts, 0 if cursor is not None else begun, 0
        try:
            while self._cuts == cuts:
                with self._more:
                    self._more.wait_for(lambda: len(self.told) > place or self._cuts != cuts, 0.5)  # noqa: B023
                    news, place = self.told[place:], len(self.told)
                for at, message in news:
                    if at < max(cursor or 0, self.horizon):
                        continue
                    connection.send(message)
                    sent += 1
                    if self.cut_after and sent >= self.cut_after:
                        self.cut_after = 0
                        self.cut()
                    if self._cuts != cuts:
                        break
        except ConnectionClosed:
            return
        finally:
            connection.socket.close()


def now() -> int:
    """This moment, in microseconds since 1970."""
    return int(clock.now().timestamp() * 1_000_000)

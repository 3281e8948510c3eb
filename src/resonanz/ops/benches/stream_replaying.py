"""A Jetstream server and an app view on the loopback, in a process of their own, for `resonanz bench stream`.

`/none` replays events that touch no topic, `/some` those of which one in a hundred does. Frames are made beforehand and
sent as fast as they are read; then `/none` closes the connection. Prints its two ports once it is ready; ends with
stdin.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from resonanz.ops.benches.stream_world import StreamWorld

SHARE = 0.01
DID, HANDLE, PASSWORD = "did:plc:2zw5kp7gqm3xjhf4ydnrv6ta", "bench.example", "bench"
_PIECE = 1 << 20


def main(count: int) -> None:
    """Make the frames, tell where to find them, serve."""
    world = StreamWorld()
    replays = {"/none/subscribe": _frames(world, count, 0.0)[0]}
    replays["/some/subscribe"], views = _frames(world, count, SHARE)
    stream = socket.create_server(("127.0.0.1", 0))
    view = ThreadingHTTPServer(("127.0.0.1", 0), _app_view(views))
    view.daemon_threads = True
    threading.Thread(target=_replay, args=(stream, replays), daemon=True).start()
    threading.Thread(target=view.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps([stream.getsockname()[1], view.server_port]) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


def _frames(world: StreamWorld, count: int, share: float) -> tuple[bytes, dict[str, Any]]:
    frames, views = bytearray(), {}
    for message, view in world.events(count, share=share, first=1):
        frames += Frame(Opcode.TEXT, message.encode()).serialize(mask=False)
        if view:
            views[view["uri"]] = view
    return bytes(frames), views


def _replay(listening: socket.socket, replays: dict[str, bytes]) -> None:
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_serve, args=(connection, replays), daemon=True).start()


def _serve(connection: socket.socket, replays: dict[str, bytes]) -> None:
    with connection:
        protocol = ServerProtocol()
        path = ""
        while not path:
            protocol.receive_data(connection.recv(65_536))
            for event in protocol.events_received():
                if isinstance(event, Request):
                    path = urlsplit(event.path).path
                    protocol.send_response(protocol.accept(event))
        connection.sendall(b"".join(protocol.data_to_send()))
        frames = memoryview(replays[path])
        for start in range(0, len(frames), _PIECE):
            connection.sendall(frames[start : start + _PIECE])
        if path.startswith("/none"):
            protocol.send_close(1000)
            connection.sendall(b"".join(protocol.data_to_send()))
        while connection.recv(65_536):  # pings, until the other side has heard enough
            pass


def _app_view(views: dict[str, Any]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            self._answer({"posts": [views[uri] for uri in asked.get("uris", []) if uri in views], "notifications": []})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer({"did": DID, "handle": HANDLE, "accessJwt": "a.eyJleHAiOiA0MTAyNDQ0ODAwfQ.b"})

        def _answer(self, found: dict[str, Any]) -> None:
            body = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""What servers on the loopback that answer requests have in common; what each of them is, stands in its `answer`."""

from __future__ import annotations

import contextlib
import select
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Answer = tuple[int, dict[str, str], bytes]
Pieces = Generator[bytes | None, None, None]
"""A body without an end; None: nothing for now, a moment to look whether anybody still listens."""


class LoopbackServer:
    """Runs within `with`; each request is answered in a thread of its own."""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """Status, headers and body; None: it hangs up without a word."""
        raise NotImplementedError

    def pieces(self, path: str) -> Pieces | None:
        """What follows a 200 instead of its body, chunk by chunk; None: nothing does."""
        return None

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
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
        """Host and port, as RESONANZ_ALLOWED_HOSTS wants them."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Its address, without a slash behind."""
        return f"http://{self.host}"


def _handler_of(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = server.answer(self.command, self.path, dict(self.headers), body)
            if answer is None:
                self.close_connection = True
                return
            status, headers, sent = answer
            if status == 200 and (pieces := server.pieces(self.path)) is not None:
                self._go_on(headers, pieces)
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def _go_on(self, headers: dict[str, str], pieces: Pieces) -> None:
            self.protocol_version, self.close_connection = "HTTP/1.1", True
            self.send_response(200)
            for name, value in {**headers, "Transfer-Encoding": "chunked"}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.closing(pieces), contextlib.suppress(OSError):
                for piece in pieces:
                    if piece:
                        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                    elif select.select([self.connection], [], [], 0)[0]:  # whoever listens says nothing, so they left
                        return

        do_GET = do_POST = do_PUT = do_DELETE = _answer

    return Handler

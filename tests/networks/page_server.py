"""A web server on the loopback whose answers a test writes, well-behaved or not."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Request = BaseHTTPRequestHandler
Page = Callable[[Request], None]


def page(body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None) -> Page:
    """An answer that is always the same."""

    def answer(request: Request) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


class PageServer:
    """Serves `pages` by path; `seen` holds the headers of every request, `bodies` what was sent."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.seen: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.stopping = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

            def handle(self) -> None:
                try:
                    super().handle()
                except (ssl.SSLError, ConnectionError):
                    self.close_connection = True

            def do_GET(self) -> None:
                server.seen.append({name.lower(): value for name, value in self.headers.items()})
                server.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
                try:
                    server.pages.get(self.path, page(b"nothing here", 404))(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_POST = do_GET

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """From now on the server answers by https only; a handshake that fails costs only its own connection."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    def __enter__(self) -> PageServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

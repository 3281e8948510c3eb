"""A mail server on the loopback that takes everything and keeps it: for tests that send real mail."""

from __future__ import annotations

import contextlib
import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailSink:
    """What arrived, oldest first."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)


class _Handler(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs that wants neither TLS nor a login."""

    sink: MailSink

    def handle(self) -> None:
        self._say("220 sink.example")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                self._take()
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 sink.example")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.sink.messages.append(message)
        self._say("250 kept")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode("ascii"))


@contextlib.contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Listening for the time of the block."""
    sink = MailSink()
    handler = type("Handler", (_Handler,), {"sink": sink})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        sink.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield sink
        server.shutdown()

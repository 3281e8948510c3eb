"""A connection for protocols of lines that are not HTTP (IMAP, SMTP), by the same checks as `core.http`.

The address is checked after its name was resolved, and the connection goes to the checked address itself. TLS verifies
the name. Bytes and seconds are bounded for each exchange, however slowly it drips: `begin` grants them anew. It looks
like a socket and its file as far as imaplib and smtplib use them, so that both work upon it.
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpcore
import httpx

from resonanz.core import clock, http

_READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class WireBounds:
    """How much and how long at most: `seconds` and `most_bytes` received, of one exchange."""

    connect_seconds: float = 5.0
    seconds: float = 15.0
    most_bytes: int = 1024 * 1024


@functools.cache
def tls() -> ssl.SSLContext:
    """What TLS verifies by. Not that of HTTP, which offers its own protocol while it shakes hands."""
    return httpx.create_ssl_context()


class Wire:
    """One connection. Raises the errors of `core.http`; NothingSent before it stands, NoAnswer afterwards."""

    def __init__(
        self, host: str, port: int, *, encrypted: bool, bounds: WireBounds, allowed: Iterable[str] | None = None
    ) -> None:
        self.host = host
        self._bounds = bounds
        self._stands = False
        self._buffer = bytearray()
        self._trusted = http.pair(host, port) in http.permitted_pairs(allowed)
        self.begin()
        with self._failures():
            self._stream, self._address = self._connect(host, port)
            if encrypted:
                self._shake_hands()
        self._stands = True

    def begin(self, *, seconds: float | None = None, most_bytes: int | None = None) -> None:
        """A new exchange: its time and its bytes count from now."""
        self._deadline = clock.monotonic() + (self._bounds.seconds if seconds is None else seconds)
        self._bytes_left = self._bounds.most_bytes if most_bytes is None else most_bytes

    def may_be_plain(self) -> bool:
        """Whether nobody between could listen: this very machine, and the operator named it."""
        return self._trusted and ipaddress.ip_address(self._address).is_loopback

    def encrypt(self) -> None:
        """TLS from here on; what came before it and was not read is dropped, because anybody may have put it there."""
        self._buffer.clear()
        with self._failures():
            self._shake_hands()

    def comes(self, seconds: float) -> bool:
        """Whether something to read comes within so many seconds."""
        if self._buffer:
            return True
        with self._failures(), contextlib.suppress(httpcore.ReadTimeout):
            self._receive(self._stream.read(_READ_BYTES, seconds))
        return bool(self._buffer)

    def sendall(self, data: bytes) -> None:
        """As of a socket."""
        with self._failures():
            self._stream.write(bytes(data), self._left(httpcore.WriteTimeout))

    def readline(self, limit: int = -1) -> bytes:
        """As of a file."""
        while (end := self._buffer.find(b"\n")) < 0 and not 0 <= limit <= len(self._buffer):
            self._read_on()
        size = len(self._buffer) if end < 0 else end + 1
        return self._taken(size if limit < 0 else min(size, limit))

    def read(self, size: int) -> bytes:
        """As of a file: all of it."""
        if size > self._bytes_left + len(self._buffer):
            raise http.TooLarge(host=self.host, most=self._bounds.most_bytes)
        while len(self._buffer) < size:
            self._read_on()
        return self._taken(size)

    def makefile(self, _mode: str) -> Wire:
        """As of a socket."""
        return self

    def shutdown(self, _how: int) -> None:
        """As of a socket."""

    def close(self) -> None:
        """As of both."""
        if hasattr(self, "_stream"):
            self._stream.close()

    def _connect(self, host: str, port: int) -> tuple[httpcore.NetworkStream, str]:
        failure: Exception = httpcore.ConnectError("no address")
        seconds = min(self._bounds.connect_seconds, self._left(httpcore.ConnectTimeout))
        for address in http.checked_addresses(host, port, trusted=self._trusted, seconds=seconds):
            seconds = min(self._bounds.connect_seconds, self._left(httpcore.ConnectTimeout))
            try:
                return httpcore.SyncBackend().connect_tcp(address, port, seconds), address
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _shake_hands(self) -> None:
        self._stream = self._stream.start_tls(tls(), self.host, self._left(httpcore.ConnectTimeout))

    def _read_on(self) -> None:
        with self._failures():
            self._receive(self._stream.read(_READ_BYTES, self._left(httpcore.ReadTimeout)))

    def _receive(self, data: bytes) -> None:
        if not data:
            raise httpcore.ReadError("closed")
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise http.TooLarge(host=self.host, most=self._bounds.most_bytes)
        self._buffer += data

    def _taken(self, size: int) -> bytes:
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    def _left(self, expired: type[httpcore.TimeoutException]) -> float:
        remaining = self._deadline - clock.monotonic()
        if remaining <= 0:
            raise expired("the exchange took too long")
        return remaining

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except httpcore.TimeoutException as error:
            raise (http.TooSlow(host=self.host) if self._stands else self._unreached("timeout")) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            reason = type(error).__name__
            failure = http.NoAnswer(host=self.host, reason=reason) if self._stands else self._unreached(reason)
            raise failure from error

    def _unreached(self, reason: str) -> http.NothingSent:
        self.close()
        return http.NothingSent(host=self.host, reason=reason)

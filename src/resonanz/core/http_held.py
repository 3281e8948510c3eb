"""A connection that is held open: made by the checks of `core.http`, read in steps, bounded in its silence."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import h11
import httpcore
import httpx

from resonanz.core import clock, http

_LOOK_UP_SECONDS = 1.0
_READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class StreamBounds:
    """How much and how long at most. `most_bytes`: one line or message. `open_seconds`: from asking to the agreement.

    `idle_seconds`: without a whole line or message, however slowly it drips; then TooSlow. `quiet_seconds`: how long
    nothing comes before the caller is let to look up.
    """

    most_bytes: int = 1024 * 1024
    connect_seconds: float = 5.0
    open_seconds: float = 15.0
    idle_seconds: float = 90.0
    quiet_seconds: float = 15.0


class Held:
    """One connection to the server of a request, or through the operator's proxy to it."""

    def __init__(
        self, request: httpx.Request, bounds: StreamBounds, permitted: frozenset[str], stopping: Callable[[], bool]
    ) -> None:
        self.url = request.url
        self.headers = request.headers
        self.bounds = bounds
        self.stopping = stopping
        times = http.Bounds(connect_seconds=bounds.connect_seconds, seconds=bounds.open_seconds)
        self._exchange = http.Exchange(request, times, clock.monotonic() + bounds.open_seconds, permitted)
        self._connection: httpcore.NetworkStream | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Connected within the block; what fails there is an HTTPError."""
        with self._exchange.failures(), _protocol_errors():
            try:
                self._stream = self._connect()
                yield
            finally:
                self._close()

    def heard(self) -> None:
        """A whole line or message came: the time without one begins anew."""
        self._exchange.deadline = clock.monotonic() + self.bounds.idle_seconds

    def write(self, data: bytes | None) -> None:
        """Send."""
        self._stream.write(data or b"", self.bounds.connect_seconds)

    def read(self) -> bytes | None:
        """What has come, b"" at the end, or None if nothing did within a second."""
        try:
            return self._stream.read(_READ_BYTES, min(_LOOK_UP_SECONDS, self.bounds.quiet_seconds))
        except httpcore.ReadTimeout:
            if clock.monotonic() >= self._exchange.deadline:
                raise
            return None

    def chunks(self) -> Iterator[bytes | None]:
        """What comes, and None after every quiet spell, until it ends or somebody asks to stop."""
        self.heard()
        since = clock.monotonic()
        while not self.stopping():
            data = self.read()
            if data == b"":
                return
            asked = clock.monotonic()
            if data is not None or asked - since >= self.bounds.quiet_seconds:
                yield data
                since = clock.monotonic()
                self._exchange.deadline += since - asked  # what our own side took is not the server's silence

    def _connect(self) -> httpcore.NetworkStream:
        proxy = self._exchange.proxy
        if proxy:
            self._exchange.refuse_what_a_proxy_must_not_reach()
        near = proxy or self.url
        backend = http.CheckedBackend(self._exchange)
        stream = self._keep(backend.connect_tcp(near.host, http.port_of(near), self.bounds.connect_seconds))
        if near.scheme == "https":
            stream = self._encrypted(stream, near.host)
        if proxy:
            self._tunnel(stream, proxy)
            if self.url.scheme == "https":
                stream = self._encrypted(stream, self.url.host)
        return stream

    def _keep(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        self._connection = stream
        return stream

    def _close(self) -> None:
        if self._connection:
            self._connection.close()

    def _encrypted(self, stream: httpcore.NetworkStream, host: str) -> httpcore.NetworkStream:
        context = http.tls()
        context.set_alpn_protocols(["http/1.1"])
        return self._keep(stream.start_tls(context, host, self.bounds.connect_seconds))

    def _tunnel(self, stream: httpcore.NetworkStream, proxy: httpx.URL) -> None:
        """Have the proxy connect us. What stays open always goes through a tunnel, also without TLS."""
        target = http.pair(self.url.host, http.port_of(self.url)).encode()
        headers = [(b"Host", target)]
        if proxy.userinfo:
            word = b64encode(f"{proxy.username}:{proxy.password}".encode())
            headers.append((b"Proxy-Authorization", b"Basic " + word))
        talk = h11.Connection(h11.CLIENT)
        stream.write(talk.send(h11.Request(method=b"CONNECT", target=target, headers=headers)) or b"")
        stream.write(talk.send(h11.EndOfMessage()) or b"")
        while (event := talk.next_event()) is h11.NEED_DATA:
            talk.receive_data(stream.read(_READ_BYTES, self.bounds.open_seconds))
        if not isinstance(event, h11.Response) or not 200 <= event.status_code < 300:
            raise httpcore.ProxyError("the proxy did not connect")


@contextlib.contextmanager
def _protocol_errors() -> Iterator[None]:
    try:
        yield
    except h11.ProtocolError as error:
        raise httpcore.RemoteProtocolError(str(error)) from error

"""Connections that stay open and tell what happens: lines over HTTP (server-sent events or others) and WebSockets.

They reach what `http.ask` may reach, by the same checks. What such a server sends has no end, so the bounds are others:
the size of one line or message, and the time without a whole one. Both generators first yield None, as soon as the
server agreed, and None again after every quiet spell, so that their caller can look up; they look at `stopping` every
second, end when it is true or the server closes, and close their connection when they are closed.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

import h11
import httpcore
import httpx
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidURI, PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from resonanz.core import http
from resonanz.core.http_held import Held, StreamBounds

DEFAULT_BOUNDS = StreamBounds()
EVENTS = "text/event-stream"
_REFUSAL_BYTES = 65_536
_WEBSOCKET_SCHEMES = {"ws": "http", "wss": "https"}
# The library writes whole messages into its log at DEBUG; people's words have no business there.
_quiet_logger = logging.getLogger("resonanz.websocket")
_quiet_logger.setLevel(logging.CRITICAL)


class NotStreaming(http.NoAnswer):
    """The server answered, but with no stream; `answer` is what it said, its body cut to 64 KiB."""

    code = "http.not_streaming"

    def __init__(self, answer: http.Answer) -> None:
        super().__init__(host=httpx.URL(answer.url).host, status=answer.status)
        self.answer = answer


def never() -> bool:
    """Nobody asks to stop."""
    return False


def stream_lines(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    kind: str = EVENTS,
    stopping: Callable[[], bool] = never,
    bounds: StreamBounds = DEFAULT_BOUNDS,
    allowed: Iterable[str] | None = None,
) -> Generator[str | None, None, None]:
    """The lines of an answer without end, without their line ends, blank ones included; None as the module says.

    Raises NotStreaming for anything that is not of this `kind` (redirects are followed as `http.ask` does it, and
    Authorization stays with its origin), TooLarge for a line without end, TooSlow for an idle one, and the other errors
    of `core.http`.
    """
    permitted = http.permitted_pairs(allowed)
    request = http.request_for("GET", url, {"Accept": kind, **(headers or {})})
    for _ in range(http.MOST_REDIRECTS + 1):
        answer = yield from _lines_or_answer(Held(request, bounds, permitted, stopping), kind)
        if answer is None:
            return
        target = answer.headers.get("location")
        if answer.status not in http.REDIRECTS or not target:
            raise NotStreaming(answer)
        request = http.redirected(request, target)
    raise http.BadAnswer(host=request.url.host, reason="too_many_redirects")


def websocket_messages(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    send: Sequence[str] = (),
    stopping: Callable[[], bool] = never,
    bounds: StreamBounds = DEFAULT_BOUNDS,
    allowed: Iterable[str] | None = None,
) -> Generator[str | None, None, None]:
    """The text messages of a WebSocket (ws:// or wss://), after `send` was sent; None as the module says.

    A ping goes out in every quiet spell, and any answer counts as a sign of life. Redirects are not followed. Raises
    as `stream_lines` does.
    """
    together = websocket_bursts(url, headers=headers, send=send, stopping=stopping, bounds=bounds, allowed=allowed)
    with contextlib.closing(together):
        for burst in together:
            if burst is None:
                yield None
            else:
                yield from (message.decode("utf-8", "replace") for message in burst)


def websocket_bursts(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    send: Sequence[str] = (),
    stopping: Callable[[], bool] = never,
    bounds: StreamBounds = DEFAULT_BOUNDS,
    allowed: Iterable[str] | None = None,
) -> Generator[list[bytes] | None, None, None]:
    """As `websocket_messages`, but all that came at once together, and in bytes: for who reads thousands a second."""
    scheme, _, rest = url.partition(":")
    plain = _WEBSOCKET_SCHEMES.get(scheme.lower())
    if plain is None:
        raise http.AddressRefused(host="", reason="scheme")
    request = http.request_for("GET", f"{plain}:{rest}", {})
    held = Held(request, bounds, http.permitted_pairs(allowed), stopping)
    socket = _WebSocket(held, url)
    with held.open():
        if socket.shake_hands({"User-Agent": http.USER_AGENT, **(headers or {})}):
            for message in send:
                socket.send(message)
            yield None
            yield from socket.bursts()


def _lines_or_answer(held: Held, wanted: str) -> Generator[str | None, None, http.Answer | None]:
    body = _Body(held)
    with held.open():
        head = body.ask()
        if head is None:
            return None
        headers = httpx.Headers(list(head.headers))
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if head.status_code != 200 or kind != wanted:
            return http.Answer(head.status_code, headers, body.rest(), str(held.url))
        if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise http.BadAnswer(host=held.url.host, reason="encoding")
        held.heard()
        yield None
        yield from _lines(held, body)
    return None


def _lines(held: Held, body: _Body) -> Iterator[str | None]:
    """Whole lines; what stands after the last line end when the server closes is cut off and dropped."""
    begun = bytearray()
    for piece in body.pieces():
        if piece is None:
            yield None
            continue
        *whole, rest = piece.split(b"\n")
        if len(begun) + len(whole[0] if whole else rest) > held.bounds.most_bytes:
            raise http.TooLarge(host=held.url.host, most=held.bounds.most_bytes)
        if whole:
            held.heard()
            whole[0] = bytes(begun) + whole[0]
            begun.clear()
        begun += rest
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")


class _Body:
    """A request over HTTP and the body of its answer, piece by piece."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._talk = h11.Connection(h11.CLIENT)

    def ask(self) -> h11.Response | None:
        """Send the request; the head of its answer, or None if somebody asks to stop meanwhile."""
        headers = httpx.Headers(self._held.headers)
        headers["accept-encoding"] = "identity"
        asking = h11.Request(method=b"GET", target=self._held.url.raw_path, headers=headers.raw)
        self._held.write(self._talk.send(asking))
        self._held.write(self._talk.send(h11.EndOfMessage()))
        while not self._held.stopping():
            event = self._next()
            if isinstance(event, h11.Response):
                return event
            if isinstance(event, h11.ConnectionClosed):
                raise httpcore.RemoteProtocolError("closed before an answer")
        return None

    def pieces(self) -> Iterator[bytes | None]:
        """What the body brings, and None after every quiet spell."""
        yield from self._received()
        chunks = self._held.chunks()
        while self._talk.their_state is h11.SEND_BODY:
            data = next(chunks, b"")
            if data == b"":
                return
            if data is None:
                yield None
                continue
            self._talk.receive_data(data)
            yield from self._received()

    def rest(self) -> bytes:
        """What a server says beside its refusal, as far as it comes in time."""
        body = bytearray()
        with contextlib.suppress(httpcore.TimeoutException, httpcore.NetworkError, h11.ProtocolError):
            while len(body) < _REFUSAL_BYTES and not self._held.stopping():
                event = self._next()
                if isinstance(event, h11.Data):
                    body += event.data
                elif event is not None:
                    break
        return bytes(body[:_REFUSAL_BYTES])

    def _received(self) -> Iterator[bytes]:
        while isinstance(event := self._talk.next_event(), h11.Data):
            yield bytes(event.data)

    def _next(self) -> object | None:
        """The next event of the answer, or None if there is none yet."""
        event = self._talk.next_event()
        if event is not h11.NEED_DATA:
            return event
        data = self._held.read()
        if data is not None:
            self._talk.receive_data(data)
        return None


class _WebSocket:
    """The WebSocket protocol over a held connection. Compression is not offered: nothing grows after it was counted."""

    def __init__(self, held: Held, url: str) -> None:
        try:
            address = parse_uri(url)
        except InvalidURI as error:
            raise http.AddressRefused(host=held.url.host, reason="host") from error
        self._held = held
        self._protocol = ClientProtocol(address, max_size=held.bounds.most_bytes, logger=_quiet_logger)
        self._begun: bytearray | None = None

    def shake_hands(self, headers: Mapping[str, str]) -> bool:
        """Whether the server agreed; false if somebody asks to stop meanwhile."""
        asking = self._protocol.connect()
        asking.headers.update(headers)
        self._protocol.send_request(asking)
        self._flush()
        while not self._held.stopping():
            data = self._held.read()
            if data == b"":
                self._protocol.receive_eof()
            elif data is not None:
                self._protocol.receive_data(data)
            if self._agreed():
                self._held.heard()
                return True
        return False

    def send(self, message: str) -> None:
        """One text message."""
        self._protocol.send_text(message.encode())
        self._flush()

    def bursts(self) -> Iterator[list[bytes] | None]:
        """The text messages until it ends, as many at a time as have come; others are passed over."""
        if burst := self._texts():
            yield burst
        if self._ended():
            return
        for data in self._held.chunks():
            if data is None:
                self._protocol.send_ping(b"")
                self._flush()
                yield None
                continue
            self._protocol.receive_data(data)
            self._flush()
            if burst := self._texts():
                yield burst
            if self._ended():
                return

    def _agreed(self) -> bool:
        failure = self._protocol.handshake_exc
        if failure is None:
            return self._protocol.state is not State.CONNECTING
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                headers = httpx.Headers(list(event.headers.raw_items()))
                body = bytes(event.body or b"")[:_REFUSAL_BYTES]
                raise NotStreaming(http.Answer(event.status_code, headers, body, str(self._held.url))) from failure
        raise httpcore.RemoteProtocolError("no handshake") from failure

    def _texts(self) -> list[bytes]:
        frames = [event for event in self._protocol.events_received() if isinstance(event, Frame)]
        if any(frame.fin for frame in frames):
            self._held.heard()
        return [text for text in map(self._whole, frames) if text is not None]

    def _whole(self, frame: Frame) -> bytes | None:
        """The text message that a frame completes. Control frames are signs of life and may come in between."""
        if frame.opcode is Opcode.TEXT:
            if frame.fin:  # as almost all of them come
                return bytes(frame.data)
            self._begun = bytearray()
        if frame.opcode is Opcode.BINARY:
            self._begun = None
        if frame.opcode in {Opcode.TEXT, Opcode.CONT} and self._begun is not None:
            self._begun += frame.data
        if not frame.fin or frame.opcode not in {Opcode.TEXT, Opcode.CONT} or self._begun is None:
            return None
        text, self._begun = bytes(self._begun), None
        return text

    def _ended(self) -> bool:
        """Whether the server said goodbye; raises if it broke the protocol or our bound."""
        failure = self._protocol.parser_exc
        if isinstance(failure, PayloadTooBig):
            raise http.TooLarge(host=self._held.url.host, most=self._held.bounds.most_bytes) from failure
        if failure is not None:
            raise httpcore.RemoteProtocolError("websocket") from failure
        return self._protocol.state is not State.OPEN

    def _flush(self) -> None:
        # An empty piece is the library's sign that we may close; the answer to a goodbye need not arrive.
        pieces = [piece for piece in self._protocol.data_to_send() if piece]
        forgiven = () if self._protocol.state in {State.OPEN, State.CONNECTING} else (httpcore.NetworkError,)
        with contextlib.suppress(*forgiven):
            for piece in pieces:
                self._held.write(piece)

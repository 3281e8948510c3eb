"""Files: our JSON Lines, ActivityStreams 2.0 and feeds; plain or gzip, from a disk or a pipe, told apart by content."""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from resonanz.networks.contract import BadEvent, Capability, Entries, Event, Limits
from resonanz.networks.feeds.reading import JSON_FEED, NotAFeed, read_feed
from resonanz.networks.readers.activity_streams import read_activities
from resonanz.networks.readers.json_lines import read_lines

MOST_FEED = 16 * 1024 * 1024
_HEAD = 64 * 1024
_CHUNK = 256 * 1024
_BLANK = b"\xef\xbb\xbf \t\r\n"
_CONTEXT = re.compile(rb'"@context"\s*:')
_JSON_FEED = re.compile(rb'"version"\s*:\s*"https:\\?/\\?/jsonfeed\.org')

Read = Callable[[int], bytes]
Numbered = tuple[int, Event | BadEvent]


class FileNetwork:
    """Files are brought by people and answered by nobody; `read_events` reads them."""

    name = "files"
    title = "Import"
    capabilities: frozenset[Capability] = frozenset()
    limits = Limits(tells_of_others=True)
    asks_for = Entries()


def read_events(stream: BinaryIO, *, name: str = "") -> Iterator[Numbered]:
    """Number and event, or reason, of every line of a file; in ActivityStreams and feeds, of every entry.

    Nothing in the bytes makes it raise, and memory stays bounded whatever their size (feeds: MOST_FEED). `name` is
    the origin of a feed that does not say its own address. An OSError while reading is the caller's.
    """
    source = _Source(getattr(stream, "read1", stream.read))
    packed = _Gunzip(source) if source.peek(2) == b"\x1f\x8b" else None
    plain = _Source(packed.read) if packed else source
    number, last = 0, ""
    for number, event in _reader(plain, name):
        last = event.reason if isinstance(event, BadEvent) else ""
        if packed and packed.broken and last in {"line.cut_off", "document.cut_off"}:
            event, last = BadEvent(event.raw if isinstance(event, BadEvent) else "", packed.broken), packed.broken
        yield number, event
    if packed and packed.broken and last != packed.broken:
        yield number + 1, BadEvent("", packed.broken)


def _reader(source: _Source, name: str) -> Iterator[Numbered]:
    head = source.peek(_HEAD, until=b"\n").lstrip(_BLANK) or source.peek(_HEAD).lstrip(_BLANK)
    line = head.partition(b"\n")[0]
    stream: io.BufferedReader = io.BufferedReader(source, _CHUNK)
    match head[:1]:
        case b"<":
            return _read_feed(stream, name)
        case b"{":
            return _read_json(stream, line, source.peek(_HEAD) if _object(line) is None else b"", name)
    return read_lines(stream)


def _read_json(stream: io.BufferedReader, line: bytes, document: bytes, name: str) -> Iterator[Numbered]:
    """One document or many lines. `document` is its beginning where the first line is not a whole object."""
    first = _object(line) or {}
    if ("items" in first and str(first.get("version")).startswith(JSON_FEED)) or _JSON_FEED.search(document):
        return _read_feed(stream, name)
    if ("@context" in first and not first.keys().isdisjoint({"items", "orderedItems"})) or _CONTEXT.search(document):
        return read_activities(stream)
    return read_lines(stream)


def _object(line: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _read_feed(stream: io.BufferedReader, name: str) -> Iterator[Numbered]:
    body = stream.read(MOST_FEED + 1)
    if len(body) > MOST_FEED:
        yield 1, BadEvent("", "document.too_large")
        return
    try:
        found = read_feed(body, fallback_origin=name)
    except NotAFeed as error:
        yield 1, BadEvent(body[:200].decode("utf-8", "backslashreplace"), error.code)
        return
    yield from enumerate(found, start=1)


class _Source(io.RawIOBase):
    """Bytes that can be looked at before they are read. Closing it leaves the stream below open, which is not ours."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub wants every writable buffer
        data = self._waiting[: len(buffer)] or self._read(len(buffer))
        self._waiting = self._waiting[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def peek(self, size: int, *, until: bytes = b"") -> bytes:
        """Up to `size` of the coming bytes; does not wait for more once `until` is among them."""
        while len(self._waiting) < size and not (until and until in self._waiting):
            data = self._read(size - len(self._waiting))
            if not data:
                break
            self._waiting += data
        return self._waiting[:size]


class _Gunzip:
    """Unpacks gzip piece by piece. A file that is cut off or damaged ends there, and `broken` says so."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._packed = b""
        self._has_more = False
        self.broken = ""

    def read(self, size: int) -> bytes:
        """At least one byte, b"" at the end."""
        while not self.broken and self._fill():
            try:
                data = self._member.decompress(self._packed, size)
            except zlib.error:
                self.broken = "gzip.broken"
                break
            self._packed = self._member.unconsumed_tail
            # Unpacked bytes may still wait inside, also when all packed ones are taken.
            self._has_more = len(data) == size
            if data:
                return data
        return b""

    def _fill(self) -> bool:
        """Whether there is something to unpack; members may follow one another."""
        if self._member.eof:
            self._packed = self._member.unused_data.lstrip(b"\0") or self._take()
            if not self._packed.strip(b"\0"):
                return False
            self._member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif not self._packed and not self._has_more:
            self._packed = self._take()
            if not self._packed:
                self.broken = "gzip.cut_off"
        return not self.broken

    def _take(self) -> bytes:
        return self._source.read(_CHUNK) or b""

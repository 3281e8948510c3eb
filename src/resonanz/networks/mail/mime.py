"""The parts of a mail (RFC 5322, RFC 2045), read within bounds: whoever writes to us decides what it looks like.

Python's own parser is used for headers only. For bodies it calls itself for each level, so that a mail of a thousand
levels would end it, and it reads all attachments to find the words.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.header import decode_header
from email.message import Message
from email.parser import HeaderParser

_MOST_HEADERS = 128 * 1024
_MOST_PARTS = 200
_MOST_DEPTH = 12
_MOST_WORDS = 1024 * 1024
_MOST_HEADER = 4_000
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_COMPAT = policy.compat32

FAULTS = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, AssertionError)
"""What Python's parsers of mails raise over mails that nobody wrote in good faith."""


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf: its headers and its body as it travelled. `alternatives`: which set of alternatives it is one of."""

    headers: Message
    body: bytes
    alternatives: int = 0

    @property
    def content_type(self) -> str:
        """In small letters, without parameters."""
        return self.headers.get_content_type()

    @property
    def file_name(self) -> str:
        """ "" where it has none."""
        try:
            return decoded(self.headers.get_filename() or "")
        except FAULTS:
            return ""

    @property
    def is_attached(self) -> bool:
        """Whether it stands beside the words and not among them."""
        disposition = str(self.headers.get("Content-Disposition") or "").partition(";")[0].strip().lower()
        return disposition == "attachment" or not self.content_type.startswith("text/") or bool(self.file_name)

    def text(self) -> str:
        """Its words, whatever they are encoded in."""
        data = _unpacked(self.body[:_MOST_WORDS], str(self.headers.get("Content-Transfer-Encoding") or ""))
        return in_charset(data, str(self.headers.get_param("charset") or ""))

    def parameter(self, name: str) -> str:
        """Of its content type, in small letters."""
        return str(self.headers.get_param(name) or "").strip().lower()


@dataclass(frozen=True, slots=True)
class Mail:
    """The headers of a mail and its leaves, in their order."""

    headers: Message
    parts: tuple[Part, ...]

    def header(self, name: str) -> str:
        """The first of this name in plain words, on one line; "" without one."""
        return line_of(self.headers.get(name))

    def all_of(self, name: str) -> list[str]:
        """Those of this name, from the top."""
        return [line_of(one) for one in self.headers.get_all(name, [])]


def read(raw: bytes) -> Mail:
    """The mail, or what there is of it. Raises one of FAULTS."""
    headers, body = _split(raw)
    return Mail(headers, tuple(_leaves(headers, body)))


def read_headers(raw: bytes) -> Mail:
    """The headers alone."""
    return Mail(_split(raw)[0], ())


def line_of(value: object) -> str:
    """A header's value in plain words, on one line."""
    return " ".join(decoded(str(value))[:_MOST_HEADER].split()) if value is not None else ""


def decoded(value: str) -> str:
    """Encoded words (RFC 2047) read; what cannot be stays as it came."""
    value = value[: 4 * _MOST_HEADER]
    if "=?" not in value:
        return value
    try:
        found = decode_header(value.replace("\r", "").replace("\n", ""))
    except (*FAULTS, binascii.Error):
        return value
    return "".join(
        one if isinstance(one, str) else in_charset(one, charset or "") if charset else one.decode("utf-8", "replace")
        for one, charset in found
    )


def in_charset(data: bytes, name: str) -> str:
    """In the charset that is named, else in UTF-8, else as Windows writes it."""
    for charset in (name.strip("\"' ").lower(), "utf-8"):
        if charset:
            try:
                return data.decode("cp1252" if charset in {"iso-8859-1", "us-ascii", "ascii"} else charset)
            except (LookupError, ValueError, UnicodeError):
                continue
    return data.decode("cp1252", "replace")


def _split(raw: bytes) -> tuple[Message, bytes]:
    found = _END_OF_HEADERS.search(raw, 0, _MOST_HEADERS)
    if raw[:1] in {b"\n", b"\r"}:  # a part without headers begins with the line that ends them
        return Message(_COMPAT), raw.lstrip(b"\r\n")
    end = found.start() if found else min(len(raw), _MOST_HEADERS)
    # Many write UTF-8 there without saying so, which Python's parser of bytes would make unreadable.
    head = in_charset(raw[:end], "").replace("\r\n", "\n")
    return HeaderParser(policy=_COMPAT).parsestr(f"{head}\n\n"), raw[found.end() :] if found else b""


def _leaves(headers: Message, body: bytes) -> Iterator[Part]:
    """Depth first, without calling itself; what is nested too deep, or one part too many, is left out."""
    waiting: list[tuple[Message, bytes, int, int]] = [(headers, body, 0, 0)]
    sets = seen = 0
    while waiting and seen < _MOST_PARTS:
        headers, body, depth, alternatives = waiting.pop()
        seen += 1
        boundary = _boundary(headers)
        if not boundary:
            yield Part(headers, body, alternatives)
        elif depth < _MOST_DEPTH:
            if headers.get_content_subtype() == "alternative":
                sets += 1
                alternatives = sets
            inside = list(_between(body, boundary, _MOST_PARTS - seen))
            waiting += [(*_split(one), depth + 1, alternatives) for one in reversed(inside)]


def _boundary(headers: Message) -> bytes:
    if headers.get_content_maintype() != "multipart":
        return b""
    try:
        return str(headers.get_boundary() or "").encode("utf-8", "replace")
    except FAULTS:
        return b""


def _between(body: bytes, boundary: bytes, most: int) -> Iterator[bytes]:
    """What stands between the lines of a boundary; a mail that breaks off ends its last part."""
    line = re.compile(rb"^--" + re.escape(boundary) + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    start = -1
    for found in line.finditer(body):
        if start >= 0:
            yield body[start : found.start()].removesuffix(b"\n").removesuffix(b"\r")
            most -= 1
        if found.group(1) or most <= 0:
            return
        start = found.end() + 1
    if start >= 0:
        yield body[start:]


def _unpacked(data: bytes, encoding: str) -> bytes:
    encoding = encoding.strip().lower()
    if encoding == "base64":
        bare = _NOT_BASE64.sub(b"", data)
        bare = bare[: len(bare) - (len(bare) % 4 == 1)]
        return base64.b64decode(bare + b"=" * (-len(bare) % 4))
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    return data

"""A mailbox over IMAP (RFC 3501, 2177, 6154): Python's own client upon a connection of the house.

The server is as hostile as any: what it sends is bounded in bytes and seconds, and what cannot be read ends the
connection. A password leaves only over TLS, or within this machine where the operator named the server.
"""

from __future__ import annotations

import binascii
import contextlib
import imaplib
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from resonanz.core import clock
from resonanz.core.wire import Wire, WireBounds
from resonanz.networks.asking import failures
from resonanz.networks.errors import NetworkError, NotAuthorised, Refused, TryLater
from resonanz.networks.mail.mime import FAULTS
from resonanz.networks.mail.servers import Server

SENT = "\\Sent"
QUIET_SECONDS = 15.0
"""How long an idle mailbox says nothing before its listener is let to look up."""
_BOUNDS = WireBounds(connect_seconds=4.0, seconds=15.0, most_bytes=4 * 1024 * 1024)
_WAIT_SECONDS = 60.0
_IDLE_SECONDS = 240.0  # routers forget a silent connection after some minutes, servers after half an hour
_LOOK_UP_SECONDS = 1.0
_MOST_FOLDERS = 500
_TOO_BUSY = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)\b|temporar|too many|try again", re.IGNORECASE
)
_IDLE_TAG = b"idling"
_LIST = re.compile(rb'\((?P<flags>[^)]{0,500})\) (?:NIL|"(?:\\?.)") (?P<name>.{1,2000})', re.DOTALL)
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as the server names it, and what it says that it is for."""

    name: str
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Selected:
    """`validity` changes when the server numbers its mails anew; `next_uid` is the number of the next one."""

    validity: int
    next_uid: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail, or its first bytes, and when it reached the mailbox."""

    raw: bytes
    size: int
    arrived_at: datetime


class Mailbox:
    """An open mailbox. `seconds` bounds all that is asked of it together."""

    def __init__(self, server: Server, user: str, secret: str, *, seconds: float) -> None:
        self._until = clock.monotonic() + seconds
        with self._understood():
            self._wire, self._imap = _greeted(server, min(seconds, _BOUNDS.seconds))
            try:
                self._log_in(user, secret)
            except BaseException:
                self._wire.close()
                raise

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(NetworkError), self._understood():
            self._begin(seconds=2.0)
            self._imap.logout()
        self._wire.close()

    def can(self, capability: str) -> bool:
        """Whether the server says that it can."""
        return capability in self._can

    def folders(self) -> list[Folder]:
        """All that hold mails."""
        with self._understood():
            self._begin()
            _, data = self._imap.list()
            return [one for one in map(_folder, (data or [])[:_MOST_FOLDERS]) if one and "\\noselect" not in one.flags]

    def select(self, folder: str, *, to_change: bool = False) -> Selected:
        """Open a folder; Refused where there is none."""
        with self._understood():
            self._begin()
            typ, data = self._imap.select(_quoted(folder), readonly=not to_change)
            if typ != "OK":
                raise Refused(f"{folder}: {_told(data)}")
            return Selected(self._number("UIDVALIDITY"), self._number("UIDNEXT"))

    def search(self, *criteria: str) -> list[int]:
        """The numbers of the mails that fit, the oldest first."""
        with self._understood():
            self._begin()
            typ, data = self._imap.uid("SEARCH", *criteria)
            if typ != "OK":
                raise TryLater(_WAIT_SECONDS, _told(data))
            return sorted({int(number) for row in data if row for number in row.split()})

    def fetch(self, uid: int, *, most: int) -> Fetched | None:
        """A mail up to `most` bytes, not marked as read by it; None if it is gone meanwhile."""
        return self._fetch(uid, f"(RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{most}>)", most)

    def fetch_headers(self, uid: int, *, most: int = 128 * 1024) -> Fetched | None:
        """The headers of a mail."""
        return self._fetch(uid, f"(RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER]<0.{most}>)", most)

    def mark(self, uids: Sequence[int], flag: str, *, on: bool = True) -> None:
        """Set or take a flag; mails that are gone are passed over."""
        with self._understood():
            self._begin()
            typ, data = self._imap.uid(
                "STORE", ",".join(map(str, uids)), "+FLAGS.SILENT" if on else "-FLAGS.SILENT", f"({flag})"
            )
            if typ != "OK":
                raise TryLater(_WAIT_SECONDS, _told(data))

    def append(self, folder: str, raw: bytes, *flags: str) -> None:
        """Put a mail into a folder."""
        with self._understood():
            self._begin()
            typ, data = self._imap.append(_quoted(folder), f"({' '.join(flags)})", None, raw)
            if typ != "OK":
                raise TryLater(_WAIT_SECONDS, _told(data))

    def create(self, folder: str) -> None:
        """A new folder, which mail programs show, too; Refused where the server does not want one."""
        with self._understood():
            self._begin()
            typ, data = self._imap.create(_quoted(folder))
            if typ != "OK":
                raise Refused(f"{folder}: {_told(data)}")
            self._imap.subscribe(_quoted(folder))

    def remove(self, uid: int) -> None:
        """A mail of the open folder is gone for good, where the server can remove a single one; else it is marked."""
        self.mark([uid], "\\Deleted")
        if self.can("UIDPLUS"):
            with self._understood():
                self._begin()
                self._imap.uid("EXPUNGE", str(uid))

    def idle(self, stopping: Callable[[], bool]) -> Iterator[bool]:
        """True when something happened in the open folder, false after every quiet spell; until the round is over."""
        happened = self._idles()
        now = clock.monotonic()
        ends, quiet_until = now + _IDLE_SECONDS, now + QUIET_SECONDS
        while not happened and not stopping() and clock.monotonic() < ends:
            with self._understood():
                happened = self._happened()
            if clock.monotonic() >= quiet_until:
                yield False
                quiet_until = clock.monotonic() + QUIET_SECONDS
        with self._understood():
            self._begin()
            self._wire.sendall(b"DONE\r\n")
            while not self._wire.readline(_BOUNDS.most_bytes).startswith(_IDLE_TAG):
                pass
        yield happened

    def _idles(self) -> bool:
        """The server tells from now on; whether it already has, to this or to an earlier question."""
        with self._understood():
            self._begin()
            happened = self._imap.response("EXISTS")[1] != [None]
            self._wire.sendall(_IDLE_TAG + b" IDLE\r\n")
            while not (line := self._wire.readline(_BOUNDS.most_bytes)).startswith(b"+"):
                if line.startswith(_IDLE_TAG):
                    raise TryLater(_WAIT_SECONDS, _shown(line))
                happened = happened or _tells_of_mail(line)
            return happened

    def _happened(self) -> bool:
        """Whether a new mail was told within a second."""
        if not self._wire.comes(_LOOK_UP_SECONDS):
            return False
        self._begin()
        line = self._wire.readline(_BOUNDS.most_bytes)
        if line.upper().startswith(b"* BYE"):
            raise TryLater(_WAIT_SECONDS, _shown(line))
        return _tells_of_mail(line)

    def _log_in(self, user: str, secret: str) -> None:
        if self._imap.state != "NONAUTH":
            raise NotAuthorised(reason="preauth")
        self._begin()
        try:
            if "AUTH=PLAIN" in self._imap.capabilities:
                self._imap.authenticate("PLAIN", lambda _: f"\0{user}\0{secret}".encode())
            else:
                self._imap.login(user, secret)
        except (self._imap.abort, UnicodeError):
            raise
        except self._imap.error as error:
            told = str(error)
            if _TOO_BUSY.search(told):
                raise TryLater(_WAIT_SECONDS, told[:200]) from error
            raise NotAuthorised from error
        self._begin()
        self._can = self._told_capabilities()

    def _told_capabilities(self) -> frozenset[str]:
        """Some servers say what they can only to who signed in."""
        _, data = self._imap.capability()
        last = data[-1] if data else b""
        return frozenset(last.decode("ascii", "replace").upper().split() if isinstance(last, bytes) else ())

    def _fetch(self, uid: int, items: str, most: int) -> Fetched | None:
        with self._understood():
            self._begin(most_bytes=most + 64 * 1024, seconds=_BOUNDS.seconds + most / 500_000)
            typ, data = self._imap.uid("FETCH", str(uid), items)
            if typ != "OK":
                raise TryLater(_WAIT_SECONDS, _told(data))
            return _fetched(data)

    def _number(self, name: str) -> int:
        _, found = self._imap.response(name)
        return int(found[0] or 0) if found and found[0] else 0

    def _begin(self, *, seconds: float = _BOUNDS.seconds, most_bytes: int = _BOUNDS.most_bytes) -> None:
        self._wire.begin(seconds=min(seconds, max(self._until - clock.monotonic(), 0.0)), most_bytes=most_bytes)

    @contextlib.contextmanager
    def _understood(self) -> Iterator[None]:
        """What goes wrong with the connection, or with what comes over it, as the contract's error."""
        with failures(reads=True):
            try:
                yield
            except imaplib.IMAP4.error as error:
                raise TryLater(_WAIT_SECONDS, _shown(str(error).encode("utf-8", "replace"))) from error
            except FAULTS as error:
                raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error


class _Client(imaplib.IMAP4):
    """Python's client upon a connection that was checked."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(wire.host)

    def _create_socket(self, timeout: float | None = None) -> Wire:
        return self._wire


class _Wrapping:
    """What imaplib takes for a TLS context."""

    def wrap_socket(self, wire: Wire, **_: object) -> Wire:
        wire.encrypt()
        return wire


def _greeted(server: Server, seconds: float) -> tuple[Wire, _Client]:
    """Connected, over TLS unless the connection may be plain. Raises NotAuthorised where a server knows no TLS."""
    wire = Wire(server.host, server.port, encrypted=server.encrypted, bounds=replace(_BOUNDS, seconds=seconds))
    try:
        imap = _Client(wire)
        if not server.encrypted:
            if "STARTTLS" in imap.capabilities and imap.state == "NONAUTH":
                imap.starttls(_Wrapping())
            elif not wire.may_be_plain():
                raise Refused("mail.no_tls")
    except BaseException:
        wire.close()
        raise
    return wire, imap


def _tells_of_mail(line: bytes) -> bool:
    return b" EXISTS" in line.upper() or b" RECENT" in line.upper()


def day_of(moment: date) -> str:
    """As a search writes a day, whatever language this machine speaks."""
    return f"{moment.day}-{_MONTHS[moment.month - 1]}-{moment.year}"


def quoted(value: str) -> str:
    """As a search writes words."""
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _quoted(folder: str) -> str:
    """As a command writes a folder: in the changed UTF-7 of RFC 3501."""
    written = re.sub(r"&|[^\x20-\x7e]+", lambda found: _shifted(found.group()), folder)
    return quoted(written)


def _shifted(some: str) -> str:
    if some == "&":
        return "&-"
    packed = b64encode(some.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
    return f"&{packed.decode()}-"


def _read_name(written: bytes) -> str:
    """The reverse; what is no such name stays as it is."""
    name = written.decode("utf-8", "replace")
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = re.sub(r"\\(.)", r"\1", name[1:-1])

    def plain(found: re.Match[str]) -> str:
        packed = found.group(1).replace(",", "/")
        if not packed:
            return "&"
        try:
            return binascii.a2b_base64(packed + "=" * (-len(packed) % 4)).decode("utf-16-be")
        except (ValueError, UnicodeError):
            return found.group()

    return re.sub(r"&([A-Za-z0-9+,]{0,500})-", plain, name)


def _folder(row: object) -> Folder | None:
    """One row of a list; a name that comes as a literal stands beside it."""
    if isinstance(row, tuple) and len(row) == 2 and isinstance(row[0], bytes) and isinstance(row[1], bytes):
        row = re.sub(rb"\{\d+\}$", b"", row[0]) + b'"' + row[1].replace(b'"', b'\\"') + b'"'
    found = _LIST.match(row) if isinstance(row, bytes) else None
    if found is None:
        return None
    flags = frozenset(found["flags"].decode("ascii", "replace").lower().split())
    return Folder(_read_name(found["name"].strip()), flags)


def _fetched(data: Sequence[object]) -> Fetched | None:
    """The mail in an answer, among whatever else the server says of other ones."""
    for place, row in enumerate(data):
        if isinstance(row, tuple) and len(row) == 2 and b"BODY[" in row[0]:
            after = data[place + 1] if place + 1 < len(data) else b""
            told = row[0] + b" " + (after if isinstance(after, bytes) else b"")
            size = _SIZE.search(told)
            return Fetched(row[1], int(size.group(1)) if size else len(row[1]), _arrived(told))
    return None


def _arrived(told: bytes) -> datetime:
    """Never later than now: mailboxes are restored and clocks are wrong."""
    now = clock.now()
    found = _ARRIVED.search(told)
    if found is None:
        return now
    day, _, rest = found.group(1).decode("ascii", "replace").strip().partition("-")
    month, _, others = rest.partition("-")
    try:
        number = _MONTHS.index(month.capitalize()) + 1
        moment = datetime.strptime(f"{int(day):02}-{number:02}-{others}", "%d-%m-%Y %H:%M:%S %z")
        return min(moment.astimezone(UTC), now)
    except (ValueError, OverflowError):
        return now


def _told(data: object) -> str:
    last = data[-1] if isinstance(data, list) and data else b""
    return _shown(last if isinstance(last, bytes) else b"")


def _shown(told: bytes) -> str:
    return " ".join(told.decode("utf-8", "replace").split())[:200]

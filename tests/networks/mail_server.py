"""A mail server on the loopback that answers badly on command: IMAP4rev1 and SMTP, as far as the connector asks.

Without TLS, as only a server on this machine may be that the operator named. The real pair is in tests/peers.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType

from resonanz.networks.contract import Account

USER, SECRET = "info@shop.example", "geheim ß"
DROP = b"-"
"""In place of an answer: the connection ends."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass
class Kept:
    """A mail in a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class FakeMail:
    """`folders` hold mails; `sent` is what came over SMTP.

    `says` replaces the answer to an IMAP command ("LOGIN", "UID FETCH"), with TAG where its tag belongs; `smtp_says`
    that to a command of SMTP ("" is the greeting, "." the end of a mail).
    """

    folders: dict[str, list[Kept]] = field(default_factory=lambda: {"INBOX": [], "Sent": []})
    says: dict[str, bytes] = field(default_factory=dict)
    smtp_says: dict[str, bytes] = field(default_factory=dict)
    sent: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    validity: int = 7
    capabilities: str = "IMAP4rev1 IDLE UIDPLUS AUTH=PLAIN"
    on_fetch: Callable[[], None] = lambda: None

    def __enter__(self) -> FakeMail:
        self._ends = threading.Event()
        self._imap, self._smtp = _serving(_Imap, self), _serving(_Smtp, self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        for server in (self._imap, self._smtp):
            server.shutdown()
            server.server_close()

    @property
    def allowed(self) -> str:
        return f"127.0.0.1:{self._imap.server_address[1]},127.0.0.1:{self._smtp.server_address[1]}"

    @property
    def account(self) -> Account:
        """As it is kept once it was identified."""
        return Account(
            network="mail",
            address=f"imap://127.0.0.1:{self._imap.server_address[1]}",
            origin="mailto:",
            native_id=USER,
            handle=USER,
            secret=SECRET,
            settings={"smtp": f"smtp://127.0.0.1:{self._smtp.server_address[1]}"},
        )

    def arrives(self, raw: bytes | str, folder: str = "INBOX", flags: tuple[str, ...] = (), **more: datetime) -> Kept:
        """A mail is there; with the line ends that mails have."""
        data = (raw.encode() if isinstance(raw, str) else raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        kept = self.folders.setdefault(folder, [])
        kept.append(Kept(max((one.uid for one in kept), default=0) + 1, data, set(flags), **more))
        return kept[-1]


def _serving(handler: type[_Talk], mail: FakeMail) -> socketserver.ThreadingTCPServer:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Bound", (handler,), {"mail": mail}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


class _Talk(socketserver.StreamRequestHandler):
    mail: FakeMail
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            self.talk()

    def talk(self) -> None:
        raise NotImplementedError

    def line(self) -> str:
        found = self.rfile.readline()
        if not found:
            raise EOFError
        return found.decode("utf-8", "replace").rstrip("\r\n")

    def say(self, *lines: bytes | str) -> None:
        for line in lines:
            data = line.encode() if isinstance(line, str) else line
            if data == DROP:
                raise EOFError
            self.wfile.write(data if data.endswith(b"\r\n") else data + b"\r\n")


class _Imap(_Talk):
    def talk(self) -> None:
        self.folder: list[Kept] = []
        self.say(self.mail.says.get("", b"* OK here"))
        while True:
            tag, _, asked = self.line().partition(" ")
            words = asked.split(" ")
            name = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
            self.mail.asked.append(name)
            if name in self.mail.says:
                self.say(self.mail.says[name].replace(b"TAG", tag.encode()))
                continue
            for line in self.answer(tag, name, asked):
                self.say(line)
            if name == "LOGOUT":
                return

    def answer(self, tag: str, name: str, asked: str) -> list[bytes | str]:
        method = getattr(self, f"do_{name.lower().replace(' ', '_')}", None)
        return method(tag, asked) if method else [f"{tag} BAD unknown"]

    def do_capability(self, tag: str, _: str) -> list[bytes | str]:
        return [f"* CAPABILITY {self.mail.capabilities}", f"{tag} OK done"]

    def do_authenticate(self, tag: str, _: str) -> list[bytes | str]:
        self.say("+ ")
        right = base64.b64encode(f"\0{USER}\0{SECRET}".encode()).decode()
        return [f"{tag} OK done" if self.line() == right else f"{tag} NO [AUTHENTICATIONFAILED] no"]

    def do_logout(self, tag: str, _: str) -> list[bytes | str]:
        return ["* BYE then", f"{tag} OK done"]

    def do_list(self, tag: str, _: str) -> list[bytes | str]:
        flags = {"Sent": "\\HasNoChildren \\Sent"}
        return [*(f'* LIST ({flags.get(name, "")}) "/" "{name}"' for name in self.mail.folders), f"{tag} OK done"]

    def do_select(self, tag: str, asked: str) -> list[bytes | str]:
        name = asked.split(" ", 1)[1].strip('"')
        if name not in self.mail.folders:
            return [f"{tag} NO [NONEXISTENT] no such folder"]
        self.folder = self.mail.folders[name]
        following = max((one.uid for one in self.folder), default=0) + 1
        told = [
            f"* {len(self.folder)} EXISTS",
            f"* OK [UIDVALIDITY {self.mail.validity}] so",
            f"* OK [UIDNEXT {following}] so",
        ]
        return [*told, f"{tag} OK [READ-WRITE] so"]

    def do_examine(self, tag: str, asked: str) -> list[bytes | str]:
        return [*self.do_select(tag, asked)[:-1], f"{tag} OK [READ-ONLY] so"]

    def do_create(self, tag: str, asked: str) -> list[bytes | str]:
        self.mail.folders[asked.split(" ", 1)[1].strip('"')] = []
        return [f"{tag} OK done"]

    def do_subscribe(self, tag: str, _: str) -> list[bytes | str]:
        return [f"{tag} OK done"]

    def do_uid_search(self, tag: str, asked: str) -> list[bytes | str]:
        found = [one for one in self.folder if self._fits(one, asked)]
        return [f"* SEARCH {' '.join(str(one.uid) for one in found)}", f"{tag} OK done"]

    def _fits(self, one: Kept, asked: str) -> bool:
        by_id = re.search(r'(NOT )?HEADER Message-ID "([^"]*)"', asked)
        if by_id:
            head = one.raw.split(b"\r\n\r\n")[0].lower()
            named = b"message-id:" in head and by_id[2].encode().lower() in head
            return named != bool(by_id[1])
        first = re.search(r"UID (\d+):\*", asked)
        if first and one.uid < int(first[1]) and one is not self.folder[-1]:
            return False
        if since := re.search(r"SINCE (\d+)-(\w+)-(\d+)", asked):
            day = datetime(int(since[3]), _MONTHS.index(since[2]) + 1, int(since[1]), tzinfo=UTC)
            if one.at < day:
                return False
        if exact := re.search(r"FLAGGED UID ([\d,]+)", asked):
            return "\\Flagged" in one.flags and str(one.uid) in exact[1].split(",")
        return not ("UNSEEN" in asked and "\\Seen" in one.flags)

    def do_uid_fetch(self, tag: str, asked: str) -> list[bytes | str]:
        self.mail.on_fetch()
        found = re.fullmatch(r"UID FETCH (\d+) \(.*BODY\.PEEK\[(HEADER)?\]<0\.(\d+)>\)", asked)
        assert found, asked
        lines: list[bytes | str] = []
        for place, one in enumerate(self.folder, 1):
            if one.uid == int(found[1]):
                data = (one.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if found[2] else one.raw)[: int(found[3])]
                at = f"{one.at.day:2}-{_MONTHS[one.at.month - 1]}-{one.at:%Y %H:%M:%S +0000}"
                told = f'* {place} FETCH (UID {one.uid} RFC822.SIZE {len(one.raw)} INTERNALDATE "{at}"'
                lines.append(f"{told} BODY[]<0> {{{len(data)}}}\r\n".encode() + data + b")\r\n")
        return [*lines, f"{tag} OK done"]

    def do_uid_store(self, tag: str, asked: str) -> list[bytes | str]:
        found = re.fullmatch(r"UID STORE ([\d,]+) ([+-])FLAGS\.SILENT \((.*)\)", asked)
        assert found, asked
        for one in self.folder:
            if str(one.uid) in found[1].split(","):
                one.flags = one.flags | {found[3]} if found[2] == "+" else one.flags - {found[3]}
        return [f"{tag} OK done"]

    def do_uid_expunge(self, tag: str, asked: str) -> list[bytes | str]:
        self.folder[:] = [one for one in self.folder if str(one.uid) != asked.rpartition(" ")[2]]
        return [f"{tag} OK done"]

    def do_append(self, tag: str, asked: str) -> list[bytes | str]:
        found = re.fullmatch(r'APPEND "([^"]*)" \(([^)]*)\) \{(\d+)\}', asked)
        assert found, asked
        self.say("+ go on")
        raw = self.rfile.read(int(found[3]))
        self.line()
        self.mail.arrives(raw, found[1], tuple(found[2].split()))
        return [f"{tag} OK done"]

    def do_idle(self, tag: str, _: str) -> list[bytes | str]:
        self.say("+ idling")
        known = len(self.folder)
        self.connection.settimeout(0.05)
        while True:
            if len(self.folder) > known:
                known = len(self.folder)
                self.say(f"* {known} EXISTS")
            try:
                done = self.connection.recv(100)
            except TimeoutError:
                continue
            if b"DONE" in done.upper() or not done:
                break
        self.connection.settimeout(None)
        return [f"{tag} OK done"]


class _Smtp(_Talk):
    def talk(self) -> None:
        self.say(self.mail.smtp_says.get("", b"220 here"))
        while True:
            asked = self.line()
            name = asked.split(" ")[0].split(":")[0].upper()
            if name in self.mail.smtp_says:
                self.say(self.mail.smtp_says[name])
            elif name == "EHLO":
                self.say("250-here", "250-SIZE 1000000", "250 AUTH PLAIN")
            elif name == "AUTH":
                right = base64.b64encode(f"\0{USER}\0{SECRET}".encode()).decode()
                self.say("235 welcome" if asked.endswith(f" {right}") else "535 5.7.8 wrong")
            elif name == "DATA":
                self.say("354 go on")
                self.data()
            elif name == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def data(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise EOFError
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.mail.sent.append(b"".join(lines))
        self.say(self.mail.smtp_says.get(".", b"250 taken"))

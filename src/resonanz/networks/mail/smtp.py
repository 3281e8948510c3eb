"""Sending over SMTP (RFC 5321, 6409): Python's own client upon a connection of the house, step by step.

Only one step can leave it open whether a mail is on its way: when its last line was sent and no answer came.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
from collections.abc import Iterator

from resonanz.core import clock, http
from resonanz.core.wire import Wire, WireBounds
from resonanz.networks.asking import failures
from resonanz.networks.errors import NoAnswer, NotAuthorised, Refused, TryLater
from resonanz.networks.mail.servers import Server, domain_of

_BOUNDS = WireBounds(connect_seconds=4.0, seconds=12.0, most_bytes=256 * 1024)
_WAIT_SECONDS = 120.0
_LOGIN_FAILED = frozenset({530, 534, 535, 538})
_OK, _GO_ON, _READY = 250, 354, 220
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Post:
    """An open way out. `seconds` bounds all of it together."""

    def __init__(self, server: Server, user: str, secret: str, *, seconds: float = 25.0) -> None:
        self._until = clock.monotonic() + seconds
        with self._understood():
            self._wire = Wire(server.host, server.port, encrypted=server.encrypted, bounds=_BOUNDS)
            try:
                self._smtp = _Client(self._wire, domain_of(user))
                self._greet(server)
                self._log_in(user, secret)
            except BaseException:
                self._wire.close()
                raise

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(smtplib.SMTPException, http.HTTPError, ValueError):
            self._begin(2.0)
            self._smtp.quit()
        self._wire.close()

    def send(self, sender: str, receiver: str, raw: bytes) -> None:
        """On its way when this returns. NoAnswer is raised only where it may be all the same."""
        with self._understood():
            self._begin()
            _accepted(self._smtp.mail(sender, [f"size={len(raw)}"] if self._smtp.has_extn("size") else []))
            _accepted(self._smtp.rcpt(receiver))
            code, words = self._smtp.docmd("DATA")
            if code != _GO_ON:
                _accepted((code, words))
        self._hand_over(raw)

    def _hand_over(self, raw: bytes) -> None:
        """The mail itself. Until its last line was sent it cannot be on its way."""
        data = re.sub(rb"(?m)^\.", b"..", _LINE_END.sub(b"\r\n", raw))
        data += b"" if data.endswith(b"\r\n") else b"\r\n"
        with self._understood():
            self._begin()
            self._wire.sendall(data)
        try:
            self._begin()
            self._wire.sendall(b".\r\n")
            answer = self._smtp.getreply()
        except (smtplib.SMTPException, http.HTTPError, ValueError, OSError) as error:
            raise NoAnswer(reason="mail.no_answer_to_data") from error
        if not 200 <= answer[0] < 600:
            raise NoAnswer(reason="answer.unreadable")
        _accepted(answer)

    def _greet(self, server: Server) -> None:
        self._begin()
        self._smtp.greet()
        self._smtp.ehlo_or_helo_if_needed()
        if server.encrypted:
            return
        if self._smtp.has_extn("starttls"):
            self._smtp.encrypt()
            self._smtp.ehlo_or_helo_if_needed()
        elif not self._wire.may_be_plain():
            raise Refused("mail.no_tls")

    def _log_in(self, user: str, secret: str) -> None:
        """PLAIN where it is offered: it alone says in which encoding a password is sent."""
        self._begin()
        if "PLAIN" in self._smtp.esmtp_features.get("auth", "").upper().split():
            answer = self._smtp.plain(user, secret)
            if answer[0] != 235:
                _not_let_in(answer)
            return
        try:
            self._smtp.login(user, secret)
        except smtplib.SMTPAuthenticationError as error:
            _not_let_in((error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""))
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            raise NotAuthorised from error

    def _begin(self, seconds: float = _BOUNDS.seconds) -> None:
        self._wire.begin(seconds=min(seconds, max(self._until - clock.monotonic(), 0.0)))

    @contextlib.contextmanager
    def _understood(self) -> Iterator[None]:
        """Before the last line nothing took effect, so whatever breaks may be tried again."""
        with failures(reads=True):
            try:
                yield
            except smtplib.SMTPResponseException as error:
                _accepted((error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""))
                raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error
            except (smtplib.SMTPException, ValueError, LookupError, OverflowError) as error:
                raise TryLater(_WAIT_SECONDS, "answer.unreadable") from error


class _Client(smtplib.SMTP):
    """Python's client upon a connection that was checked."""

    def __init__(self, wire: Wire, name: str) -> None:
        super().__init__(local_hostname=name)
        self._host = wire.host  # what its own TLS would verify; ours does already
        self.sock = wire  # type: ignore[assignment] # it looks like one
        self._wire = wire

    def greet(self) -> None:
        """Hear the first words of the server."""
        answer = self.getreply()
        if answer[0] != _READY:
            _accepted(answer)

    def encrypt(self) -> None:
        """STARTTLS; what the server said of itself before is forgotten."""
        answer = self.docmd("STARTTLS")
        if answer[0] != _READY:
            _accepted(answer)
        self._wire.encrypt()
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def plain(self, user: str, secret: str) -> tuple[int, bytes]:
        """AUTH PLAIN (RFC 4616)."""
        word = smtplib.encode_base64(f"\0{user}\0{secret}".encode(), eol="")  # type: ignore[attr-defined]
        return self.docmd("AUTH", f"PLAIN {word}")


def _accepted(answer: tuple[int, bytes]) -> None:
    """Raise what an answer means that is no yes."""
    code, words = answer
    if 200 <= code < 300:
        return
    if code in _LOGIN_FAILED:
        raise NotAuthorised(status=code)
    told = f"{code} {' '.join(words.decode('utf-8', 'replace').split())}"[:300]
    if 500 <= code < 600:
        raise Refused(told)
    raise TryLater(_WAIT_SECONDS, told)


def _not_let_in(answer: tuple[int, bytes]) -> None:
    if 400 <= answer[0] < 500:
        _accepted(answer)
    raise NotAuthorised(status=answer[0])

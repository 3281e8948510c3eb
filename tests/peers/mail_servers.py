"""Dovecot and Postfix, as Debian has them, on the loopback: mailboxes of a shop and of strangers.

What a stranger sends comes in by its own door, and Postfix writes above it that its domain was verified; what comes
from `forger@` bears no such word.
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import secrets
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template

from resonanz.ops.child_process import dying_with_us
from tests.certificates import write_certificates

SHOP, STRANGERS = "shop.example", "strangers.example"
_PACKAGES = ("dovecot-imapd", "dovecot-lmtpd", "postfix")
_PROGRAMS = ("/usr/sbin/dovecot", "/usr/lib/dovecot/lmtp", "/usr/sbin/postfix")
_STARTING = 60.0

_DOVECOT = Template(
    """
base_dir = $folder/dovecot
log_path = $folder/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <$folder/server.pem
ssl_key = <$folder/server.key
disable_plaintext_auth = yes
login_trusted_networks =
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:$folder/mail/%u
first_valid_uid = 1
mail_max_userip_connections = 50
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $folder/users/%u
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$folder/mail/%u allow_all_users=no
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Geschäft {
    auto = subscribe
  }
}
service imap-login {
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = $auth
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
"""
)
_MAIN = Template(
    """
compatibility_level = 3.6
queue_directory = $folder/queue
data_directory = $folder/data
maillog_file = $folder/postfix.log
maillog_file_prefixes = $folder
inet_protocols = ipv4
myhostname = mx.$shop
mydestination =
mynetworks = 127.0.0.0/32
alias_maps =
alias_database =
virtual_mailbox_domains = $shop, $strangers
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:127.0.0.1:$lmtp
smtpd_tls_cert_file = $folder/server.pem
smtpd_tls_key_file = $folder/server.key
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:$auth
smtpd_recipient_restrictions = check_recipient_access inline:{$refused}, permit_sasl_authenticated,
    reject_unauth_destination
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sender_login_maps = regexp:$folder/owners
message_size_limit = 30000000
"""
)
_REFUSED = f"{{gone@{STRANGERS} = 550 5.1.1 Nobody of this name}}, {{busy@{STRANGERS} = 450 4.2.1 Come again}}"
_MASTER = Template(
    """
127.0.0.1:$mx inet n - n - - smtpd
    -o smtpd_sender_restrictions=check_sender_access,regexp:$folder/verified
127.0.0.1:$submission inet n - n - - smtpd
    -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
    -o smtpd_sender_restrictions=reject_sender_login_mismatch
127.0.0.1:$submissions inet n - n - - smtpd
    -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
    -o smtpd_sender_restrictions=reject_sender_login_mismatch
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
)


class MailMissing(Exception):
    """The servers cannot be had here; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Person:
    """Somebody with a mailbox."""

    servers: MailServers
    address: str
    password: str

    def send(self, to: str, raw: bytes) -> None:
        """From outside, as any server would bring it."""
        with smtplib.SMTP("127.0.0.1", self.servers.ports["mx"], "host.strangers.example", timeout=20) as out:
            out.sendmail(self.address, [to], raw)

    @contextlib.contextmanager
    def open(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4_SSL]:
        """The mailbox, as another program of theirs sees it."""
        box = imaplib.IMAP4_SSL("localhost", self.servers.ports["imaps"], ssl_context=self.servers.trust())
        try:
            box.authenticate("PLAIN", lambda _: f"\0{self.address}\0{self.password}".encode())
            box.select(folder)
            yield box
        finally:
            box.logout()

    def put(self, raw: bytes, folder: str = "INBOX", flags: str = "", days_ago: float = 0.0) -> None:
        """A mail in a folder, as a program of theirs puts it there."""
        moment = datetime.now(UTC) - timedelta(days=days_ago)
        with self.open() as box:
            assert box.append(folder, flags, moment, raw)[0] == "OK"

    def mails(self, folder: str = "INBOX") -> list[tuple[bytes, bytes]]:
        """Flags and the whole of each mail, without reading it."""
        with self.open(folder) as box:
            _, found = box.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")
            return [(one[0], one[1]) for one in found if isinstance(one, tuple)]

    def receives(self, is_it: Callable[[bytes], bool], folder: str = "INBOX", seconds: float = 20.0) -> bytes:
        """The mail, once it is there."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for _, raw in self.mails(folder):
                if is_it(raw):
                    return raw
            time.sleep(0.1)
        raise AssertionError(f"no such mail; the servers say: {self.servers.last_words()}")


class MailServers:
    """`ports` by service; `ca` vouches for both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = folder / "ca.pem"
        names = ("imap", "imaps", "lmtp", "auth", "mx", "submission", "submissions")
        self.ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self._names: Counter[str] = Counter()
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Returns when both can be asked."""
        self._write_files()
        postfix = str(self.folder / "postfix")
        self._processes = [self._begin("/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf"))]
        subprocess.run(
            ["/usr/sbin/postfix", "-c", postfix, "check"], capture_output=True, check=True
        )  # makes its folders
        # Not by `postfix start-fg`, whose child it would be: that one ends alone and leaves it behind.
        self._processes.append(self._begin("/usr/lib/postfix/sbin/master", "-c", postfix, "-d"))
        for name in ("imaps", "lmtp", "mx", "submission"):
            self._wait_for(self.ports[name])

    def stop(self) -> None:
        """Both end with what they started."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(timeout=20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # what was still busy ending

    def open_mailbox(self, name: str, domain: str = STRANGERS) -> Person:
        """The first `eva` becomes eva-1@…."""
        self._names[name] += 1
        person = Person(self, f"{name}-{self._names[name]}@{domain}", secrets.token_urlsafe(12) + "ß")
        # A file each: one for all is read again only when its second of change is another.
        (self.folder / "users" / person.address).write_text(f"{person.address}:{{PLAIN}}{person.password}\n", "utf-8")
        return person

    def trust(self) -> ssl.SSLContext:
        """What vouches for the servers."""
        return ssl.create_default_context(cafile=str(self.ca))

    def allowed(self) -> str:
        """What RESONANZ_ALLOWED_HOSTS has to hold."""
        return ",".join(f"localhost:{port}" for port in self.ports.values())

    def last_words(self) -> str:
        """The end of both logs."""
        logs = [self.folder / name for name in ("dovecot.log", "postfix.log", "console.log")]
        return "\n".join(log.read_text("utf-8", "replace")[-2000:] for log in logs if log.exists())

    def _begin(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / "console.log").open("ab") as console:
            return subprocess.Popen(
                command,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                preexec_fn=dying_with_us(signal.SIGTERM),
                start_new_session=True,
            )

    def _wait_for(self, port: int) -> None:
        until = time.monotonic() + _STARTING
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.1)
        raise MailMissing(f"The mail servers did not start. Their last words:\n{self.last_words()}")

    def _write_files(self) -> None:
        values = {"folder": str(self.folder), "shop": SHOP, "strangers": STRANGERS, "refused": _REFUSED, **self.ports}
        (self.folder / "dovecot.conf").write_text(_DOVECOT.substitute(values), "utf-8")
        for name in ("mail", "queue", "data", "dovecot", "postfix", "users"):
            (self.folder / name).mkdir()
        (self.folder / "postfix" / "main.cf").write_text(_MAIN.substitute(values))
        (self.folder / "postfix" / "master.cf").write_text(_MASTER.substitute(values))
        (self.folder / "owners").write_text(r"/^(.*)$/ ${1}" + "\n")
        (self.folder / "verified").write_text(
            "/^forger@/ DUNNO\n"
            rf"/@(.+)$/ PREPEND Authentication-Results: mx.{SHOP}; dkim=pass header.d=$1; dmarc=pass header.from=$1"
            + "\n"
        )
        shutil.chown(self.folder / "mail", "mail", "mail")
        shutil.chown(self.folder / "data", "postfix", grp.getgrgid(os.getegid()).gr_name)
        write_certificates(self.folder)


@contextlib.contextmanager
def running_servers(say: Callable[[str], None]) -> Iterator[MailServers]:
    """Installed if need be, empty, for the time of the block."""
    _provide(say)
    # Not where pytest keeps its folders: nobody but their owner may look into those, and the servers change their user.
    with tempfile.TemporaryDirectory(prefix="resonanz-mail-") as folder:
        Path(folder).chmod(0o755)
        servers = MailServers(Path(folder))
        try:
            servers.start()
            yield servers
        finally:
            servers.stop()


def _provide(say: Callable[[str], None]) -> None:
    if os.geteuid() != 0:
        raise MailMissing("Postfix is started as root, and this is not root.")
    if all(Path(program).exists() for program in _PROGRAMS):
        return
    if shutil.which("apt-get") is None:
        raise MailMissing(f"Missing: {', '.join(_PACKAGES)}.")
    say("Installing Dovecot and Postfix to test against, once …")
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *_PACKAGES]
    if subprocess.run(install, **quiet, stderr=subprocess.DEVNULL, check=False).returncode:  # type: ignore[call-overload]
        subprocess.run(["apt-get", "update", "-qq"], **quiet, check=False)  # type: ignore[call-overload]
        subprocess.run(install, **quiet, check=False)  # type: ignore[call-overload]
    if not all(Path(program).exists() for program in _PROGRAMS):
        raise MailMissing(f"Missing: {', '.join(_PACKAGES)}, which apt-get could not install.")


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as open_ones:
        found = [open_ones.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [int(one.getsockname()[1]) for one in found]

"""Where mail is handed in, read from one address. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from resonanz.core.env import WrongSetting

_SCHEMES = {"smtps": ("always", 465), "smtp": ("starttls", 587), "smtp+plain": ("never", 25)}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail; `tls` is always, starttls or never."""

    host: str
    port: int
    user: str
    password: str
    tls: str


def server(url: str) -> MailServer | None:
    """The server of an address, None of an empty one; raises WrongSetting, whose words repeat no password."""
    if not url:
        return None
    try:
        found = urlsplit(url)
        tls, port = _SCHEMES[found.scheme]
        host, port = found.hostname or "", found.port or port
    except (KeyError, ValueError):
        host = ""
    if not host:
        problem = "must look like smtps://user:password@mail.example, smtp:// for STARTTLS, smtp+plain:// without TLS"
        raise WrongSetting(name="RESONANZ_MAIL_URL", problem=problem)
    return MailServer(host, port, unquote(found.username or ""), unquote(found.password or ""), tls)

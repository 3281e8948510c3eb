"""Which servers a mailbox has, as typed or guessed from its domain, and whether it is a role's or a person's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from resonanz.networks.server_address import server_of

IMAPS, SUBMISSIONS = 993, 465
_IMAP, _SUBMISSION = 143, 587
_SCHEMES = {"imaps": True, "imap": False, "smtps": True, "smtp": False}
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\]{1,253}")
_ROLE = re.compile(
    r"abo|anfragen?|anmeldung|bestellung(?:en)?|beschwerden?|booking|buchung|buero|care|club|community|contacts?|"
    r"customer(?:care|service)?|datenschutz|dialog|events|feedback|fragen|gruppe|hallo|hello|help(?:desk)?|hilfe|hotline|"
    r"info(?:rmation)?|kontakt|kunden?(?:betreuung|dienst|service)?|lob|mail(?:box)?|marketing|media|medien|news|office|"
    r"online|orders?|pr|press|presse|privacy|produkt(?:ion)?|qualitaet|redaktion|reklamation(?:en)?|retouren?|sales|"
    r"services?|shop|social(?:media)?|store|support|team|tickets?|versand|vertrieb|web(?:master|shop)?|widerruf|zentrale"
)
_BETWEEN = re.compile(r"[-_.+\d]+")


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect; `encrypted`: with TLS from the first byte, else STARTTLS is asked for."""

    host: str
    port: int
    encrypted: bool

    def written(self, protocol: str) -> str:
        """As it is kept with the channel."""
        return f"{protocol}{'s' if self.encrypted else ''}://{self.host}:{self.port}"


def imap_servers(typed: str, mailbox: str) -> list[Server]:
    """The server that was typed; without one, those that a domain usually has. Raises ValueError."""
    if typed.strip():
        return [_server(typed, plain=_IMAP, implicit=IMAPS)]
    return [Server(host, IMAPS, encrypted=True) for host in _usual("imap", mailbox)]


def smtp_servers(typed: str, mailbox: str, beside: Server | None = None) -> list[Server]:
    """The same for sending; `beside` is the server that reading works with. Raises ValueError."""
    if typed.strip():
        return [_server(typed, plain=_SUBMISSION, implicit=SUBMISSIONS)]
    like_it = [beside.host.replace("imap", "smtp", 1)] if beside else []
    hosts = [*like_it, *_usual("smtp", mailbox)]
    return [
        Server(host, port, port == SUBMISSIONS) for host in dict.fromkeys(hosts) for port in (SUBMISSIONS, _SUBMISSION)
    ]


def mailbox_of(typed: str) -> str:
    """The address of a mailbox as it is compared; raises ValueError for what is none."""
    found = typed.strip().removeprefix("mailto:").lower()
    if not _ADDRESS.fullmatch(found):
        raise ValueError(typed)
    return found


def is_of_a_role(mailbox: str) -> bool:
    """Whether its name says so: info, service-de, presse.wien and the like."""
    name = mailbox.rpartition("@")[0]
    return any(_ROLE.fullmatch(part) for part in [name.replace("-", ""), *_BETWEEN.split(name)])


def domain_of(address: str) -> str:
    """What stands behind the @, in small letters."""
    return address.rpartition("@")[2].lower()


def organisation_of(domain: str) -> str:
    """The domain that somebody registered, as far as its looks tell: mail.shop.example → shop.example."""
    labels = domain.lower().rstrip(".").split(".")
    is_double = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if is_double else labels[-2:])


def _usual(service: str, mailbox: str) -> Iterator[str]:
    domain = domain_of(mailbox)
    yield from (f"{service}.{domain}", f"mail.{domain}", domain)


def _server(typed: str, *, plain: int, implicit: int) -> Server:
    scheme, _, rest = typed.strip().rpartition("://")
    if scheme and scheme.lower() not in _SCHEMES:
        raise ValueError(typed)
    found = urlsplit(server_of(f"https://{rest}"))
    if not found.hostname:
        raise ValueError(typed)
    encrypted = _SCHEMES.get(scheme.lower(), found.port in {None, implicit})
    return Server(found.hostname, found.port or (implicit if encrypted else plain), encrypted)

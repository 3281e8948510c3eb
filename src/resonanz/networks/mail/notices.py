"""Mails by which networks without an interface tell what was said there, read into posts of those networks.

Nobody but a network may speak for it: its mails count only where the mailbox's own server says that it checked who sent
them (Authentication-Results, RFC 8601). Their shape is theirs to change; what is not understood is left unread.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from resonanz.core import text
from resonanz.networks.contract import Account, Author, BadEvent, Posted, PostKind
from resonanz.networks.mail import plain_words
from resonanz.networks.mail.letters import Writer, sender_of
from resonanz.networks.mail.mime import Mail
from resonanz.networks.mail.servers import domain_of, imap_servers, organisation_of

UNKNOWN, UNVERIFIED = "mail.unknown_notice", "mail.unverified_notice"
_MOST_NAME = 200
_CHECKS_AS = {"gmail.com": "google.com", "googlemail.com": "google.com"}
"""Servers that write their checks under another name than that by which mailboxes are reached."""
_LINK = re.compile(r"https://[^\s<>\"')\]]{4,1500}")
_TRACKING = re.compile(
    r"utm_\w+|trk\w*|lipi|licu|mid(?:Token|Sig)|eid|otpToken|sc_o|xing_share|ref|refId|trackingId|email", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"/?$|.*(?:settings|unsubscribe|abmelden|abbestellen|help|hilfe|legal|impressum|privacy)", re.I)
_ACTS = (
    # In subjects: who, and what they did. Brands have several pages, so what is theirs is not named here.
    (PostKind.COMMENT, r"(?P<who>.{1,120}?) (?:hat|haben) .{0,120}?\bkommentiert\b.*"),
    (PostKind.COMMENT, r"(?P<who>.{1,120}?) commented on\b.*"),
    (PostKind.COMMENT, r"(?P<who>.{1,120}?) hat auf .{0,120}?(?:Kommentar|Beitrag)\b.{0,40} geantwortet\b.*"),
    (PostKind.COMMENT, r"(?P<who>.{1,120}?) (?:replied|responded) to\b.*"),
    (PostKind.COMMENT, r"Neuer Kommentar von (?P<who>.{1,120}?)(?: (?:zu|auf|unter)\b.*)?"),
    (PostKind.COMMENT, r"New comment (?:by|from) (?P<who>.{1,120}?)(?: on\b.*)?"),
    (PostKind.POST, r"(?P<who>.{1,120}?) hat .{0,120}?\berwähnt\b.*"),
    (PostKind.POST, r"(?P<who>.{1,120}?) (?:has )?mentioned\b.*"),
)
_SUBJECTS = tuple((kind, re.compile(pattern, re.DOTALL)) for kind, pattern in _ACTS)
_INVITES = re.compile(
    r"(?:.{0,60}\b(?:ansehen|anzeigen|antworten|kommentieren|lesen|öffnen|ansicht|view|see|reply|read|open|visit)\b"
    r".{0,60}|https://\S+)[:.!›»→ ]*",
    re.IGNORECASE,
)
_QUOTES = "„“”\"»«›‹' "


@dataclass(frozen=True, slots=True)
class Said:
    """What a notice tells: who said what, and where it stands."""

    kind: PostKind
    name: str
    text: str
    url: str
    native_id: str
    root_id: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """How one network tells it: by mails from its domains, which `understand` takes apart; None: something else."""

    network: str
    domains: frozenset[str]
    understand: Callable[[Mail, str], Said | None]


def read(mail: Mail, *, account: Account, at: datetime) -> Posted | BadEvent | None:
    """What was said there; why it is not believed or not understood; None for a mail of nobody that is known here."""
    writer = sender_of(mail)
    reader = _reader_of(mail, writer) if writer else None
    if reader is None or writer is None:
        return None
    domain = domain_of(writer.address)
    if not _is_vouched_for(mail, domain, account):
        return BadEvent(domain, UNVERIFIED)
    said = reader.understand(mail, plain_words.words_of(mail.parts))
    return _posted(reader.network, organisation_of(domain), said, at) if said else BadEvent(domain, UNKNOWN)


def _reader_of(mail: Mail, writer: Writer) -> Reader | None:
    organisation = organisation_of(domain_of(writer.address))
    for reader in READERS:
        if organisation in reader.domains:
            return reader
    # Forums are everywhere; this one says of itself what it is. Its links have to be of the domain that writes.
    return replace(FORUM, domains=frozenset({organisation})) if mail.headers.get("X-Discourse-Post-Id") else None


def _posted(network: str, origin: str, said: Said, at: datetime) -> Posted:
    host = urlsplit(said.url).hostname or origin
    return Posted(
        network=network,
        origin=host if network == FORUM.network else origin,
        native_id=said.native_id,
        # The mail gives a name and no account; within one network it has to do.
        author=Author(native_id=f"name:{said.name.casefold()}", name=said.name),
        text=said.text,
        posted_at=at,
        kind=said.kind,
        url=said.url,
        root_id=said.root_id or said.native_id,
        addressed=True,
    )


# Who vouches


def _is_vouched_for(mail: Mail, domain: str, account: Account) -> bool:
    """Whether our own server says that the mail is of this domain: by its signature, or by the domain's own policy."""
    checked = _own_results(mail, account)
    organisation = organisation_of(domain)
    found = re.findall(r"\b(?:dkim|dmarc)\s*=\s*pass\b([^;]{0,1000})", checked, re.IGNORECASE)
    named = [
        name.lower()
        for told in found
        for name in re.findall(r"\bheader\.(?:d|i|from)\s*=\s*\"?[^@\s;\"]{0,64}?@?([\w.-]{1,253})", told)
    ]
    return any(organisation_of(name) == organisation for name in named)


def _own_results(mail: Mail, account: Account) -> str:
    """What our own server wrote; others may have written whatever they like below it."""
    own = _own_organisations(mail, account)
    for value in mail.all_of("Authentication-Results"):
        name = value.partition(";")[0].split(" ")[0]
        if organisation_of(name) in own:
            return re.sub(r"\([^()]{0,500}\)", " ", value)
        if _names_itself(value):
            return ""
    return ""


def _own_organisations(mail: Mail, account: Account) -> set[str]:
    """The mailbox's domain, that of its server, and of the machine that wrote the uppermost line of its way to us."""
    own = {organisation_of(domain_of(account.native_id))}
    own |= {organisation_of(server.host) for server in imap_servers(account.address, account.native_id)[:1]}
    own |= {_CHECKS_AS[one] for one in own & _CHECKS_AS.keys()}
    # Only the uppermost line is surely ours: the others may have come with the mail.
    found = re.search(r"\bby\s+([A-Za-z][\w-]*(?:\.[\w-]+)+)", mail.header("Received"))
    return own | ({organisation_of(found.group(1))} if found else set())


def _names_itself(value: str) -> bool:
    """One that another server wrote ends the search: what stands below it came from outside."""
    return ";" in value


# The readers


def _by_subject(domain: str) -> Callable[[Mail, str], Said | None]:
    """Who did what stands in the subject; what they said before the first link that leads there."""

    def understand(mail: Mail, words: str) -> Said | None:
        subject = text.clean(mail.header("Subject"), most=500)
        for kind, pattern in _SUBJECTS:
            if found := pattern.fullmatch(subject):
                name = found["who"].strip(_QUOTES)[:_MOST_NAME]
                url = _first_link(words, domain)
                said = _quoted_words(words, name)
                return Said(kind, name, said, url, _sum(url, name, said)) if name and url and said else None
        return None

    return understand


def _first_link(words: str, domain: str) -> str:
    for found in _LINK.finditer(words):
        address = urlsplit(found.group())
        if organisation_of(address.hostname or "") == domain and not _ELSEWHERE.match(address.path):
            kept = [(key, value) for key, value in parse_qsl(address.query) if not _TRACKING.fullmatch(key)]
            return address._replace(query=urlencode(kept), fragment="").geturl()
    return ""


def _quoted_words(words: str, name: str) -> str:
    """What stands in quotes or is marked as quoted; else what stands between the line that names them and the link."""
    marked = [line.lstrip("> \t") for line in words.split("\n") if line.startswith(">")]
    if marked:
        return "\n".join(marked).strip()
    if found := re.search(r"[„“\"»](.{1,10000}?)[“”\"«](?=\s*(?:\n|$))", words, re.DOTALL):
        return found.group(1).strip()
    lines = words.split("\n")
    start = next((number for number, line in enumerate(lines) if name in line), -1)
    if start < 0:
        return ""
    said: list[str] = []
    for line in lines[start + 1 :]:
        if "https://" in line or (said and _INVITES.fullmatch(line.strip())):
            break
        said.append(line)
    return "\n".join(said).strip()


def _forum_post(mail: Mail, words: str) -> Said | None:
    """Discourse: the post, a rule, and a link to its place. The number of the post stands in a header."""
    writer = sender_of(mail)
    number = mail.header("X-Discourse-Post-Id")
    if writer is None or not number.isdecimal():
        return None
    own = organisation_of(domain_of(writer.address))
    head, _, foot = words.rpartition("\n---")
    said = plain_words.without_history(re.sub(r"\n(?:---|\*\*\*)[\s\S]*", "", head))
    url = _first_link(foot, own)
    topic = mail.header("X-Discourse-Topic-Id")
    name = re.sub(r" (?:via|über) .*$", "", writer.name)[:_MOST_NAME]
    if not (said and url and name):
        return None
    return Said(PostKind.POST, name, said, url, number, f"t{topic}" if topic.isdecimal() else "")


def _sum(*pieces: str) -> str:
    joined = "\n".join(pieces)
    return f"sha256:{hashlib.sha256(joined.encode()).hexdigest()}"


READERS: tuple[Reader, ...] = (
    Reader("xing", frozenset({"xing.com"}), _by_subject("xing.com")),
    Reader("linkedin", frozenset({"linkedin.com"}), _by_subject("linkedin.com")),
)
FORUM = Reader("discourse", frozenset(), _forum_post)

"""A mail as somebody's message to us: who wrote it, in which thread, what, and whether anybody wrote it at all."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import getaddresses

from resonanz.core import text
from resonanz.networks.contract import Author, Posted, PostKind, Visibility
from resonanz.networks.mail import plain_words
from resonanz.networks.mail.mime import Mail, line_of
from resonanz.networks.mail.servers import domain_of, mailbox_of

NAME = "mail"
WORLD = "mailto:"
"""The origin of every mail: a Message-ID is unique in the world."""
SUM = "mail-sha256:"
"""How the id of a mail without one of its own begins."""
_APART, _SUM = "#", 16
OURS = "resonanz."
"""How the Message-ID of our own answers begins."""
_MOST_ID = 500
_ID = re.compile(r"<[^<>\s]{1,900}>")
_ONE_ADDRESS = re.compile(r"([^<>]{0,1000})<([^<>]{1,320})>\s*", re.DOTALL)
"""With one address in brackets there is no doubt which it is, whatever the name before it looks like."""
_ANSWER = re.compile(r"\s*(?:re|aw|antw|antwort|sv)\s*(?:\[\d+\])?:", re.IGNORECASE)
_TRACE = frozenset(
    {"received", "return-path", "delivered-to", "x-original-to", "authentication-results", "dkim-signature", "x-uid"}
)
_ROBOTS = frozenset({"mailer-daemon", "postmaster"})
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote it: the address, in small letters, and the name they give themselves."""

    address: str
    name: str


def id_of(mail: Mail) -> str:
    """Its Message-ID; of a mail without one, a sum of what its writer sent, the same in every folder."""
    found = _first_id(mail.header("Message-ID"))
    if found:
        return found
    summed = hashlib.sha256()
    for name, value in mail.headers.items():
        if name.lower() not in _TRACE:
            summed.update(f"{name.lower()}:{value}\n".encode("utf-8", "surrogateescape"))
    for part in mail.parts:
        summed.update(part.body)
    return f"{SUM}{summed.hexdigest()}"


def sum_of(mail: Mail) -> str:
    """Of what it says, and not of the way that it took: the same mail may come by two."""
    pieces = [*(mail.header(name) for name in ("From", "Date", "Subject")), plain_words.words_of(mail.parts)]
    return hashlib.sha256("\n".join(pieces).encode("utf-8", "replace")).hexdigest()


def told_apart(said: Posted, summed: str) -> Posted:
    """The mail under an id of its own, although its Message-ID is that of another one."""
    native_id = f"{said.native_id}{_APART}{summed[:_SUM]}"
    return replace(said, native_id=native_id, root_id=native_id if said.root_id == said.native_id else said.root_id)


def ids_of(mail: Mail) -> tuple[str, str]:
    """Under which it may be known: its own, and the one by which it is told apart."""
    return id_of(mail), f"{id_of(mail)}{_APART}{sum_of(mail)[:_SUM]}"


def message_id_of(native_id: str) -> str:
    """The Message-ID by which a mailbox can be searched, "" for a mail without one."""
    found = native_id.partition(_APART)[0]
    return found if is_message_id(found) else ""


def is_message_id(native_id: str) -> bool:
    """Whether it looks like one."""
    return bool(_ID.fullmatch(native_id))


def references_of(mail: Mail) -> list[str]:
    """The mails before it, the first of the thread first."""
    before = [_short(one) for one in _ID.findall(mail.header("References"))]
    answered = _first_id(mail.header("In-Reply-To"))
    return [*(one for one in before if one != answered), *([answered] if answered else [])]


def writer_of(mail: Mail, mailbox: str) -> Writer | None:
    """Who wrote it, as the mail says: nobody vouches for it.

    A form on the company's own site writes from the company's own domain and names the person in Reply-To.
    """
    writer = sender_of(mail)
    answered = _person(mail, "Reply-To")
    if writer and answered and is_own_domain(writer.address, mailbox) and not is_own_domain(answered.address, mailbox):
        return answered
    return writer


def sender_of(mail: Mail) -> Writer | None:
    """Whom it says that it is from."""
    return _person(mail, "From")


def is_own_domain(address: str, mailbox: str) -> bool:
    """Whether both are of one company."""
    return domain_of(address) == domain_of(mailbox)


def is_answer(subject: str) -> bool:
    """Whether it says so ("Re:", "AW:")."""
    return bool(_ANSWER.match(subject))


def is_by_a_machine(mail: Mail) -> bool:
    """Automatic answers, bounces, newsletters and lists (RFC 3834, RFC 2369): nobody waits for an answer to them."""
    auto = mail.header("Auto-Submitted").partition(";")[0].strip().lower()
    writer = sender_of(mail)
    return (
        auto not in {"", "no"}
        or mail.header("Precedence").lower() in _BULK
        or any(mail.headers.get(name) for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond"))
        or mail.headers.get_content_type() == "multipart/report"
        or mail.header("Return-Path") == "<>"
        or writer is None
        or writer.address.partition("@")[0] in _ROBOTS
    )


def posted(mail: Mail, *, mailbox: str, at: datetime) -> Posted:
    """The mail as a message; `at`: when it reached the mailbox, which is what a term counts from."""
    writer, before, native_id = writer_of(mail, mailbox), references_of(mail), id_of(mail)
    before = [one for one in before if one != native_id]
    return Posted(
        network=NAME,
        origin=WORLD,
        native_id=native_id,
        author=Author(native_id=writer.address, handle=writer.address, name=writer.name) if writer else None,
        text=_text(mail),
        posted_at=at,
        kind=PostKind.MESSAGE,
        visibility=Visibility.PRIVATE,
        parent_id=before[-1] if before else "",
        root_id=_root(mail, before, native_id),
        addressed=True,
    )


def is_ours(native_id: str) -> bool:
    """Whether it is the id of an answer from here."""
    return native_id.startswith(f"<{OURS}")


def is_from(mail: Mail, mailbox: str) -> bool:
    """Whether the mailbox itself is said to have sent it."""
    writer = sender_of(mail)
    return writer is not None and writer.address == mailbox


def _text(mail: Mail) -> str:
    subject = text.clean(mail.header("Subject"), most=500)
    said = plain_words.without_history(plain_words.words_of(mail.parts))
    stands_above = not (is_answer(subject) and said) and not said.startswith(subject)
    pieces = [subject if stands_above else "", said, plain_words.attached(mail.parts)]
    return text.clean("\n\n".join(piece for piece in pieces if piece), most=plain_words.MOST_TEXT)


def _root(mail: Mail, before: list[str], native_id: str) -> str:
    """Who names only the mail that they answer does not say where the thread began."""
    if not before:
        return native_id
    return before[0] if len(before) > 1 or mail.header("References") else ""


def _person(mail: Mail, header: str) -> Writer | None:
    """The first address in a header. Taken apart before it is read: a name may hold commas once it is."""
    raw = str(mail.headers.get(header) or "")[:4_000]
    alone = _ONE_ADDRESS.fullmatch(raw)
    for name, address in [(alone[1], alone[2])] if alone else getaddresses([raw]):
        try:
            return Writer(mailbox_of(address), _name(name))
        except ValueError:
            continue
    return None


def _name(raw: str) -> str:
    """As they call themselves; an address in place of a name is none."""
    name = text.clean(line_of(raw), most=200).strip("\"' ")
    return "" if "@" in name and " " not in name else name


def _first_id(value: str) -> str:
    found = _ID.search(value)
    return _short(found.group()) if found else ""


def _short(native_id: str) -> str:
    return native_id if len(native_id) <= _MOST_ID else f"{SUM}{hashlib.sha256(native_id.encode()).hexdigest()}"

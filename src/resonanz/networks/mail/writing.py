"""Answering: a mail in its thread, put among the sent ones first, so that it is found again whatever breaks.

A copy in the folder of sent mails bears a flag (a star) until the server took the mail. No copy: it never left. A copy
without it: it did. A copy with it: nobody knows, so a person decides. A mail is never sent twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import quopri
from collections.abc import Sequence
from email.header import Header
from email.utils import format_datetime, formataddr

from resonanz.core import clock, text
from resonanz.networks.contract import Account, Receipt, ReplyOrder
from resonanz.networks.errors import NetworkError, NoAnswer, Refused, Unsupported
from resonanz.networks.mail import letters
from resonanz.networks.mail.imap import Mailbox, quoted
from resonanz.networks.mail.mime import Mail, read, read_headers
from resonanz.networks.mail.reading import opened, sent_folder, user_of, wanted
from resonanz.networks.mail.servers import domain_of, smtp_servers
from resonanz.networks.mail.smtp import Post

# Together less than the minute for which the outbox leases an answer.
_READ_SECONDS, _SEND_SECONDS, _MARK_SECONDS = 20.0, 22.0, 8.0
_UNSETTLED = "\\Flagged"
_SENT = "Sent"
_MOST_REFERENCES = 20
_MOST_SUBJECT = 200
_MOST_SEARCHED = 30
_MOST_LIKE_IT = 50
_WHOLE_BYTES = 16 * 1024 * 1024


def reply(account: Account, order: ReplyOrder) -> Receipt:
    """Send it to whoever wrote the mail. Unsupported for what no mail said: it is answered where it was said."""
    if not _is_mail(order.parent_id):
        raise Unsupported
    own_id = _own_id(account, order)
    with opened(account, seconds=_READ_SECONDS) as box:
        sent = _sent(box)
        box.select(sent, to_change=True)
        copies = _copies(box, own_id)
        if copies and not _unsettled(box, copies):
            return Receipt(own_id)
        parent = _parent(account, box, order.parent_id, sent)
        receiver = letters.writer_of(parent, account.native_id)
        if receiver is None:
            raise Refused("mail.no_receiver")
        receiver = letters.Writer(_in_ascii(receiver.address), receiver.name)
        raw = _written(account, order, parent, receiver, own_id)
        if not copies:
            box.append(sent, raw, _UNSETTLED, "\\Seen")
    try:
        _send(account, receiver.address, raw)
    except NoAnswer:
        raise
    except NetworkError:
        _settle(account, sent, own_id, is_sent=False)
        raise
    _settle(account, sent, own_id, is_sent=True)
    return Receipt(own_id)


def find_sent(account: Account, order: ReplyOrder) -> Receipt | None:
    """By the copy among the sent mails. Refused where it says that nobody knows."""
    own_id = _own_id(account, order)
    with opened(account, seconds=_READ_SECONDS) as box:
        sent = sent_folder(box.folders())
        if not sent:
            return None
        box.select(sent)
        copies = _copies(box, own_id)
        if copies and _unsettled(box, copies):
            raise Refused("mail.perhaps_sent")
        return Receipt(own_id) if copies else None


def _is_mail(native_id: str) -> bool:
    return bool(letters.message_id_of(native_id)) or native_id.startswith(letters.SUM)


def _own_id(account: Account, order: ReplyOrder) -> str:
    """The same for every attempt at one answer."""
    summed = hashlib.sha256(f"{account.native_id}\n{order.key}".encode()).hexdigest()[:40]
    return f"<{letters.OURS}{summed}@{domain_of(account.native_id)}>"


def _sent(box: Mailbox) -> str:
    if found := sent_folder(box.folders()):
        return found
    box.create(_SENT)
    return _SENT


def _copies(box: Mailbox, own_id: str) -> list[int]:
    return box.search("HEADER", "Message-ID", quoted(own_id))


def _unsettled(box: Mailbox, copies: Sequence[int]) -> bool:
    return set(copies) <= set(box.search("FLAGGED", "UID", ",".join(map(str, copies))))


def _settle(account: Account, sent: str, own_id: str, *, is_sent: bool) -> None:
    """Say with the copy what is known now; if that fails, it goes on saying that nobody knows."""
    with contextlib.suppress(NetworkError), opened(account, seconds=_MARK_SECONDS) as box:
        box.select(sent, to_change=True)
        for uid in _copies(box, own_id):
            if is_sent:
                box.mark([uid], _UNSETTLED, on=False)
            else:
                box.remove(uid)


def _send(account: Account, receiver: str, raw: bytes) -> None:
    typed = str(account.settings.get("smtp") or "")
    try:
        server = smtp_servers(typed, account.native_id, beside=None)[0]
    except ValueError as error:
        raise Refused("mail.no_server") from error
    with Post(server, user_of(account), account.secret, seconds=_SEND_SECONDS) as post:
        post.send(account.native_id, receiver, raw)


def _parent(account: Account, box: Mailbox, native_id: str, sent: str) -> Mail:
    """The mail that is answered, wherever it was moved to. Refused where it is gone."""
    first = wanted(account)
    others = [folder.name for folder in box.folders() if folder.name not in first]
    for folder in [*first, *others][:_MOST_SEARCHED]:
        with contextlib.suppress(Refused):
            box.select(folder)
            if found := _found(box, native_id):
                return found
    raise Refused("mail.parent_is_gone")


def _found(box: Mailbox, native_id: str) -> Mail | None:
    message_id, is_alone = letters.message_id_of(native_id), letters.is_message_id(native_id)
    criteria = ("HEADER", "Message-ID", quoted(message_id)) if message_id else ("NOT", "HEADER", "Message-ID", '""')
    for uid in box.search(*criteria)[:_MOST_LIKE_IT]:
        found = box.fetch_headers(uid) if is_alone else box.fetch(uid, most=_WHOLE_BYTES)
        mail = (read_headers if is_alone else read)(found.raw) if found else None
        if mail and native_id in letters.ids_of(mail):
            return mail
    return None


def _written(account: Account, order: ReplyOrder, parent: Mail, receiver: letters.Writer, own_id: str) -> bytes:
    """The mail, line by line: what Python makes of long references no mail program takes for references."""
    above = [one for one in [*letters.references_of(parent), letters.id_of(parent)] if letters.is_message_id(one)]
    kept = [*above[:1], *above[1:][-_MOST_REFERENCES:]]
    headers = {
        "From": formataddr((str(account.settings.get("mail_name") or "").strip(), account.native_id)),
        "To": formataddr((receiver.name, receiver.address)),
        "Subject": _header("Subject", _subject(parent)),
        "Date": format_datetime(clock.now()),
        "Message-ID": own_id,
        "In-Reply-To": kept[-1] if kept else "",
        "References": "\r\n ".join(kept),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "quoted-printable",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    body = quopri.encodestring(order.text.replace("\r\n", "\n").strip().encode("utf-8", "replace") + b"\n")
    return head.encode("ascii") + b"\r\n" + body.replace(b"\n", b"\r\n")


def _subject(parent: Mail) -> str:
    subject = text.clean(parent.header("Subject"), most=_MOST_SUBJECT)
    return subject if letters.is_answer(subject) else f"Re: {subject}".strip()


def _header(name: str, value: str) -> str:
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(value, charset, header_name=name).encode(linesep="\r\n")


def _in_ascii(address: str) -> str:
    """As every server takes it. Refused where only some would (RFC 6531)."""
    name, _, domain = address.rpartition("@")
    try:
        return f"{name.encode('ascii').decode()}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise Refused("mail.address_not_ascii") from error

"""Reading a mailbox: what is new in its folders since the cursor, and what its server tells while it is watched."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from resonanz.core import clock
from resonanz.networks.contract import Account, BadEvent, Batch, Event, Posted, Undelivered
from resonanz.networks.errors import Refused, Unsupported
from resonanz.networks.mail import bounces, letters, notices
from resonanz.networks.mail.cursor import Cursor, Place
from resonanz.networks.mail.imap import SENT, Fetched, Folder, Mailbox, day_of, quoted
from resonanz.networks.mail.mime import FAULTS, Mail, read, read_headers
from resonanz.networks.mail.servers import imap_servers
from resonanz.networks.streams import Listening

INBOX = "INBOX"
FIRST_DAYS = timedelta(days=7)
_AT_ONCE = 10
_MOST_AT_A_POLL = 2_000
_AT_FIRST = 512 * 1024
_MOST_BYTES = 16 * 1024 * 1024
_MOST_FOLDERS = 10
_POLL_SECONDS = 600.0  # what is left then comes with the next one
_SENT_NAMES = (
    "sent",
    "gesendet",
    "gesendete elemente",
    "gesendete objekte",
    "sent items",
    "sent messages",
    "sent mail",
)


def poll(account: Account, cursor: str) -> Iterator[Batch]:
    """What is new, folder by folder; what was taken in before is marked as read."""
    with opened(account, seconds=_POLL_SECONDS) as box:
        kept = Cursor.read(cursor)
        rounds = [_Round(account, box, kept, folder) for folder in wanted(account)]
        if sent := sent_folder(box.folders()):
            rounds.append(_Round(account, box, kept, sent, is_own=True))
        for one in rounds:
            before = kept.write()
            for batch in one.batches():
                yield batch
                before = batch.cursor or before
            if (now := kept.write()) != before:
                yield Batch((), now)


def stream(account: Account, listening: Listening) -> Iterator[Batch]:
    """New mails of the first folder as they arrive (IDLE). The next poll marks them: only then are they taken in."""
    folder = wanted(account)[0]
    with opened(account) as box:
        if not box.can("IDLE"):
            raise Unsupported
        selected = box.select(folder)
        last = selected.next_uid - 1 if selected.next_uid else max(box.search("ALL"), default=0)
        yield Batch((), None)
        while not listening.stopping():
            for happened in box.idle(listening.stopping):
                if not happened:
                    yield Batch((), None)
            new = [uid for uid in box.search("UID", f"{last + 1}:*") if uid > last]  # `*` is the last one, known or not
            for some in _portions(new):
                read_now = [understood(account, one) for uid in some if (one := _whole(box, uid))]
                said: list[Event] = [_in_its_thread(box, folder, one.said) for one in read_now if one.said]
                yield Batch((*said, *(one.failed for one in read_now if one.failed)), None)
            last = max([last, *new])


def opened(account: Account, *, seconds: float = math.inf) -> Mailbox:
    """The mailbox; raises ValueError where the channel's address names no server."""
    try:
        (server,) = imap_servers(account.address, account.native_id)[:1]
    except ValueError as error:
        raise Refused("mail.no_server") from error
    return Mailbox(server, user_of(account), account.secret, seconds=seconds)


def user_of(account: Account) -> str:
    """What to sign in with: the address of the mailbox, unless its server knows it by another name."""
    return str(account.settings.get("mail_user") or "").strip() or account.native_id or account.handle


def sent_folder(folders: Sequence[Folder]) -> str:
    """Where the mailbox keeps what it sent, "" without such a folder."""
    for folder in folders:
        if SENT.lower() in folder.flags:
            return folder.name
    for folder in folders:
        if folder.name.replace("/", ".").rpartition(".")[2].lower() in _SENT_NAMES:
            return folder.name
    return ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a mail is to us: somebody's words; a reason why it could not be read, or why an answer of ours did not
    arrive; or nothing, and it is left alone.

    `summed`: of what a mail with an id of its own says.
    """

    said: Posted | None = None
    bad: BadEvent | None = None
    failed: Undelivered | None = None
    summed: str = ""


@dataclass(slots=True)
class _Round:
    """One folder at one poll. In that of sent mails only what we said ourselves counts."""

    account: Account
    box: Mailbox
    cursor: Cursor
    folder: str
    is_own: bool = False
    new: list[int] = field(default_factory=list)

    def batches(self) -> Iterator[Batch]:
        """Some mails at a time. What a batch brought is marked as read once the next one is asked for, or later."""
        place = self._place()
        self._mark(place)
        for some in _portions(self.new[:_MOST_AT_A_POLL]):
            fetched = [(uid, one) for uid in some if (one := _whole(self.box, uid))]
            found = [(uid, self._understood(one)) for uid, one in fetched]
            place.uid = max([place.uid, *some])
            place.day = clock.now().date()
            place.to_mark += [uid for uid, one in found if one.said and not self.is_own]
            events = tuple(event for _, one in found if (event := one.said or one.failed))
            yield Batch(events, self.cursor.write(), tuple(one.bad for _, one in found if one.bad))
            self._mark(place)

    def _understood(self, fetched: Fetched) -> Understood:
        found = understood(self.account, fetched, is_own=self.is_own)
        if not found.said or not found.summed:
            return found
        is_another = self.cursor.tells_apart(found.said.native_id, found.summed)
        said = letters.told_apart(found.said, found.summed) if is_another else found.said
        return Understood(said if self.is_own else _in_its_thread(self.box, self.folder, said))

    def _place(self) -> Place:
        """Where reading goes on; a folder that is new, or was numbered anew, is read by its days."""
        selected, now = self.box.select(self.folder, to_change=not self.is_own), clock.now()
        place = self.cursor.places.get(self.folder)
        if place and place.validity == selected.validity:
            found = self.box.search("UID", f"{place.uid + 1}:*")
            self.new = [uid for uid in found if uid > place.uid]  # `*` is the last one, also where it is known
            return place
        since = place.day - timedelta(days=1) if place else (now - FIRST_DAYS).date()
        self.new = self.box.search("SINCE", day_of(since), *([] if place or self.is_own else ["UNSEEN"]))
        last = selected.next_uid - 1 if selected.next_uid else max(self.box.search("ALL"), default=0)
        before = min(self.new, default=last + 1) - 1
        place = self.cursor.places[self.folder] = Place(selected.validity, min(before, last), now.date())
        return place

    def _mark(self, place: Place) -> None:
        if place.to_mark:
            self.box.mark(place.to_mark, "\\Seen")
            place.to_mark = []


def wanted(account: Account) -> list[str]:
    """The folders that the channel reads."""
    typed = [name.strip() for name in str(account.settings.get("mail_folders") or "").split(",")]
    return list(dict.fromkeys(name for name in typed if name))[:_MOST_FOLDERS] or [INBOX]


def _portions(uids: list[int]) -> Iterator[list[int]]:
    return (uids[start : start + _AT_ONCE] for start in range(0, len(uids), _AT_ONCE))


def _whole(box: Mailbox, uid: int) -> Fetched | None:
    """A mail with all of its words; of what is attached behind them no more than has to be."""
    found = box.fetch(uid, most=_AT_FIRST)
    if found is None or found.size <= len(found.raw) or _has_its_words(found.raw):
        return found
    return box.fetch(uid, most=_MOST_BYTES) or found


def _in_its_thread(box: Mailbox, folder: str, said: Posted) -> Posted:
    """Where somebody names nothing but our answer, our copy of it says where the thread began."""
    ours = said.root_id or said.parent_id
    if not letters.is_ours(ours) or not (sent := sent_folder(box.folders())):
        return said
    box.select(sent)
    found = [box.fetch_headers(uid) for uid in box.search("HEADER", "Message-ID", quoted(ours))[:1]]
    box.select(folder, to_change=True)
    above = [one for copy in found if copy for one in letters.references_of(read_headers(copy.raw))]
    return replace(said, root_id=above[0]) if above else said


def _has_its_words(raw: bytes) -> bool:
    """Whether it breaks off within an attachment, behind words."""
    try:
        parts = read(raw).parts
    except FAULTS:
        return False
    return bool(parts) and parts[-1].is_attached and any(not part.is_attached for part in parts)


def understood(account: Account, fetched: Fetched, *, is_own: bool = False) -> Understood:
    """What a mail is to the channel; `is_own`: it lies among the sent ones."""
    try:
        return _meaning(account, read(fetched.raw), fetched, is_own=is_own)
    except FAULTS as error:
        summed = hashlib.sha256(fetched.raw).hexdigest()[:16]  # to tell one from the other, and nothing of what it says
        return Understood(bad=BadEvent(f"sha256:{summed}", f"mail.{type(error).__name__}"))


def _meaning(account: Account, mail: Mail, fetched: Fetched, *, is_own: bool) -> Understood:
    mailbox = account.native_id
    is_from_us = letters.is_from(mail, mailbox)
    if is_own:
        is_by_hand = is_from_us and not letters.is_ours(letters.id_of(mail))
        return _said(mail, mailbox, fetched) if is_by_hand else Understood()
    if is_from_us:  # whoever writes to us in our own name: the mailbox's own mails stand elsewhere
        return Understood()
    if failed := bounces.read(mail, at=fetched.arrived_at):
        return Understood(failed=failed)
    notice = notices.read(mail, account=account, at=fetched.arrived_at)
    if notice is not None:
        return Understood(notice) if isinstance(notice, Posted) else Understood(bad=notice)
    return Understood() if letters.is_by_a_machine(mail) else _said(mail, mailbox, fetched)


def _said(mail: Mail, mailbox: str, fetched: Fetched) -> Understood:
    said = letters.posted(mail, mailbox=mailbox, at=fetched.arrived_at)
    return Understood(said, summed=letters.sum_of(mail) if letters.is_message_id(said.native_id) else "")

"""E-mail: role mailboxes over IMAP and SMTP, and the notices by which other networks tell what was said there.

How it is connected, heard and answered stands in docs/networks.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from resonanz.networks.contract import (
    Account,
    Batch,
    Capability,
    Entries,
    Entry,
    Limits,
    Option,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.errors import NetworkError, NotAuthorised, PersonalAccount, TryLater
from resonanz.networks.mail import reading, writing
from resonanz.networks.mail.imap import Mailbox
from resonanz.networks.mail.letters import NAME, WORLD
from resonanz.networks.mail.servers import Server, imap_servers, is_of_a_role, mailbox_of, smtp_servers
from resonanz.networks.mail.smtp import Post
from resonanz.networks.streams import Listening

_IDENTIFY_SECONDS = 12.0


class MailNetwork:
    """Account.address is the IMAP server ("imaps://imap.shop.example:993"), handle the mailbox, secret its password.

    Settings: "smtp", the other server; "mail_user", where it is not the address; "mail_name", whom an answer is from;
    "mail_folders" with commas between; "mailbox": "role" where its name does not say so.
    """

    name = NAME
    title = "E-mail"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.STREAM,
            Capability.IDENTIFY,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.UNDELIVERED,
        }
    )
    # What a stream brought is marked as read by the poll beside it: who uses another program should see that soon.
    limits = Limits(
        text_length=20_000, poll_seconds=60, poll_beside_stream_seconds=60, settle_seconds=60, fills_gap_days=None,
        tells_of_others=True,
    )  # fmt: skip
    asks_for = Entries(
        handle=Entry("info@nordhain.example", called="mailbox"),
        secret=Entry(called="password"),
        address=Entry("imap.nordhain.example", is_needed=False, called="imap"),
        options=(
            Option("smtp", is_line=True),
            Option("mail_user", is_line=True),
            Option("mail_name", is_line=True),
            Option("mail_folders", is_line=True),
            Option("mailbox", choices=("", "role")),
        ),
    )

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """New mails since `cursor`, never marked as read before they are taken in."""
        return reading.poll(account, cursor)

    def stream(self, account: Account, listening: Listening) -> Iterator[Batch]:
        """New mails of the first folder as they arrive; Unsupported where the server has no IDLE."""
        return reading.stream(account, listening)

    def identify(self, account: Account) -> Account:
        """The mailbox with the servers that let it in, both of them; a person's own is not asked for."""
        mailbox = mailbox_of(account.handle)
        if not is_of_a_role(mailbox) and account.settings.get("mailbox") != "role":
            raise PersonalAccount(PersonalAccount.code)
        typed = replace(account, native_id=mailbox, handle=mailbox, origin=WORLD)
        incoming = _first_that_lets_in(typed, imap_servers(account.address, mailbox), _reads)
        outgoing = smtp_servers(str(account.settings.get("smtp") or ""), mailbox, incoming)
        sending = _first_that_lets_in(typed, outgoing, _sends)
        settings = {**account.settings, "smtp": sending.written("smtp")}
        return replace(typed, address=incoming.written("imap"), settings=settings)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """A mail to whoever wrote the parent."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for among the sent mails, by its Message-ID."""
        return writing.find_sent(account, order)


def _reads(server: Server, account: Account) -> None:
    with Mailbox(server, reading.user_of(account), account.secret, seconds=_IDENTIFY_SECONDS) as box:
        for folder in reading.wanted(account):
            box.select(folder)


def _sends(server: Server, account: Account) -> None:
    with Post(server, reading.user_of(account), account.secret, seconds=_IDENTIFY_SECONDS):
        pass


def _first_that_lets_in(account: Account, servers: list[Server], enter: Callable[[Server, Account], None]) -> Server:
    """The first of the servers that knows the mailbox. What a wrong password says counts more than silence."""
    failure: NetworkError = TryLater(60.0, "mail.no_server")
    for server in servers:
        try:
            enter(server, account)
        except NetworkError as error:
            failure = error if not isinstance(failure, NotAuthorised) else failure
            if isinstance(error, NotAuthorised):
                break  # a server of the mailbox's own: to try others would show the password around
        else:
            return server
    raise failure

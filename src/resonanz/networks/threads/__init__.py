"""Threads, both ways: what answers an account and what names it, by its token; it brings what happens, too.

What is heard and what is missed stands in docs/networks.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from resonanz.networks.contract import (
    Account,
    App,
    Batch,
    Capability,
    Entries,
    Entry,
    Limits,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.meta import webhook as deliveries
from resonanz.networks.threads import connecting as letting_in
from resonanz.networks.threads import delivered, polling, writing
from resonanz.networks.threads.posts import NAME
from resonanz.networks.webhooks import Delivery, Told


class ThreadsNetwork(deliveries.SignedByMeta):
    """Account.secret is the account's token, and its renewal, too; Account.app signs what is brought."""

    name = NAME
    title = "Threads"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.WEBHOOK,
            Capability.APP_WEBHOOK,
            Capability.CONNECT,
            Capability.APP,
            Capability.RENEW,
            Capability.IDENTIFY,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.DELETIONS,
            Capability.HIDE,
        }
    )
    limits = Limits(text_length=500, poll_seconds=120, settle_seconds=60)
    asks_for = Entries(secret=Entry("THAA…"))
    webhook = deliveries.terms(*delivered.FIELDS)
    connecting = letting_in.TERMS
    app = letting_in.APP

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """The page on which an account lets us in."""
        return letting_in.authorize_url(server, app, redirect_uri=redirect_uri, state=state, challenge=challenge)

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The account that signed in."""
        return letting_in.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier)

    def renew(self, account: Account) -> Account:
        """Sixty days more."""
        return letting_in.renew(account)

    def identify(self, account: Account) -> Account:
        """The account whose token was typed."""
        return letting_in.identified(account)

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What answers our posts, and what names us."""
        return polling.poll(account, cursor)

    def name_of(self, delivery: Delivery) -> str:
        """The field of the first thing."""
        return delivered.name_of(delivery)

    def addressees(self, delivery: Delivery) -> frozenset[str]:
        """The accounts that a delivery concerns."""
        return delivered.addressees(delivery)

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Answers, mentions and deletions."""
        return delivered.read(account, delivery)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Below what answers us or names us."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for among our own answers."""
        return writing.find_sent(account, order, since=since, known=known)

    def hide(self, account: Account, native_id: str, *, on: bool) -> None:
        """Hides an answer to a post of ours, or shows it again."""
        writing.hide(account, native_id, on=on)

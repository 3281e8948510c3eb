"""Instagram, both ways: comments, mentions and messages of a professional account, by the token of its Page.

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
from resonanz.networks.instagram import acting, completing, delivered, polling, writing
from resonanz.networks.instagram import connecting as letting_in
from resonanz.networks.instagram.posts import NAME
from resonanz.networks.meta import webhook as deliveries
from resonanz.networks.meta import windows
from resonanz.networks.webhooks import Delivery, Told


class InstagramNetwork(deliveries.SignedByMeta):
    """Account.secret is the token of the Page to which the account belongs; Account.app signs what is asked."""

    name = NAME
    title = "Instagram"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.WEBHOOK,
            Capability.APP_WEBHOOK,
            Capability.COMPLETE,
            Capability.CONNECT,
            Capability.APP,
            Capability.IDENTIFY,
            Capability.REPLY,
            Capability.ANSWER_IN_PRIVATE,
            Capability.READ_BACK,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.COUNTS,
            Capability.HIDE,
            Capability.DELETE,
            Capability.WITHDRAW,
        }
    )
    # A message has 1,000 bytes, of which letters like ä take two.
    limits = Limits(
        text_length=300,
        private_text_length=900,
        poll_seconds=120,
        settle_seconds=60,
        private_hours=windows.HOURS,
        private_hours_freely=windows.HOURS_FREELY,
    )
    asks_for = Entries(secret=Entry("EAAG…"))
    webhook = deliveries.terms(*delivered.FIELDS)
    connecting = letting_in.TERMS
    app = letting_in.APP

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """Facebook's page on which a person lets us in."""
        return letting_in.authorize_url(server, app, redirect_uri=redirect_uri, state=state, challenge=challenge)

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The accounts of Pages that the person may moderate."""
        return letting_in.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier)

    def identify(self, account: Account) -> Account:
        """The account of the Page whose token was typed."""
        return letting_in.identified(account)

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What was said below our posts, what tags us, messages; then what became of some of it."""
        return polling.poll(account, cursor)

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Comments, mentions and messages that are new, edited or gone."""
        return delivered.read(account, delivery)

    def complete(self, account: Account, told: Told) -> Told:
        """The words of what names us elsewhere."""
        return completing.complete(account, told)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """A comment, a private reply, or a message, where Meta's times for them allow it."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for below what was answered, or in the conversation."""
        return writing.find_sent(account, order, since=since, known=known)

    def hide(self, account: Account, native_id: str, *, on: bool) -> None:
        """Hides a comment from all but its author, or shows it again."""
        acting.hide(account, native_id, on=on)

    def delete(self, account: Account, native_id: str) -> None:
        """Deletes a comment below a post of ours."""
        acting.delete(account, native_id)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes a comment of ours."""
        acting.delete(account, native_id)

"""Facebook Pages, both ways: posts, comments and messages, by the token of the Page; it brings what happens, too.

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
    Correction,
    Entries,
    Entry,
    Limits,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.facebook import acting, delivered, polling, writing
from resonanz.networks.facebook import connecting as letting_in
from resonanz.networks.facebook.posts import NAME
from resonanz.networks.meta import webhook as deliveries
from resonanz.networks.meta import windows
from resonanz.networks.webhooks import Delivery, Told


class FacebookNetwork(deliveries.SignedByMeta):
    """Account.native_id is the Page, Account.secret its token; Account.app signs what is asked, and what is brought."""

    name = NAME
    title = "Facebook"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.WEBHOOK,
            Capability.APP_WEBHOOK,
            Capability.CONNECT,
            Capability.APP,
            Capability.IDENTIFY,
            Capability.REPLY,
            Capability.ANSWER_IN_PRIVATE,
            Capability.READ_BACK,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.COUNTS,
            Capability.LIKE,
            Capability.HIDE,
            Capability.DELETE,
            Capability.BLOCK,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    # A Page on which one person was active in a day is good for 4,800
    # requests a day.
    limits = Limits(
        text_length=8_000,
        private_text_length=2_000,
        poll_seconds=120,
        settle_seconds=60,
        fills_gap_days=7,
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
        """The Pages that the person may moderate."""
        return letting_in.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier)

    def identify(self, account: Account) -> Account:
        """The Page whose token was typed."""
        return letting_in.identified(account)

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What was said on the Page, what names it, messages; then what became of some of it."""
        return polling.poll(account, cursor)

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Posts, comments and messages that are new, edited or gone."""
        return delivered.read(account, delivery)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """A comment, a private reply, or a message, where Meta's times for them allow it."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for below what was answered, or in the conversation."""
        return writing.find_sent(account, order, since=since, known=known)

    def like(self, account: Account, native_id: str, *, on: bool) -> None:
        """Likes it as the Page, or no longer."""
        acting.like(account, native_id, on=on)

    def hide(self, account: Account, native_id: str, *, on: bool) -> None:
        """Hides it from all but its author and their friends, or shows it again."""
        acting.hide(account, native_id, on=on)

    def delete(self, account: Account, native_id: str) -> None:
        """Deletes what stands on the Page."""
        acting.delete(account, native_id)

    def block(self, account: Account, author_id: str, *, on: bool) -> None:
        """Bans somebody from the Page, or lets them in again."""
        acting.block(account, author_id, on=on)

    def correct(self, account: Account, correction: Correction) -> None:
        """Edits a comment of ours."""
        acting.correct(account, correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes a comment of ours."""
        acting.delete(account, native_id)

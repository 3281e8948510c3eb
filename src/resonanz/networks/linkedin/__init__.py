"""LinkedIn: what is said to a Page of the company, both ways, by an application of its own that LinkedIn let in.

What is heard and what is missed, and how short it is kept, stands in docs/networks.md.
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
    Limits,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.linkedin import letting_in, reading, writing
from resonanz.networks.linkedin.posts import NAME


class LinkedInNetwork:
    """Account.native_id is the Page as LinkedIn names it ("urn:li:organization:…"), app the company's application."""

    name = NAME
    title = "LinkedIn"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.CONNECT,
            Capability.APP,
            Capability.RENEW,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    # An application that LinkedIn is still trying out has 500 questions a day; 288 of them are polls.
    limits = Limits(
        text_length=1_250,
        poll_seconds=300,
        settle_seconds=60,
        keeps_wordings=False,
        keep_days=2,
        keep_source="learn.microsoft.com/linkedin/marketing/data-storage-requirements",
        fills_gap_days=2,
    )
    asks_for = Entries()
    connecting = letting_in.TERMS
    app = letting_in.APP

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What the Page was notified of since then."""
        return reading.poll(account, cursor)

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """LinkedIn's page."""
        return letting_in.authorize_url(server, app, redirect_uri=redirect_uri, state=state, challenge=challenge)

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The Pages of which the person is an administrator."""
        return letting_in.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier)

    def renew(self, account: Account) -> Account:
        """Another token for 60 days, where LinkedIn gave a renewal."""
        return letting_in.renew(account)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """A comment of the Page's below the post or the comment."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for among the comments there."""
        return writing.find_sent(account, order, since=since, known=known)

    def correct(self, account: Account, correction: Correction) -> None:
        """Edits the comment."""
        writing.correct(account, correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the comment."""
        writing.withdraw(account, native_id)

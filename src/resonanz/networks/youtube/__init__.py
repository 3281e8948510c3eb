"""YouTube: comments below the company's own films, by an application of its own at Google; a day has 10,000 units.

What is heard and what is missed, and what it uses, stands in docs/networks.md.
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
    Option,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.youtube import acting, letting_in, reading, writing
from resonanz.networks.youtube.posts import MOST_TEXT, NAME
from resonanz.networks.youtube.tariff import TARIFF


class YouTubeNetwork:
    """Account.address is Google's interface, native_id our channel there, app the company's application.

    Settings: "words" and "hashtags", with blanks between, for which films of others are searched.
    """

    name = NAME
    title = "YouTube"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.CONNECT,
            Capability.APP,
            Capability.RENEW,
            Capability.LISTEN_WIDER,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.COUNTS,
            Capability.COSTS,
            Capability.HIDE,
            Capability.DELETE,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    # A quiet poll takes three to five units: some 2,000 a day, so one application serves four channels.
    limits = Limits(
        text_length=MOST_TEXT,
        poll_seconds=180,
        settle_seconds=60,
        keeps_wordings=False,
        keep_days=30,  # refresh or delete after 30 calendar days: deleted
        keep_source="developers.google.com/youtube/terms/developer-policies, III.E.4",
        fills_gap_days=30,
    )
    asks_for = Entries()
    options = (Option("words"), Option("hashtags"))
    connecting = letting_in.TERMS
    app = letting_in.APP
    tariff = TARIFF

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What is said below our films; what became of it; every half hour our films, and others by words."""
        return reading.poll(account, cursor)

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """Google's page."""
        return letting_in.authorize_url(server, app, redirect_uri=redirect_uri, state=state, challenge=challenge)

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The channel that was chosen there."""
        return letting_in.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier)

    def renew(self, account: Account) -> Account:
        """Another token for an hour."""
        return letting_in.renew(account)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Below its comment, or its film."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for among what stands there."""
        return writing.find_sent(account, order, since=since, known=known)

    def hide(self, account: Account, native_id: str, *, on: bool) -> None:
        """Holds a comment below our film for review, or publishes it."""
        acting.hide(account, native_id, on=on)

    def delete(self, account: Account, native_id: str) -> None:
        """Rejects a comment below our film."""
        acting.delete(account, native_id)

    def correct(self, account: Account, correction: Correction) -> None:
        """Edits our comment."""
        writing.correct(account, correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes our comment."""
        writing.withdraw(account, native_id)

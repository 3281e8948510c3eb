"""Reddit: inbox, subreddits and a search, by an application that Reddit approved; without one a channel for its feeds.

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
    Limits,
    Option,
    Receipt,
    ReplyOrder,
    Report,
)
from resonanz.networks.reddit import acting, letting_in, reading, writing
from resonanz.networks.reddit.cursor import Cursor
from resonanz.networks.reddit.posts import NAME


class RedditNetwork:
    """Account.address is Reddit's interface, native_id our name there in small letters, app the company's application.

    Settings: "subreddits" and "words", with blanks between: what is read, and what posts are searched for by.
    """

    name = NAME
    title = "Reddit"
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
            Capability.LIKE,
            Capability.REPORT,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    # Ten thousand characters at Reddit, where each sign of its markup takes two. An application may ask a hundred times
    # a minute; a poll takes four to seven requests.
    limits = Limits(text_length=9_000, poll_seconds=60, settle_seconds=60, keeps_wordings=False, fills_gap_days=7)
    asks_for = Entries()
    options = (Option("subreddits"), Option("words"))
    connecting = letting_in.TERMS
    app = letting_in.APP

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What is written to us, what we wrote, subreddits, what is searched for; then what became of some of it."""
        return reading.poll(account, cursor)

    def forget(self, cursor: str, author_id: str) -> str:
        """What they said is looked at no more."""
        return Cursor.read(cursor).without(author_id).write()

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """Reddit's page."""
        return letting_in.authorize_url(server, app, redirect_uri=redirect_uri, state=state, challenge=challenge)

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The one account that let us in."""
        return letting_in.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier)

    def renew(self, account: Account) -> Account:
        """Another token for a day."""
        return letting_in.renew(account)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Below its parent, in public or in private as that was."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for among what we said."""
        return writing.find_sent(account, order, since=since, known=known)

    def like(self, account: Account, native_id: str, *, on: bool) -> None:
        """Votes for it."""
        acting.like(account, native_id, on=on)

    def report(self, account: Account, report: Report) -> None:
        """To those who moderate the subreddit."""
        acting.report(account, report)

    def correct(self, account: Account, correction: Correction) -> None:
        """Edits our comment."""
        writing.correct(account, correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes our comment."""
        writing.withdraw(account, native_id)

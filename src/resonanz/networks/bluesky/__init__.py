"""Bluesky, and every server of the AT Protocol: both ways, by an app password of the account.

Posts have one address on all servers together; what each method gives stands in docs/networks.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from resonanz.networks.bluesky import acting, jetstream, reading, writing
from resonanz.networks.bluesky.client import session_of
from resonanz.networks.bluesky.posts import NAME, WORLD
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
    Report,
)
from resonanz.networks.server_address import server_of
from resonanz.networks.streams import Listening


class BlueskyNetwork:
    """Account.address is the server ("https://bsky.social"), native_id the did, secret an app password.

    Settings: "hashtags", with blanks between, what is heard besides mentions, answers and quotes; "everything": "all"
    to hear whatever is said on the network and touches a topic, by the Jetstream server "everything_server".
    """

    name = NAME
    title = "Bluesky"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.STREAM,
            Capability.IDENTIFY,
            Capability.LISTEN_WIDER,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.DELETIONS,
            Capability.COUNTS,
            Capability.LIKE,
            Capability.HIDE,
            Capability.BLOCK,
            Capability.REPORT,
            Capability.WITHDRAW,
        }
    )
    # A poll is one request, and a server grants 3,000 in five minutes.
    limits = Limits(
        text_length=300,
        poll_seconds=3,
        poll_beside_stream_seconds=3,  # Jetstream is for what is not said to us; notifications stay as they are
        settle_seconds=60,
        by_the_minute=True,
        counting="GRAPHEMES",
        fills_gap_days=None,
    )
    asks_for = Entries(
        address=Entry("https://bsky.social"), handle=Entry("nordhain.bsky.social"), secret=Entry("xxxx-xxxx-xxxx-xxxx")
    )
    options = (
        Option("hashtags"),
        Option(jetstream.OPTION, ("", "all")),
        Option(jetstream.SERVER_OPTION, is_line=True),
    )

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """Mentions, answers, quotes, our own words and hashtags since `cursor`; deletions within two minutes."""
        return reading.poll(account, cursor)

    def stream(self, account: Account, listening: Listening) -> Iterator[Batch]:
        """All that is said on the network, where the channel asks for it: what the sieve lets through."""
        return jetstream.stream(account, listening)

    def identify(self, account: Account) -> Account:
        """The account as its server knows it, if the app password is right."""
        typed = replace(account, address=server_of(account.address))
        session = session_of(typed)
        return replace(typed, origin=WORLD, native_id=session.did, handle=session.handle)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Adds a post below the parent."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for in our own repository, which shows at once what it holds."""
        return writing.find_sent(account, order, since=since, known=known)

    def like(self, account: Account, native_id: str, *, on: bool) -> None:
        """Makes or deletes our like."""
        acting.like(account, native_id, on=on)

    def hide(self, account: Account, native_id: str, *, on: bool) -> None:
        """Lists it among the hidden answers of our thread, or no longer."""
        acting.hide(account, native_id, on=on)

    def block(self, account: Account, author_id: str, *, on: bool) -> None:
        """Makes or deletes our block."""
        acting.block(account, author_id, on=on)

    def report(self, account: Account, report: Report) -> None:
        """Tells the moderation."""
        acting.report(account, report)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the post."""
        acting.withdraw(account, native_id)

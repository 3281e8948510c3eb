"""Mastodon, and the servers that speak as it does (GoToSocial, Akkoma, Pleroma, Friendica): both ways.

Their ids are opaque text, unique on one server; what each of them lacks stands in docs/networks.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from resonanz.networks.authorising import ConnectTerms
from resonanz.networks.contract import (
    Account,
    App,
    Batch,
    Capability,
    Correction,
    Entries,
    Entry,
    Limits,
    Option,
    Receipt,
    ReplyOrder,
    Report,
)
from resonanz.networks.mastodon import acting, connecting, media, reading, streaming, writing
from resonanz.networks.mastodon.statuses import NAME
from resonanz.networks.pictures import Picture, Upload
from resonanz.networks.server_address import server_of
from resonanz.networks.streams import Listening


class MastodonNetwork:
    """Account.address is the server ("https://mastodon.example"), origin its domain, native_id the id it gave us.

    Settings: "hashtags", with blanks between, and "public" ("local", "all"), what is heard besides mentions.
    """

    name = NAME
    title = "Mastodon"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.STREAM,
            Capability.CONNECT,
            Capability.REGISTER,
            Capability.IDENTIFY,
            Capability.LISTEN_WIDER,
            Capability.REPLY,
            Capability.ANSWER_IN_PRIVATE,
            Capability.READ_BACK,
            Capability.PICTURES,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.COUNTS,
            Capability.LIKE,
            Capability.BLOCK,
            Capability.REPORT,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    # 500, less the mention of the author that stands before an answer (names have at most 30 characters there, and
    # their server does not count). Some servers ignore the key that would make sending again harmless.
    limits = Limits(
        text_length=468,
        poll_seconds=60,
        settle_seconds=60,
        by_the_minute=True,
        counting="MASTODON",
        picture_count=4,
        picture_bytes=8 * 1024 * 1024,
        picture_types=("image/png", "image/jpeg"),
        alt_length=media.MOST_ALT,
        fills_gap_days=None,
    )
    asks_for = Entries(address=Entry("https://mastodon.example"), handle=Entry("@nordhain"), secret=Entry())
    connecting = ConnectTerms(
        rights=connecting.RIGHTS,
        needs=("account", "server"),
        sees=("mentions", "public"),
        sees_not=("password", "others", "account"),
    )
    options = (Option("hashtags"), Option("public", ("", "local", "all")))

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """Mentions, our own words, hashtags and the public timeline since the ids in `cursor`."""
        return reading.poll(account, cursor)

    def stream(self, account: Account, listening: Listening) -> Iterator[Batch]:
        """The same as it happens, with edits and deletions."""
        return streaming.stream(account, listening.stopping)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Answers the status `order.parent_id`, naming its author."""
        return writing.reply(account, order)

    def upload(self, account: Account, picture: Picture) -> Upload:
        """Brings a picture; large ones take the server a while."""
        return media.upload(account, picture)

    def is_ready(self, account: Account, native_id: str) -> bool:
        """Whether the server is done with the picture."""
        return media.is_ready(account, native_id)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """The oldest own answer to the same status with the same words that is not yet known."""
        return writing.find_sent(account, order, since=since, known=known)

    def like(self, account: Account, native_id: str, *, on: bool) -> None:
        """A favourite, or none any more."""
        acting.like(account, native_id, on=on)

    def block(self, account: Account, author_id: str, *, on: bool) -> None:
        """The account neither sees nor reaches ours, or does again."""
        acting.block(account, author_id, on=on)

    def report(self, account: Account, report: Report) -> None:
        """To the moderators of our server."""
        acting.report(account, report)

    def correct(self, account: Account, correction: Correction) -> None:
        """Edits the status; the mentions before our words stay."""
        acting.correct(account, correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the status."""
        acting.withdraw(account, native_id)

    def identify(self, account: Account) -> Account:
        """The account whose token it is; the handle that was typed does not count."""
        return connecting.identified(server_of(account.address), account.secret)

    def server_of(self, typed: str) -> str:
        """The server's address."""
        return server_of(typed)

    def register(self, server: str, redirect_uri: str) -> App:
        """Every server knows us by itself."""
        return connecting.register(server, redirect_uri)

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """The server's page on which its account lets us in."""
        return connecting.authorize_url(server, app, redirect_uri=redirect_uri, state=state, challenge=challenge)

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The account that let us in."""
        return (connecting.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier),)

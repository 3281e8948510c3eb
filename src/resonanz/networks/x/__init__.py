"""X: both ways, by an application of the company's own; each use costs money, and it takes answers only where asked.

What is heard and what is missed, and what it costs, stands in docs/networks.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from resonanz.networks.contract import (
    Account,
    App,
    Batch,
    Capability,
    Entries,
    Limits,
    Option,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.streams import Listening
from resonanz.networks.webhooks import Delivery, Keys, Proof, Told, WebhookHealth, WebhookTerms
from resonanz.networks.x import acting, bringing, delivered, letting_in, reading, streaming, writing
from resonanz.networks.x.cursor import Cursor
from resonanz.networks.x.posts import NAME
from resonanz.networks.x.stood import Stood
from resonanz.networks.x.tariff import TARIFF


class XNetwork:
    """Account.address is X's interface, native_id our account there, app the company's application.

    Settings: "words" and "hashtags", with blanks between, what is searched for besides what is addressed to us;
    "at_once": "yes" to be told that as it is said.
    """

    name = NAME
    title = "X"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.STREAM,
            Capability.WEBHOOK,
            Capability.SET_WEBHOOK,
            Capability.APP_WEBHOOK,
            Capability.CONNECT,
            Capability.APP,
            Capability.RENEW,
            Capability.LISTEN_WIDER,
            Capability.REPLY,
            Capability.READ_BACK,
            Capability.DELETIONS,
            Capability.COUNTS,
            Capability.COSTS,
            Capability.HIDE,
            Capability.WITHDRAW,
        }
    )
    # A user's token is good for 300 questions about mentions in 15 minutes; an unasked question costs nothing. A stream
    # tells what is searched for, and no mentions: they are asked for at the same pace beside it.
    limits = Limits(
        text_length=280,
        poll_seconds=60,
        poll_beside_stream_seconds=60,
        settle_seconds=60,
        by_the_minute=True,
        keeps_wordings=False,
        counting="X",
        fills_gap_days=7,
        only_if_addressed=True,
    )
    asks_for = Entries()
    options = (Option("words"), Option("hashtags"), Option(reading.OPTION, ("", reading.AT_ONCE)))
    webhook = WebhookTerms(headers=(), asks=True, brings=delivered.BRINGS)
    connecting = letting_in.TERMS
    app = letting_in.APP
    tariff = TARIFF

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """Who speaks to us, what we said with other apps, what is searched for; then what became of some of it."""
        yield from reading.poll(account, cursor)
        bringing.keep_valid(account)

    def stream(self, account: Account, listening: Listening) -> Iterator[Batch]:
        """What else would be searched for, as it is said."""
        yield from streaming.stream(account, listening)

    def forget(self, cursor: str, author_id: str) -> str:
        """What they said is looked at no more."""
        if cursor.startswith("["):
            return Stood.read(cursor).without(author_id).write()
        return Cursor.read(cursor).without(author_id).write()

    def authorize_url(self, server: str, app: App, *, redirect_uri: str, state: str, challenge: str) -> str:
        """X's page."""
        return letting_in.authorize_url(server, app, redirect_uri=redirect_uri, state=state, challenge=challenge)

    def sign_in(self, server: str, app: App, *, redirect_uri: str, code: str, verifier: str) -> tuple[Account, ...]:
        """The one account that let us in."""
        return letting_in.sign_in(server, app, redirect_uri=redirect_uri, code=code, verifier=verifier)

    def renew(self, account: Account) -> Account:
        """Another token for two hours."""
        return letting_in.renew(account)

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        """X signs with the secret of the application."""
        return delivered.is_genuine(delivery, keys)

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """Its challenge-response check."""
        return delivered.prove(asked, keys)

    def name_of(self, delivery: Delivery) -> str:
        """As the body says."""
        return delivered.name_of(delivery)

    def addressees(self, delivery: Delivery) -> frozenset[str]:
        """The account whose subscription it is."""
        return delivered.addressees(delivery)

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Posts that are new or gone."""
        return delivered.read(account, delivery)

    def set_webhook(self, account: Account, address: str, keys: Keys) -> None:
        """Told, and subscribed to what is said to the account; its secret is that of the application."""
        bringing.tell(account, address)

    def webhook_health(self, account: Account) -> WebhookHealth:
        """Whether X takes the address for ours."""
        return bringing.health(account)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Below its parent, where whoever wrote that named, quoted or answered us."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for among our own posts."""
        return writing.find_sent(account, order, since=since, known=known)

    def hide(self, account: Account, native_id: str, *, on: bool) -> None:
        """Hides an answer in a conversation that we began, or shows it again."""
        acting.hide(account, native_id, on=on)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the post."""
        acting.withdraw(account, native_id)

"""Telegram: what is said to a bot of the company, in private, in groups and below channels, both ways, by its token.

What is heard and what is missed stands in docs/networks.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from resonanz.core import text
from resonanz.networks.contract import (
    Account,
    Batch,
    Capability,
    Correction,
    Entries,
    Entry,
    Limits,
    Option,
    Receipt,
    ReplyOrder,
)
from resonanz.networks.errors import NotAuthorised, TryLater
from resonanz.networks.server_address import server_of
from resonanz.networks.signatures import fits
from resonanz.networks.telegram import bringing, client, reading, updates, writing
from resonanz.networks.telegram.messages import NAME, OWN_CHANNELS
from resonanz.networks.telegram.places import WORLD, name_of
from resonanz.networks.webhooks import Delivery, Keys, Proof, Told, WebhookHealth, WebhookTerms


class TelegramNetwork:
    """Account.secret is the token of a bot, Account.native_id its number, Account.address the server that is asked.

    Settings: "own_channels", the company's channels by handle or number: what they say is ours, and comments below it
    are said to us.
    """

    name = NAME
    title = "Telegram"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.WEBHOOK,
            Capability.SET_WEBHOOK,
            Capability.IDENTIFY,
            Capability.LISTEN_WIDER,
            Capability.REPLY,
            Capability.EDITS,
            Capability.LIKE,
            Capability.DELETE,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    limits = Limits(
        text_length=4096, poll_seconds=2, settle_seconds=30, by_the_minute=True, counting="UTF16", fills_gap_days=1
    )
    asks_for = Entries(
        address=Entry(client.SERVER, is_needed=False, called="bot_server"),
        secret=Entry("123456789:AAE…", called="bot_token"),
    )
    options = (Option(OWN_CHANNELS),)
    webhook = WebhookTerms(headers=(), brings=updates.KINDS)

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What was said to the bot and where it is a member since `cursor`."""
        return reading.poll(account, cursor)

    def identify(self, account: Account) -> Account:
        """Whose token it is."""
        address = server_of(account.address) if account.address else client.SERVER
        typed = replace(account, address=address, secret=account.secret.strip())
        found = client.get(typed, "getMe")
        if not isinstance(found, dict) or not isinstance(found.get("id"), int) or not name_of(found):
            raise TryLater(client.WAIT_SECONDS, "answer.unreadable")
        if found.get("is_bot") is not True:
            raise NotAuthorised(status=401)
        called = text.clean(str(found.get("first_name") or ""), most=200)
        return replace(typed, origin=WORLD, native_id=str(found["id"]), handle=name_of(found), name=called)

    def set_webhook(self, account: Account, address: str, keys: Keys) -> None:
        """Telegram has no page for it: who knows the token tells it. What waits there is brought by the new way."""
        bringing.tell(account, address, keys)

    def webhook_health(self, account: Account) -> WebhookHealth:
        """How Telegram does with it."""
        return bringing.health(account)

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        """Telegram signs nothing: it says the secret that was agreed upon, in a header."""
        return fits(keys.secret, delivery.headers.get(updates.SECRET, ""))

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """Telegram asks for none."""
        return None

    def name_of(self, delivery: Delivery) -> str:
        """The sort of update."""
        return updates.name_of(delivery)

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Messages, posts of channels, and their edits."""
        return updates.read(account, delivery)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Below its parent, in the same chat."""
        return writing.reply(account, order)

    def like(self, account: Account, native_id: str, *, on: bool) -> None:
        """A thumb beside it, or none."""
        writing.like(account, native_id, on=on)

    def delete(self, account: Account, native_id: str) -> None:
        """For everybody, where the bot is an administrator."""
        writing.take_away(account, native_id)

    def correct(self, account: Account, correction: Correction) -> None:
        """Edits the message."""
        writing.correct(account, correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the message, within 48 hours."""
        writing.take_away(account, native_id)

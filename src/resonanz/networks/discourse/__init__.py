"""Discourse: a forum, both ways, by an API key of one of its accounts; it brings what happens by webhook, too.

What is heard and what is missed stands in docs/networks.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

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
    Report,
)
from resonanz.networks.discourse import acting, client, delivered, reading, writing
from resonanz.networks.discourse.posts import NAME
from resonanz.networks.server_address import server_of
from resonanz.networks.signatures import fits_hex
from resonanz.networks.webhooks import Delivery, Keys, Proof, Told, WebhookTerms


class DiscourseNetwork:
    """Account.address is the forum, Account.handle the account on it, Account.secret an API key for that account.

    Settings: "public", "local" where all that is new on the forum is looked at, and not only what is said to us.
    """

    name = NAME
    title = "Discourse"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.WEBHOOK,
            Capability.IDENTIFY,
            Capability.LISTEN_WIDER,
            Capability.REPLY,
            Capability.ANSWER_IN_PRIVATE,
            Capability.READ_BACK,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.LIKE,
            Capability.REPORT,
            Capability.CORRECT,
            Capability.WITHDRAW,
        }
    )
    # An API key is good for 60 requests a minute, and a poll takes two dozen at most.
    limits = Limits(text_length=32_000, poll_seconds=60, settle_seconds=60, fills_gap_days=None)
    asks_for = Entries(address=Entry("https://forum.example"), handle=Entry("nordhain"), secret=Entry("0f3c9a…"))
    options = (Option("public", ("", "local")),)
    webhook = WebhookTerms(
        headers=(delivered.EVENT, delivered.INSTANCE), brings=("post_created", "post_edited", "post_destroyed")
    )

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """What our account was notified of and, if chosen, all that is new; then what became of some of it."""
        return reading.poll(account, cursor)

    def identify(self, account: Account) -> Account:
        """The account as the forum knows it, if the key is right."""
        typed = replace(account, address=server_of(account.address), handle=account.handle.removeprefix("@"))
        user = client.signed_in(typed)
        return replace(typed, origin=client.host(typed), native_id=user.native_id, handle=user.handle)

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        """Discourse signs the body, and neither a time nor the headers."""
        return fits_hex(keys.secret, delivery.body, delivery.headers.get(delivered.SIGNATURE, ""), prefix="sha256=")

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """Discourse asks for none."""
        return None

    def name_of(self, delivery: Delivery) -> str:
        """As the header says; a ping has none."""
        return delivered.name_of(delivery)

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Posts that are new, edited or gone, and accounts that are."""
        return delivered.read(account, delivery)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Below its parent in the same topic; in private what is asked in public is answered by a message."""
        return writing.reply(account, order)

    def find_sent(
        self, account: Account, order: ReplyOrder, *, since: datetime, known: frozenset[str]
    ) -> Receipt | None:
        """Looked for at the end of the topic, or among the messages that we sent."""
        return writing.find_sent(account, order, since=since, known=known)

    def like(self, account: Account, native_id: str, *, on: bool) -> None:
        """Likes the post, or no longer."""
        acting.like(account, native_id, on=on)

    def report(self, account: Account, report: Report) -> None:
        """Flags the post for the moderators, with a message to them."""
        acting.report(account, report)

    def correct(self, account: Account, correction: Correction) -> None:
        """Edits the post."""
        acting.correct(account, correction)

    def withdraw(self, account: Account, native_id: str) -> None:
        """Deletes the post."""
        acting.withdraw(account, native_id)

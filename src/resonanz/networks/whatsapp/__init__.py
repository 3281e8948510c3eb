"""WhatsApp (Cloud API): messages to a number of the company are brought, and answered for a day after each.

What is heard and what is missed stands in docs/networks.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from resonanz.networks.authorising import AppTerms, Shown, Step
from resonanz.networks.contract import Account, Batch, Capability, Entries, Entry, Limits, Receipt, ReplyOrder
from resonanz.networks.errors import NotAuthorised, Refused, TryLater
from resonanz.networks.meta import webhook as deliveries
from resonanz.networks.meta.answering import checked
from resonanz.networks.meta.client import SERVER, graph
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.letting_in import CONSOLE, ENTRIES
from resonanz.networks.meta.reading import FAULTS, identifier, line
from resonanz.networks.webhooks import Delivery, Told
from resonanz.networks.whatsapp import delivered, writing
from resonanz.networks.whatsapp.messages import NAME, ORIGIN

_FIELDS = "id,display_phone_number,verified_name"


class WhatsAppNetwork(deliveries.SignedByMeta):
    """Account.native_id is the number as Meta numbers it, Account.secret the token of a system user."""

    name = NAME
    title = "WhatsApp"
    capabilities = frozenset(
        {
            Capability.POLL,
            Capability.WEBHOOK,
            Capability.APP_WEBHOOK,
            Capability.APP,
            Capability.IDENTIFY,
            Capability.REPLY,
            Capability.UNDELIVERED,
        }
    )
    limits = Limits(text_length=4_096, poll_seconds=300, settle_seconds=60, private_hours=24)
    asks_for = Entries(
        handle=Entry("106540352242922", called="phone_number_id"), secret=Entry("EAAG…", called="system_token")
    )
    webhook = deliveries.terms(*delivered.FIELDS)
    app = AppTerms(
        console=CONSOLE,
        steps=(
            Step("whatsapp.create"),
            Step("meta.proof"),
            Step("whatsapp.webhook", (Shown.WEBHOOK, Shown.VERIFY)),
            Step("whatsapp.token"),
            Step("meta.live"),
        ),
        entries=ENTRIES,
    )

    def identify(self, account: Account) -> Account:
        """The number whose token was typed; what is typed as its handle is what Meta numbers it by."""
        typed = replace(account, address=account.address or SERVER)
        try:
            found = graph(typed).get(f"/{checked(account.handle.strip())}", fields=_FIELDS)
            handle, name = line(found.get("display_phone_number"), most=50), line(found.get("verified_name"), most=200)
            return replace(typed, origin=ORIGIN, native_id=identifier(found["id"]), handle=handle, name=name)
        except Refused as error:
            raise NotAuthorised(status=403) from error
        except FAULTS as error:
            raise TryLater(WAIT_SECONDS, "answer.unreadable") from error

    def poll(self, account: Account, cursor: str) -> Iterator[Batch]:
        """Nothing can be asked for but whether our token still reaches the number: what is said is brought."""
        try:
            graph(account).get(f"/{account.native_id}", fields="id")
        except Refused as error:
            raise NotAuthorised(status=403) from error
        yield Batch((), cursor)

    def addressees(self, delivery: Delivery) -> frozenset[str]:
        """The numbers that a delivery is about."""
        return delivered.addressees(delivery)

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Messages to our number, and which answers of ours could not be delivered."""
        return delivered.read(account, delivery)

    def reply(self, account: Account, order: ReplyOrder) -> Receipt:
        """Words, for a day after the person wrote last."""
        return writing.reply(account, order)

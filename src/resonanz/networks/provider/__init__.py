"""A service provider that listens for the company and hands over signed, numbered batches (docs/provider.md).

They tell what was said elsewhere, so it is hearsay. Nothing is ever answered through them: the reaction stays here.
"""

from __future__ import annotations

from collections.abc import Mapping

from resonanz.networks.contract import Account, Capability, Entries, Limits, Option
from resonanz.networks.provider import reading, signing
from resonanz.networks.webhooks import BatchTerms, Delivery, Keys, Proof, Told, WebhookTerms


class ProviderNetwork:
    """It brings, and is never asked, read or answered."""

    name = "service_provider"
    title = "Service provider"
    capabilities = frozenset(
        {
            Capability.WEBHOOK,
            Capability.LISTEN_WIDER,
            Capability.EDITS,
            Capability.DELETIONS,
            Capability.COUNTS,
        }
    )
    limits = Limits(is_hearsay=True, tells_of_others=True)
    asks_for = Entries()
    options = (
        Option(reading.AUTHORS, choices=("", reading.HANDLES, reading.NOBODY)),
        Option(reading.ADDRESSED, choices=("", reading.IS_IGNORED)),
        Option(reading.NETWORKS),
    )
    webhook = WebhookTerms(
        headers=(signing.NUMBER,),
        most_bytes=1024 * 1024,
        batches=BatchTerms(number=signing.NUMBER, most_lines=1_000),
    )

    def is_genuine(self, delivery: Delivery, keys: Keys) -> bool:
        """Whether one of the keys that are good now signed all of it, not long ago."""
        return signing.fits(delivery, signing.read_keys(keys.secret))

    def prove(self, asked: Mapping[str, str], keys: Keys) -> Proof | None:
        """Nobody asks."""
        return None

    def name_of(self, delivery: Delivery) -> str:
        """Its number: the same lines under another number are another batch."""
        return delivery.headers.get(signing.NUMBER, "")

    def read(self, account: Account, delivery: Delivery) -> Told:
        """Each line alone."""
        return reading.read(delivery.body, account.settings)

"""What X charges for. Its prices stand in its documentation, and change there."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from resonanz.networks.metering import Period, Tariff, Unit

OWNED_READ = "owned_read"
POST_READ = "post_read"
USER_READ = "user_read"
MEDIA_READ = "media_read"
REPLY = "reply"
REPLY_WITH_LINK = "reply_with_link"
DELETE = "delete"
HIDE = "hide"

TARIFF = Tariff(
    unit=Unit.MICRO_DOLLARS,
    period=Period.MONTH,
    budget=20_000_000,
    prices=MappingProxyType(
        {
            # What is asked for by the account that owns the application: its mentions, its own posts, and what comes
            # with them. An installation whose account does not own the application pays the prices below instead.
            OWNED_READ: 1_000,
            POST_READ: 5_000,
            USER_READ: 10_000,
            MEDIA_READ: 5_000,
            # An answer to somebody who named, quoted or answered us; with an address in it, twenty times as much.
            REPLY: 10_000,
            REPLY_WITH_LINK: 200_000,
            DELETE: 10_000,
            HIDE: 5_000,
        }
    ),
    source="https://docs.x.com/x-api/getting-started/pricing",
    as_of=date(2026, 8, 22),
)

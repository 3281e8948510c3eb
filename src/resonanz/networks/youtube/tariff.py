"""What YouTube rations: units for each request, and searches apart from them, as its documentation says."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from resonanz.networks.metering import Period, Tariff, Unit

READ = "read"
SEARCH = "search"
REPLY = "reply"
CORRECT = "correct"
DELETE = "delete"
MODERATE = "moderate"

KEPT_FOR_ANSWERS = 500
"""Units that reading leaves, so that ten answers a day still go when there was much to read."""
TARIFF = Tariff(
    unit=Unit.QUOTA,
    period=Period.DAY,
    budget=10_000,
    prices=MappingProxyType(
        {
            READ: 1,
            SEARCH: 0,  # a hundred a day, which cost none of the units
            REPLY: 50,
            CORRECT: 50,
            DELETE: 50,
            MODERATE: 50,
        }
    ),
    source="https://developers.google.com/youtube/v3/determine_quota_cost",
    as_of=date(2026, 11, 23),
    zone="America/Los_Angeles",
    is_shared=True,
)

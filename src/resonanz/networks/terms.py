"""For how long the terms of networks let us keep what was said there, told to privacy."""

from __future__ import annotations

from resonanz.networks import registry
from resonanz.privacy import retention

# Nothing here reads this network, but what was said there can be imported from files.
IMPORTED: dict[str, int] = {
    # Social activity of members for 48 hours: LinkedIn Marketing API Program, Data Storage Requirements
    # (learn.microsoft.com/linkedin/marketing/data-storage-requirements).
    "linkedin": 2,
}


def declare() -> None:
    """Tell privacy what connectors declare, and what holds for those that are only imported."""
    for name, days in IMPORTED.items():
        retention.limit(network=name, days=days)
    for name in registry.names():
        if days := registry.connector(name).limits.keep_days:
            retention.limit(network=name, days=days)

"""For how long the terms of networks let us keep what was said there, told to privacy."""

from __future__ import annotations

from resonanz.networks import registry
from resonanz.privacy import retention


def declare() -> None:
    """Tell privacy what connectors declare; it holds as well for what is imported from files."""
    for name in registry.names():
        if days := registry.connector(name).limits.keep_days:
            retention.limit(network=name, days=days)

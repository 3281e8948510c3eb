"""Made-up events for the tests of this room."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from resonanz.core import clock
from resonanz.networks.contract import Author, Posted

NETWORK = "memory"
ORIGIN = "practice.example"


def posted(
    native_id: str, text: str = "Wann kommt mein Rad?", *, ago: timedelta = timedelta(hours=1), **more: Any
) -> Posted:
    """A post by a stranger on the memory network."""
    made = Posted(
        network=NETWORK,
        origin=ORIGIN,
        native_id=native_id,
        author=Author(native_id="a-1", handle="jonas", name="Jonas B."),
        text=text,
        posted_at=clock.now() - ago,
    )
    return replace(made, **more)


def at(hours: float) -> datetime:
    """So many hours from now."""
    return clock.now() + timedelta(hours=hours)

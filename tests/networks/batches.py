"""What polls bring, as tests look at it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from resonanz.networks.contract import Batch, Event, Posted
from resonanz.networks.errors import NetworkError


def events(batches: Iterable[Batch]) -> list[Event]:
    """What the batches tell."""
    return [event for batch in batches for event in batch.events]


def said(batches: Iterable[Batch]) -> list[Posted]:
    """What was said, by the batches."""
    return [event for event in events(batches) if isinstance(event, Posted)]


def cursor_of(batches: list[Batch]) -> str:
    """Where the next poll goes on."""
    assert batches[-1].cursor is not None
    return batches[-1].cursor


def until(failure: type[NetworkError], batches: Iterable[Batch]) -> list[Batch]:
    """What comes before it fails in this way."""
    found: list[Batch] = []
    with pytest.raises(failure):
        found.extend(iter(batches))
    return found

"""Listeners that run beside a test of this room."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from resonanz.pipeline import listeners
from resonanz.pipeline.listeners import Rounds


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Call it to begin; it ends with the test, within seconds."""
    monkeypatch.setattr(listeners, "_LOOK_FOR_CHANNELS_SECONDS", 0.1)
    stopping = threading.Event()

    def go() -> None:
        try:
            Rounds(stopping).go()
        finally:
            connections.close_all()

    thread = threading.Thread(target=go)
    yield thread.start
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()

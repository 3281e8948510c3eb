"""Servers on the loopback that networks are tried against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.networks.memory_process import MemoryProcess
from tests.networks.page_server import PageServer

from resonanz.core.http import ALLOWED_VARIABLE


@pytest.fixture
def memory_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryProcess]:
    """A running practice network that the client may reach; `.url` is its address."""
    process = MemoryProcess(tmp_path / "practice.sqlite3")
    monkeypatch.setenv(ALLOWED_VARIABLE, process.host)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    """A small web server that the client may reach and whose answers the test writes."""
    with PageServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server

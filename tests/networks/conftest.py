"""Servers on the loopback that networks are tried against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.networks.page_server import PageServer

from resonanz.core.http import ALLOWED_VARIABLE


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    """A small web server that the client may reach and whose answers the test writes."""
    with PageServer() as server:
        monkeypatch.setenv(ALLOWED_VARIABLE, server.host)
        yield server

"""What every test may use. `./resonanz test` starts the PostgreSQL and names it in DATABASE_URL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from resonanz.accounts import company
from resonanz.accounts.models import Company
from resonanz.core import clock
from resonanz.core.http import ALLOWED_VARIABLE
from resonanz.service import naming
from resonanz.triage import our_names
from resonanz.triage.learning import champions
from tests.flows.fixtures import browser, chromium, practice, product, template  # noqa: F401 (also of tests/peers)
from tests.networks.mastodon_process import MastodonProcess
from tests.networks.memory_process import MemoryProcess


@pytest.fixture
def moved_clock() -> Iterator[None]:
    """Monday, 16 November 2026, 10:00 in Germany, for as long as the test runs."""
    with clock.moved_to(datetime(2026, 11, 16, 9, 0, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def nothing_known_of_the_company() -> None:
    """What this process remembers of the company must not outlive the test that stored it."""
    company.take_for_granted(Company())
    naming.take_for_granted(())
    champions.take_for_granted(())
    our_names.look_again()


@pytest.fixture
def memory_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryProcess]:
    """A running practice network that the client may reach; `.url` is its address."""
    process = MemoryProcess(tmp_path / "practice.sqlite3")
    monkeypatch.setenv(ALLOWED_VARIABLE, process.host)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def mastodon_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MastodonProcess]:
    """A Mastodon server that others wrote. It takes seconds to start, so all tests share it."""
    process = MastodonProcess(tmp_path_factory.mktemp("mastodon"))
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def mastodon(mastodon_process: MastodonProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[MastodonProcess]:
    """The same, allowed to be asked, and well again after the test."""
    monkeypatch.setenv(ALLOWED_VARIABLE, mastodon_process.host)
    yield mastodon_process
    mastodon_process.call("DELETE", "/api/v1/_mock/faults")

"""What every test may use. `./resonanz test` starts the PostgreSQL and names it in DATABASE_URL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from resonanz.accounts import company
from resonanz.accounts.models import Company
from resonanz.core import clock


@pytest.fixture
def moved_clock() -> Iterator[None]:
    """Monday, 16 November 2026, 10:00 in Germany, for as long as the test runs."""
    with clock.moved_to(datetime(2026, 11, 16, 9, 0, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def nothing_known_of_the_company() -> None:
    """What this process remembers of the company must not outlive the test that stored it."""
    company.take_for_granted(Company())

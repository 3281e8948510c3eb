"""What every test may use. `./resonanz test` starts the PostgreSQL and names it in DATABASE_URL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from resonanz.core import clock


@pytest.fixture
def moved_clock() -> Iterator[None]:
    """Monday, 16 November 2026, 10:00 in Germany, for as long as the test runs."""
    with clock.moved_to(datetime(2026, 11, 16, 9, 0, tzinfo=UTC)):
        yield

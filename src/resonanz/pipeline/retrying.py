"""Transactions that met another one: again, after a short and growing pause."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError

from resonanz.core import clock

T = TypeVar("T")

_ATTEMPTS = 5
_AGAIN = frozenset({"40P01", "40001", "23505", "23503"})
"""Deadlock, serialization failure, and rows that another transaction made or removed meanwhile."""


def retried(work: Callable[[], T]) -> T:
    """`work()`, up to five times where another transaction was in the way."""
    for attempt in range(1, _ATTEMPTS):
        try:
            return work()
        except (OperationalError, IntegrityError) as error:
            if _state(error) not in _AGAIN:
                raise
            clock.sleep(0.02 * 2**attempt)
    return work()


def _state(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", "") or "")

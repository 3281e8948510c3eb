"""The tour for newcomers: whether a colleague has ended it."""

from __future__ import annotations

from resonanz.accounts.models import User
from resonanz.core import clock


def end_tour(*, user: User) -> None:
    """It is not offered any more, whether it was walked or declined."""
    user.toured_at = clock.now()
    user.save(update_fields=["toured_at"])


def begin_tour(*, user: User) -> None:
    """Walk it, perhaps once more."""
    user.toured_at = None
    user.save(update_fields=["toured_at"])

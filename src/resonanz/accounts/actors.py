"""A colleague as the audit knows them."""

from __future__ import annotations

from resonanz.accounts.models import User
from resonanz.privacy.audit import SYSTEM, Actor


def actor_of(user: User | None) -> Actor:
    """The actor of a record; nobody means that the product acted by itself."""
    return SYSTEM if user is None else Actor(user.pk, str(user))

"""Tokens for a code, and longer ones for short ones. The secret travels in the form, never in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from resonanz.networks import asking
from resonanz.networks.errors import TryLater
from resonanz.networks.meta.faults import WAIT_SECONDS
from resonanz.networks.meta.graph import accepted
from resonanz.networks.oauth import ends_at

_MOST_TOKEN = 4_000


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and when it ends; None where it does not."""

    secret: str = field(repr=False)
    ends_at: datetime | None = None
    user_id: str = ""


def token(url: str, form: Mapping[str, str]) -> Token:
    """What the network gives for a form. Raises a NetworkError: Refused where the code is not taken."""
    answer = asking.ask("POST", url, headers={"Accept": "application/json"}, form=form, denied=())
    # Nothing is said twice by asking twice for a token, so an answer that cannot be read counts as none.
    return as_token(accepted(answer, reads=True))


def as_token(found: Mapping[str, object]) -> Token:
    """A token as it is given. Raises TryLater where that is none."""
    secret = found.get("access_token")
    if not isinstance(secret, str) or not secret.strip() or len(secret) > _MOST_TOKEN:
        raise TryLater(WAIT_SECONDS, "answer.unreadable")
    return Token(secret, ends_at(found.get("expires_in")), str(found.get("user_id") or "")[:100])

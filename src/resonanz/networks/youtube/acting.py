"""Moderating what others say below our films. What YouTube calls rejected is gone for good for everybody else."""

from __future__ import annotations

import contextlib

from resonanz.networks.contract import Account
from resonanz.networks.errors import Refused
from resonanz.networks.youtube import tariff
from resonanz.networks.youtube.client import NotThere, call
from resonanz.networks.youtube.posts import checked_id, is_video


def hide(account: Account, native_id: str, *, on: bool) -> None:
    """Held for review, where only its author and the channel see it; or shown to everybody again."""
    _moderate(account, native_id, "heldForReview" if on else "published")


def delete(account: Account, native_id: str) -> None:
    """Rejected, which nobody can take back; one that is gone already is no error."""
    with contextlib.suppress(NotThere):
        _moderate(account, native_id, "rejected")


def _moderate(account: Account, native_id: str, status: str) -> None:
    try:
        asked = {"id": checked_id(native_id), "moderationStatus": status}
    except ValueError as error:
        raise Refused("NotFound") from error
    if is_video(native_id):
        raise Refused("NotFound")
    call(account, "POST", "comments/setModerationStatus", asked, use=tariff.MODERATE)

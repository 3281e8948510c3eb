"""How long Meta lets a message be answered: freely for a day, for a week by a person of ours, then no more.

developers.facebook.com/documentation/business-messaging/messenger-platform/policy, read in November 2026. Advertising
has no place in what is sent by the tag, and nothing that a machine sends by itself: all that Resonanz sends was
written or approved by a person, and what advertises in private is forbidden whatever the guideline says
(`guidelines.checks.advertising`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from resonanz.core import clock
from resonanz.networks.meta.faults import OutsideWindow

HOURS_FREELY = 24
HOURS = 7 * 24
FREELY = timedelta(hours=HOURS_FREELY)
BY_A_PERSON = timedelta(hours=HOURS)
PRIVATE_REPLY = timedelta(hours=HOURS)
_MARGIN = timedelta(minutes=2)
"""Meta's clock and ours, and the time until it arrives."""


def terms_of_message(said_at: datetime) -> Mapping[str, str]:
    """How an answer to what was said then is sent. Raises OutsideWindow."""
    age = clock.now() - said_at + _MARGIN
    if age <= FREELY:
        return {"messaging_type": "RESPONSE"}
    if age <= BY_A_PERSON:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    raise OutsideWindow


def check_private_reply(said_at: datetime) -> None:
    """Whether what was said then in public may still be answered in private. Raises OutsideWindow."""
    if clock.now() - said_at + _MARGIN > PRIVATE_REPLY:
        raise OutsideWindow

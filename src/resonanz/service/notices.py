"""Notices to open browsers: sent by the database when the transaction commits, and forgotten once delivered.

Two kinds of payload travel on one channel: which cases changed, and who looks at a case or writes in it. They carry ids
and counts, and of people only the names of colleagues. Presence is never stored, counted or logged: it exists so that
two people do not answer the same post, not so that anybody is watched at work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum

from django.db import connection

from resonanz.accounts.models import User
from resonanz.core.text import initials

CHANNEL = "resonanz"
_MOST_IDS = 300
"""An id has at most 19 digits: so many stay below the 8000 bytes that PostgreSQL takes in one notice."""


class Doing(StrEnum):
    """What a colleague does in a case right now."""

    LOOKING = "looking"
    WRITING = "writing"
    GONE = "gone"


def notify(*, case_ids: Iterable[int], posts: int = 0) -> None:
    """Tell who listens that these cases changed and so many posts came; nothing when neither."""
    ids = sorted(set(case_ids))
    if ids or posts:
        _send({"cases": ids[:_MOST_IDS], "posts": posts})
    for start in range(_MOST_IDS, len(ids), _MOST_IDS):
        _send({"cases": ids[start : start + _MOST_IDS], "posts": 0})


def notify_presence(*, case_id: int, user: User, doing: Doing | str) -> None:
    """Tell who listens what `user` does in the case right now; it is kept nowhere."""
    presence = {
        "case": case_id,
        "user": user.pk,
        "name": str(user),
        "initials": user.initials or initials(str(user)),
        "doing": Doing(doing).value,
    }
    _send({"presence": presence})


def _send(payload: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(payload)])

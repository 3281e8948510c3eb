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
_MOST_CASES = 80
"""An id has at most 19 digits, and a case comes with three more: so they stay below the 8000 bytes that PostgreSQL
takes in one notice."""
_TELL = """
SELECT pg_notify(%(channel)s, (%(payload)s::jsonb || jsonb_build_object('whose', (
    SELECT jsonb_agg(CASE WHEN c.state = 'OPEN' AND NOT c.is_snoozed
        THEN jsonb_build_array(c.team_id, c.assignee_id, c.claimed_by_id) END ORDER BY told.place)
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS told (id, place) LEFT JOIN service_case c ON c.id = told.id
)))::text)
"""


class Doing(StrEnum):
    """What a colleague does in a case right now."""

    LOOKING = "looking"
    WRITING = "writing"
    GONE = "gone"


def notify(*, case_ids: Iterable[int], posts: int = 0, approvals: bool = False, stays: bool = False) -> None:
    """Tell who listens that these cases changed and so many posts came; nothing when neither.

    Of each that waits for somebody it says for whom: team, assignee, and who is at it. So a page that does not show
    them asks only after what it may have to show. `stays`: nothing changed that could bring a case into a list in which
    it did not stand. `approvals`: in these cases a signature is asked for, given, or asked for no more.
    """
    ids = sorted(set(case_ids))
    kind = {**({"stays": True} if stays else {}), **({"approvals": True} if approvals else {})}
    if posts and not ids:
        _send({"cases": [], "posts": posts, **kind})
    for start in range(0, len(ids), _MOST_CASES):
        _tell(ids[start : start + _MOST_CASES], {"posts": 0 if start else posts, **kind})


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


def notify_told(*, user_ids: Iterable[int]) -> None:
    """Tell the open pages of these colleagues that something for them came due; they ask what it is."""
    _send({"told": sorted(set(user_ids))[:_MOST_IDS]})


def _tell(ids: list[int], more: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL, {"channel": CHANNEL, "ids": ids, "payload": json.dumps({"cases": ids, **more})})


def _send(payload: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(payload)])

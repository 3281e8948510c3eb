"""Notices to open browsers: sent by the database when the transaction commits, carrying ids and counts only."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection

CHANNEL = "resonanz"
_MOST_IDS = 500


def notify(*, case_ids: Iterable[int], posts: int) -> None:
    """Tell who listens that these cases changed and so many posts came; nothing when neither."""
    ids = sorted(case_ids)[:_MOST_IDS]
    if ids or posts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"cases": ids, "posts": posts})])

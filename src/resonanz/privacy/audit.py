"""The record of acts worth knowing, written in the transaction of the act: neither stands without the other.

Details are codes and ids. Words of people have no place here: the record outlives what it tells of, and nobody may
change it afterwards (the application's role has no right to; migration 0002 lets it delete only what is very old).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from resonanz.core import clock
from resonanz.core.errors import ResonanzError
from resonanz.privacy.models import AuditRecord

# Three years, the time within which an infringement can be prosecuted (§ 31 OWiG) and most claims are barred
# (§ 195 BGB), and up to one more because the latter begins to run with the end of the year (§ 199 BGB).
KEEP_DAYS = 4 * 365

_CODE = re.compile(r"[A-Za-z0-9_.:@/+#*-]{0,200}\Z")


class WordsInAudit(ResonanzError):
    """A detail of an audit record is neither a code nor an id."""

    code = "audit.words"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a colleague by id and name, or a part of the house without an id."""

    id: int | None
    name: str


SYSTEM = Actor(None, "system")


def record(*, act: str, actor: Actor, thing: str, thing_id: int | None, **details: object) -> None:
    """Note an act under its dotted name; raises WordsInAudit for a detail that is not a code, a number or a list."""
    for name, value in details.items():
        if not _is_code(value):
            raise WordsInAudit(act=act, detail=name)
    AuditRecord.objects.create(
        at=clock.now(),
        act=act,
        actor_id=actor.id,
        actor_name=actor.name[:200],
        thing=thing,
        thing_id=thing_id,
        details=details,
    )


def delete_old(*, limit: int) -> int:
    """Delete up to `limit` records older than KEEP_DAYS, through the one function that may (migration 0002)."""
    before = clock.now() - timedelta(days=KEEP_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT privacy_delete_old_audit(%s, %s)", [before, limit])
        return int(cursor.fetchone()[0])


def _is_code(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_code(part) for part in value)
    if isinstance(value, str):
        return bool(_CODE.match(value))
    return value is None or isinstance(value, bool | int | float)

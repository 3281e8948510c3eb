"""The moderation ledger: who did what to whose words, when, by which rule, for which reason; never rewritten.

It is there so that everybody can see that criticism is not what was taken away. It counts acts, not colleagues.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import QuerySet

from resonanz.service import naming
from resonanz.service.models import Moderation, ModerationAct, ModerationState

PAGE = 50
MOST_EXPORTED = 50_000
MASK = "[name]"
"""In place of the name of an employee: a table leaves the house, and nobody knows who reads it."""
COLUMNS = (
    "id", "asked_at", "act", "state", "done_at", "by", "channel", "network", "rule", "reason", "clause", "version",
    "signed_by", "signed_at", "comment", "by_hand", "address", "excerpt",
)  # fmt: skip


def entries(*, act: str = "") -> QuerySet[Moderation]:
    """What was asked for and not taken back, newest first, of one kind or of all."""
    rows = Moderation.objects.exclude(state=ModerationState.CANCELLED)
    if act in ModerationAct.values:
        rows = rows.filter(act=act)
    return rows.select_related("actor", "signed_by", "channel", "case").order_by("-created_at", "-id")


def lines(*, act: str = "") -> Iterator[list[str]]:
    """The ledger as a table, its heading first; times in UTC."""
    yield list(COLUMNS)
    for row in entries(act=act)[:MOST_EXPORTED].iterator():
        yield [_harmless(value) for value in _values(row)]


def _values(row: Moderation) -> list[object]:
    return [
        row.pk, _moment(row.created_at), row.act, row.state, _moment(row.done_at), row.actor or "", row.channel.name,
        row.channel.network, row.rule, row.words, row.ruling.get("clause", ""), row.ruling.get("version", ""),
        row.signed_by or "", _moment(row.signed_at), row.comment, "yes" if row.by_hand else "no", row.url,
        naming.masked(row.excerpt, mask=MASK),
    ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""


def _harmless(value: object) -> str:
    """Words of strangers that a spreadsheet would take for a formula begin with an apostrophe."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text

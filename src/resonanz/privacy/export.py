"""Everything held about an account, for the person behind it (Art. 15 and 20 GDPR).

What is given out is what the register declares: rooms say which rows of a table concern an account, and exactly the
declared columns of them are handed over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from resonanz.core import clock
from resonanz.privacy import register as personal_data

Rows = Callable[[str, str, str], QuerySet[Any]]
_rows: dict[str, Rows] = {}


def register(*, table: str, rows: Rows) -> None:
    """Declare which rows of `table` concern the account (network, origin, native id)."""
    _rows[table] = rows


def missing() -> list[str]:
    """Tables that the register gives out but for which no room says which rows."""
    return [table.name for table in personal_data.tables() if table.exported and table.name not in _rows]


def export_account(*, network: str, origin: str, native_id: str) -> dict[str, Any]:
    """All that is held about an account, by table, with the reason and the time for which each table is kept."""
    tables = [table for table in personal_data.tables() if table.exported]
    return {
        "account": {"network": network, "origin": origin, "native_id": native_id},
        "exported_at": clock.now().isoformat(),
        "tables": {
            table.name: {
                "purpose": table.purpose,
                "kept": table.kept,
                "rows": [
                    {name: _plain(value) for name, value in row.items()}
                    for row in _rows[table.name](network, origin, native_id).order_by("pk").values(*table.fields)
                ],
            }
            for table in tables
        },
    }


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value

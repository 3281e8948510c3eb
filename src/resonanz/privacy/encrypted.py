"""What is encrypted at rest: the columns, found by their type, and how all of them come under the newest key.

A row that is encrypted anew already is left alone, so whoever was killed in the midst of it simply begins again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models, transaction

from resonanz.core import clock, secrets

if TYPE_CHECKING:
    _Bytes = models.BinaryField[Any, Any]
else:
    _Bytes = models.BinaryField

BATCH = 200
_LOOK_AGAIN_SECONDS = 0.5
_WAITS_SECONDS = 120.0
_OLDER = """
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < %s LIMIT 1
"""


class EncryptedField(_Bytes):
    """Bytes that `core.secrets` sealed. For the database and its migrations they are bytes like others."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As the field of Django, so that a migration never needs our code."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a table is: `changed` of the `seen` rows were encrypted anew; no key opens the `unreadable` ones."""

    table: str
    total: int
    seen: int = 0
    changed: int = 0
    unreadable: int = 0


def tables() -> Iterator[tuple[type[models.Model], list[str]]]:
    """All that hold something encrypted, with the names of these fields."""
    for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table):
        names = [field.name for field in model._meta.local_fields if isinstance(field, EncryptedField)]
        if names and model._meta.managed:
            yield model, names


def encrypt_anew(*, tell: Callable[[Progress], None]) -> list[Progress]:
    """Bring every row under the newest key, in batches, while everything runs; the last word on each table."""
    return [_encrypt_table(model, names, tell) for model, names in tables()]


def wait_for_older_transactions() -> bool:
    """Whether all ended that are open now, and may write what was encrypted before; False after two minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (since,) = cursor.fetchone()
        until = clock.monotonic() + _WAITS_SECONDS
        while clock.monotonic() < until:
            cursor.execute(_OLDER, [since])
            if cursor.fetchone() is None:
                return True
            clock.sleep(_LOOK_AGAIN_SECONDS)
    return False


def _encrypt_table(model: type[models.Model], names: list[str], tell: Callable[[Progress], None]) -> Progress:
    rows = model._base_manager.order_by("pk")
    found, last = Progress(model._meta.db_table, total=rows.count()), None
    while batch := list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:BATCH]):
        changed, unreadable = _encrypt_batch(model, names, batch)
        found = Progress(
            found.table,
            max(found.total, found.seen + len(batch)),
            found.seen + len(batch),
            found.changed + changed,
            found.unreadable + unreadable,
        )
        tell(found)
        last = batch[-1]
    return found


def _encrypt_batch(model: type[models.Model], names: list[str], keys: list[Any]) -> tuple[int, int]:
    """How many rows of it were changed, and how many no key opens."""
    changed = unreadable = 0
    with transaction.atomic():
        for row in model._base_manager.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True):
            anew, is_whole = _anew(row, names)
            unreadable += not is_whole
            if anew:
                model._base_manager.filter(pk=row.pk).update(**anew)
                changed += is_whole
    return changed, unreadable


def _anew(row: models.Model, names: list[str]) -> tuple[dict[str, bytes], bool]:
    """What of a row came under an older key, under the newest one, and whether some key opens each of it."""
    anew, is_whole = {}, True
    for name in names:
        if not _is_old(held := getattr(row, name)):
            continue
        try:
            anew[name] = secrets.rotate(bytes(held))
        except secrets.SecretsError:
            is_whole = False
    return anew, is_whole


def _is_old(held: bytes | memoryview | None) -> bool:
    return bool(held) and not secrets.is_current(bytes(held or b""))

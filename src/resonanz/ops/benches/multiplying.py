"""A large world out of a small one: every row that hangs on a post, a person or a case, again and again.

To take in a million posts would keep a machine busy for most of an hour, and what a bench of pages measures reads rows
and indexes and does not ask how they came. So the first posts are taken in as ever; then their rows are copied, column
by column whatever tables and columns there are, with ids, names and times of their own, and with words of their own,
mixed from two of the texts that were taken in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from resonanz.listening.models import Post
from resonanz.people.models import Identity, Person
from resonanz.service.models import Case
from resonanz.triage.models import Likeness

Model = type[models.Model]
_ROOTS: tuple[Model, ...] = (Person, Identity, Post, Case)
_IDS_OF_POSTS = (Likeness._meta.get_field("alike"),)
"""Columns that hold the id of a row that is copied, and are no foreign keys."""
_STEP = 1_000_000
"""The ids of each copy begin at a multiple of it."""
_NAMES = {"handle", "name", "author_handle", "author_name"}
_APART = "interval '41 seconds'"
"""So much sooner than in the copy before it everything happened."""
_AT_ONCE = 20
_HALVES = """
CREATE TEMPORARY TABLE half AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n,
    array_to_string((string_to_array(text, ' '))[:12], ' ') AS front,
    array_to_string((string_to_array(text, ' '))[13:], ' ') AS back
FROM listening_post
"""


def multiply(*, times: int) -> None:
    """Make of every row so many; tells on stderr how far it is. Only in a database that nobody else uses."""
    if times < 2:
        return
    copied = _copied()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the copies point at copies: nothing to look up
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(_HALVES)
        cursor.execute("ANALYZE half")
        indexes = _without_indexes(cursor, copied)
        for start in range(1, times, _AT_ONCE):
            rounds = (start, min(start + _AT_ONCE, times) - 1)
            for model in copied:
                cursor.execute(_statement(model, copied), rounds)
            tell(f"{(rounds[1] + 1) * 100 // times} % of the rows")
        for number, index in enumerate(indexes, start=1):
            cursor.execute(index)
            tell(f"index {number} of {len(indexes)}")
        for model in copied:
            if isinstance(model._meta.pk, models.AutoField):
                counted = [model._meta.db_table, model._meta.pk.column, _STEP * (times + 1)]
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", counted)
        cursor.execute("DROP TABLE half")
        cursor.execute("SET session_replication_role = origin")


def tell(progress: str) -> None:
    """Whoever waits for minutes sees that something goes on."""
    sys.stderr.write(f"  filling: {progress}\n")
    sys.stderr.flush()


def _copied() -> list[Model]:
    """The tables with rows that hang on a post, a person or a case, at whatever distance."""
    found = list(_ROOTS)
    while more := [model for model in apps.get_models() if model not in found and _targets(model) & set(found)]:
        found += more
    return [model for model in found if model._default_manager.exists()]


def _targets(model: Model) -> set[Model]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if field.is_relation and isinstance(field.related_model, type)
    }


def _without_indexes(cursor: CursorWrapper, copied: Sequence[Model]) -> list[str]:
    """Drop what is no constraint: to build an index at the end takes less than to keep it up. How to build them."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
        [[model._meta.db_table for model in copied]],
    )
    found = cursor.fetchall()
    for name, _statement in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _name, statement in found]


def _statement(model: Model, copied: Sequence[Model]) -> str:
    columns = [str(field.column) for field in _stored(model)]
    texts = Post.objects.filter(pk__lt=_STEP).count()
    mixed = (
        f" JOIN half one ON one.n = (r.id + 31 * k) %% {texts}"
        f" JOIN half other ON other.n = (17 * r.id + 57 * k) %% {texts}"
    )
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(_values(model, copied))}"  # noqa: S608 - our names
        f" FROM {model._meta.db_table} r CROSS JOIN generate_series(%s::int, %s::int) k{mixed if model is Post else ''}"
        f" WHERE r.{model._meta.pk.column} < {_STEP}"
    )


def _stored(model: Model) -> list[models.Field[Any, Any]]:
    """What is written; what the database reckons from it comes by itself."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def _values(model: Model, copied: Sequence[Model]) -> Iterator[str]:
    for field in _stored(model):
        column = f"r.{field.column}"
        if field.primary_key or (field.is_relation and field.related_model in copied) or field in _IDS_OF_POSTS:
            yield f"{column} + {_STEP}::bigint * k"
        elif isinstance(field, models.UUIDField):
            yield "gen_random_uuid()"
        elif isinstance(field, models.DateTimeField):
            yield f"{column} - {_APART} * k"
        elif model is Post and field.column == "text":
            yield "one.front || ' ' || other.back"
        elif isinstance(field, models.CharField) and _is_name(str(field.column)):
            yield f"CASE WHEN {column} = '' THEN '' ELSE {column} || '-' || k END"
        else:
            yield column


def _is_name(column: str) -> bool:
    """What tells one from another: people's names, and what a network calls a person, a post, a thread."""
    return column in _NAMES or column.endswith("native_id")

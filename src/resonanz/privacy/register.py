"""The register of personal data: every table and every folder of the data folder, declared by the room that owns it.

It is what the record of processing (Art. 30 GDPR), the export and the scrub go by. A table that nobody declared makes
a test fail (tests/house/test_personal_data.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from resonanz.core.errors import ResonanzError


class DeclaredTwice(ResonanzError):
    """The same table or folder is declared in two ways."""

    code = "register.declared_twice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a table holds. `fields` names its personal columns and what stands in them; empty: none of people."""

    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    purpose: str = ""
    kept: str = ""
    exported: bool = False
    erased: str = ""
    because: str = ""

    @property
    def personal(self) -> bool:
        """Whether data of people stand in it."""
        return bool(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a file or folder of the data folder holds."""

    path: str
    holds: str
    kept: str
    erased: str


_tables: dict[str, Table] = {}
_files: dict[str, Files] = {}


def declare_personal(
    table: str, *, fields: Mapping[str, str], purpose: str, kept: str, exported: bool, erased: str
) -> None:
    """A table with data of people: which columns, why, how long, whether export gives it out, how it is erased.

    The columns are what export gives out; an `exported` table also needs its rows registered in `privacy.export`.
    """
    _add(Table(name=table, fields=fields, purpose=purpose, kept=kept, exported=exported, erased=erased))


def declare_impersonal(table: str, *, because: str) -> None:
    """A table without data of people, and why it has none."""
    _add(Table(name=table, because=because))


def declare_files(path: str, *, holds: str, kept: str, erased: str) -> None:
    """A file or folder at the top of the data folder, or, as "*…", files named so that lie elsewhere."""
    files = Files(path=path, holds=holds, kept=kept, erased=erased)
    if _files.setdefault(path, files) != files:
        raise DeclaredTwice(name=path)


def tables() -> tuple[Table, ...]:
    """All declared tables by name."""
    return tuple(_tables[name] for name in sorted(_tables))


def files() -> tuple[Files, ...]:
    """All declared files and folders by path."""
    return tuple(_files[path] for path in sorted(_files))


def _add(table: Table) -> None:
    if _tables.setdefault(table.name, table) != table:
        raise DeclaredTwice(name=table.name)

"""Every table, third-party ones too, and every file of the data folder is declared to hold data of people or not."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.db import connection

from resonanz.core import secrets
from resonanz.ops.database.throwaway import throwaway_database
from resonanz.privacy import export, register


def undeclared_tables(tables: Iterable[str]) -> list[str]:
    """Tables that nobody declared, and declarations of tables that are not there."""
    found, declared = set(tables), {table.name for table in register.tables()}
    missing = [f"{name} is not declared in any personal_data.py" for name in sorted(found - declared)]
    return missing + [f"{name} is declared but not there" for name in sorted(declared - found)]


def undeclared_columns(tables: Iterable[register.Table]) -> list[str]:
    """Declared columns that a table does not have."""
    faults = []
    with connection.cursor() as cursor:
        for table in tables:
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table.name)}
            for field in table.fields:
                if "__" not in field and not {field, f"{field}_id"} & columns:
                    faults.append(f"{table.name} has no column {field}")
    return faults


def undeclared_files(folder: Path) -> list[str]:
    """What lies in the data folder and nobody declared."""
    declared = [files.path for files in register.files()]
    names = sorted(path.name for path in folder.iterdir())
    return [f"{name} is not declared" for name in names if not any(fnmatch(name, path) for path in declared)]


@pytest.mark.django_db
def test_every_table_is_declared() -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)

    assert undeclared_tables(tables) == []
    assert undeclared_columns(register.tables()) == []
    assert export.missing() == []
    assert len(tables) > 30


@pytest.mark.django_db
def test_an_undeclared_table_is_noticed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE people_planted (name text)")
        tables = connection.introspection.table_names(cursor)
    planted = register.Table(name="people_planted", fields={"name": "name", "birthday": "day of birth"})

    assert undeclared_tables(tables) == ["people_planted is not declared in any personal_data.py"]
    assert undeclared_columns([planted]) == ["people_planted has no column birthday"]
    assert undeclared_tables(set(tables) - {"people_planted", "people_person"}) == [
        "people_person is declared but not there"
    ]


def test_every_file_of_the_data_folder_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    with throwaway_database() as database:
        folder = database.folder.path
        monkeypatch.setenv("RESONANZ_DATA", str(folder))
        secrets.ensure_key()
        names = {path.name for path in folder.iterdir()}

        assert undeclared_files(folder) == []
        assert {"database", "secrets", "logs", "run", "uploads"} <= names

        (folder / "planted.csv").touch()
        assert undeclared_files(folder) == ["planted.csv is not declared"]

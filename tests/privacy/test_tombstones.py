"""Tombstones stand in the table and, for older backups, in a file."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from resonanz.privacy import tombstones
from resonanz.privacy.models import Tombstone, TombstoneKind

pytestmark = pytest.mark.django_db

Captured = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]
POST = TombstoneKind.POST


@pytest.fixture
def file(data_folder: Path) -> Path:
    return data_folder / tombstones.FILE_NAME


def test_hashes_tell_posts_accounts_and_places_apart(data_folder: Path) -> None:
    hashes = {
        tombstones.post_hash("memory", "", "1"),
        tombstones.account_hash("memory", "", "1"),
        tombstones.post_hash("memory", "1", ""),
        tombstones.post_hash("memory1", "", ""),
    }

    assert len(hashes) == 4
    assert tombstones.post_hash("memory", "", "1") in hashes


def test_stones_are_raised_once_and_written_after_the_commit(
    file: Path, django_capture_on_commit_callbacks: Captured
) -> None:
    hashes = [bytes([number]) * 32 for number in range(3)]
    with django_capture_on_commit_callbacks(execute=True):
        tombstones.raise_stones(kind=POST, hashes=hashes[:2])
        tombstones.raise_stones(kind=POST, hashes=hashes)
        assert not file.exists()

    lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    assert lines == [{"kind": "POST", "hash": key_hash.hex()} for key_hash in hashes]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert tombstones.raised(kind=POST, hashes=[*hashes, bytes(b"x" * 32)]) == set(hashes)
    assert tombstones.raised(kind=TombstoneKind.ACCOUNT, hashes=hashes) == set()


def test_file_survives_a_line_that_was_cut_off(file: Path, django_capture_on_commit_callbacks: Captured) -> None:
    first, second = b"a" * 32, b"b" * 32
    file.write_text(f'{{"kind": "POST", "hash": "{first.hex()}"}}\n{{"kind": "POST", "ha', "ascii")
    with django_capture_on_commit_callbacks(execute=True):
        tombstones.raise_stones(kind=POST, hashes=[second])
    Tombstone.objects.all().delete()

    new = tombstones.load_file()

    assert new == 2
    assert tombstones.raised(kind=POST, hashes=[first, second]) == {first, second}
    assert tombstones.load_file() == 0


def test_write_missing_heals_a_file_that_was_not_written(file: Path) -> None:
    tombstones.raise_stones(kind=POST, hashes=[b"a" * 32])  # this test's transaction never commits

    assert tombstones.write_missing() == 1
    assert tombstones.write_missing() == 0
    assert len(file.read_text("ascii").splitlines()) == 1

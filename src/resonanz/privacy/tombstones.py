"""Tombstones: keyed hashes of what was erased, so that it is not collected again and does not return from a backup.

They stand in the database, where intake asks for them, and in a file of the data folder, where a backup older than the
erasure finds them: restoring replaces the database, not the file.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from django.db import transaction

from resonanz.core import clock, env
from resonanz.core.secrets import keyed_hash
from resonanz.privacy.models import Tombstone, TombstoneKind

FILE_NAME = "tombstones.jsonl"
_CHUNK = 2000

Stone = tuple[str, bytes]


def post_hash(network: str, origin: str, native_id: str) -> bytes:
    """The hash under which a post's tombstone stands."""
    return keyed_hash(TombstoneKind.POST, network, origin, native_id)


def told_post_hash(network: str, origin: str, native_id: str, teller: str) -> bytes:
    """That of a post of which only others than its network told, and one of them that it is gone: for him alone."""
    return keyed_hash(TombstoneKind.POST, network, origin, native_id, teller)


def account_hash(network: str, origin: str, native_id: str) -> bytes:
    """The hash under which an account's tombstone stands."""
    return keyed_hash(TombstoneKind.ACCOUNT, network, origin, native_id)


def raised(*, kind: TombstoneKind, hashes: Collection[bytes]) -> set[bytes]:
    """Which of `hashes` have a tombstone; one query, none for an empty collection."""
    if not hashes:
        return set()
    found = Tombstone.objects.filter(kind=kind, key_hash__in=sorted(hashes)).values_list("key_hash", flat=True)
    return {bytes(key_hash) for key_hash in found}


def any_raised(*, kind: TombstoneKind) -> bool:
    """Whether there is a tombstone of this kind at all."""
    return Tombstone.objects.filter(kind=kind).exists()


def raise_stones(*, kind: TombstoneKind, hashes: Collection[bytes]) -> None:
    """Raise a tombstone for each hash, in the caller's transaction; those that stand already stay as they are.

    The file follows after the commit. Where a crash comes between, the next `write_missing` brings the line.
    """
    new = sorted(set(hashes) - raised(kind=kind, hashes=hashes))
    if not new:
        return
    _insert([(kind, key_hash) for key_hash in new])
    # robust: a full disk must not tell the caller that the erasure, already committed, had failed.
    transaction.on_commit(lambda: _append([(kind, key_hash) for key_hash in new]), robust=True)


def load_file() -> int:
    """Bring the tombstones of the file into the database (after a restore); how many were new there."""
    before = Tombstone.objects.count()
    _insert(sorted(_in_file()))
    return Tombstone.objects.count() - before


def write_missing() -> int:
    """Bring tombstones of the database that the file lacks into the file; how many lines were written."""
    known = _in_file()
    rows = Tombstone.objects.order_by("pk").values_list("kind", "key_hash").iterator(chunk_size=_CHUNK)
    missing = [(kind, bytes(key_hash)) for kind, key_hash in rows if (kind, bytes(key_hash)) not in known]
    if missing:
        _append(missing)
    return len(missing)


def _insert(stones: list[Stone]) -> None:
    rows = [Tombstone(kind=kind, key_hash=key_hash, at=clock.now()) for kind, key_hash in stones]
    Tombstone.objects.bulk_create(rows, batch_size=_CHUNK, ignore_conflicts=True)


def _path() -> Path:
    return Path(env.text("RESONANZ_DATA")) / FILE_NAME


def _append(stones: list[Stone]) -> None:
    """Written and forced to disk at once, behind a line break where an earlier writer was cut off."""
    lines = "".join(json.dumps({"kind": str(kind), "hash": key_hash.hex()}) + "\n" for kind, key_hash in stones)
    descriptor = os.open(_path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        cut_off = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
        file.write((b"\n" if cut_off else b"") + lines.encode("ascii"))
        os.fsync(file.fileno())


def _in_file() -> set[Stone]:
    try:
        with _path().open(encoding="ascii", errors="replace") as file:
            return set(_read(file))
    except FileNotFoundError:
        return set()


def _read(lines: Iterator[str]) -> Iterator[Stone]:
    """The stones of whole lines; a line that a crash cut off is passed over."""
    for line in lines:
        try:
            found = json.loads(line)
            stone = (TombstoneKind(found["kind"]).value, bytes.fromhex(found["hash"]))
        except (ValueError, KeyError, TypeError):
            continue
        if len(stone[1]) == 32:
            yield stone

"""A backup brings everything back, except for what was erased since."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path

import pytest

from resonanz.core import secrets
from resonanz.ops.data_folder import locked, open_data_folder
from resonanz.ops.database.embedded import APPLICATION, OWNER, EmbeddedDatabase, running
from resonanz.ops.database.roles import prepare_roles
from resonanz.ops.errors import OperatorError
from resonanz.ops.restore import _provide_old_keys
from tests.ops.surroundings import Command, operator_environment

_WITHIN = """
from pathlib import Path
from resonanz.ops.application import application
"""
_FILL = """
from datetime import date
from resonanz.core import clock
from resonanz.listening.models import Post
for native_id in ("1", "2"):
    Post.objects.create(
        purpose="SERVICE", source="test", delete_on=date(2100, 1, 1), network="feeds", origin="", native_id=native_id,
        kind="POST", visibility="PUBLIC", speaker="OUTSIDER", root_native_id=native_id, text="Was war das?",
        posted_at=clock.now(), received_at=clock.now(),
    )
"""
_ERASE = """
from resonanz.privacy.models import TombstoneKind
from resonanz.privacy.tombstones import post_hash, raise_stones
from resonanz.listening.models import Post
Post.objects.filter(native_id="2").delete()
raise_stones(kind=TombstoneKind.POST, hashes=[post_hash("feeds", "", "2")])
"""
_LIST = """
from resonanz.listening.models import Post
print(sorted(Post.objects.values_list("native_id", flat=True)))
"""


def _within(data: Path, code: str) -> str:
    """What `code` prints when it runs with models on the data folder."""
    script = f"{_WITHIN}with application(Path({str(data)!r})):\n{textwrap.indent(code, '    ')}"
    done = subprocess.run(
        [sys.executable, "-c", script], env=operator_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _make(data: Path, command: Command) -> None:
    database = EmbeddedDatabase(open_data_folder(data))
    with locked(database.folder), running(database, print):
        prepare_roles(database)
        urls = {"DATABASE_URL": database.url(APPLICATION), "DATABASE_OWNER_URL": database.url(OWNER)}
        assert command("migrate", **urls).returncode == 0
    _within(data, _FILL)
    (database.folder.uploads / "picture.txt").write_text("a picture")


@pytest.mark.slow
def test_backup_and_restore_keep_everything_but_what_was_erased(place: Path, command: Command) -> None:
    data, file = place / "data", place / "backup.tar"
    _make(data, command)

    made = command("backup", str(file), "--with-key")
    _within(data, _ERASE)
    hindered = command("restore", str(file))
    again = command("restore", str(file), "--yes")

    assert made.returncode == 0, made.stderr
    assert "whoever has this file has every token" in made.stdout
    assert (hindered.returncode, "repeat with --yes" in hindered.stderr) == (1, True)
    assert again.returncode == 0, again.stderr
    assert _within(data, _LIST) == "['1']"
    assert (data / "uploads" / "picture.txt").read_text() == "a picture"


def test_backup_from_before_a_new_key_is_read_with_the_copy_from_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESONANZ_DATA", str(tmp_path))
    old, copy, bare, full = secrets.encrypt("x"), tmp_path / "copy", tmp_path / "bare.tar", tmp_path / "full.tar"
    copy.write_text((tmp_path / secrets.KEY_FILE).read_text())
    for file in (bare, full):
        with tarfile.open(file, "w") as archive:
            archive.add(__file__, "database.dump")
            if file == full:
                archive.add(copy, "key")
    manifest: dict[str, object] = {"keys": list(secrets.key_ids())}
    for given, file in ((None, full), (copy, bare)):
        secrets.add_key()
        secrets.drop_old_keys()
        with pytest.raises(OperatorError, match="--old-key"):
            _provide_old_keys(bare, manifest, None)

        _provide_old_keys(file, manifest, given)

        assert secrets.decrypt(old) == "x"
        assert not secrets.is_current(old)
    _provide_old_keys(bare, {}, None)  # of an older version


def test_restore_refuses_what_is_no_backup(place: Path, command: Command) -> None:
    with tarfile.open(place / "other.tar", "w") as archive:
        archive.add(__file__, "manifest.json")

    done = command("restore", str(place / "other.tar"))

    assert done.returncode == 1
    assert done.stderr == f"{place}/other.tar is no backup of Resonanz, or of a later version.\n"

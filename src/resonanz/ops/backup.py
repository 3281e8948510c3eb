"""`resonanz backup`: database and uploads in one file.

The file is a tar of `manifest.json`, `database.dump` (pg_dump's own format), `uploads/…` and, if asked for, `key`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from resonanz.core import clock, secrets
from resonanz.ops.application import environment
from resonanz.ops.data_folder import DataFolder
from resonanz.ops.database.postgres_tools import Tools, tools_to_write
from resonanz.ops.errors import OperatorError

FORMAT = 1
MANIFEST, DUMP, KEY, UPLOADS = "manifest.json", "database.dump", "key", "uploads"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-key", is_flag=True, help="Put the key file in too; then the backup opens every token.")
@click.option(
    "--data", type=click.Path(path_type=Path, readable=False), help="The data folder, when it is not the usual one."
)
def backup(file: Path, with_key: bool, data: Path | None) -> None:
    """Write database and uploads into FILE, while Resonanz runs or not.

    Without --with-key the key file is not in it: copy it to a safe place of its own, once. Tokens of channels, and
    what keeps erased people erased, can be read with it alone.
    """
    if file.exists():
        raise OperatorError("ops.backup.exists", f"{file} exists already; name another file.")
    with environment(data) as folder:
        secrets.ensure_key()
        tools = tools_to_write(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
        write_backup(file=file, folder=folder, tools=tools, with_key=with_key)
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB.")
    if with_key:
        click.echo("It holds the key file: whoever has this file has every token. Keep it as safe as a password.")
    else:
        click.echo(f"Not in it: the key file {folder.path / secrets.KEY_FILE}. Without it no token can be read.")


def write_backup(*, file: Path, folder: DataFolder, tools: Tools, with_key: bool) -> None:
    """In one piece: an interrupted or failed backup leaves no file that looks like one."""
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".resonanz-backup-") as beside:
        dump, tar = Path(beside, DUMP), Path(beside, "backup.tar")
        _dump(tools, dump)
        with tarfile.open(tar, "w", format=tarfile.PAX_FORMAT) as archive:
            _add_text(archive, MANIFEST, json.dumps(_manifest(tools)))
            archive.add(dump, DUMP, filter=_plain)
            for path in _uploads(folder):
                archive.add(path, f"{UPLOADS}/{path.relative_to(folder.uploads)}", recursive=False, filter=_plain)
            if with_key:
                archive.add(folder.path / secrets.KEY_FILE, KEY, filter=_plain)
        tar.chmod(0o600)
        with tar.open("rb") as written:
            os.fsync(written.fileno())
        tar.rename(file)


def _manifest(tools: Tools) -> dict[str, object]:
    return {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "postgresql": tools.server,
        "key_fingerprint": secrets.fingerprint(),
        "keys": list(secrets.key_ids()),
    }


def _dump(tools: Tools, target: Path) -> None:
    command = tools.command("pg_dump", "--format", "custom", "--no-owner", "--no-privileges", "--file", str(target))
    done = subprocess.run(command, env=tools.environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise OperatorError("ops.backup.dump", f"The database could not be written out: {reason}")


def _uploads(folder: DataFolder) -> Iterator[Path]:
    """Files only, and no links: what leads out of the folder does not belong into a backup."""
    for path in sorted(folder.uploads.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode("utf-8")
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """No names of this machine's users."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def read_manifest(file: Path) -> dict[str, object]:
    """The manifest of a backup; raises OperatorError when the file is none, or of a later version."""
    with contextlib.suppress(tarfile.TarError, KeyError, ValueError, OSError), tarfile.open(file) as archive:
        entry = archive.extractfile(MANIFEST)
        found = json.loads(entry.read(65_536)) if entry else None
        if isinstance(found, dict) and found.get("format") == FORMAT:
            return found
    raise OperatorError("ops.restore.not_a_backup", f"{file} is no backup of Resonanz, or of a later version.")

"""The one folder on disk that holds everything: database, key file, uploads, logs, and what runs now.

It belongs to the user who made it, and to nobody else: a folder used by root and then by another user would end with
files that neither can write.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from resonanz.core import clock
from resonanz.ops.errors import OperatorError

MARKER = "resonanz.id"
ROOT_DEFAULT = Path("/var/lib/resonanz")
PATIENCE = 1.0
_FOLDERS = {"secrets": 0o700, "uploads": 0o700, "logs": 0o700, "run": 0o711}


@dataclass(frozen=True)
class DataFolder:
    """The places inside the data folder."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "database"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def uploads(self) -> Path:
        return self.path / "uploads"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def unfinished_restore(self) -> Path:
        """A mark that stands from the moment a backup replaces the database until what was erased is erased again."""
        return self.run / "restore.unfinished"


def default_path() -> Path:
    """RESONANZ_DATA, else the place the system keeps for such data."""
    if named := os.environ.get("RESONANZ_DATA"):
        return Path(named)
    if os.geteuid() == 0:
        return ROOT_DEFAULT
    return Path(platformdirs.user_data_dir("resonanz", appauthor=False))


def name_default_data_folder() -> None:
    """Let a command that `up` does not start find what lies in the usual data folder, such as added models."""
    os.environ.setdefault("RESONANZ_DATA", str(default_path()))


def open_data_folder(path: Path | None = None) -> DataFolder:
    """The data folder at `path`, made if missing; raises OperatorError when it is not this user's or not private."""
    folder = DataFolder((path or default_path()).expanduser().absolute())
    try:
        _make(folder)
    except PermissionError as error:
        raise OperatorError(
            "ops.data_folder.unwritable",
            f"The data folder {folder.path} cannot be made or written by {_name(os.geteuid())} ({error.filename}); "
            "name another one with --data DIR.",
        ) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise OperatorError(
            "ops.data_folder.not_a_folder", f"{error.filename} is not a folder; name another one with --data DIR."
        ) from error
    except OSError as error:
        raise OperatorError(
            "ops.data_folder.unusable", f"The data folder {folder.path} cannot be used: {error.strerror}."
        ) from error
    return folder


@contextlib.contextmanager
def locked(folder: DataFolder) -> Iterator[None]:
    """Hold the folder for one `up`, backup or restore; raises OperatorError when another one holds it."""
    descriptor = os.open(folder.run / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, patience=PATIENCE)
    except BlockingIOError as error:
        os.close(descriptor)
        raise OperatorError(
            "ops.data_folder.in_use",
            f"Resonanz already runs with the data folder {folder.path}; stop it first, or name another one "
            "with --data DIR.",
        ) from error
    try:
        # What a killed restore unpacked: the words of people who may be erased by now.
        for left_behind in folder.path.glob(".restore-*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


def is_locked(folder: DataFolder) -> bool:
    """Whether an `up` holds the folder now."""
    descriptor = os.open(folder.run / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, patience=0)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock(descriptor: int, *, patience: float) -> None:
    """A supervisor killed this moment lets go a little later, and `is_locked` holds for an instant."""
    deadline = clock.monotonic() + patience
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if clock.monotonic() > deadline:
                raise
        clock.sleep(0.05)


def _make(folder: DataFolder) -> None:
    existed = folder.path.exists()
    # Root's database runs as another user, who must be able to pass through, not to look around.
    folder.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    _check_owner(folder.path)
    marker = folder.path / MARKER
    if not marker.exists():
        if existed and any(folder.path.iterdir()):
            raise OperatorError(
                "ops.data_folder.foreign",
                f"The folder {folder.path} is not empty and was not made by Resonanz; "
                "name another one with --data DIR.",
            )
        folder.path.chmod(0o711 if os.geteuid() == 0 else 0o700)  # whatever the umask took away
        marker.write_text("The data folder of Resonanz, format 1.\n", "utf-8")
    for name, mode in _FOLDERS.items():
        _make_inside(folder.path / name, mode)


def _make_inside(path: Path, mode: int) -> None:
    if not path.exists():
        path.mkdir(mode=mode)
        path.chmod(mode)
    _check_owner(path)
    if stat.S_IMODE(path.stat().st_mode) & ~mode:
        raise OperatorError(
            "ops.data_folder.mode", f"The folder {path} is open to other users; run: chmod {mode:o} {path}"
        )


def _check_owner(path: Path) -> None:
    found = path.stat()
    if found.st_uid != os.geteuid():
        owner = _name(found.st_uid)
        raise OperatorError(
            "ops.data_folder.owner",
            f"The folder {path} belongs to {owner}, and you are {_name(os.geteuid())}; start Resonanz as {owner}, "
            "or name another data folder with --data DIR.",
        )
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise OperatorError(
            "ops.data_folder.mode", f"The folder {path} may be written by other users; run: chmod go-w {path}"
        )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"

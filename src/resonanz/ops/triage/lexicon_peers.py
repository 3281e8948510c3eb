"""Sentiment by lexicon, to compare the judges with: VADER for English and TextBlob-DE for German.

They want packages that Resonanz does not, and old ones. So they live in an environment of their own, made once and on
request only, and are asked over the pipes of a process; what they are given stays on this machine.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from resonanz.ops.errors import OperatorError
from resonanz.ops.installation import InstallationFailed, pip_command
from resonanz.triage.cleaning import MOST_CHARACTERS

NAMES = {"en": "vader", "de": "textblob-de"}
"""The peer of each language."""
LOCK = Path(__file__).with_name("lexicon_peers.lock")
_PROCESS = Path(__file__).with_name("lexicon_peer_process.py")
_STAMP = "resonanz-peers.txt"
_PATIENCE = 600


@dataclass(frozen=True, slots=True)
class Told:
    """A sentiment (negative, neutral, positive) a text; what judging them took, without loading, by the clock and of a
    processor; the most memory, in bytes."""

    values: tuple[str, ...]
    seconds: float
    processor_seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Peers:
    """The environment with both lexicons, ready to be asked."""

    folder: Path

    def sentiments(self, name: str, texts: Sequence[str]) -> Told:
        """What the peer of this name (see NAMES) says of each text; it reads as much of it as the judges do."""
        lines = "\n".join(json.dumps(text[:MOST_CHARACTERS]) for text in texts)
        # -I: neither the folder we stand in nor our own packages are theirs.
        command = [str(_python(self.folder)), "-I", "-B", str(_PROCESS), name]
        try:
            done = subprocess.run(
                command, input=lines, capture_output=True, encoding="utf-8", timeout=_PATIENCE, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise OperatorError("ops.peers.broken", f"{name} did not answer within {_PATIENCE} seconds.") from error
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:]
            raise OperatorError("ops.peers.broken", f"{name} could not be asked: {' '.join(last)}")
        found = json.loads(done.stdout)
        took = float(found["seconds"]), float(found["processor_seconds"])
        return Told(tuple(found["values"]), *took, int(found["memory"]))


def default_folder() -> Path:
    """In the user's cache: what lies there can be made again, and belongs into no backup."""
    return Path(platformdirs.user_cache_dir("resonanz", appauthor=False)) / "lexicon-peers"


def ready(folder: Path) -> Peers | None:
    """The peers in `folder`, or None where they are not installed whole and for this Python."""
    try:
        found = (folder / _STAMP).read_text("utf-8")
    except (OSError, ValueError):
        return None
    return Peers(folder) if found == _wanted() and os.access(_python(folder), os.X_OK) else None


def prepare(folder: Path) -> Peers:
    """Install the peers into `folder` unless they are; takes half a minute, from pip's registry or RESONANZ_WHEELS.

    Raises OperatorError where that is not possible, and where the folder holds something else.
    """
    if (found := ready(folder)) is not None:
        return found
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.with_name(f"{folder.name}.lock")):
            if ready(folder) is None:
                _make(folder)
    except InstallationFailed as error:
        raise OperatorError("ops.peers.no_pip", str(error)) from error
    except OSError as error:
        raise OperatorError("ops.peers.unwritable", f"{folder} cannot be made: {error.strerror}.") from error
    return Peers(folder)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One at a time: who waited for another one finds its work done."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make(folder: Path) -> None:
    _clear(folder)
    folder.mkdir()
    venv.create(folder, with_pip=False, symlinks=True)
    _install(folder)
    (folder / _STAMP).write_text(_wanted(), "utf-8")


def _clear(folder: Path) -> None:
    """What was interrupted, or is for another lock file or Python, is made anew; anything else is not ours."""
    if not folder.exists():
        return
    if not (folder / "pyvenv.cfg").exists() and any(folder.iterdir()):
        raise OperatorError("ops.peers.foreign", f"{folder} holds something else; name another folder.")
    shutil.rmtree(folder)


def _install(folder: Path) -> None:
    command = [
        *pip_command(_python(folder)),
        "install",
        "-qq",
        "--require-hashes",
        "--no-deps",
        "--only-binary",
        ":all:",
    ]
    command += ["--no-input", "--progress-bar", "off", "--disable-pip-version-check", "--requirement", str(LOCK)]
    if wheels := os.environ.get("RESONANZ_WHEELS"):
        command += ["--no-index", "--find-links", wheels]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")][-1:]
        raise OperatorError(
            "ops.peers.not_installed",
            f"The lexicon peers could not be installed ({' '.join(said) or 'pip did not say why'}). They need pip's "
            "registry once; without internet, put the wheels that ops/triage/lexicon_peers.lock names into a "
            "folder and set RESONANZ_WHEELS=FOLDER.",
        )


def _wanted() -> str:
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{lock} {sys.version_info.major}.{sys.version_info.minor} {os.path.realpath(sys.executable)}\n"


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"

"""Flask-WebSub, a hub that others wrote, from PyPI by the hashes in tests/peers/websub, in its own environment."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from resonanz.ops.child_process import dying_with_us
from tests.peers.npm_packages import PeerMissing, alone

SOURCE = Path(__file__).with_name("websub")
_NAMED = ("build.txt", "requirements.txt")
_KEPT = frozenset({"HOME", "LANG", "PATH", "TMPDIR", "USER", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "XDG_CACHE_HOME"})
_PATIENCE, _STARTING = 600, 60.0


@dataclass(frozen=True, slots=True)
class WebSubHub:
    """A running hub; `url` is the address that a feed names."""

    url: str
    folder: Path

    @property
    def host(self) -> str:
        """Host and port, as RESONANZ_ALLOWED_HOSTS wants them."""
        return urllib.parse.urlsplit(self.url).netloc

    def publish(self, topic: str) -> None:
        """Tell it that there is something new, as a publisher does."""
        form = urllib.parse.urlencode({"hub.mode": "publish", "hub.topic": topic}).encode()
        urllib.request.urlopen(self.url, form, timeout=10).close()  # noqa: S310

    def subscribed(self) -> list[str]:
        """The topics that it brings to somebody."""
        with contextlib.closing(sqlite3.connect(self.folder / "hub.sqlite3")) as kept:
            return [topic for (topic,) in kept.execute("SELECT topic_url FROM hub ORDER BY topic_url")]


def installed(say: Callable[[str], None]) -> Path:
    """The folder of its environment; the first time it takes some seconds."""
    fingerprint = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in _NAMED) + sys.version.encode())
    cache = Path(platformdirs.user_cache_dir("resonanz", appauthor=False))
    found = cache / "peers" / f"websub-{fingerprint.hexdigest()[:16]}"
    if not found.exists():
        with alone(found):
            if not found.exists():
                say("Installing a WebSub hub to test against, once …")
                _make(found)
    return found


@contextlib.contextmanager
def serving(installation: Path, folder: Path) -> Iterator[WebSubHub]:
    """The hub, for the time of the block."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = int(listening.getsockname()[1])
    log = folder / "hub.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(installation / "bin" / "python"), str(SOURCE / "hub.py"), str(port), str(folder)],
            env=_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            preexec_fn=dying_with_us(signal.SIGKILL),
        )  # fmt: skip
    try:
        _wait(port, process, log)
        yield WebSubHub(f"http://127.0.0.1:{port}/hub", folder)
    finally:
        process.kill()
        process.wait(timeout=20)


def _make(whole: Path) -> None:
    """Its environment knows its own path, so it is made in place, and taken away where that fails."""
    pip = [str(whole / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
    try:
        _run([sys.executable, "-m", "venv", str(whole)])
        _run([*pip, "-r", str(SOURCE / "build.txt")])
        _run([*pip, "--no-build-isolation", "-r", str(SOURCE / "requirements.txt")])
    except BaseException:
        shutil.rmtree(whole, ignore_errors=True)
        raise


def _run(command: list[str]) -> None:
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, timeout=_PATIENCE, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr)[-2000:]
        raise PeerMissing(f"The WebSub hub cannot be installed here (python3-venv is needed). Last words:\n{said}")


def _environment() -> dict[str, str]:
    """Neither our database nor anybody's secrets are its to see."""
    return {name: value for name, value in os.environ.items() if name.upper() in _KEPT or name.startswith("PIP_")}


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTING
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"The hub did not start. Its last words:\n{log.read_text('utf-8', 'replace')[-3000:]}")

"""Prism, which checks each request against the description of an interface and answers with examples from there.

It knows nothing of what was said before: it proves the shape of requests, and that answers of this shape are read.
"""

from __future__ import annotations

import contextlib
import json
import platform
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from resonanz.ops.child_process import dying_with_us
from tests.peers.npm_packages import NODES, QUIET, PeerMissing, alone, bare_environment, beside, folder_of, node, run

SOURCE = Path(__file__).with_name("prism")
_PROGRAM = Path("node_modules", "@stoplight", "prism-cli", "dist", "index.js")
_STARTING = 120.0


def installed(say: Callable[[str], None]) -> Path:
    """The folder that holds its node_modules; the first time it takes half a minute."""
    found = folder_of(SOURCE)
    if not found.exists():
        if platform.machine() not in NODES or shutil.which("npm") is None:
            raise PeerMissing("Prism cannot be installed here: it needs npm, on Linux (apt install npm).")
        with alone(found):
            if not found.exists():
                say("Installing Prism to test against, once …")
                made = beside(found, SOURCE)
                run(["npm", "ci", "--ignore-scripts", *QUIET], made)
                run([str(node(made) / "bin" / "node"), str(made / _PROGRAM), "--version"], made)
                made.rename(found)
    return found


@contextlib.contextmanager
def serving(installation: Path, folder: Path, document: Mapping[str, Any]) -> Iterator[str]:
    """The address at which requests are checked against the document, for the time of the block."""
    described, log = folder / "document.json", folder / "prism.log"
    described.write_text(json.dumps(document))
    port = _free_port()
    command = [str(node(installation) / "bin" / "node"), str(installation / _PROGRAM), "mock", "--errors"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port), str(described)],
            env=bare_environment(installation),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=dying_with_us(signal.SIGKILL),
        )
    try:
        _wait(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """It listens once it has read the document."""
    until = time.monotonic() + _STARTING
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.2)
    raise RuntimeError(f"Prism did not start. Its last words:\n{log.read_text('utf-8', 'replace')[-3000:]}")

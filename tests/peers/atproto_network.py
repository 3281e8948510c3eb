"""A whole AT Protocol network (directory of identities, personal data server, app view, moderation) on the loopback."""

from __future__ import annotations

import contextlib
import json
import queue
import secrets
import shutil
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal

from resonanz.ops.child_process import dying_with_us
from resonanz.ops.database.embedded import SUPERUSER
from resonanz.ops.database.throwaway import throwaway_database
from tests.peers.atproto_install import SOURCE, bare_environment, node
from tests.peers.atproto_person import Person, call

# Seven seconds on a machine that is idle, two minutes on one that reads it all from a busy disk.
_STARTING = 300.0

Way = Literal["refusing", "silent", "losing"]
"""How a server is cut off: it hangs up at once; it listens and says nothing; what is asked happens, and the answer is
lost."""


class AtprotoNetwork:
    """`host` is what RESONANZ_ALLOWED_HOSTS has to hold, `pds_url` where accounts live, `app_view_url` where pictures
    are shown. `inside_url` is reached also by who is not let through the door."""

    host: str
    pds_url: str
    inside_url: str
    app_view_host: str
    app_view_url: str

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log
        self._names: Counter[str] = Counter()
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def wait_until_ready(self) -> None:
        """Returns when it can be asked, and where is known."""
        ports = self._hear(_STARTING)
        self.host, self.app_view_host = f"localhost:{ports['door']}", f"localhost:{ports['app_view']}"
        self.inside_url = f"http://localhost:{ports['inside']}"
        self.pds_url, self.app_view_url = f"http://{self.host}", f"http://{self.app_view_host}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def open_account(self, name: str) -> Person:
        """The first `eva` becomes eva-1.test: many a plain name is reserved there. A name has 1 to 15 characters."""
        self._names[name] += 1
        handle = f"{name}-{self._names[name]}.test"
        password = secrets.token_urlsafe(12)
        body = {"handle": handle, "email": f"{secrets.token_hex(8)}@example.com", "password": password}
        address = f"{self.pds_url}/xrpc/com.atproto.server.createAccount"
        made = call(address, json.dumps(body).encode(), "application/json")
        return Person(self.pds_url, made["handle"], made["did"], password, made["accessJwt"])

    def cut(self, how: Way = "refusing") -> None:
        """The server cannot be reached until `mend`; inside, the network goes on."""
        self._tell(f"shut {how}")

    def mend(self) -> None:
        """It can be reached again."""
        self._tell("open")

    def stop(self) -> None:
        """It keeps nothing worth a gentle end."""
        self._process.kill()
        self._process.wait(timeout=20)
        self._listener.join(timeout=20)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _tell(self, line: str) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(f"{line}\n")
        stdin.flush()
        assert self._hear(20) == {"done": line}

    def _hear(self, seconds: float) -> dict[str, Any]:
        with contextlib.suppress(queue.Empty):
            if said := self._said.get(timeout=seconds):
                return said
        told = self._log.read_text("utf-8", "replace")[-3000:]
        raise RuntimeError(f"The AT Protocol network said nothing any more. Its last words:\n{told}")

    def _listen(self) -> None:
        stdout: IO[str] | None = self._process.stdout
        assert stdout is not None
        for line in stdout:
            if line.startswith("PEER "):
                self._said.put(json.loads(line.removeprefix("PEER ")))
        self._said.put({})


@contextlib.contextmanager
def running_network(installation: Path, folder: Path) -> Iterator[AtprotoNetwork]:
    """A new network, with nobody on it, for the time of the block; what it stores lies in `folder`."""
    with throwaway_database() as database:
        environment = {
            **bare_environment(installation),
            "TMPDIR": str(folder),
            # It has to be named, and nothing asks it.
            "REDIS_HOST": "127.0.0.1:1",
            "PEER_DATABASE": database.url(SUPERUSER, "postgres"),
        }
        log = folder / "network.log"
        with log.open("wb") as output:
            network = AtprotoNetwork(_start(installation, folder, environment, output), log)
        try:
            network.wait_until_ready()
            yield network
        finally:
            network.stop()


def _start(installation: Path, folder: Path, environment: dict[str, str], log: IO[bytes]) -> subprocess.Popen[str]:
    # A module finds its packages from where it lies.
    for file in SOURCE.glob("*.mjs"):
        shutil.copy(file, folder)
    (folder / "node_modules").symlink_to(installation / "node_modules")
    command = [str(node(installation) / "bin" / "node"), "--import", "./loopback.mjs", "network.mjs"]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        preexec_fn=dying_with_us(signal.SIGKILL),
    )

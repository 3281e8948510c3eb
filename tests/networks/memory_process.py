"""The practice network as a process of its own, to be started, killed and started again on the same file."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from resonanz.core import clock
from resonanz.networks.contract import Account


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@dataclass
class MemoryProcess:
    """A running practice network. `host` is what RESONANZ_ALLOWED_HOSTS has to hold."""

    file: Path
    port: int = field(default_factory=free_port)
    per_minute: int = 60_000
    _process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def __enter__(self) -> MemoryProcess:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self.stop()
        else:
            self.kill()

    def start(self) -> None:
        """Returns when it answers."""
        options = ["--port", str(self.port), "--file", str(self.file), "--per-minute", str(self.per_minute)]
        self._process = subprocess.Popen([sys.executable, "-m", "resonanz.networks.memory.server", *options])
        end = clock.monotonic() + 60
        while clock.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                clock.sleep(0.05)
        self.kill()
        raise RuntimeError("the practice network did not start")

    def kill(self) -> None:
        """As the power would: without a chance to tidy up."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Asks it to end and waits; raises when it does not end well."""
        if self._process is not None and self._end(signal.SIGTERM) != 0:
            raise RuntimeError("the practice network did not end well")

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        status = self._process.wait(timeout=60)
        self._process = None
        return status

    def call(self, method: str, path: str, token: str = "", /, **body: object) -> dict[str, Any]:
        """One request as some other person's app would make it; a status of 400 or more raises HTTPError."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        data = json.dumps(body).encode() if method != "GET" else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            found: dict[str, Any] = json.loads(answer.read() or b"{}")
            return found

    def open_account(self, handle: str, name: str = "") -> Account:
        """A new account there, as a connector sees it."""
        made = self.call("POST", "/accounts", handle=handle, name=name or handle.title())
        return Account(
            network="memory", address=self.url, native_id=made["id"], handle=made["handle"], secret=made["token"]
        )

    def say(self, account: Account, text: str, **more: object) -> dict[str, Any]:
        """A post or reply of `account`."""
        return self.call("POST", "/posts", account.secret, **{"text": text, **more})

    def trouble(self, mode: str, **more: object) -> None:
        """What goes wrong from now on."""
        self.call("POST", "/_control", mode=mode, **more)

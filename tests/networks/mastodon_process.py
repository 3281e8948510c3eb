"""A Mastodon server that others wrote for testing (mastodon-mock), as a process of its own on the loopback."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.networks.memory_process import free_port

from resonanz.core import clock
from resonanz.networks.contract import Account

_SETTINGS = """
domain = "{host}"
title = "Beispielserver"
rules = ["Be kind.", "No spam."]
[database]
path = "{file}"
[streaming]
heartbeat_seconds = 1.0
"""


@dataclass
class MastodonProcess:
    """`host` is what RESONANZ_ALLOWED_HOSTS has to hold."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def start(self) -> None:
        """Returns when it answers."""
        settings = self.folder / "server.toml"
        settings.write_text(_SETTINGS.format(host=self.host, file=self._database), "utf-8")
        command = [sys.executable, "-m", "mastodon_mock", "serve", "--config", str(settings), "--log-level", "error"]
        self._process = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(self.port)])
        end = clock.monotonic() + 60
        while clock.monotonic() < end:
            try:
                self.call("GET", "/api/v1/streaming/health")
                return
            except (urllib.error.URLError, ConnectionError, ValueError):
                clock.sleep(0.1)
        raise RuntimeError("the server did not start")

    def stop(self) -> None:
        """It keeps nothing worth a gentle end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)

    def call(self, method: str, path: str, token: str = "", /, **body: object) -> Any:
        """One request as some other person's app would make it; a status of 400 or more raises HTTPError."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        data = json.dumps(body).encode() if method != "GET" else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            found = answer.read()
            return json.loads(found) if found.startswith((b"{", b"[")) else found

    def open_account(self, name: str, **settings: str) -> Account:
        """A new account there, as a connector sees it after somebody let us in."""
        made = self.call("POST", "/api/v1/_mock/dev_user", username=name)
        return Account(
            network="mastodon",
            address=self.url,
            origin=self.host,
            native_id=made["id"],
            handle=f"{name}@{self.host}",
            secret=made["access_token"],
            settings=settings,
        )

    def say(self, account: Account, text: str, **more: object) -> dict[str, Any]:
        """A status of `account`."""
        said: dict[str, Any] = self.call("POST", "/api/v1/statuses", account.secret, status=text, **more)
        return said

    def let_find(self, account: Account) -> None:
        """The person wants to be found, which the server has no request for."""
        with sqlite3.connect(self._database, timeout=20) as connection:
            connection.execute("UPDATE accounts SET indexable = 1 WHERE id = ?", [int(account.native_id)])
        connection.close()

    def trouble(self, path: str, effect: dict[str, object], *, method: str = "GET", count: int = 1) -> None:
        """What befalls the next requests of this kind."""
        match = {"methods": [method], "path": path}
        self.call("POST", "/api/v1/_mock/faults", match=match, effect=effect, count=count)

    @property
    def _database(self) -> Path:
        return self.folder / "server.sqlite3"

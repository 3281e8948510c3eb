"""The product as processes on a PostgreSQL of its own; any of them may be killed at any moment and is started again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from resonanz.core import clock
from resonanz.ops.data_folder import open_data_folder
from resonanz.ops.database.embedded import APPLICATION, OWNER, EmbeddedDatabase
from resonanz.ops.database.roles import prepare_roles
from tests.networks.memory_process import MemoryProcess, free_port


@dataclass
class UnderFire:
    """Database, web server and sender. `killing` counts how often each was met."""

    data: Path
    practice: MemoryProcess
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database = EmbeddedDatabase(open_data_folder(self.data), {})
        self._over, self._ended, self._moving = threading.Event(), threading.Event(), threading.Lock()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"},
            "DATABASE_URL": self.database.url(APPLICATION),
            "RESONANZ_DATA": str(self.data),
            "RESONANZ_BASE_URL": self.url,
            "RESONANZ_ALLOWED_HOSTS": self.practice.host,
            "RESONANZ_OUTBOX_LEASE_SECONDS": "2",
            "DJANGO_SETTINGS_MODULE": "resonanz.config.settings",
        }

    def begin(self) -> None:
        """Make the database and start it; nothing else runs yet."""
        self.database.prepare(lambda _text: None)
        self._start("database")
        prepare_roles(self.database)
        self.run("-m", "resonanz", "migrate", DATABASE_OWNER_URL=self.database.url(OWNER))

    def run(self, *command: str, **more: str) -> str:
        """What a program prints."""
        done = subprocess.run(
            [sys.executable, *command], env=self.environment | more, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self) -> None:
        """Web server and sender."""
        for name in ("web", "outbox"):
            self._start(name)

    def fire(self, *, seed: int, between: tuple[float, float]) -> None:
        """Kill one of them at random, again and again, each time starting it anew; until `cease`."""
        threading.Thread(target=self._fire, args=(random.Random(seed), between), daemon=True).start()

    def cease(self) -> None:
        """No more kills; what was killed last is started again."""
        self._over.set()

    def end(self) -> None:
        """Stop everything."""
        self.cease()
        with self._moving:  # whatever is just being started anew is stopped as well
            for name in ("outbox", "web", "database"):
                process = self.processes.pop(name, None)
                if process is not None:
                    self._stop(process, signal.SIGINT if name == "database" else signal.SIGTERM)
        self._ended.set()

    def _fire(self, chance: random.Random, between: tuple[float, float]) -> None:
        while not self._over.wait(chance.uniform(*between)):
            with self._moving:
                self._kill(chance.choice(["web", "outbox", "outbox", "database"]))
        # The kernel ends a database with the thread that started it, so this one stays.
        while not self._ended.wait(0.5):
            with self._moving:
                self._start_what_ended()

    def _start_what_ended(self) -> None:
        """As `up` and every service manager do: a worker that lost its database ends, and is started anew."""
        for name in [name for name, process in self.processes.items() if process.poll() is not None]:
            self._start(name)

    def _kill(self, name: str) -> None:
        if self._over.is_set():
            return
        process = self.processes[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills[name] = self.kills.get(name, 0) + 1
        self._start(name)

    @staticmethod
    def _stop(process: subprocess.Popen[bytes], sign: signal.Signals) -> None:
        process.send_signal(sign)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self, name: str) -> None:
        log = (self.data / f"{name}.log").open("ab")
        with log:
            if name == "database":
                self.database.prepare(lambda _text: None)  # ends what a killed server left behind
                self.processes[name] = self.database.start(log.fileno())
                self.database.wait_until_ready(lambda: self.processes[name].poll() is None, lambda _text: None)
                return
            arguments = {"web": ["web", "--port", str(self.port)], "outbox": ["worker", "--queue", "outbox"]}[name]
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "resonanz", *arguments], env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        clock.sleep(0.05)

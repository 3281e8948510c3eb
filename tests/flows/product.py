"""The real product, as its processes, on a database of its own made from a template."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg.conninfo import make_conninfo

from resonanz.core import clock
from tests.networks.memory_process import MemoryProcess, free_port

TEMPLATE = "resonanz_template"
APPLICATION, PASSWORD = "flow_application", "only-for-tests"


def superuser_url(database: str) -> str:
    """The address of a database on the tests' server."""
    return make_conninfo(os.environ["TEST_DATABASE_URL"], dbname=database)


def application_url(database: str) -> str:
    """The same, for the role that may only read and write rows."""
    return make_conninfo(superuser_url(database), user=APPLICATION, password=PASSWORD)


def make_template(data: Path) -> None:
    """A migrated database that is never used itself, so that copies of it take a moment."""
    with psycopg.connect(superuser_url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone():
            connection.execute(f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{PASSWORD}'")
    environment = {
        **os.environ,
        "DATABASE_URL": application_url(TEMPLATE),
        "DATABASE_OWNER_URL": superuser_url(TEMPLATE),
        "RESONANZ_DATA": str(data),
    }
    subprocess.run([sys.executable, "-m", "resonanz", "migrate"], env=environment, check=True, capture_output=True)


_COLLEAGUE = """
INSERT INTO accounts_user SELECT made.* FROM accounts_user u, jsonb_populate_record(u, jsonb_build_object(
    'id', nextval(pg_get_serial_sequence('accounts_user', 'id')), 'email', %s::text, 'name', %s::text,
    'initials', %s::text, 'role', %s::text, 'password', '!')) made
ORDER BY u.id LIMIT 1 RETURNING id
"""


@dataclass
class Product:
    """Start it with `with`; kill and start single processes by name."""

    data: Path
    practice: MemoryProcess
    port: int = field(default_factory=free_port)
    database: str = field(default_factory=lambda: f"flow_{uuid.uuid4().hex[:12]}")
    more: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"},
            "DATABASE_URL": application_url(self.database),
            "RESONANZ_DATA": str(self.data),
            "RESONANZ_BASE_URL": self.url,
            "RESONANZ_ALLOWED_HOSTS": self.practice.host,
            "DJANGO_SETTINGS_MODULE": "resonanz.config.settings",
            **self.more,
        }

    def __enter__(self) -> Product:
        with psycopg.connect(superuser_url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.database} TEMPLATE {TEMPLATE}")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        with psycopg.connect(superuser_url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {self.database} WITH (FORCE)")

    def command(self, *arguments: str) -> str:
        """What a command prints."""
        done = subprocess.run(
            [sys.executable, "-m", "resonanz", *arguments],
            env=self.environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, name: str, *arguments: str) -> None:
        log = (self.data / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "resonanz", *arguments], env=self.environment, stdout=log, stderr=log
            )

    def start_all(self) -> None:
        """Everything that `up` starts but the database and the practice network."""
        self.start("web", "web", "--port", str(self.port))
        self.start("listen", "listen")
        self.start("outbox", "worker", "--queue", "outbox")
        wait_until(self._answers, seconds=300)

    def kill(self, name: str) -> None:
        """SIGKILL."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def rows(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        """What the database holds."""
        with psycopg.connect(superuser_url(self.database)) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def add_colleague(self, email: str, name: str, role: str) -> None:
        """Somebody more, who is otherwise as the first administrator is; the demo made that one."""
        self.rows(_COLLEAGUE, email, name, "".join(word[0] for word in name.split()), role)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/accounts/login/", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def wait_until(holds: object, *, seconds: float = 60) -> None:
    """Until `holds()`; an AssertionError after `seconds`."""
    assert callable(holds)
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        if holds():
            return
        clock.sleep(0.1)
    raise AssertionError(f"not within {seconds} seconds")

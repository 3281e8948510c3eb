"""`resonanz up`: everything under one supervisor."""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg

from resonanz.core import clock, env
from resonanz.core.secrets import ensure_key
from resonanz.ops import logs
from resonanz.ops.data_folder import DataFolder, locked, open_data_folder
from resonanz.ops.database.embedded import APPLICATION, OWNER, EmbeddedDatabase, full_disk
from resonanz.ops.database.migration_state import is_migrated, note_migrated
from resonanz.ops.database.roles import prepare_roles, role_of
from resonanz.ops.demo_world.progress import has_demo, is_prepared
from resonanz.ops.errors import OperatorError
from resonanz.ops.supervisor import Program, Running, Supervisor, end_strays, python_program

DEFAULT_PORT = 8000
STOP_ORDER = ("tidy", "demo", "listen", "intake", "web", "worker", "outbox", "memory", "database")
PRACTICE_VARIABLE = "RESONANZ_PRACTICE"
WEB_SECONDS = 120.0


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Where to answer.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 answers the whole network.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, readable=False),
    help="The folder for database, key file, uploads and logs. "
    "[default: RESONANZ_DATA, else ~/.local/share/resonanz, for root /var/lib/resonanz]",
)
@click.option("--demo", is_flag=True, help="With a practice network and something to look at.")
def up(port: int, host: str, data: Path | None, demo: bool) -> None:
    """Start everything: database, web, workers and listeners. Ctrl-C stops it.

    The first start makes what is missing; every further start goes on where the last one stopped. Set DATABASE_URL
    to use a PostgreSQL (15 to 18) of your own, and DATABASE_OWNER_URL for the role that owns the tables.
    """
    folder = open_data_folder(data)
    with locked(folder), _interruptible():
        House(folder, host, port, demo).run()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Until all is stopped, SIGTERM and a closed terminal count as Ctrl-C."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass
class House:
    """One run of everything."""

    folder: DataFolder
    host: str
    port: int
    demo: bool

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(folder=self.folder, say=say)
        self.environment = dict(os.environ)
        self.owner_url = ""

    @property
    def base_url(self) -> str:
        return os.environ.get("RESONANZ_BASE_URL") or f"http://localhost:{self.port}"

    def run(self) -> None:
        """Start, watch until Ctrl-C, stop. What fails while starting stops what already runs."""
        if end_strays(self.folder):
            say("Ended what an earlier run had left behind.")
        _require_free_port(self.host, self.port)
        try:
            self._start()
            tidy = python_program("tidy", ["tidy"], self.environment | {"DATABASE_OWNER_URL": self.owner_url})
            self.supervisor.watch(daily=tidy)
        except KeyboardInterrupt:
            say("Stopping …")
        finally:
            self.supervisor.stop_all(STOP_ORDER)
        say("Stopped. ./resonanz up goes on from here.")

    def _start(self) -> None:
        self.environment |= {
            "RESONANZ_DATA": str(self.folder.path),
            "RESONANZ_BASE_URL": self.base_url,
            "DJANGO_SETTINGS_MODULE": "resonanz.config.settings",
            "PYTHONUNBUFFERED": "1",
        }
        os.environ["RESONANZ_DATA"] = str(self.folder.path)
        self.supervisor.base_url = self.base_url
        ensure_key()
        self._start_database()
        interrupted = self.folder.unfinished_restore.exists()
        if interrupted or not is_migrated(owner_url=self.owner_url, folder=self.folder.run):
            self._run_once("migrate", ["migrate"], {"DATABASE_OWNER_URL": self.owner_url})
            note_migrated(owner_url=self.owner_url, folder=self.folder.run)
        if interrupted:
            say("Finishing a restore that was interrupted …")
            self._run_once("replay-tombstones", ["replay-tombstones"], {})
            self.folder.unfinished_restore.unlink(missing_ok=True)
        if self._practises:
            self._start_memory_network()
        if self._is_demo:
            self._prepare_demo()
        # The web server first and alone: on a small machine the others would take its time while somebody waits.
        web = self.supervisor.start(self._program("web", ["web", "--host", self.host, "--port", str(self.port)]))
        link = self._sign_in_link()
        self._wait_for_web(web)
        self.supervisor.start(self._program("worker", ["worker"], stop_seconds=25.0))
        self.supervisor.start(self._program("outbox", ["worker", "--queue", "outbox"], stop_seconds=25.0))
        self.supervisor.start(self._program("listen", ["listen"]))
        if env.words("RESONANZ_STREAM"):
            self.supervisor.start(self._program("intake", ["intake"], stop_seconds=25.0))
        if self._is_demo:
            self.supervisor.start(self._program("demo", ["demo", *self._world]))
        self._tell_address(link)

    def _start_database(self) -> None:
        given = os.environ.get("DATABASE_URL")
        if given:
            _require_reachable(given)
            self.owner_url = os.environ.get("DATABASE_OWNER_URL") or given
        else:
            self._start_embedded_database()
        self.environment.pop("DATABASE_OWNER_URL", None)

    def _start_embedded_database(self) -> None:
        database = EmbeddedDatabase(self.folder)

        def start(output: int) -> subprocess.Popen[bytes]:
            database.prepare(say)
            return database.start(output)

        program = Program("database", start, stop_signal=signal.SIGINT, stop_seconds=60.0)
        running = self.supervisor.start(program)
        database.wait_until_ready(running.is_alive, say)
        prepare_roles(database)
        self.owner_url = database.url(OWNER)
        self.environment["DATABASE_URL"] = database.url(APPLICATION)

    @property
    def _is_demo(self) -> bool:
        """Whether a demonstration is wanted, or was begun here, which goes on until its folder is gone."""
        return self.demo or has_demo(self.folder.path)

    @property
    def _practises(self) -> bool:
        return self._is_demo or env.flag(PRACTICE_VARIABLE, default=True)

    @property
    def _network_file(self) -> Path:
        return self.folder.path / "memory-network.sqlite3"

    @property
    def _world(self) -> list[str]:
        """The options by which a command finds the practice network and its permission."""
        return ["--memory-url", self.environment["RESONANZ_PRACTICE_URL"], "--network-file", str(self._network_file)]

    def _start_memory_network(self) -> None:
        port = _memory_port(self.folder)
        self.supervisor.start(
            self._program("memory", ["memory", "--file", str(self._network_file), "--port", str(port)])
        )
        _wait_for_port(port)
        # The practice network stands on this machine, where the HTTP client goes only if told to.
        allowed = [self.environment.get("RESONANZ_ALLOWED_HOSTS", ""), f"127.0.0.1:{port}"]
        self.environment["RESONANZ_ALLOWED_HOSTS"] = ",".join(filter(None, allowed))
        self.environment["RESONANZ_PRACTICE_URL"] = f"http://127.0.0.1:{port}"

    def _prepare_demo(self) -> None:
        self.environment["RESONANZ_DEMO"] = "true"
        if not is_prepared(self.folder.path):
            say("Playing two weeks of the demo world; this takes up to a minute …")
        self._run_once("prepare-demo", ["prepare-demo", *self._world], {})

    def _program(self, name: str, arguments: list[str], *, stop_seconds: float = 10.0) -> Program:
        return python_program(name, arguments, self.environment, stop_seconds=stop_seconds)

    def _run_once(self, name: str, arguments: list[str], more: dict[str, str]) -> None:
        """A command that must succeed before the start goes on; its words go to its log."""
        output = logs.open_log(self.folder.logs, name)
        try:
            command = [sys.executable, "-m", "resonanz", *arguments]
            code = subprocess.run(command, env=self.environment | more, stdout=output, stderr=output, check=False)
        finally:
            os.close(output)
        if code.returncode:
            for log in (name, "database"):
                if any("No space left on device" in line for line in logs.last_lines(self.folder.logs, log, 50)):
                    raise OperatorError("ops.disk_full", full_disk(self.folder.path))
            told = logs.last_lines(self.folder.logs, name, 1)
            reason = told[0] if told else f"exit code {code.returncode}"
            raise OperatorError(f"ops.{name}", f"{name} failed: {reason} (more in {self.folder.logs}/{name}.log)")

    def _wait_for_web(self, web: Running) -> None:
        deadline = clock.monotonic() + WEB_SECONDS
        while not _answers(self.host, self.port):
            self.supervisor.tend()
            if clock.monotonic() > deadline or web.restarts > 2:
                told = " ".join(logs.last_lines(self.folder.logs, "web", 1))
                raise OperatorError("ops.web", f"The web server does not start: {told} ({self.folder.logs}/web.log)")
            clock.sleep(0.1)

    def _sign_in_link(self) -> str:
        """What to say about signing in; made while the web server starts."""
        command = [sys.executable, "-m", "resonanz", "sign-in-link", "--base-url", self.base_url]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            return f"A sign-in link could not be made: {reason}"
        link = done.stdout.strip()
        return f"Sign in as the first administrator, once and within half an hour: {link}" if link else ""

    def _tell_address(self, link: str) -> None:
        say(f"Resonanz answers at {self.base_url}")
        if link:
            say(link)
        say(f"Data: {self.folder.path}. Ctrl-C stops everything.")


def say(text: str) -> None:
    """A line to the person at the terminal, who may have gone away."""
    with contextlib.suppress(OSError):
        click.echo(text)
        sys.stdout.flush()


def _require_free_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OperatorError("ops.port", _port_sentence(error, host, port)) from error


def _port_sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program; choose another one: ./resonanz up --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} needs rights you do not have; choose one above 1023: ./resonanz up --port {DEFAULT_PORT}"
    return f"Resonanz cannot answer at {host}:{port}: {error.strerror or error}; choose others with --host and --port."


def _require_reachable(url: str) -> None:
    role_of(url)
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise OperatorError(
            "ops.database.unreachable", f"The database of DATABASE_URL is not reachable: {reason}"
        ) from error
    if not 15 <= version <= 18:
        raise OperatorError(
            "ops.database.version", f"The database of DATABASE_URL is PostgreSQL {version}; Resonanz needs 15 to 18."
        )


def _memory_port(folder: DataFolder) -> int:
    """The practice network's port: the same at every start as long as it is free, because posts link to it."""
    file = folder.path / "memory-network.json"
    with contextlib.suppress(OSError, ValueError, KeyError):
        port = int(json.loads(file.read_text("utf-8"))["port"])
        _require_free_port("127.0.0.1", port)
        return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    file.write_text(json.dumps({"port": port}), "utf-8")
    return port


def _wait_for_port(port: int) -> None:
    deadline = clock.monotonic() + 20.0
    while clock.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return
        clock.sleep(0.05)
    raise OperatorError(
        "ops.memory", "The practice network does not start; logs/memory.log in the data folder tells why."
    )


def _answers(host: str, port: int) -> bool:
    """Whether an HTTP answer comes, whatever it says."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared with, not bound to
    connection = http.client.HTTPConnection(target, port, timeout=5.0)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True

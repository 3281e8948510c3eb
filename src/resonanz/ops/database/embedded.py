"""The embedded PostgreSQL: making the cluster, the command that runs it, waiting for it, its addresses.

It listens on a socket in the data folder alone, and every role has a password. Who runs the process is the caller's
affair: the supervisor for `up`, `running()` for a single command.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import signal
import stat
import subprocess
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from resonanz.core import clock
from resonanz.ops.child_process import dying_with_us
from resonanz.ops.data_folder import DataFolder
from resonanz.ops.database import postgres_binaries
from resonanz.ops.database.leftovers import end_leftovers
from resonanz.ops.database.memory import shared_buffers
from resonanz.ops.database.os_user import OSUser, can_enter, database_user
from resonanz.ops.errors import OperatorError

SUPERUSER, OWNER, APPLICATION = "postgres", "resonanz_owner", "resonanz_app"
DATABASE = "resonanz"
PORT = 5432
STARTING_SECONDS = 30.0
# The kernel takes 107 bytes for the whole name of a socket, of which "/.s.PGSQL.5432" needs 14.
LONGEST_SOCKET_FOLDER = 90

# What the operator cannot want otherwise. Erased names must not stay in the log (error_verbosity, min_error_statement,
# parameter_max_length) nor in recycled WAL files, which keep their old content until they are overwritten.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",  # as on any disk without heads; with the 4 of old, lists read whole tables
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_recycle": "off",
    "min_wal_size": "32MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_parameter_max_length": "0",
    "log_min_duration_statement": "-1",
    "log_statement": "none",
    "log_lock_waits": "off",
    "log_temp_files": "-1",
    "jit": "off",
}


@dataclass(frozen=True)
class EmbeddedDatabase:
    """The cluster of one data folder."""

    folder: DataFolder
    # For throw-away clusters, which may trade safety for speed.
    more_settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def cluster(self) -> Path:
        return self.folder.database

    @property
    def user(self) -> OSUser:
        return database_user()

    @property
    def installation(self) -> Path:
        return postgres_binaries.for_user(self.user, self.folder.path)

    @property
    def socket_folder(self) -> Path:
        inside = self.folder.run / "database"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        name = hashlib.sha256(os.fsencode(self.folder.path)).hexdigest()[:16]
        return Path("/tmp", f"resonanz-{os.geteuid()}-{name}")  # noqa: S108  # checked to be ours in _make_socket_folder

    def prepare(self, say: Callable[[str], None]) -> None:
        """Make what is missing and end what an earlier run left; the caller holds the lock of the data folder."""
        if not can_enter(self.user, self.folder.path):
            raise OperatorError(
                "ops.database.closed_folder",
                f"PostgreSQL runs as the user {self.user.name}, who cannot pass through to {self.folder.path}; name a "
                "data folder that is not below a private one with --data DIR (for example /var/lib/resonanz).",
            )
        self._make_socket_folder()
        if not self.cluster.exists():
            say("Making the database …")
            self._initialise()
        self._check_version()
        if end_leftovers(self.cluster):
            say("Stopped a database that an earlier run had left behind.")
        for stale in self.socket_folder.glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)

    def command(self) -> list[str]:
        """The command line of the server."""
        sockets = {"unix_socket_directories": str(self.socket_folder), "unix_socket_permissions": "0700"}
        settings = {**SETTINGS, "shared_buffers": shared_buffers(), **self.more_settings, **sockets}
        given = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.installation / "bin" / "postgres"), "-D", str(self.cluster), *given]

    def start(self, output: int) -> subprocess.Popen[bytes]:
        """A server process in its own session; it shuts down cleanly when we die. `prepare` went before."""
        try:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                self.command(),
                cwd="/",
                env=_bare_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=dying_with_us(signal.SIGINT),
                **self.user.popen_arguments(),  # type: ignore[call-overload]
            )
            return process
        except OSError as error:
            raise OperatorError(
                "ops.database.not_started", f"PostgreSQL cannot be started: {error.strerror} ({error.filename})."
            ) from error

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address for `role`, with its password: never printed, never logged."""
        password = urllib.parse.quote(self.password(role), safe="")
        host = urllib.parse.quote(str(self.socket_folder), safe="")
        return f"postgresql://{role}:{password}@/{database}?host={host}&port={PORT}"

    def password(self, role: str) -> str:
        """The password of `role`, made with the cluster."""
        return self._passwords()[role]

    def wait_until_ready(self, is_alive: Callable[[], bool], say: Callable[[str], None]) -> None:
        """Return when `SELECT 1` is answered; recovery after a crash may take its time, a dead server may not."""
        url = self.url(SUPERUSER, "postgres")
        started, told = clock.monotonic(), False
        while True:
            try:
                with psycopg.connect(url, connect_timeout=5) as connection:
                    connection.execute("SELECT 1")
                return
            except psycopg.OperationalError as error:
                waited = clock.monotonic() - started
                recovering = "starting up" in str(error) or "recovery" in str(error)
                if not is_alive() or (waited > STARTING_SECONDS and not recovering):
                    raise OperatorError("ops.database.not_started", self._reason()) from error
                if waited > 5 and not told:
                    say("The database is recovering what the last run had not finished …")
                    told = True
                clock.sleep(0.05)

    def _reason(self) -> str:
        log = self.folder.logs / "database.log"
        with contextlib.suppress(OSError):
            told = log.read_text("utf-8", "replace").splitlines()[-200:]
            if full := self._full_disk(told):
                return full
            fatal = [line.split(":  ", 1)[-1] for line in told if "FATAL" in line or "PANIC" in line]
            if fatal:
                return f"The database did not start: {fatal[-1]} (more in {log})."
        return f"The database did not start; {log} tells why."

    def _full_disk(self, told: list[str]) -> str:
        """The sentence about a full disk, if that is what was told."""
        return full_disk(self.folder.path) if any("No space left on device" in line for line in told) else ""

    def _make_socket_folder(self) -> None:
        folder = self.socket_folder
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self.user.own(folder)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.user.uid or stat.S_IMODE(found.st_mode) & 0o077:
            raise OperatorError(
                "ops.database.socket_folder", f"The folder {folder} is not private to {self.user.name}; remove it."
            )

    def _check_version(self) -> None:
        of_cluster = (self.cluster / "PG_VERSION").read_text("ascii").strip()
        of_programs = postgres_binaries.version(self.installation).split(".")[0]
        if of_cluster != of_programs:
            raise OperatorError(
                "ops.database.version",
                f"The database in {self.cluster} was made by PostgreSQL {of_cluster}, and this version of Resonanz "
                f"brings {of_programs}; make a backup with the version you came from, and restore it with this one.",
            )

    def _initialise(self) -> None:
        """initdb into a folder beside, then put in place: an interrupted one is never taken for a database."""
        beside = self.folder.path / "database.new"
        if beside.exists():
            subprocess.run(["rm", "-rf", "--", str(beside)], check=True)
        beside.mkdir(mode=0o700)
        self.user.own(beside)
        password_file = self.socket_folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password(SUPERUSER) + "\n", "ascii")
        self.user.own(password_file)
        command = [str(self.installation / "bin" / "initdb"), "--pgdata", str(beside), "--username", SUPERUSER]
        command += ["--auth", "scram-sha-256", "--pwfile", str(password_file), "--encoding", "UTF8", "--data-checksums"]
        # The builtin locale sorts the same on every machine and after every upgrade of the C library.
        command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C", "--no-instructions"]
        done = subprocess.run(
            command,
            cwd="/",
            env=_bare_environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.user.popen_arguments(),  # type: ignore[call-overload]
        )
        password_file.unlink()
        if done.returncode:
            told = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
            raise OperatorError(
                "ops.database.not_made", self._full_disk(told) or f"The database cannot be made: {told[0]}"
            )
        beside.rename(self.cluster)

    def _passwords(self) -> dict[str, str]:
        file = self.folder.secrets / "database.json"
        if not file.exists():
            if self.cluster.exists():
                raise OperatorError(
                    "ops.database.passwords_lost",
                    f"{file} is gone, and with it the passwords of the database in {self.cluster}; put it back from "
                    "your copy, or move the database away and restore a backup.",
                )
            made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APPLICATION)}
            beside = file.with_suffix(".new")
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
                json.dump(made, handle)
            beside.replace(file)
        found: dict[str, str] = json.loads(file.read_text("utf-8"))
        return found


def full_disk(path: Path) -> str:
    """What to tell when the disk of `path` is full."""
    return f"The disk that holds {path} is full; make room and start again. Nothing is lost."


def _bare_environment() -> dict[str, str]:
    """The server needs nothing of ours, and what it does not have it cannot leak."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


@contextlib.contextmanager
def running(database: EmbeddedDatabase, say: Callable[[str], None]) -> Iterator[None]:
    """The server for the time of the block, its words in logs/database.log; the caller holds the data folder."""
    database.prepare(say)
    with (database.folder.logs / "database.log").open("ab") as log:
        process = database.start(log.fileno())
    try:
        database.wait_until_ready(lambda: process.poll() is None, say)
        yield
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], seconds: float = 60.0) -> None:
    """A fast shutdown: open transactions are rolled back, everything is written. Then, if need be, the hard way."""
    for with_signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(with_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds if with_signal is signal.SIGINT else 10.0)
            return

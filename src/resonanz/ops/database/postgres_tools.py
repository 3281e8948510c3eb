"""pg_dump, pg_restore and psql of the right version, with the password out of sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from resonanz.ops.database import postgres_binaries
from resonanz.ops.errors import OperatorError


@dataclass(frozen=True)
class Tools:
    """The programs for one database; `server` is its major version."""

    folder: Path
    url: str
    server: int

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command line; other users see it, so it holds no password."""
        address = {name: str(value) for name, value in conninfo_to_dict(self.url).items() if name != "password"}
        return [str(self.folder / program), "--dbname", make_conninfo("", **address), *arguments]

    def environment(self) -> dict[str, str]:
        """The environment, which only we see, with the password."""
        password = conninfo_to_dict(self.url).get("password")
        return {**os.environ, "LC_ALL": "C", **({"PGPASSWORD": str(password)} if password else {})}


def tools_to_read(url: str) -> Tools:
    """Programs that read every dump: the ones that come with Resonanz, the newest we know."""
    return Tools(postgres_binaries.packaged() / "bin", url, _server(url))


def tools_to_write(url: str) -> Tools:
    """Programs at least as new as the server: those on PATH, else the ones that come with Resonanz."""
    server = _server(url)
    on_path = shutil.which("pg_dump")
    for folder in (Path(on_path).parent if on_path else None, postgres_binaries.packaged() / "bin"):
        # Older programs refuse a newer server; much newer ones write what an older server does not understand.
        if folder is not None and _major(folder / "pg_dump") == server:
            return Tools(folder, url, server)
    if _major(postgres_binaries.packaged() / "bin" / "pg_dump") >= server:
        return Tools(postgres_binaries.packaged() / "bin", url, server)
    raise OperatorError(
        "ops.backup.no_programs",
        f"The database is PostgreSQL {server}, and no pg_dump of that version is found; install it "
        f"(Debian: apt install postgresql-client-{server}).",
    )


def _server(url: str) -> int:
    with psycopg.connect(url, connect_timeout=10) as connection:
        return connection.info.server_version // 10000


def _major(program: Path) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found.group(1)) if found else 0

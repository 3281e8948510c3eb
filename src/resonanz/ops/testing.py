"""`resonanz test`: the tests, on a database that is made for them and thrown away."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from resonanz.ops.database.embedded import SUPERUSER
from resonanz.ops.database.throwaway import throwaway_database
from resonanz.ops.errors import OperatorError

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium", "fonts-dejavu-core")


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--peers", is_flag=True, help="Also the tests against real servers that others wrote.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(peers: bool, arguments: tuple[str, ...]) -> None:
    """Run the tests on a throw-away database.

    Everything after `--` goes to pytest, for example: ./resonanz test -- tests/core -q

    As root on Debian, Chromium is installed when it is missing; what cannot be installed is listed, and its tests are
    skipped. With CI=true a skipped test is a failure. TEST_DATABASE_URL, a superuser's address, replaces the
    throw-away database.

    With --peers, servers that others wrote are installed into the user's cache once, which takes minutes and npm, and
    our connectors talk to them.
    """
    if importlib.util.find_spec("pytest") is None or not (ROOT / "tests").is_dir():
        raise OperatorError("ops.test.nothing", "The tests need a checkout of Resonanz; run ./resonanz test there.")
    for line in provide_chromium():
        click.echo(line, err=True)
    with _database_url() as url, tempfile.TemporaryDirectory(prefix="resonanz-test-") as data:
        command = [sys.executable, "-m", "pytest", "-p", "resonanz.ops.pytest_plugin"]
        command += ["--peers"] * peers + list(arguments)
        code = subprocess.run(command, cwd=ROOT, env=_environment(url, data), check=False).returncode
    sys.exit(code)


def provide_chromium() -> list[str]:
    """Install Debian's Chromium if it is missing and we may; what there is to say about it."""
    if any(shutil.which(name) for name in CHROMIUM):
        return []
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return ["Missing: Chromium. Browser tests are skipped; install it (Debian: apt install chromium)."]
    click.echo("Installing Chromium for the browser tests …", err=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *_PACKAGES]
    if subprocess.run(install, **quiet, stderr=subprocess.DEVNULL, check=False).returncode:  # type: ignore[call-overload]
        subprocess.run(["apt-get", "update", "-qq"], **quiet, check=False)  # type: ignore[call-overload]
        subprocess.run(install, **quiet, check=False)  # type: ignore[call-overload]
    if any(shutil.which(name) for name in CHROMIUM):
        return []
    return ["Missing: Chromium, which apt-get could not install. Browser tests are skipped."]


@contextlib.contextmanager
def _database_url() -> Iterator[str]:
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with throwaway_database() as database:
        yield database.url(SUPERUSER, "postgres")


def _environment(url: str, data: str) -> dict[str, str]:
    """The tests see no database and no data folder but their own."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    given = {"DATABASE_URL": url, "TEST_DATABASE_URL": url, "RESONANZ_DATA": data, "RESONANZ_TESTING": "true"}
    return kept | given

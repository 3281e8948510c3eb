"""`resonanz check`: everything that can be said about the code without running the tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from resonanz.core import clock
from resonanz.ops import catalogue, documents
from resonanz.ops.errors import OperatorError
from resonanz.ops.testing import ROOT

_LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
MOST_LINES = 500
_CODE = ("*.py", "*.js", "*.css", "*.html")


@dataclass(frozen=True)
class Check:
    """Something to hold; `find` returns what is wrong, nothing when all is well."""

    name: str
    find: Callable[[], str]


@click.command()
@click.argument("names", nargs=-1)
def check(names: tuple[str, ...]) -> None:
    """Hold the code to its rules: style, types, length, floors, migrations, German, docs.

    Without NAMES all of them; with names only those, for example: ./resonanz check style types
    """
    if not (ROOT / "pyproject.toml").exists():
        raise OperatorError("ops.check.nothing", "There is nothing to check without a checkout of Resonanz.")
    unknown = set(names) - {one.name for one in CHECKS}
    if unknown:
        known = ", ".join(one.name for one in CHECKS)
        raise click.BadParameter(f"{', '.join(sorted(unknown))} is none of: {known}")
    failed = [one.name for one in CHECKS if (not names or one.name in names) and not _hold(one)]
    if failed:
        click.echo(f"Not well: {', '.join(failed)}.")
        sys.exit(1)


def _hold(one: Check) -> bool:
    started = clock.monotonic()
    found = one.find().strip()
    click.echo(f"{'✗' if found else '✓'} {one.name:<12} {clock.monotonic() - started:6.1f} s")
    if found:
        click.echo("\n".join(f"    {line}" for line in found.splitlines()))
    return not found


def _module(*words: str) -> Callable[[], str]:
    """A tool run as `python -m`, wherever the environment was moved to; its words when it is not content."""
    return lambda: _run([sys.executable, "-m", *words])


def _run(command: list[str]) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment |= {"DJANGO_SETTINGS_MODULE": "resonanz.config.settings", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return f"{done.stdout}\n{done.stderr}".strip() or f"ended with exit code {done.returncode}"


def _missing_migrations() -> str:
    """Warnings that no database answers are no concern here."""
    command = [sys.executable, "-W", "ignore::RuntimeWarning", "-m", "django", "makemigrations", "--check", "--dry-run"]
    return _run(command)


def _missing_german() -> str:
    with contextlib.suppress(FileNotFoundError):
        return "\n".join(catalogue.problems())
    return f"{catalogue.GERMAN} is missing; run: python -m resonanz.ops.catalogue"


def too_long(files: Iterable[Path]) -> list[str]:
    """The files with more lines than a reader has patience for: beyond 500 lines a file is two."""
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in files}
    return [f"{file.name} has {lines} lines" for file, lines in sorted(lengths.items()) if lines > MOST_LINES]


def code_files() -> list[Path]:
    """What people read and write here: code, scripts, styles and pages, with their tests."""
    return [file for folder in ("src", "tests") for kind in _CODE for file in (ROOT / folder).rglob(kind)]


CHECKS = (
    Check("style", _module("ruff", "check", "--quiet", "--output-format", "concise")),
    Check("format", _module("ruff", "format", "--check", "--output-format", "concise")),
    Check("length", lambda: "\n".join(too_long(code_files()))),
    Check("floors", lambda: _run([sys.executable, "-c", _LINT_IMPORTS])),
    Check("migrations", _missing_migrations),
    Check("german", _missing_german),
    Check("docs", lambda: "\n".join(documents.problems())),
    Check("types", _module("mypy", "--no-error-summary")),
)

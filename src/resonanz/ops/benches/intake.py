"""`resonanz bench intake`: how many posts a second come in, through the real path, on one core of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import psycopg

from resonanz.ops.bench import Figure, calibrated, json_option, pin_to_one_core, report
from resonanz.ops.database.embedded import SUPERUSER
from resonanz.ops.database.throwaway import throwaway_database

POSTS = 20_000
GOAL_PER_SECOND = 2500.0


@click.command
@json_option
@click.option("--posts", default=POSTS, show_default=True, help="How many posts are taken in.")
def intake(*, as_json: bool, posts: int) -> None:
    """Take posts in on a throw-away database: without evaluation, evaluation alone, and both; and where the time goes.

    One post in twenty is addressed to us and opens a case; nine in ten touch one of 200 topics. Without evaluation at
    least 2,500 posts a second are asked for, as measured on the reference machine.
    """
    with tempfile.TemporaryDirectory(prefix="resonanz-bench-") as data, throwaway_database() as database:
        environment = os.environ | {
            "DATABASE_URL": database.url(SUPERUSER),
            "DATABASE_OWNER_URL": database.url(SUPERUSER),
            "RESONANZ_DATA": data,
            "DJANGO_SETTINGS_MODULE": "resonanz.config.settings",
            "RESONANZ_LOG_LEVEL": "WARNING",
        }
        Path(data).chmod(0o700)
        with psycopg.connect(database.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE resonanz")
        run([sys.executable, "-m", "resonanz", "migrate"], environment)
        pin_to_one_core()
        goal = calibrated(GOAL_PER_SECOND)
        measured = json.loads(
            run([sys.executable, "-m", "resonanz.ops.benches.intake_measuring", str(posts)], environment)
        )
    report("intake", _figures(measured, goal), as_json=as_json)


def run(command: list[str], environment: dict[str, str]) -> str:
    """What a command prints; a ClickException with its last words if it fails."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise click.ClickException(f"{' '.join(command[1:4])} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _figures(measured: dict[str, float], goal: float) -> list[Figure]:
    rate, copied = measured["intake_per_second"], measured["copy_per_second"]
    figures = [
        Figure("intake without evaluation", rate, "posts/s", f"{GOAL_PER_SECOND:,.0f} on the reference machine", goal),
        Figure("bare COPY of the same rows", copied, "posts/s", "the same indexes"),
        Figure("intake : COPY", rate / copied, "ratio", "bare COPY"),
        Figure("evaluation alone", measured["evaluation_per_second"], "posts/s"),
        Figure("intake with evaluation", measured["both_per_second"], "posts/s"),
    ]
    steps = [name for name in measured if name.startswith("share of ")]
    return figures + [Figure(name, measured[name] * 100, "%", "intake with evaluation") for name in steps]
